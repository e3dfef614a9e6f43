/// Bytes in a text: `\xNN` is any byte, `\\` the backslash before an `x`, everything else stands for itself in UTF-8.
public enum EscapedText {
    /// nil when `\x` is not followed by two hexadecimal digits.
    public static func bytes(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        var position = 0
        while position < source.count {
            let byte = source[position]
            position += 1
            guard byte == UInt8(ascii: "\\"), position < source.count else {
                bytes.append(byte)
                continue
            }
            switch source[position] {
            case UInt8(ascii: "\\"):
                bytes.append(byte)
                position += 1
            case UInt8(ascii: "x"):
                guard position + 2 < source.count,
                    let value = UInt8(String(decoding: source[(position + 1)...(position + 2)], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                position += 3
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// The other way; what is valid UTF-8 without control characters stays readable.
    public static func text(_ bytes: [UInt8]) -> String {
        let isReadable = String(validating: bytes, as: UTF8.self) != nil
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): text += [byte, byte]
            case 0x20..<0x7f: text.append(byte)
            case 0x80... where isReadable: text.append(byte)
            default: text += Array("\\x\(hexadecimal(byte))".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `00 1f ff`, spaces where one likes; nil when it is none.
    public static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.filter { !$0.isWhitespace }
        let values = digits.compactMap(\.hexDigitValue)
        guard values.count == digits.count, values.count % 2 == 0 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }

    public static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { hexadecimal($0) }.joined(separator: " ")
    }
}
