import RsyncReport
import Testing

struct ProgressTests {
    /// MET-183 and lines seen.
    @Test func drawsTheReferencesLines() {
        var line = ProgressLine(done: 32_768, size: 300_000, rate: 0, seconds: 0, end: .running)
        #expect(line.text(humanReadable: 1) == "\r         32,768  10%    0.00kB/s    0:00:00  ")
        line.rate = 32_768_000
        #expect(line.text(humanReadable: 3) == "\r         32.00K  10%   31.25MB/s    0:00:00  ")
        line = ProgressLine(
            done: 300_000, size: 300_000, rate: 300_000_000, seconds: 0,
            end: .finished(transferred: 2, remaining: 3, known: 7, isListing: false))
        #expect(line.text(humanReadable: 3) == "\r        292.97K 100%  286.10MB/s    0:00:00 (xfr#2, to-chk=3/7)\n")
    }

    @Test func drawsTheEdges() {
        var line = ProgressLine(done: 0, size: 0, rate: 5e12, seconds: 3 * 3600 + 62, end: .running)
        #expect(line.text(humanReadable: 0) == "\r              0 100% 4656.61GB/s    3:01:02  ")
        line.seconds = nil
        #expect(line.text(humanReadable: 0).hasSuffix("   ??:??:??  "))
        line.seconds = 1e9
        #expect(line.text(humanReadable: 0).hasSuffix("   ??:??:??  "))
        line.done = 5
        line.end = .finished(transferred: 1, remaining: 1000, known: 1002, isListing: true)
        #expect(line.text(humanReadable: 0).hasSuffix(" (xfr#1, ir-chk=1000/1002)\n"))
        line.done = .max
        line.size = .max - 1
        #expect(line.text(humanReadable: 0).contains(" 100% "))
    }
}
