/// A flat JSON object on one line: as much JSON as the journal writes, and a reader that passes over the rest.
package enum JSONLine {
    package enum Value: Equatable {
        case string(String)
        case integer(Int64)
        case strings([String])
        /// Any other value: read over, not kept.
        case other
    }

    package static func encode(_ fields: [(String, Value)]) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "{")]
        for (key, value) in fields {
            if line.count > 1 { line.append(UInt8(ascii: ",")) }
            encode(key, into: &line)
            line.append(UInt8(ascii: ":"))
            switch value {
            case .string(let text): encode(text, into: &line)
            case .integer(let number): line += "\(number)".utf8
            case .strings(let texts):
                line.append(UInt8(ascii: "["))
                for (index, text) in texts.enumerated() {
                    if index > 0 { line.append(UInt8(ascii: ",")) }
                    encode(text, into: &line)
                }
                line.append(UInt8(ascii: "]"))
            case .other: line += "null".utf8
            }
        }
        line.append(UInt8(ascii: "}"))
        return line
    }

    private static func encode(_ text: String, into line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case 0x0a: line += "\\n".utf8
            case 0x00...0x1f, 0x7f:
                let digits = String(byte, radix: 16)
                line += "\\u00".utf8
                if digits.utf8.count == 1 { line.append(UInt8(ascii: "0")) }
                line += digits.utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    /// nil unless the line is one whole object.
    static func decode(_ line: ArraySlice<UInt8>) -> [String: Value]? {
        var parser = JSONParser(line)
        guard let object = parser.object(), parser.isAtEnd else { return nil }
        return object
    }
}

/// Recursive descent over one line; nesting is bounded.
private struct JSONParser {
    private let bytes: [UInt8]
    private var at = 0
    private static let maximumDepth = 16

    init(_ line: ArraySlice<UInt8>) { bytes = [UInt8](line) }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return at == bytes.count
        }
    }

    mutating func object(depth: Int = 0) -> [String: JSONLine.Value]? {
        guard depth < Self.maximumDepth, take("{") else { return nil }
        var fields: [String: JSONLine.Value] = [:]
        if take("}") { return fields }
        repeat {
            guard let key = string(), take(":"), let value = value(depth: depth) else { return nil }
            fields[key] = value
        } while take(",")
        return take("}") ? fields : nil
    }

    private mutating func value(depth: Int) -> JSONLine.Value? {
        skipBlanks()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "{"): return object(depth: depth + 1).map { _ in .other }
        case UInt8(ascii: "["): return array(depth: depth + 1)
        default:
            let start = at
            while at < bytes.count, !",]} \t".utf8.contains(bytes[at]) { at += 1 }
            let word = String(decoding: bytes[start..<at], as: UTF8.self)
            if let number = Int64(word) { return .integer(number) }
            return ["true", "false", "null"].contains(word) || Double(word) != nil ? .other : nil
        }
    }

    private mutating func array(depth: Int) -> JSONLine.Value? {
        guard depth < Self.maximumDepth, take("[") else { return nil }
        var strings: [String] = []
        var isStrings = true
        if take("]") { return .strings([]) }
        repeat {
            guard let value = value(depth: depth) else { return nil }
            if case .string(let text) = value { strings.append(text) } else { isStrings = false }
        } while take(",")
        guard take("]") else { return nil }
        return isStrings ? .strings(strings) : .other
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard at < bytes.count else { return nil }
                at += 1
                switch bytes[at - 1] {
                case UInt8(ascii: "n"): text.append(0x0a)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "r"): text.append(0x0d)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0c)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[at - 1])
                case UInt8(ascii: "u"):
                    guard let scalar = escapedScalar() else { return nil }
                    text += Array(String(Character(scalar)).utf8)
                default: return nil
                }
            case 0x00...0x1f: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    /// Four hexadecimal digits; a lone half of a surrogate pair becomes U+FFFD.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard at + 4 <= bytes.count, let code = UInt32(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
        else { return nil }
        at += 4
        return Unicode.Scalar(code) ?? "\u{fffd}"
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [0x20, 0x09, 0x0d].contains(bytes[at]) { at += 1 }
    }
}
