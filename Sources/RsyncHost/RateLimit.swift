/// How long to pause between writes so that no more than `--bwlimit` goes out (XFR-150). Knows no clock: the caller says
/// what time it is.
struct RateLimit: Sendable {
    /// Shorter pauses are put off: a timer is not that exact.
    private static let shortestPause: Int64 = 100_000_000

    private let bytesPerSecond: Int64
    /// Bytes written that the rate does not cover yet.
    private var debt: Int64 = 0
    private var checkedAt: Int64

    /// `rate`: units of 1024 bytes per second, more than 0.
    init(rate: Int32, nanoseconds: Int64) {
        bytesPerSecond = Int64(rate) * 1024
        checkedAt = nanoseconds
    }

    /// The longest single write: an eighth of a second's worth.
    static func largestWrite(rate: Int32) -> Int { max(512, Int(rate) * 128) }

    /// Nanoseconds to wait after a write of `count` bytes; 0 for none.
    mutating func pause(afterWriting count: Int, nanoseconds now: Int64) -> Int64 {
        // The product cannot overflow: after a day without a write nothing is owed.
        let elapsed = min(now - checkedAt, 86_400 * 1_000_000_000)
        checkedAt = now
        debt = max(0, debt + Int64(count) - Int64(Double(elapsed) * Double(bytesPerSecond) / 1e9))
        let pause = Int64(Double(debt) / Double(bytesPerSecond) * 1e9)
        return pause >= Self.shortestPause ? pause : 0
    }
}
