/// One object of `--json`, on one line. Keys keep the order in which they were added.
public struct JSONObject: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    public init(event: String) { add("event", text: Array(event.utf8)) }

    public var line: [UInt8] { bytes + [UInt8(ascii: "}")] }

    /// Bytes that are no UTF-8 stand under `KEYBase64`, so that nothing of a name is lost.
    public mutating func add(_ key: String, text: [UInt8]) {
        if String(validating: text, as: UTF8.self) != nil {
            start(key)
            Self.quote(text, into: &bytes)
        } else {
            start(key + "Base64")
            Self.quote(Self.base64(text), into: &bytes)
        }
    }

    public mutating func add(_ key: String, _ value: some BinaryInteger) {
        start(key)
        bytes += "\(value)".utf8
    }

    public mutating func add(_ key: String, _ value: Bool) {
        start(key)
        bytes += (value ? "true" : "false").utf8
    }

    /// An object of numbers.
    public mutating func add(_ key: String, _ counts: [(String, Int64)]) {
        start(key)
        bytes += ("{" + counts.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}").utf8
    }

    private mutating func start(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        Self.quote(Array(key.utf8), into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private static func quote(_ text: [UInt8], into bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x00...0x1f, 0x7f: bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 4648, section 4, with padding.
    static func base64(_ data: [UInt8]) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: 3) {
            let group = data[start..<min(start + 3, data.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return text
    }
}
