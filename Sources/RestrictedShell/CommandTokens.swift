/// SSH_ORIGINAL_COMMAND cut into words, as data: no shell ever sees it (RSH-221).
struct CommandTokens {
    struct Word: Equatable, Sendable {
        /// What is meant, without quoting.
        var bytes: [UInt8] = []
        /// The same as a pattern: what was quoted and could be taken for a wildcard has a backslash.
        var pattern: [UInt8] = []
        var hasWildcard = false

        init() {}

        /// From a secluded list, where nothing is quoted but within a component that has a wildcard (ARG-68).
        init(secluded bytes: [UInt8]) {
            self.bytes = bytes
            pattern = bytes
            hasWildcard = bytes.contains(where: Self.isWildcard)
        }

        mutating func add(_ byte: UInt8, quoted: Bool) {
            bytes.append(byte)
            let isSpecial = Self.isWildcard(byte)
            if quoted, isSpecial || byte == UInt8(ascii: "\\") {
                pattern.append(UInt8(ascii: "\\"))
            } else if isSpecial {
                hasWildcard = true
            }
            pattern.append(byte)
        }

        private static func isWildcard(_ byte: UInt8) -> Bool { "*?[".utf8.contains(byte) }
    }

    /// sshd hands on less than this (RSH-157).
    static let longestCommand = 256 << 10

    private(set) var words: [Word] = []

    /// Blanks part words; a backslash quotes the next byte; quotes are as in a POSIX shell, without any expansion. Whatever
    /// else means something to a shell is an ordinary byte.
    init(_ command: [UInt8]) throws(Refusal) {
        guard command.count <= Self.longestCommand else { throw Refusal("the command is too long") }
        guard !command.contains(0) else { throw Refusal("the command holds a NUL") }
        var word: Word?
        var quote: UInt8?
        var rest = command[...]
        while let byte = rest.popFirst() {
            switch (byte, quote) {
            case (UInt8(ascii: "'"), UInt8(ascii: "'")), (UInt8(ascii: "\""), UInt8(ascii: "\"")): quote = nil
            case (_, UInt8(ascii: "'")): word?.add(byte, quoted: true)
            case (UInt8(ascii: "\\"), UInt8(ascii: "\"")):
                // Within double quotes a backslash counts only before what it could be needed for.
                guard let next = rest.first else { throw Refusal("the command ends in a backslash") }
                if "$`\"\\".utf8.contains(next) {
                    word?.add(next, quoted: true)
                    rest = rest.dropFirst()
                } else {
                    word?.add(byte, quoted: true)
                }
            case (_, UInt8(ascii: "\"")): word?.add(byte, quoted: true)
            case (UInt8(ascii: "'"), nil), (UInt8(ascii: "\""), nil):
                quote = byte
                if word == nil { word = Word() }
            case (UInt8(ascii: "\\"), nil):
                guard let next = rest.popFirst() else { throw Refusal("the command ends in a backslash") }
                word = word ?? Word()
                word?.add(next, quoted: true)
            case (UInt8(ascii: " "), nil), (UInt8(ascii: "\t"), nil):
                if let finished = word { words.append(finished) }
                word = nil
            default:
                word = word ?? Word()
                word?.add(byte, quoted: false)
            }
        }
        guard quote == nil else { throw Refusal("a quote is not closed") }
        if let word { words.append(word) }
    }
}

/// Why a request is not served. The client sees the text: no path of this machine is in it.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    public let text: String
    public let exitCode: Int32

    init(_ text: String, exitCode: Int32 = 1) {
        self.text = text
        self.exitCode = exitCode
    }

    public var description: String { text }
}
