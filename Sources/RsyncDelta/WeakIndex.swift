/// Says quickly, and without ever being wrong about a "no", that no block has a given weak sum.
///
/// One bit per value of a hash, at least 32 bits per block up to 2^25 blocks, so that a window that matches nothing is
/// let through once in 32 times at most.
struct WeakFilter: Sendable {
    /// 2^17 bits are 16 KiB, half of a small first-level cache.
    static let fewestBits = 17
    /// 2^30 bits are 128 MiB: reached at 2^25 blocks, whose sums and entries take twice that and more.
    static let mostBits = 30

    private(set) var words: [UInt64]
    /// Number of bits less one.
    let mask: UInt64

    init(blockCount: Int) {
        let bits = min(Self.mostBits, max(Self.fewestBits, WeakIndex.bitWidth(blockCount) + 5))
        words = [UInt64](repeating: 0, count: 1 << (bits - 6))
        mask = (1 << UInt64(bits)) - 1
    }

    mutating func insert(_ weak: UInt32) {
        let bit = Self.hash(weak) & mask
        words[Int(bit >> 6)] |= 1 << (bit & 63)
    }

    /// The upper half of a wide product: each of its bits depends on all bits of the sum, so that any of them serve,
    /// and a mask will do where a shift by a variable would cost more.
    @inline(__always)
    static func hash(_ weak: UInt32) -> UInt64 { (UInt64(weak) &* 0x9e37_79b9_7f4a_7c15) &>> 32 }
}

/// Finds the blocks of a signature that have a given weak sum.
///
///     starts   one entry per value of the top bits of the scattered sum
///       |
///       v
///     entries  scattered sum << 32 | block number, ascending
///
/// Entries of one bucket are in order, so a peer that makes up sums which fall into one bucket costs a binary search
/// (logarithmic), and equal sums are a range in which block numbers ascend.
struct WeakIndex: Sendable {
    /// A range of at most this many entries is searched one by one.
    static let shortRange = 8

    private(set) var filter: WeakFilter
    private(set) var starts: [UInt32]
    private(set) var entries: [UInt64]
    /// Scattered sums are cut to their bucket by this shift.
    let shift: UInt32

    /// Takes the first `count` weak sums.
    init(weak: [UInt32], count: Int) {
        filter = WeakFilter(blockCount: count)
        let bits = min(28, max(8, Self.bitWidth(count)))
        shift = UInt32(32 - bits)
        starts = [UInt32](repeating: 0, count: (1 << bits) + 1)
        entries = [UInt64](repeating: 0, count: count)
        for block in 0..<count {
            let scattered = Self.scatter(weak[block])
            filter.insert(weak[block])
            starts[Int(scattered >> shift)] += 1
        }
        // Counts become ends; filling from the last block down turns each end into its start.
        var total: UInt32 = 0
        for bucket in 0..<starts.count {
            total += starts[bucket]
            starts[bucket] = total
        }
        for block in stride(from: count - 1, through: 0, by: -1) {
            let scattered = Self.scatter(weak[block])
            let bucket = Int(scattered >> shift)
            starts[bucket] -= 1
            entries[Int(starts[bucket])] = UInt64(scattered) << 32 | UInt64(block)
        }
        for bucket in 0..<(starts.count - 1) {
            let (low, high) = (Int(starts[bucket]), Int(starts[bucket + 1]))
            if high - low > 1 { Self.sort(&entries, low, high) }
        }
    }

    /// Positions, for `block(at:)`, of the blocks with this weak sum; empty when there are none.
    func candidates(_ weak: UInt32) -> Range<Int> {
        let scattered = Self.scatter(weak)
        let bucket = Int(scattered >> shift)
        let (low, high) = (Int(starts[bucket]), Int(starts[bucket + 1]))
        let first = lowerBound(UInt64(scattered) << 32, low, high)
        guard first < high, entries[first] >> 32 == UInt64(scattered) else { return first..<first }
        // No block has the number 0xffffffff, so this is behind the last.
        return first..<lowerBound(UInt64(scattered) << 32 | 0xffff_ffff, first, high)
    }

    func block(at position: Int) -> Int32 { Int32(truncatingIfNeeded: entries[position]) }

    /// The first of `candidates` whose block number is not below `block`.
    func position(ofBlockFrom block: Int64, in candidates: Range<Int>) -> Int {
        guard let first = candidates.first else { return candidates.lowerBound }
        let key = entries[first] & ~0xffff_ffff | UInt64(min(max(block, 0), 0xffff_ffff))
        return lowerBound(key, candidates.lowerBound, candidates.upperBound)
    }

    private func lowerBound(_ key: UInt64, _ from: Int, _ to: Int) -> Int {
        var (low, high) = (from, to)
        while high - low > Self.shortRange {
            let middle = low + (high - low) / 2
            if entries[middle] < key { low = middle + 1 } else { high = middle }
        }
        while low < high, entries[low] < key { low += 1 }
        return low
    }

    private static func sort(_ entries: inout [UInt64], _ low: Int, _ high: Int) {
        guard high - low <= 16 else {
            entries[low..<high].sort()
            return
        }
        for index in (low + 1)..<high {
            let value = entries[index]
            var place = index
            while place > low, entries[place - 1] > value {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[place] = value
        }
    }

    /// A bijection of 32 bits that lets the top bits depend on all others: distinct sums stay distinct.
    @inline(__always)
    static func scatter(_ weak: UInt32) -> UInt32 { weak &* 0x9e37_79b1 }

    /// Bits that hold values up to `count`.
    static func bitWidth(_ count: Int) -> Int { Int.bitWidth - count.leadingZeroBitCount }
}
