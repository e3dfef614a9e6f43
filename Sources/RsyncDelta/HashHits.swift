/// Counts the places of a source at which a search would look into a table of sums and find something there: a figure that
/// `-vv` tells (MET-188). The search itself uses other tables, so the count is made beside it, and only when asked for.
struct HashHits: Sendable {
    /// Sizes of the table: this, and in proportion to the blocks from where that is more.
    static let smallest = 1 << 16

    private(set) var count: Int64 = 0
    private let size: UInt32
    private var words: [UInt64]

    init(weak: [UInt32]) {
        let grown = weak.count / 8 * 10 + 11
        size = UInt32(clamping: max(grown, Self.smallest))
        words = [UInt64](repeating: 0, count: Int(size) / 64 + 1)
        for sum in weak {
            let slot = slot(sum)
            words[Int(slot >> 6)] |= 1 << UInt64(slot & 63)
        }
    }

    private func slot(_ weak: UInt32) -> UInt32 {
        size == Self.smallest ? (weak &+ weak >> 16) & 0xffff : weak % size
    }

    mutating func look(_ sum: RollingSum) {
        let slot = slot(sum.value)
        count += Int64(words[Int(slot >> 6)] >> UInt64(slot & 63) & 1)
    }

    /// The window moves from `start`, whose sum is given, to `end`: each place but the first.
    mutating func look(_ bytes: [UInt8], from start: Int, to end: Int, length: Int, _ sum: RollingSum) {
        var sum = sum
        for place in start..<end {
            sum.roll(removing: bytes[place], adding: bytes[place + length], length: length)
            look(sum)
        }
    }

    /// The window ends with the source, at `end`, and gets shorter: from the place `start` on while it is not shorter than
    /// `shortest`.
    mutating func look(_ bytes: [UInt8], from start: Int, end: Int, shortest: Int) {
        guard shortest > 0, start + shortest <= end else { return }
        var sum = RollingSum(bytes, start..<end)
        for place in start...(end - shortest) {
            look(sum)
            sum.drop(bytes[place], length: end - place)
        }
    }
}
