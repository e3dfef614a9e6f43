/// A public key and the line of `authorized_keys` that binds it to a forced command (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
public struct AuthorizedKey: Sendable, Equatable {
    public struct Defect: Error, Sendable, Equatable {
        public let text: String
    }

    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, …
    public let type: [UInt8]
    public let base64: [UInt8]
    /// Printable ASCII; may be empty.
    public let comment: [UInt8]

    /// The text of a `.pub` file: one line, `TYPE BASE64 [COMMENT]`. Options in front of the type are refused: a key file
    /// does not say what it may do here.
    public init(publicKey text: [UInt8]) throws(Defect) {
        let lines = text.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
        guard lines.count == 1, let line = lines.first else { throw Defect(text: "there must be exactly one line") }
        let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
        guard words.count >= 2 else { throw Defect(text: "it is not TYPE BASE64 COMMENT") }
        let type = [UInt8](words[0])
        let known = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"]
        guard known.contains(where: { type.starts(with: $0.utf8) }), type.count <= 64,
            type.allSatisfy({ Self.isAlphanumeric($0) || "-@.".utf8.contains($0) })
        else { throw Defect(text: "\"\(quoted(type, limit: 64))\" is no type of a public key") }
        let base64 = [UInt8](words[1])
        let digits = base64.prefix { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        guard base64.count % 4 == 0, base64.count >= 32, base64.count - digits.count <= 2,
            base64[digits.count...].allSatisfy({ $0 == UInt8(ascii: "=") })
        else { throw Defect(text: "its second word is not Base64") }
        // The blob begins with the type once more: 4 bytes of length, then the name.
        guard let blob = Self.decode(base64), blob.count > 4 + type.count, blob[0] == 0, blob[1] == 0, blob[2] == 0,
            Int(blob[3]) == type.count, blob[4..<(4 + type.count)].elementsEqual(type)
        else { throw Defect(text: "its two words do not belong together") }
        self.type = type
        self.base64 = base64
        comment = [UInt8](words[2...].joined(separator: [0x20])).filter { $0 >= 0x20 && $0 < 0x7f }
    }

    /// `restrict,command="…" TYPE BASE64 COMMENT`. The words of the command are quoted for the user's shell, which sshd
    /// runs it with, and the whole for sshd. A word with a control character is refused.
    public func line(forcing command: [[UInt8]]) throws(Defect) -> [UInt8] {
        var shell: [UInt8] = []
        for word in command {
            guard !word.contains(where: isControl) else {
                throw Defect(text: "a control character in \"\(quoted(word))\"")
            }
            if !shell.isEmpty { shell.append(0x20) }
            shell += Self.shellQuoted(word)
        }
        // sshd knows one escape inside the quotes: a backslash before a quote.
        guard !shell.contains(UInt8(ascii: "\\")) else {
            throw Defect(text: "a backslash or an apostrophe in a path cannot be written safely here")
        }
        var line = Array("restrict,command=\"".utf8)
        for byte in shell {
            if byte == UInt8(ascii: "\"") { line.append(UInt8(ascii: "\\")) }
            line.append(byte)
        }
        line += Array("\" ".utf8) + type + [0x20] + base64
        return comment.isEmpty ? line : line + [0x20] + comment
    }

    private static func shellQuoted(_ word: [UInt8]) -> [UInt8] {
        let isPlain = !word.isEmpty && word.allSatisfy { isAlphanumeric($0) || "/._-+,:@=".utf8.contains($0) }
        if isPlain { return word }
        var quoted: [UInt8] = [UInt8(ascii: "'")]
        for byte in word {
            if byte == UInt8(ascii: "'") { quoted += Array("'\\''".utf8) } else { quoted.append(byte) }
        }
        return quoted + [UInt8(ascii: "'")]
    }

    private static func decode(_ text: [UInt8]) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
