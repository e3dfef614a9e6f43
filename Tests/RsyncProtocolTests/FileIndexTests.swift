import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct FileIndexTests {
    private func encode(_ values: [Int32], _ traits: SessionTraits) -> [UInt8] {
        var encoder = IndexEncoder(traits: traits)
        return written { for value in values { encoder.encode(value, into: &$0) } }
    }

    /// FLS-135 and SES-19: one stream each, starting fresh.
    @Test(arguments: [
        (
            [0, 1, 5, 258, 512, 512, 33280, 40, 16_777_216, -1, -2],
            "01 01 04 fd fe00fe fe0000 fe80008200 fe80280000 fe81000000 00 ff01"
        ),
        ([-101, -102, -105, -103, -2, -3], "ff64 ff01 ff03 fffe80670000 fffe80020000 ff01"),
        ([-3], "ff02"), ([-1, -1], "00 00"), ([0, -2, 1], "01 ff01 01"), ([Int32.max], "fe ff ff ff ff"),
    ] as [([Int32], String)])
    func isAsInTheWorkedExamples(values: [Int32], text: String) {
        for traits in allTraits where traits.usesDeltaIndexes {
            #expect(encode(values, traits) == hex(text))
            var decoder = IndexDecoder(traits: traits)
            assertReads(hex(text)) { (r) throws(WireError) in
                for value in values { #expect(try decoder.decode(&r) == value) }
            }
        }
    }

    @Test func isAnInt32BeforeProtocol30() {
        for traits in allTraits where !traits.usesDeltaIndexes {
            #expect(encode([0, 5, -1], traits) == hex("00000000 05000000 ffffffff"))
            var decoder = IndexDecoder(traits: traits)
            #expect(assertReads(hex("05 01 00 00")) { (r) throws(WireError) in try decoder.decode(&r) } == 261)
        }
    }

    /// A short read must not move the memories: the same decoder is fed byte by byte through a whole stream.
    @Test func dripsWithoutTouchingTheMemories() {
        let values: [Int32] = [0, 253, 254, 600, -101, -400, 7, 7, 1_000_000, -1, -5_000_000, Int32.max, 0]
        for traits in allTraits {
            let bytes = encode(values, traits)
            var decoder = IndexDecoder(traits: traits)
            var start = 0
            var end = 0
            var read: [Int32] = []
            while end <= bytes.count, read.count < values.count {
                var reader = ByteReader(bytes, from: start, to: end)
                do {
                    read.append(try decoder.decode(&reader))
                    start += reader.consumed
                } catch {
                    #expect(error.code == .needsMore)
                    end += 1
                }
            }
            #expect(read == values)
            #expect(start == bytes.count)
        }
    }

    @Test(arguments: [UInt64(1), 2]) func anyStreamComesBack(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<3000).map { _ -> Int32 in
            let magnitude = Int32(truncatingIfNeeded: random.next() & 0x7fff_ffff) >> Int32(random.next() & 31)
            return Bool.random(using: &random) ? magnitude : -max(1, magnitude)
        }
        for traits in allTraits {
            var decoder = IndexDecoder(traits: traits)
            assertReads(encode(values, traits)) { (r) throws(WireError) in
                for value in values { #expect(try decoder.decode(&r) == value, "seed \(seed)") }
            }
        }
    }

    @Test(arguments: ["fe ff ff ff ff fe 00 01", "fe ff ff ff ff 01"])
    func refusesAnIndexAbove31Bits(text: String) {
        var decoder = IndexDecoder(traits: traits(31))
        assertRefuses(hex(text), field: "ndx", exitCode: 2) { (r) throws(WireError) in
            _ = try decoder.decode(&r)
            return try decoder.decode(&r)
        }
    }

    /// -1 as distance 0 from the fresh memory, and 0 with a sign.
    @Test(arguments: ["fe 00 00", "ff fe 80 00 00 00"])
    func refusesWhatIsNoIndex(text: String) {
        var decoder = IndexDecoder(traits: traits(32))
        assertRefuses(hex(text), field: "ndx", exitCode: 2) { (r) throws(WireError) in try decoder.decode(&r) }
    }
}
