import RsyncDelta
import RsyncProtocol
import Testing

@Suite struct BlockPlanTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let length: Int64
        let requested: Int32
        let head: SumHead
        var testDescription: String { "\(length) bytes" }

        init(
            _ length: Int64, _ count: Int32, _ blockLength: Int32, _ strongLength: Int32, _ remainder: Int32,
            requested: Int32 = 0
        ) {
            self.length = length
            self.requested = requested
            head = SumHead(count: count, blockLength: blockLength, strongLength: strongLength, remainder: remainder)
        }
    }

    static let golden: [Sample] = [
        Sample(1, 1, 700, 2, 1),
        Sample(699, 1, 700, 2, 699),
        Sample(700, 1, 700, 2, 0),
        Sample(701, 2, 700, 2, 1),
        Sample(489_999, 700, 700, 2, 699),
        Sample(490_000, 700, 700, 2, 0),
        Sample(490_001, 701, 700, 2, 1),
        Sample(500_000, 711, 704, 2, 160),
        Sample(524_288, 729, 720, 2, 128),
        Sample(1_000_000, 1000, 1000, 2, 0),
        Sample(1_048_576, 1024, 1024, 2, 0),
        Sample(5_000_000, 2241, 2232, 2, 320),
        Sample(10_000_000, 3165, 3160, 2, 1760),
        Sample(100_000_000, 10000, 10000, 3, 0),
        Sample(1_073_741_823, 32777, 32760, 3, 63),
        Sample(1_073_741_824, 32768, 32768, 3, 0),
        Sample(4_000_000_000, 63252, 63240, 4, 6760),
        Sample(17_179_869_183, 131081, 131064, 4, 63),
        Sample(17_179_869_184, 131072, 131072, 4, 0),
        Sample(100_000_000_000, 762940, 131072, 5, 59392),
        Sample(1_000_000_000_000, 7_629_395, 131072, 5, 69632),
        Sample(15_000_000_000_000, 114_440_918, 131072, 6, 126_976),
        Sample(1_000_000, 811, 1234, 2, 460, requested: 1234),
        Sample(1_000_000, 125_000, 8, 2, 0, requested: 8),
    ]

    private func plan(
        _ length: Int64, requested: Int32 = 0, digest: Int = 16, redo: Bool = false, version: ProtocolVersion = .newest,
        limit: Int32 = .max
    ) -> SumHead {
        BlockPlan.plan(
            basisLength: length, requestedBlockLength: requested, digestLength: digest, isRedo: redo,
            traits: SessionTraits(version: version), blockLengthLimit: limit)
    }

    @Test(arguments: golden) func hasTheValuesOfTheSpecification(_ sample: Sample) {
        let head = plan(sample.length, requested: sample.requested)
        #expect(head == sample.head)
        #expect(head.basisLength == sample.length)
    }

    @Test func announcesNothingForAnEmptyBasis() {
        #expect(plan(0) == .null)
    }

    @Test func announcesNothingAboveTheLargestCount() {
        #expect(plan(Int64(Int32.max), requested: 1).count == Int32.max)
        #expect(plan(Int64(Int32.max) + 1, requested: 1) == .null)
        #expect(plan(Int64.max) == .null)
    }

    @Test func usesLongSumsInARedoButNeverMoreThanTheDigestHas() {
        #expect(plan(1_000_000, redo: true).strongLength == 16)
        #expect(plan(1_000_000, digest: 20, redo: true).strongLength == 16)
        #expect(plan(1_000_000, digest: 8, redo: true).strongLength == 8)
        #expect(plan(1_000_000, digest: 1).strongLength == 1)
    }

    @Test func staysWithinTheProtocolAndTheGivenLimit() throws {
        let old = try #require(ProtocolVersion(29))
        #expect(plan(1 << 40, version: old).blockLength == 131_072)
        #expect(plan(1 << 40, requested: 1_000_000, version: old).blockLength == 1_000_000)
        #expect(plan(1 << 40, requested: 1_000_000).blockLength == 131_072)
        #expect(plan(1 << 40, limit: 65_535).blockLength == 65_535)
    }

    @Test func placesEveryBlock() {
        let layout = BasisLayout(plan(1701))
        #expect(layout.extent(of: 0) == BasisLayout.Extent(offset: 0, length: 700))
        #expect(layout.extent(of: 1) == BasisLayout.Extent(offset: 700, length: 700))
        #expect(layout.extent(of: 2) == BasisLayout.Extent(offset: 1400, length: 301))
        #expect(layout.extent(of: 3) == nil)
        #expect(layout.extent(of: -1) == nil)
        #expect(BasisLayout(.null).extent(of: 0) == nil)
        #expect(layout.isInPlace(1, at: 700))
        #expect(!layout.isInPlace(1, at: 701))
    }
}
