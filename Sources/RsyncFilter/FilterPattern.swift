import RsyncWire

/// A pattern as it is stored in a rule (FLT-46), and how it meets a name (FLT-47).
public struct FilterPattern: Sendable, Equatable {
    /// The pattern without the one trailing slash that made it directory-only.
    public let bytes: [UInt8]
    /// It was written with a trailing slash.
    public let isDirectoryOnly: Bool

    let slashes: Int
    let isAnchored: Bool
    let isDouble: Bool
    let isDoubleFirst: Bool
    let isTripleLast: Bool
    /// What to compare with: nil for byte-for-byte comparison.
    let wildcard: Wildcard?

    /// The byte that every name that fits ends with; -1 for any. A plain number, so that a list can pass over a rule
    /// without touching its arrays.
    let lastByte: Int16

    public init(_ text: some Sequence<UInt8>) {
        var bytes = [UInt8](text)
        isDirectoryOnly = bytes.count > 1 && bytes.last == slash
        if isDirectoryOnly { bytes.removeLast() }
        let isWild = bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
        let star = UInt8(ascii: "*")
        slashes = bytes.count { $0 == slash }
        isAnchored = bytes.first == slash
        isDouble = isWild && zip(bytes, bytes.dropFirst()).contains { $0 == star && $1 == star }
        isDoubleFirst = isDouble && bytes.starts(with: [star, star])
        isTripleLast = isDouble && !Knob.tripleStarIsDouble.isOn && bytes.suffix(3).elementsEqual([star, star, star])
        wildcard = isWild ? Wildcard(isAnchored ? bytes.dropFirst() : bytes[...]) : nil
        if let wildcard {
            lastByte = wildcard.lastByte.map { Int16($0) } ?? -1
        } else {
            lastByte = bytes.last.map { Int16($0) } ?? -1
        }
        self.bytes = bytes
    }

    /// Steps 2 to 6 of FLT-47. `absolute` is the item's absolute path without its leading slash when the rule is
    /// an absolute one (FLT-50), else nil. Neither path may be empty or start with a slash.
    /// `lastComponent` is where the last component of `name` starts.
    func matches(_ name: [UInt8], lastComponent: Int, isDirectory: Bool, absolute: [UInt8]?) -> Bool {
        if isDirectoryOnly, !isDirectory, !Knob.directoryOnlyIsIgnored.isOn { return false }
        if slashes == 0, !isDouble { return compare(name, lastComponent..<name.count) }
        var subject = absolute ?? name
        if absolute == nil, isDoubleFirst { subject.insert(slash, at: 0) }
        if isTripleLast, isDirectory { subject.append(slash) }
        if isAnchored { return compare(subject, (Knob.anchorIsIgnored.isOn ? lastComponent : 0)..<subject.count) }
        if slashes > 0, !isDouble {
            guard let start = Knob.innerSlashesAnchor.isOn ? 0 : startOfLastComponents(slashes + 1, in: subject) else { return false }
            return compare(subject, start..<subject.count)
        }
        return compare(subject, 0..<subject.count, startingAfterSlashes: isDouble && !isDoubleFirst)
    }

    private func compare(_ subject: [UInt8], _ range: Range<Int>, startingAfterSlashes: Bool = false) -> Bool {
        if let wildcard {
            return wildcard.matches(subject, range, startingAfterSlashes: startingAfterSlashes)
        }
        let skipped = isAnchored ? 1 : 0
        guard bytes.count - skipped == range.count else { return false }
        for offset in 0..<range.count {
            if subject[range.lowerBound + offset] != bytes[skipped + offset] { return false }
        }
        return true
    }

    private func startOfLastComponents(_ count: Int, in subject: [UInt8]) -> Int? {
        var missing = count
        var index = subject.count
        while index > 0 {
            if subject[index - 1] == slash {
                missing -= 1
                if missing == 0 { return index }
            }
            index -= 1
        }
        return missing == 1 ? 0 : nil
    }
}
