import RsyncProtocol

/// One format of `--out-format` or `--log-file-format`, taken apart (MET-171, MET-172).
public struct OutputFormat: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text([UInt8])
        case escape(UInt8, Layout)
    }

    /// What stands between the percent sign and the letter.
    struct Layout: Sendable, Equatable {
        var width = 0
        var alignsLeft = false
        /// Number of quotes: 1 groups of three, 2 units of 1000, 3 of 1024.
        var quotes = 0

        func apply(_ value: [UInt8]) -> [UInt8] {
            guard value.count < width else { return value }
            let blanks = [UInt8](repeating: 0x20, count: width - value.count)
            return alignsLeft ? value + blanks : blanks + value
        }
    }

    let pieces: [Piece]
    private let letters: Set<UInt8>

    /// `%n%L`: what `-v` prints.
    public static let names = OutputFormat(Array("%n%L".utf8))
    /// `%i %n%L`: what `-i` prints.
    public static let itemized = OutputFormat(Array("%i %n%L".utf8))

    public init(_ format: [UInt8]) {
        var pieces: [Piece] = []
        var letters: Set<UInt8> = []
        var text: [UInt8] = []
        var index = 0
        while index < format.count {
            if format[index] == UInt8(ascii: "%"), let (letter, layout, end) = Self.escape(format, after: index) {
                if !text.isEmpty { pieces.append(.text(text)) }
                text = []
                pieces.append(.escape(letter, layout))
                letters.insert(letter)
                index = end
            } else {
                text.append(format[index])
                index += 1
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
        self.letters = letters
    }

    /// The letters of all escapes.
    public static let letters = "bBcCfGilLmMnoptU%"
    private static let known = Set(letters.utf8)
    /// No line is made wider than this by a width.
    private static let largestWidth = 999

    /// Letter, layout and the offset behind it; nil for what is no escape with a value here: it stays as it is written.
    private static func escape(_ format: [UInt8], after percent: Int) -> (UInt8, Layout, Int)? {
        var layout = Layout()
        var index = percent + 1
        func quotes() {
            while index < format.count, format[index] == 0x27 {
                layout.quotes += 1
                index += 1
            }
        }
        quotes()
        if index < format.count, format[index] == UInt8(ascii: "-") {
            layout.alignsLeft = true
            index += 1
        }
        while index < format.count, (0x30...0x39).contains(format[index]) {
            layout.width = min(layout.width * 10 + Int(format[index] - 0x30), largestWidth)
            index += 1
        }
        quotes()
        guard index < format.count, known.contains(format[index]) else { return nil }
        return (format[index], layout, index + 1)
    }

    /// Whether an escape with this letter is in it.
    public func has(_ letter: Character) -> Bool { letter.asciiValue.map(letters.contains) ?? false }

    /// A line can be made only once the item's data is through (MET-174).
    public var needsFigures: Bool { has("b") || has("c") || has("C") }

    /// Deletions are shown in this format, not as `deleting NAME` (MET-173).
    public var showsOperations: Bool { has("i") || has("o") }
}

/// What the escapes stand for, for one item.
public struct ItemFacts: Sendable {
    public enum Operation: String, Sendable { case send, receive = "recv", delete = "del." }

    public var entry: FileEntry
    public var flags: ItemFlags
    /// Of a hard link: the name it was made to.
    public var linkedTo: [UInt8] = []
    public var operation: Operation
    public var hasDetails = true
    /// The receiving side can set the times of symlinks.
    public var setsLinkTimes = true
    /// %b and %c, in bytes.
    public var moved: Int64 = 0
    public var returned: Int64 = 0
    /// %C: the sum as it is printed; empty where there is none.
    public var checksum: [UInt8] = []
    public var checksumLength = 16
    /// The directory that the name is relative to, for %f; empty for none.
    public var directory: [UInt8] = []

    public init(entry: FileEntry, flags: ItemFlags, operation: Operation) {
        self.entry = entry
        self.flags = flags
        self.operation = operation
    }
}

/// Makes lines of items.
public struct ItemFormatter: Sendable {
    public var sendsToRemote: Bool
    public var preservesTimes = true
    public var preservesOwner = false
    public var preservesGroup = false
    public var processId: Int32 = 0
    public var zone: LocalTime.ZoneOffset = { _ in 0 }
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64 = { 0 }
    public var escaping: NameEscaping

    public init(sendsToRemote: Bool, escaping: NameEscaping) {
        self.sendsToRemote = sendsToRemote
        self.escaping = escaping
    }

    /// The line without its newline, bytes that could do harm escaped.
    public func line(_ format: OutputFormat, _ facts: ItemFacts) -> [UInt8] {
        var line: [UInt8] = []
        for piece in format.pieces {
            switch piece {
            case .text(let text): line += text
            case .escape(let letter, let layout): line += value(letter, layout, facts)
            }
        }
        return escaping.escape(line)
    }

    private func value(_ letter: UInt8, _ layout: OutputFormat.Layout, _ facts: ItemFacts) -> [UInt8] {
        let entry = facts.entry
        switch Character(Unicode.Scalar(letter)) {
        case "b": return number(facts.moved, layout)
        case "c": return number(facts.returned, layout)
        case "l": return number(entry.length, layout)
        case "B":
            let mode = facts.operation == .delete ? "---------" : String(ModeString.text(entry.mode).dropFirst())
            return layout.apply(Array(mode.utf8))
        case "C": return layout.apply(checksum(facts))
        case "f": return layout.apply(path(facts))
        case "G": return layout.apply(Array((preservesGroup ? String(entry.gid) : "DEFAULT").utf8))
        case "U": return layout.apply(Array(String(preservesOwner ? entry.uid : 0).utf8))
        case "i": return layout.apply(Array(itemized(facts).utf8))
        case "L": return link(facts, layout)
        // There is no module without a daemon: an empty name.
        case "m": return layout.apply([])
        case "M": return layout.apply(Array(LocalTime(entry.mtime, offset: zone).text(separator: "-").utf8))
        case "n":
            return layout.apply(ItemReport.displayName(entry.name, isDirectory: entry.mode.isDirectory))
        case "o": return layout.apply(Array(facts.operation.rawValue.utf8))
        case "p": return layout.apply(Array(String(processId).utf8))
        case "t": return layout.apply(Array(LocalTime(now(), offset: zone).text.utf8))
        default: return layout.apply([letter])
        }
    }

    private func number(_ value: Int64, _ layout: OutputFormat.Layout) -> [UInt8] {
        layout.apply(Array(HumanNumber(level: layout.quotes).text(value).utf8))
    }

    private func itemized(_ facts: ItemFacts) -> String {
        if facts.operation == .delete { return ItemizedString.deletion }
        let context = ItemizedString.Context(
            sendsToRemote: sendsToRemote, preservesTimes: preservesTimes, setsLinkTimes: facts.setsLinkTimes)
        return ItemizedString.text(
            facts.flags, type: facts.entry.mode.type ?? .regular, context: context, hasDetails: facts.hasDetails)
    }

    /// Blanks of the same length where there is no sum.
    private func checksum(_ facts: ItemFacts) -> [UInt8] {
        guard !facts.checksum.isEmpty else { return [UInt8](repeating: 0x20, count: 2 * facts.checksumLength) }
        return facts.checksum.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private func path(_ facts: ItemFacts) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var path = facts.entry.name
        if !facts.directory.isEmpty, path.first != slash {
            path = facts.directory + (facts.directory.last == slash ? [] : [slash]) + path
        }
        return [UInt8](path.drop { $0 == slash })
    }

    /// The arrow and the name; only the name is subject to the width.
    private func link(_ facts: ItemFacts, _ layout: OutputFormat.Layout) -> [UInt8] {
        if !facts.linkedTo.isEmpty { return Array(" => ".utf8) + layout.apply(facts.linkedTo) }
        if facts.entry.mode.isSymlink, !facts.entry.linkTarget.isEmpty {
            return Array(" -> ".utf8) + layout.apply(facts.entry.linkTarget)
        }
        // As wide as a line with a link would be.
        return layout.width > 0 ? [UInt8](repeating: 0x20, count: layout.width + 4) : []
    }
}
