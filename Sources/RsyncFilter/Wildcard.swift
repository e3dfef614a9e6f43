import RsyncWire

/// A compiled wildcard pattern (FLT-51 to FLT-57), matched by bytes.
///
/// Matching follows all ways at once: a set of positions in the pattern moves over the subject, so the work is at
/// most pattern length × subject length whatever a peer sends. Nothing recurses and nothing backtracks.
public struct Wildcard: Sendable, Equatable {
    enum Token: Sendable, Equatable {
        case byte(UInt8)
        /// `?`: any byte but the slash.
        case any
        /// `[…]`: index into `sets`.
        case set(UInt16)
        /// `*`: any run without slashes.
        case star
        /// `**` and longer: any run.
        case doubleStar
    }

    private(set) var tokens: [Token] = []
    private(set) var sets: [ByteSet] = []
    /// A malformed pattern matches nothing at all (FLT-53, FLT-56).
    private(set) var isMalformed = false
    /// The bytes a match begins and ends with, where the pattern says so: most names fail here already.
    private var firstByte: UInt8?
    private(set) var lastByte: UInt8?
    /// Once what comes before is used up, whatever follows is covered.
    private var endsInDoubleStar = false

    public init(_ pattern: some Sequence<UInt8>) {
        let bytes = [UInt8](pattern)
        var index = 0
        while index < bytes.count, !isMalformed {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "?"): tokens.append(.any)
            case UInt8(ascii: "*"):
                var stars = 1
                while index < bytes.count, bytes[index] == byte {
                    stars += 1
                    index += 1
                }
                tokens.append(stars == 1 || Knob.doubleStarIsSingle.isOn ? .star : .doubleStar)
            case UInt8(ascii: "["):
                // More classes than an index can name do not fit into any pattern below FilterLimits.pattern.
                if sets.count <= UInt16.max, let set = ByteSet(parsing: bytes, at: &index) {
                    tokens.append(.set(UInt16(sets.count)))
                    sets.append(set)
                } else {
                    isMalformed = true
                }
            case UInt8(ascii: "\\"):
                if Knob.backslashIsLiteral.isOn {
                    tokens.append(.byte(byte))
                } else if index < bytes.count {
                    tokens.append(.byte(bytes[index]))
                    index += 1
                } else {
                    isMalformed = true
                }
            default: tokens.append(.byte(byte))
            }
        }
        if case .byte(let byte)? = tokens.first { firstByte = byte }
        if case .byte(let byte)? = tokens.last { lastByte = byte }
        if case .doubleStar? = tokens.last { endsInDoubleStar = true }
    }

    /// Whether the whole pattern covers the whole of `subject[range]`; with `startingAfterSlashes` also whether it
    /// covers the whole rest behind any one slash (FLT-47 step 5).
    public func matches(_ subject: [UInt8], _ range: Range<Int>, startingAfterSlashes: Bool = false) -> Bool {
        if isMalformed { return false }
        if let lastByte, range.isEmpty || subject[range.upperBound - 1] != lastByte { return false }
        if let firstByte, !startingAfterSlashes, range.isEmpty || subject[range.lowerBound] != firstByte { return false }
        return tokens.count < 64
            ? matchesShort(subject, range, startingAfterSlashes)
            : matchesLong(subject, range, startingAfterSlashes)
    }

    // Bit i of a set: tokens[..<i] have been used up. A star may also be passed over without a byte; two stars are
    // never adjacent, so one step closes the set.

    /// One machine word of positions; allocates nothing.
    private func matchesShort(_ subject: [UInt8], _ range: Range<Int>, _ startingAfterSlashes: Bool) -> Bool {
        let count = tokens.count
        let start: UInt64 = count > 0 && isStar(0) ? 0b11 : 0b1
        var active = start
        let sure = endsInDoubleStar ? UInt64(1) << UInt64(count - 1) : 0
        for index in range {
            if active & sure != 0 { return true }
            let byte = subject[index]
            var next: UInt64 = 0
            while active != 0 {
                let position = active.trailingZeroBitCount
                active &= active &- 1
                guard position < count else { break }
                switch advance(position, byte) {
                case .no: break
                case .stay: next |= (UInt64(1) << UInt64(position)) | (UInt64(1) << UInt64(position + 1))
                case .go:
                    next |= UInt64(1) << UInt64(position + 1)
                    if position + 1 < count, isStar(position + 1) { next |= UInt64(1) << UInt64(position + 2) }
                }
            }
            if startingAfterSlashes, byte == slash { next |= start }
            if next == 0, !startingAfterSlashes { return false }
            active = next
        }
        return active & (UInt64(1) << UInt64(count)) != 0
    }

    /// Any number of positions.
    private func matchesLong(_ subject: [UInt8], _ range: Range<Int>, _ startingAfterSlashes: Bool) -> Bool {
        let count = tokens.count
        let words = count / 64 + 1
        var active = [UInt64](repeating: 0, count: words)
        var next = active
        func insert(_ position: Int, into set: inout [UInt64]) {
            set[position >> 6] |= UInt64(1) << UInt64(position & 63)
            guard position < count, isStar(position) else { return }
            set[(position + 1) >> 6] |= UInt64(1) << UInt64((position + 1) & 63)
        }
        insert(0, into: &active)
        for index in range {
            let byte = subject[index]
            var isEmpty = true
            for word in 0..<words { next[word] = 0 }
            for word in 0..<words {
                var bits = active[word]
                while bits != 0 {
                    let position = word << 6 + bits.trailingZeroBitCount
                    bits &= bits &- 1
                    guard position < count else { break }
                    switch advance(position, byte) {
                    case .no: continue
                    case .stay: insert(position, into: &next)
                    case .go: insert(position + 1, into: &next)
                    }
                    isEmpty = false
                }
            }
            if startingAfterSlashes, byte == slash {
                insert(0, into: &next)
                isEmpty = false
            }
            if isEmpty, !startingAfterSlashes { return false }
            swap(&active, &next)
        }
        return active[count >> 6] & (UInt64(1) << UInt64(count & 63)) != 0
    }

    private enum Move { case no, stay, go }

    @inline(__always)
    private func advance(_ position: Int, _ byte: UInt8) -> Move {
        switch tokens[position] {
        case .byte(let wanted): byte == wanted ? .go : .no
        case .any: byte == slash && !Knob.questionMeetsSlash.isOn ? .no : .go
        case .set(let index): byte != slash && sets[Int(index)].contains(byte) ? .go : .no
        case .star: byte == slash && !Knob.starMeetsSlash.isOn ? .no : .stay
        case .doubleStar: .stay
        }
    }

    @inline(__always)
    private func isStar(_ position: Int) -> Bool {
        switch tokens[position] {
        case .star, .doubleStar: true
        default: false
        }
    }
}

let slash = UInt8(ascii: "/")

/// A wildcard pattern for one component of a path, outside of any filter rule (ARG-68).
public struct NamePattern: Sendable {
    private let wildcard: Wildcard

    public init(_ pattern: some Sequence<UInt8>) { wildcard = Wildcard(pattern) }

    public func matches(_ name: [UInt8]) -> Bool { wildcard.matches(name, 0..<name.count) }
}
