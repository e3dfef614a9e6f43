import RsyncDelta
import TestSupport
import Testing

@Suite struct RollingSumTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let weak: UInt32

        init(_ description: String, _ bytes: [UInt8], _ weak: UInt32) {
            testDescription = description
            self.bytes = bytes
            self.weak = weak
        }
    }

    static let golden = [
        Sample("empty", [], 0x0000_0000),
        Sample("a", [0x61], 0x0061_0061),
        Sample("abc", [0x61, 0x62, 0x63], 0x024a_0126),
        Sample("ff", [0xff], 0xffff_ffff),
        Sample("80", [0x80], 0xff80_ff80),
        Sample("00 to ff", [UInt8](0...255), 0x6a80_ff80),
        Sample("700 times 01", [UInt8](repeating: 0x01, count: 700), 0xbe66_02bc),
        Sample("700 times ff", [UInt8](repeating: 0xff, count: 700), 0x419a_fd44),
        Sample("700 times 00", [UInt8](repeating: 0x00, count: 700), 0x0000_0000),
        Sample("131072 times 7f", [UInt8](repeating: 0x7f, count: 131_072), 0x0000_0000),
    ]

    @Test(arguments: golden) func hasTheValuesOfTheSpecification(_ sample: Sample) {
        #expect(RollingSum(sample.bytes, 0..<sample.bytes.count).value == sample.weak)
    }

    @Test func rollsToTheSameSumAsFromScratch() {
        var random = SeededRandom(seed: 41)
        let bytes = random.bytes(2000)
        for length in [1, 2, 3, 15, 16, 17, 700, 1999, 2000] {
            var sum = RollingSum(bytes, 0..<length)
            for start in 1..<max(2, bytes.count - length + 1) where start + length <= bytes.count {
                sum.roll(removing: bytes[start - 1], adding: bytes[start + length - 1], length: length)
                guard sum != RollingSum(bytes, start..<(start + length)) else { continue }
                Issue.record("length \(length), start \(start)")
            }
        }
    }

    @Test func shrinksToTheSameSumAsFromScratch() {
        var random = SeededRandom(seed: 42)
        let bytes = random.bytes(300)
        var sum = RollingSum(bytes, 0..<300)
        for start in 0..<300 {
            sum.drop(bytes[start], length: 300 - start)
            #expect(sum == RollingSum(bytes, (start + 1)..<300))
        }
        #expect(sum == RollingSum())
    }
}
