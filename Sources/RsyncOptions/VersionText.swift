/// What `--version` prints, in rsync's layout, so that scripts find what they look for: the version is that of the rsync whose
/// options are understood, by which they decide what they may ask for, and behind it stands what this program is.
/// Capabilities that an option stands for are there exactly when it is obeyed.
public struct VersionText: Sendable {
    /// The rsync whose command line this is.
    static let equivalent = "3.5.0"

    let program: String
    let version: String
    let protocolNumber: Int32
    let checksums: [String]
    let compressions: [String]

    public init(program: String, version: String, protocolNumber: Int32, checksums: [String], compressions: [String]) {
        self.program = program
        self.version = version
        self.protocolNumber = protocolNumber
        self.checksums = checksums
        self.compressions = compressions
    }

    private static let summary = "An independent implementation, compatible with that version of rsync."
    private static let bits: [(text: String, key: String)] = [
        ("64-bit files", "file_bits"), ("64-bit inums", "inum_bits"), ("64-bit timestamps", "timestamp_bits"),
        ("64-bit long ints", "long_int_bits"),
    ]
    /// With the option that stands for it; without one it is always there.
    private static let capabilities: [(name: String, option: String?)] = [
        // What a remote shell talks through are pipes.
        ("socketpairs", never), ("symlinks", nil), ("symtimes", nil), ("hardlinks", nil), ("hardlink-specials", nil), ("hardlink-symlinks", nil),
        ("IPv6", "ipv6"), ("atimes", "atimes"), ("batchfiles", "write-batch"), ("inplace", "inplace"), ("append", "append"),
        ("ACLs", "acls"), ("ACL-at", "acls"), ("xattrs", "xattrs"), ("iconv", "iconv"), ("prealloc", "preallocate"), ("stop-at", "stop-at"),
        ("crtimes", "crtimes"),
    ]
    /// The option of what does not exist here.
    private static let never = ""
    /// The rolling sum is plain code; MD5 and SHA-1 are libcrypto's.
    private static let optimizations: [(name: String, isThere: Bool)] = [
        ("SIMD-roll", false), ("asm-roll", false), ("openssl-crypto", true), ("asm-MD5", false),
    ]

    private static func has(_ option: String?) -> Bool {
        guard let option else { return true }
        return OptionTable.all.contains { $0.names.contains(option) && $0.support == .supported }
    }

    public var text: String {
        let words =
            Self.bits.map(\.text)
            + Self.capabilities.map { (Self.has($0.option) ? "" : "no ") + $0.name } + ["optional secluded-args"]
        return """
            rsync  version \(Self.equivalent)  protocol version \(protocolNumber)  (\(program) \(version))
            \(Self.summary)
            Capabilities:
            \(Self.wrapped(words))
            Optimizations:
            \(Self.wrapped(Self.optimizations.map { ($0.isThere ? "" : "no ") + $0.name }))
            Checksum list:
                \(checksums.joined(separator: " "))
            Compress list:
                \(compressions.joined(separator: " "))

            """
    }

    /// `-VV`.
    public var json: String {
        func pair(_ name: String, _ isThere: Bool) -> String {
            "\"\(name.split(separator: "-").joined(separator: "_"))\": \(isThere)"
        }
        var pairs = Self.bits.map { "\"\($0.key)\": 64" }
        pairs += Self.capabilities.map { pair($0.name, Self.has($0.option)) }
        pairs.append("\"secluded_args\": \"optional\"")
        func list(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
        return """
            {
              "program": "rsync",
              "version": "\(Self.equivalent)",
              "implementation": "\(program) \(version)",
              "protocol": "\(protocolNumber).0",
              "capabilities": {
            \(Self.wrapped(pairs))
              },
              "optimizations": {
            \(Self.wrapped(Self.optimizations.map { pair($0.name, $0.isThere) }))
              },
              "checksum_list": [
                \(list(checksums))
              ],
              "compress_list": [
                \(list(compressions))
              ],
              "daemon_auth_list": [],
              "license": "Apache-2.0"
            }

            """
    }

    private static func wrapped(_ words: [String]) -> String {
        var lines = ["   "]
        for (index, word) in words.enumerated() {
            let piece = " " + word + (index == words.count - 1 ? "" : ",")
            if lines[lines.count - 1].count + piece.count > 78 { lines.append("   ") }
            lines[lines.count - 1] += piece
        }
        return lines.joined(separator: "\n")
    }
}
