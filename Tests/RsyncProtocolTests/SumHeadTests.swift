import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct SumHeadTests {
    private func read(
        _ number: Int32 = 31, digestLength: Int = 16
    ) -> (inout ByteReader) throws(WireError) -> SumHead {
        { (r) throws(WireError) in try SumHead(reading: &r, traits: traits(number), digestLength: digestLength) }
    }

    private func bytes(_ values: Int32...) -> [UInt8] { written { for value in values { $0.int32(value) } } }

    @Test func isAsInTheWorkedExample() {
        let head = SumHead(count: 3, blockLength: 700, strongLength: 2, remainder: 160)
        let golden = hex("03 00 00 00 bc 02 00 00 02 00 00 00 a0 00 00 00")
        #expect(written { head.write(to: &$0) } == golden)
        #expect(assertReads(golden, reading: read()) == head)
        assertDrips(golden, reading: read())
        #expect(head.basisLength == 1560)
        #expect((0..<3).map { head.length(ofBlock: $0) } == [700, 700, 160])
        #expect(head.offset(ofBlock: 2) == 1400)
    }

    @Test func nullIsSixteenZeros() {
        #expect(written { SumHead.null.write(to: &$0) } == [UInt8](repeating: 0, count: 16))
        #expect(assertReads([UInt8](repeating: 0, count: 16), reading: read()) == .null)
        #expect(SumHead.null.basisLength == 0)
    }

    @Test func refusesBlockLengthAboveMaximum() {
        for number in 27...32 as ClosedRange<Int32> {
            let limit = traits(number).largestBlockLength
            #expect(limit == (number >= 30 ? 131_072 : 536_870_912))
            assertReads(bytes(1, limit, 2, limit), reading: read(number))
            assertRefuses(bytes(1, limit + 1, 2, 0), field: "block-length", exitCode: 2, reading: read(number))
        }
    }

    @Test func refusesWhatCannotBe() {
        assertRefuses(bytes(-1, 700, 2, 0), field: "count", exitCode: 2, reading: read())
        assertRefuses(bytes(1, 0, 2, 0), field: "block-length", exitCode: 2, reading: read())
        assertRefuses(bytes(1, -1, 2, 0), field: "block-length", exitCode: 2, reading: read())
        assertRefuses(bytes(1, 700, -1, 0), field: "strong-length", exitCode: 2, reading: read())
        assertRefuses(bytes(1, 700, 2, -1), field: "remainder", exitCode: 2, reading: read())
        assertRefuses(bytes(1, 700, 2, 701), field: "remainder", exitCode: 2, reading: read())
        assertReads(bytes(1, 700, 2, 700), reading: read())
        assertReads(bytes(0, 700, 2, 0), reading: read())
    }

    /// XFR-38: 16 is accepted from old generators although a short digest has fewer bytes.
    @Test(arguments: [(16, 16), (8, 16), (1, 16), (20, 20)])
    func boundsTheStrongLength(digestLength: Int, limit: Int32) {
        assertReads(bytes(1, 700, limit, 0), reading: read(digestLength: digestLength))
        assertRefuses(
            bytes(1, 700, limit + 1, 0), field: "strong-length", exitCode: 2, reading: read(digestLength: digestLength))
    }

    @Test func matchesNeedSumsWithinTheDigest() {
        let head = SumHead(count: 1, blockLength: 700, strongLength: 16, remainder: 0)
        #expect(head.allowsMatches(digestLength: 16) && !head.allowsMatches(digestLength: 8))
        #expect(!SumHead.null.allowsMatches(digestLength: 16))
        #expect(!SumHead(count: 1, blockLength: 700, strongLength: 0, remainder: 0).allowsMatches(digestLength: 16))
    }

    @Test func lengthsDoNotOverflow() {
        let head = SumHead(count: .max, blockLength: 536_870_912, strongLength: 16, remainder: 1)
        #expect(head.basisLength == Int64(Int32.max - 1) * 536_870_912 + 1)
    }

    @Test func survivesCorruption() {
        assertSurvivesCorruption(
            of: bytes(3, 700, 2, 160), reading: read(), writing: { $0.write(to: &$1) })
    }
}

@Suite struct BlockSumTests {
    @Test func isAsInTheWorkedExample() {
        let sum = BlockSum(weak: 0x89ae_d3d2, strong: hex("0c 6e"))
        let golden = hex("d2 d3 ae 89 0c 6e")
        #expect(written { sum.write(to: &$0) } == golden)
        #expect(BlockSum.size(strongLength: 2) == golden.count)
        let read = assertReads(golden) { (r) throws(WireError) in try BlockSum(reading: &r, strongLength: 2) }
        #expect(read == sum)
        for length in [0, 2, 16] {
            assertDrips([UInt8](repeating: 0xff, count: 4 + length)) { (r) throws(WireError) in
                try BlockSum(reading: &r, strongLength: length)
            }
        }
    }
}

@Suite struct PlainTokenTests {
    private func read(_ count: Int32) -> (inout ByteReader) throws(WireError) -> PlainToken {
        { (r) throws(WireError) in try PlainToken(reading: &r, blockCount: count) }
    }

    @Test(arguments: [
        (PlainToken.end, "00 00 00 00"), (.literal(5), "05 00 00 00"), (.literal(161), "a1 00 00 00"),
        (.block(0), "ff ff ff ff"), (.block(1), "fe ff ff ff"), (.literal(32768), "00 80 00 00"),
        (.literal(0x7fff_ffff), "ff ff ff 7f"), (.block(0x7fff_fffe), "01 00 00 80"),
    ] as [(PlainToken, String)])
    func isAsInTheClause(token: PlainToken, text: String) {
        #expect(written { token.write(to: &$0) } == hex(text))
        #expect(assertReads(hex(text), reading: read(.max)) == token)
        assertDrips(hex(text), reading: read(.max))
    }

    @Test func refusesABlockThatTheBasisDoesNotHave() {
        assertReads(hex("fd ff ff ff"), reading: read(3))
        assertRefuses(hex("fc ff ff ff"), field: "block", exitCode: 2, reading: read(3))
        assertRefuses(hex("ff ff ff ff"), field: "block", exitCode: 2, reading: read(0))
        assertRefuses(hex("00 00 00 80"), field: "block", exitCode: 2, reading: read(3))
    }
}
