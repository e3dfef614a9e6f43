import RsyncDelta
import RsyncProtocol
import TestSupport
import Testing

/// Signatures made up to cost time. Without bounds these would take from minutes to days.
@Suite struct HostileSignatureTests {
    private func run(_ source: [UInt8], _ signature: Signature) -> (Patcher, DeltaOutcome) {
        var search = DeltaSearch(signature: signature, hasher: fastHasher, updatingInPlace: false)
        var reader = MemorySource(source)
        var patcher = Patcher(basis: [], head: signature.head)
        let outcome = search.run(length: Int64(source.count), source: &reader, sink: &patcher)
        return (patcher, outcome)
    }

    @Test func survivesAStrongSumThatNeverFitsAtEveryByte() {
        let head = SumHead(count: 1000, blockLength: 131_072, strongLength: 16, remainder: 0)
        var signature = Signature(head: head)
        for _ in 0..<1000 { signature.append(weak: 0, strong: [UInt8](repeating: 0xee, count: 16)) }
        let zeros = [UInt8](repeating: 0, count: 3_000_000)
        let (patcher, outcome) = run(zeros, signature)
        #expect(patcher.output == zeros)
        #expect(outcome.falseAlarms > 0)
        // The allowance, 64 MiB and 64 bytes for each of the source, and one sum that may exceed it.
        #expect(outcome.falseAlarms * 131_072 <= 67_108_864 + 64 * 3_000_000 + 200_000)
    }

    @Test func survivesAMillionEqualWeakSums() {
        let head = SumHead(count: 1_000_000, blockLength: 8, strongLength: 4, remainder: 0)
        var signature = Signature(head: head)
        let strong: [UInt8] = [0xee, 0xee, 0xee, 0xee]
        for _ in 0..<1_000_000 { signature.append(weak: 0, strong: strong) }
        let zeros = [UInt8](repeating: 0, count: 200_000)
        #expect(run(zeros, signature).0.output == zeros)
    }

    @Test func survivesWeakSumsThatShareOneBucket() {
        // Multiples of the inverse of the scattering factor differ only in the lowest bits once scattered.
        var inverse: UInt32 = 1
        for _ in 0..<5 { inverse = inverse &* (2 &- 0x9e37_79b1 &* inverse) }
        let head = SumHead(count: 4000, blockLength: 64, strongLength: 2, remainder: 0)
        var signature = Signature(head: head)
        for index in 0..<4000 { signature.append(weak: inverse &* UInt32(4000 - index), strong: [1, 2]) }
        var random = SeededRandom(seed: 9)
        let source = random.bytes(200_000) + [UInt8](repeating: 0, count: 100_000)
        let (patcher, outcome) = run(source, signature)
        #expect(patcher.seen == source)
        #expect(outcome.literalBytes + outcome.matchedBytes == 300_000)
    }
}
