/// The name of a clause: the prefix of its document and a number, as in `FLS-28`. Numbers are never given again.
public struct ClauseIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let prefix: String
    public let number: Int

    /// Nil when `text` is not three capitals, a hyphen and a decimal number.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let found = Self.leading(bytes[...]), found.length == bytes.count else { return nil }
        self = found.identifier
    }

    private init(prefix: String, number: Int) {
        self.prefix = prefix
        self.number = number
    }

    public var description: String { "\(prefix)-\(number)" }

    public static func < (left: Self, right: Self) -> Bool {
        left.prefix == right.prefix ? left.number < right.number : left.prefix < right.prefix
    }

    /// The clause named at the very beginning of `bytes`, and how many of them name it.
    static func leading(_ bytes: ArraySlice<UInt8>) -> (identifier: Self, length: Int)? {
        let letters = bytes.prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        guard letters.count == 3, bytes.dropFirst(3).first == UInt8(ascii: "-") else { return nil }
        let digits = bytes.dropFirst(4).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard digits.count <= 6, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (Self(prefix: String(decoding: letters, as: UTF8.self), number: number), 4 + digits.count)
    }

    /// Every clause named in one line, in order. `UTF-8` and its like are found as well: only a registry can tell.
    static func all(in line: some StringProtocol) -> [Self] {
        let bytes = Array(line.utf8)
        var found: [Self] = []
        var position = 0
        while position < bytes.count {
            let isWordStart = position == 0 || !isWord(bytes[position - 1])
            if isWordStart, let (identifier, length) = leading(bytes[position...]) {
                let end = position + length
                // `CVE-2024-12085` is no clause, `FLS-28/slug` and `SES-34 to` are.
                if end == bytes.count || !(isWord(bytes[end]) || (bytes[end] == UInt8(ascii: "-") && follows(bytes, end))) {
                    found.append(identifier)
                }
                position = end
            } else {
                position += 1
            }
        }
        return found
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: byte >= 0x80 ? false : byte == UInt8(ascii: "_")
        }
    }

    private static func follows(_ bytes: [UInt8], _ hyphen: Int) -> Bool {
        hyphen + 1 < bytes.count && bytes[hyphen + 1] >= UInt8(ascii: "0") && bytes[hyphen + 1] <= UInt8(ascii: "9")
    }
}
