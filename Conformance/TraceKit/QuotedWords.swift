/// Words of arbitrary bytes as one line of printable ASCII.
///
/// A word of plain characters stands as it is. Any other is put in double quotes, with `\"`, `\\` and `\xNN` inside.
enum QuotedWords {
    struct Defect: Error, Equatable {
        /// Offset in the line of the first character that fits nothing.
        let offset: Int
    }

    static func write(_ words: [[UInt8]]) -> String {
        words.map(write).joined(separator: " ")
    }

    static func write(_ word: [UInt8]) -> String {
        if !word.isEmpty, word.allSatisfy(isPlain) { return String(decoding: word, as: UTF8.self) }
        var text = "\""
        for byte in word {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7f: text += String(UnicodeScalar(byte))
            default: text += "\\x" + hex(byte)
            }
        }
        return text + "\""
    }

    static func read(_ line: String) throws(Defect) -> [[UInt8]] {
        let bytes = [UInt8](line.utf8)
        var words: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == 0x20 {
                position += 1
                continue
            }
            var word: [UInt8] = []
            if bytes[position] == UInt8(ascii: "\"") {
                position = try quoted(bytes, from: position + 1, into: &word)
            } else {
                while position < bytes.count, bytes[position] != 0x20 {
                    guard isPlain(bytes[position]) else { throw Defect(offset: position) }
                    word.append(bytes[position])
                    position += 1
                }
            }
            guard position == bytes.count || bytes[position] == 0x20 else { throw Defect(offset: position) }
            words.append(word)
        }
        return words
    }

    /// Returns the position behind the closing quote.
    private static func quoted(_ bytes: [UInt8], from start: Int, into word: inout [UInt8]) throws(Defect) -> Int {
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return position + 1 }
            guard (0x20..<0x7f).contains(byte) else { throw Defect(offset: position) }
            guard byte == UInt8(ascii: "\\") else {
                word.append(byte)
                position += 1
                continue
            }
            guard position + 1 < bytes.count else { throw Defect(offset: position) }
            switch bytes[position + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                word.append(bytes[position + 1])
                position += 2
            case UInt8(ascii: "x"):
                guard position + 3 < bytes.count, let value = hexValue(bytes[position + 2], bytes[position + 3]) else {
                    throw Defect(offset: position)
                }
                word.append(value)
                position += 4
            default: throw Defect(offset: position)
            }
        }
        throw Defect(offset: position)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}

private func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

/// Two lower-case hexadecimal digits.
func hex(_ byte: UInt8) -> String {
    String(decoding: [digit(byte >> 4), digit(byte & 15)], as: UTF8.self)
}

func appendHex(_ byte: UInt8, to text: inout [UInt8]) {
    text.append(digit(byte >> 4))
    text.append(digit(byte & 15))
}

/// nil unless both are lower-case hexadecimal digits.
func hexValue(_ high: UInt8, _ low: UInt8) -> UInt8? {
    guard let left = digitValue(high), let right = digitValue(low) else { return nil }
    return left << 4 | right
}

private func digitValue(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x61...0x66: character - 0x57
    default: nil
    }
}
