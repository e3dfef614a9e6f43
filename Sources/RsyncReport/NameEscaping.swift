/// Names and messages on a terminal or in a log: bytes that could do harm there as `\#` and three octal digits (MET-170).
public enum NameEscaping: Sendable {
    /// Only printable ASCII stays: the C locale.
    case ascii
    /// Well-formed UTF-8 stays, too.
    case utf8
    /// `-8`: all bytes above 127 stay.
    case highBytes
    /// A log: all bytes above 127 stay but those that are control characters in 8-bit character sets.
    case log
    /// What somebody else escapes.
    case none

    /// Lines may hold a newline at their end only; it is escaped like any other control byte, so add it after.
    public func escape(_ bytes: [UInt8]) -> [UInt8] {
        if self == .none { return bytes }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x80, self == .utf8, let length = Self.scalarLength(bytes, at: index) {
                escaped += bytes[index..<(index + length)]
                index += length
                continue
            }
            let isPlain =
                byte >= 0x80 && self == .highBytes || byte >= 0xa0 && self == .log || byte == 0x09
                || (0x20...0x7e).contains(byte) && !Self.looksEscaped(bytes, at: index)
            if isPlain {
                escaped.append(byte)
            } else {
                escaped += [0x5c, 0x23, 0x30 + byte >> 6, 0x30 + byte >> 3 & 7, 0x30 + byte & 7]
            }
            index += 1
        }
        return escaped
    }

    /// `\#` and three digits, as they stand in a name.
    private static func looksEscaped(_ bytes: [UInt8], at index: Int) -> Bool {
        guard index + 4 < bytes.count, bytes[index] == 0x5c, bytes[index + 1] == 0x23 else { return false }
        return bytes[(index + 2)...(index + 4)].allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Bytes of the well-formed UTF-8 sequence of two to four bytes at `index`; nil for anything else and for the
    /// control characters U+0080 to U+009F.
    private static func scalarLength(_ bytes: [UInt8], at index: Int) -> Int? {
        let length: Int
        switch bytes[index] {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef: length = 3
        case 0xf0...0xf4: length = 4
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        let sequence = bytes[index..<(index + length)]
        guard let text = String(validating: sequence, as: UTF8.self), let scalar = text.unicodeScalars.first else { return nil }
        return scalar.value < 0xa0 ? nil : length
    }
}
