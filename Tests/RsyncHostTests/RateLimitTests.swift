@testable import RsyncHost
import Testing

struct RateLimitTests {
    /// Whatever the size of the writes, a second's worth takes a second (XFR-150).
    @Test(arguments: [512, 4096, 128 * 100, 99_999])
    func keepsTheRate(piece: Int) {
        var now: Int64 = 5_000_000_000
        var limit = RateLimit(rate: 100, nanoseconds: now)
        let began = now
        var written = 0
        while written < 1_024_000 {
            now += limit.pause(afterWriting: piece, nanoseconds: now)
            written += piece
        }
        let rate = Double(written) / (Double(now - began) / 1e9)
        // What is owed less than a tenth of a second for is not waited for at once.
        #expect(rate < 102_400 * 1.02 && rate > 102_400 * 0.98)
    }

    @Test func idleTimeIsNoCredit() {
        var limit = RateLimit(rate: 1, nanoseconds: 0)
        #expect(limit.pause(afterWriting: 512, nanoseconds: 3_600_000_000_000) == 0)
        #expect(limit.pause(afterWriting: 1024, nanoseconds: 3_600_000_000_000) == 1_000_000_000)
    }

    @Test func writesAreCut() {
        #expect(RateLimit.largestWrite(rate: 1) == 512)
        #expect(RateLimit.largestWrite(rate: 100) == 12_800)
    }
}
