/// Values of a request as plain ASCII (REV-2, REV-3).
enum PercentEncoding {
    /// Bytes that stand for themselves.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+,:@=".utf8.contains(byte)
        }
    }

    static func encode(_ value: [UInt8]) -> [UInt8] {
        let digits = [UInt8]("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(value.count)
        for byte in value {
            if isPlain(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return encoded
    }

    /// nil if a byte is not plain or a `%` lacks its two digits.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var value: [UInt8] = []
        value.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%") {
                guard text.endIndex - index >= 3, let high = hexDigit(text[index + 1]), let low = hexDigit(text[index + 2])
                else { return nil }
                value.append(high << 4 | low)
                index += 3
            } else {
                guard isPlain(text[index]) else { return nil }
                value.append(text[index])
                index += 1
            }
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Bytes that would end a line or a string, or steer a terminal.
func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

/// Bytes from the other side, fit for a terminal (HOS-560): printable ASCII stays, the rest becomes `\#ooo` as rsync
/// writes it; cut at `limit` bytes.
func quoted(_ bytes: some Collection<UInt8>, limit: Int = 200) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
        if byte >= 0x20, byte < 0x7f {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            let octal = String(byte, radix: 8)
            text += "\\#" + String(repeating: "0", count: 3 - octal.utf8.count) + octal
        }
    }
    return bytes.count > limit ? text + "..." : text
}
