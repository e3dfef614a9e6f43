import RsyncWire

/// The order both sides sort a list by (FLS-97 to FLS-101).
public enum FileOrder {
    /// Whether `a` comes before `b`. Equal names precede each other in neither direction.
    public static func precedes(
        _ a: [UInt8], _ aIsDirectory: Bool, _ b: [UInt8], _ bIsDirectory: Bool, traits: SessionTraits
    ) -> Bool {
        compare(a, aIsDirectory, b, bIsDirectory, traits: traits) < 0
    }

    /// Negative, zero or positive like `memcmp`.
    public static func compare(
        _ a: [UInt8], _ aIsDirectory: Bool, _ b: [UInt8], _ bIsDirectory: Bool, traits: SessionTraits
    ) -> Int {
        let left = Key(a.span, from: 0, count: a.count, isDirectory: aIsDirectory)
        let right = Key(b.span, from: 0, count: b.count, isDirectory: bIsDirectory)
        return compare(left, a.span, right, b.span, plain: traits.sortsByPlainBytes)
    }

    /// A name as the comparison sees it: where it lies in its arena, and what its last component is.
    ///
    /// The place where two names first differ lies in components whose predecessors are equal, so all that has to be
    /// known is whether the component there is the last one, which `lastComponent` tells without a search.
    struct Key {
        var start: Int
        var count: Int
        /// Offset of the last component from `start`.
        var lastComponent: Int
        /// The last component is a directory component. False for `.`, which counts as an empty leaf (FLS-99).
        var endsInDirectory: Bool
        /// Whether the last byte, the dot of `.` or `/.`, is left out in the modern order.
        var hidesDot: Bool

        init(start: Int, count: Int, lastComponent: Int, isDirectory: Bool, isDot: Bool) {
            self.start = start
            self.count = count
            self.lastComponent = lastComponent
            hidesDot = isDirectory && isDot
            endsInDirectory = isDirectory && !hidesDot
        }

        init(_ bytes: Span<UInt8>, from start: Int, count: Int, isDirectory: Bool) {
            var last = count
            while last > 0, bytes[start + last - 1] != FileOrder.slash { last -= 1 }
            self.init(
                start: start, count: count, lastComponent: last, isDirectory: isDirectory,
                isDot: count - last == 1 && bytes[start + last] == FileOrder.dot)
        }
    }

    @inline(__always)
    static func compare(_ a: Key, _ aBytes: Span<UInt8>, _ b: Key, _ bBytes: Span<UInt8>, plain: Bool) -> Int {
        let aCount = !plain && a.hidesDot ? a.count - 1 : a.count
        let bCount = !plain && b.hidesDot ? b.count - 1 : b.count
        let limit = min(aCount, bCount)
        let at = commonPrefix(aBytes, from: a.start, bBytes, from: b.start, limit: limit)
        if plain {
            if at < limit { return Int(aBytes[a.start + at]) - Int(bBytes[b.start + at]) }
            return aCount - bCount
        }
        let aIsDirectory = a.endsInDirectory || a.lastComponent > at
        let bIsDirectory = b.endsInDirectory || b.lastComponent > at
        if at == aCount, at == bCount, aIsDirectory == bIsDirectory { return 0 }
        guard aIsDirectory == bIsDirectory else { return aIsDirectory != Knob.sortsDirectoriesFirst.isOn ? 1 : -1 }
        // Directory components are compared with a slash appended; at the end of a leaf the shorter one is first.
        let end = aIsDirectory && !Knob.sortsWithoutSlash.isOn ? Int(slash) : -1
        let aByte = at < aCount ? Int(aBytes[a.start + at]) : end
        let bByte = at < bCount ? Int(bBytes[b.start + at]) : end
        if aByte != bByte { return aByte - bByte }
        // One of them ends here and the other goes on below it.
        return aCount - bCount
    }

    static let slash: UInt8 = 0x2f
    static let dot: UInt8 = 0x2e
}
