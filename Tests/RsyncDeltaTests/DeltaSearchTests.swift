import RsyncDelta
import RsyncDigest
import RsyncProtocol
import TestSupport
import Testing

@Suite struct DeltaSearchTests {
    @Test func sendsAnUnchangedFileAsItsBlocksInOrder() {
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(100_050)
        let (patcher, outcome) = delta(bytes, bytes, blockLength: 100)
        #expect(patcher.blocks == [Int32](0...1000))
        #expect(outcome.literalBytes == 0)
        #expect(outcome.matchedBlocks == 1001)
    }

    /// The figures of 3.5.0 for `seq 1 9000` against `seq 1 8000` (MET-188).
    @Test func countsPlacesThatATableHasSomethingFor() {
        let source = (1...9000).flatMap { Array("\($0)\n".utf8) }
        let basis = (1...8000).flatMap { Array("\($0)\n".utf8) }
        for (blockLength, matches, hits) in [(700, 55, 59), (512, 75, 81)] {
            let head = makeHead(basis, blockLength: blockLength, strongLength: 16)
            for counts in [true, false] {
                var search = DeltaSearch(
                    signature: makeSignature(basis, head), hasher: fastHasher, updatingInPlace: false, countsHits: counts)
                var (input, patcher) = (MemorySource(source), Patcher(basis: basis, head: head))
                let outcome = search.run(length: Int64(source.count), source: &input, sink: &patcher)
                #expect(outcome.matchedBlocks == matches)
                #expect(outcome.hashHits == (counts ? Int64(hits) : 0))
                #expect(patcher.output == source)
            }
        }
    }

    @Test func numbersEqualBlocksInARun() {
        let zeros = [UInt8](repeating: 0, count: 100_000)
        let (patcher, _) = delta(zeros, zeros, blockLength: 100)
        #expect(patcher.blocks == [Int32](0..<1000))
    }

    @Test func goesOnBehindTheBlockThatMatchedLastAmongEqualOnes() {
        var random = SeededRandom(seed: 2)
        let (a, b, c) = (random.bytes(64), random.bytes(64), random.bytes(64))
        // Blocks a b a c: behind b the second a is taken and not the first, so that c continues the run.
        let (patcher, _) = delta(b + a + c, a + b + a + c, blockLength: 64)
        #expect(patcher.blocks == [1, 2, 3])
    }

    @Test func findsTheShortLastBlockOnlyAtTheEnd() {
        var random = SeededRandom(seed: 3)
        let (full, short) = (random.bytes(64), random.bytes(10))
        #expect(delta(random.bytes(5) + short, full + short, blockLength: 64).patcher.events == [.literal(5), .block(1)])
        #expect(delta(short + full, full + short, blockLength: 64).patcher.events == [.literal(10), .block(0)])
        #expect(delta(short, full + short, blockLength: 64).patcher.events == [.block(1)])
        #expect(delta(short, full + short, blockLength: 64, updating: true).patcher.events == [.block(1)])
        let zeros = [UInt8](repeating: 0, count: 74)
        #expect(delta(zeros, zeros, blockLength: 64).patcher.events == [.block(0), .block(1)])
    }

    @Test func treatsARemainderOfAWholeBlockAsAWholeBlock() {
        var random = SeededRandom(seed: 4)
        let basis = random.bytes(128)
        let head = SumHead(count: 2, blockLength: 64, strongLength: 16, remainder: 64)
        var search = DeltaSearch(signature: makeSignature(basis, head), hasher: fastHasher, updatingInPlace: false)
        var source = MemorySource(basis + [1])
        var patcher = Patcher(basis: basis, head: head)
        _ = search.run(length: 129, source: &source, sink: &patcher)
        #expect(patcher.events == [.block(0), .block(1), .literal(1)])
    }

    @Test(arguments: [0, 17]) func ignoresSumsWithoutStrongPartOrWithMoreThanTheDigest(strongLength: Int) {
        let basis = [UInt8](repeating: 5, count: 256)
        let head = makeHead(basis, blockLength: 64, strongLength: strongLength)
        var signature = Signature(head: head)
        let whole = fastHasher.sum(of: [UInt8](basis[..<64])) + [0]
        for block in 0..<4 {
            let weak = RollingSum(basis, (block * 64)..<(block * 64 + 64)).value
            signature.append(weak: weak, strong: whole[..<strongLength])
        }
        var search = DeltaSearch(signature: signature, hasher: fastHasher, updatingInPlace: false)
        var source = MemorySource(basis)
        var patcher = Patcher(basis: basis, head: head)
        let outcome = search.run(length: 256, source: &source, sink: &patcher)
        #expect(patcher.events == [.literal(256)])
        #expect(outcome.literalBytes == 256)
    }

    @Test func ignoresBlocksThatAreTooLongToSearchFor() {
        let head = SumHead(count: 1, blockLength: DeltaSearch.longestSearchedBlock + 1, strongLength: 2, remainder: 3)
        var signature = Signature(head: head)
        let basis: [UInt8] = [1, 2, 3]
        signature.append(weak: RollingSum(basis, 0..<3).value, strong: fastHasher.sum(of: basis)[..<2])
        var search = DeltaSearch(signature: signature, hasher: fastHasher, updatingInPlace: false)
        var source = MemorySource(basis)
        var patcher = Patcher(basis: basis, head: head)
        _ = search.run(length: 3, source: &source, sink: &patcher)
        #expect(patcher.events == [.literal(3)])
    }

    @Test func streamsWithoutSumsAndSkipsTheStart() {
        var random = SeededRandom(seed: 5)
        let bytes = random.bytes(1_500_000)
        var source = MemorySource(bytes)
        var patcher = Patcher(basis: [], head: .null)
        var search = DeltaSearch()
        var storage: [UInt8] = []
        let outcome = search.run(
            from: 1000, length: Int64(bytes.count), source: &source, sink: &patcher, storage: &storage)
        #expect(patcher.output == [UInt8](bytes[1000...]))
        #expect(patcher.seen == patcher.output)
        #expect(outcome.literalBytes == 1_499_000)
        #expect(source.reads == 3)
        #expect(storage.count == 524_288)
    }

    @Test func asksNothingOfAnEmptySource() {
        let (patcher, outcome) = delta([], [1, 2, 3], blockLength: 2)
        #expect(patcher.events.isEmpty)
        #expect(outcome == DeltaOutcome())
    }

    @Test(arguments: [0, 1, 63, 64, 1000, 600_000]) func fillsWhatTheSourceLacksWithZerosAndSaysSo(kept: Int) {
        var random = SeededRandom(seed: 6)
        let bytes = random.bytes(700_000)
        let source = [UInt8](bytes[..<kept])
        let filled = source + [UInt8](repeating: 0, count: bytes.count - kept)
        for updating in [false, true] {
            let (patcher, outcome) = delta(source, bytes, blockLength: 64, updating: updating, length: bytes.count)
            #expect(patcher.output == filled)
            #expect(patcher.seen == filled)
            #expect(outcome.missingBytes == Int64(bytes.count - kept))
        }
        var reader = MemorySource(source)
        var patcher = Patcher(basis: [], head: .null)
        var search = DeltaSearch()
        let outcome = search.run(length: Int64(bytes.count), source: &reader, sink: &patcher)
        #expect(outcome.missingBytes == Int64(bytes.count - kept))
        #expect(patcher.output == filled)
    }

    @Test func readsNothingBehindTheAnnouncedLength() {
        let (patcher, outcome) = delta([1, 2, 3, 4], [9], blockLength: 1, length: 2)
        #expect(patcher.output == [1, 2])
        #expect(outcome.missingBytes == 0)
    }

    @Test func passesTheSinksErrorOn() {
        struct Full: Error {}
        struct Refusing: DeltaSink {
            mutating func source(_ bytes: [UInt8], _ range: Range<Int>) throws(Full) {}
            mutating func literal(_ bytes: [UInt8], _ range: Range<Int>) throws(Full) { throw Full() }
            mutating func block(_ index: Int32, _ bytes: [UInt8], _ range: Range<Int>) throws(Full) {}
        }
        #expect(throws: Full.self) {
            var search = DeltaSearch()
            var source = MemorySource([1])
            var sink = Refusing()
            _ = try search.run(length: 1, source: &source, sink: &sink)
        }
    }
}
