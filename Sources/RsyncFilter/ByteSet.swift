import RsyncWire

/// A set of bytes: the members of a `[…]` in a pattern (FLT-54 to FLT-56).
struct ByteSet: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word & (UInt64(1) << UInt64(byte & 63)) != 0
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    private mutating func invert() { words = (~words.0, ~words.1, ~words.2, ~words.3) }

    /// Reads the members behind an opening `[`; `index` is then behind the closing `]`. Nil for a malformed class.
    init?(parsing pattern: [UInt8], at index: inout Int) {
        let end = pattern.count
        let negated = index < end && (pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^"))
        if negated { index += 1 }
        var isFirst = true
        /// The member before this one when it may begin a range.
        var rangeStart: UInt8?
        while true {
            guard index < end else { return nil }
            let byte = pattern[index]
            if byte == UInt8(ascii: "]"), !isFirst { break }
            isFirst = false
            let isLast = index + 1 >= end || pattern[index + 1] == UInt8(ascii: "]")
            if byte == UInt8(ascii: "-"), let low = rangeStart, !isLast {
                index += 1
                if pattern[index] == UInt8(ascii: "\\") { index += 1 }
                guard index < end else { return nil }
                let high = pattern[index]
                if low <= high { for member in Knob.rangesAreCut.isOn ? low...low : low...high { insert(member) } }
                rangeStart = nil
                index += 1
            } else if byte == UInt8(ascii: "["), index + 1 < end, pattern[index + 1] == UInt8(ascii: ":") {
                guard let close = pattern[(index + 2)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
                if pattern[close - 1] == UInt8(ascii: ":"), close - 1 > index + 1 {
                    guard insertNamed(pattern[(index + 2)..<(close - 1)]) else { return nil }
                    rangeStart = nil
                    index = close + 1
                } else {
                    insert(byte)
                    rangeStart = byte
                    index += 1
                }
            } else {
                if byte == UInt8(ascii: "\\") { index += 1 }
                guard index < end else { return nil }
                insert(pattern[index])
                rangeStart = pattern[index]
                index += 1
            }
        }
        index += 1
        if negated, !Knob.classesAreNotNegated.isOn { invert() }
    }

    /// Adds a class of FLT-55; false when there is none of that name.
    private mutating func insertNamed(_ name: ArraySlice<UInt8>) -> Bool {
        let lower = UInt8(ascii: "a")...UInt8(ascii: "z")
        let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let digit = UInt8(ascii: "0")...UInt8(ascii: "9")
        let ranges: [ClosedRange<UInt8>]
        switch String(decoding: name, as: UTF8.self) {
        case "alnum": ranges = [lower, upper, digit]
        case "alpha": ranges = [lower, upper]
        case "blank": ranges = [0x20...0x20, 0x09...0x09]
        case "cntrl": ranges = [0x00...0x1f, 0x7f...0x7f]
        case "digit": ranges = [digit]
        case "graph": ranges = [0x21...0x7e]
        case "lower": ranges = [lower]
        case "print": ranges = [0x20...0x7e]
        case "punct": ranges = [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e]
        case "space": ranges = [0x20...0x20, 0x09...0x0d]
        case "upper": ranges = [upper]
        case "xdigit": ranges = [digit, UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F")]
        default: return false
        }
        for range in ranges { for member in range { insert(member) } }
        return true
    }
}
