import TraceKit

/// An endpoint as a small text, for programs that are told by a file where to connect: one `name value` a line, the
/// host key in hexadecimal. The private key stays in a file of its own.
extension SSHEndpoint {
    public struct TextError: Error, Sendable, Equatable, CustomStringConvertible {
        public let field: String
        public var description: String { "the endpoint's \(field) is missing or wrong" }
    }

    private static let keyFieldNames = (port: "port", user: "user", host: "host-key", key: "private-key")

    /// nil when the private key is not in a file.
    public var text: String? {
        guard case .file(let path) = privateKey else { return nil }
        let names = Self.keyFieldNames
        let hex = hostKey.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "\(names.port) \(port)\n\(names.user) \(user)\n\(names.host) \(hex)\n\(names.key) \(path)\n"
    }

    public init(text: String) throws(TextError) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let name = line.prefix { $0 != " " }
            values[name] = line.dropFirst(name.count + 1)
        }
        func value(_ name: String) throws(TextError) -> Substring {
            guard let value = values[Substring(name)], !value.isEmpty else { throw TextError(field: name) }
            return value
        }
        let names = Self.keyFieldNames
        guard let port = UInt16(try value(names.port)) else { throw TextError(field: names.port) }
        let digits = try value(names.host).map(\.hexDigitValue)
        guard digits.count % 2 == 0, !digits.contains(nil) else { throw TextError(field: names.host) }
        let nibbles = digits.compactMap { $0.map(UInt8.init) }
        self.init(
            port: port, user: String(try value(names.user)),
            hostKey: stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] },
            privateKey: .file(String(try value(names.key))))
    }
}
