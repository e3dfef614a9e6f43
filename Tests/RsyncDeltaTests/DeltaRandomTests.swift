import RsyncDelta
import TestSupport
import Testing

/// Thousands of seeded cases; each failure names its seed.
@Suite struct DeltaRandomTests {
    private struct Case {
        let basis, source: [UInt8]
        let blockLength, piece, edits: Int

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed)
            let alphabet = [1, 2, 3, 256, 256][random.below(5)]
            let most = [0, 1, 7, 50, 300, 2000, 2000][random.below(7)]
            basis = random.bytes(random.below(most + 1), alphabet: alphabet)
            blockLength = [1, 2, 3, 7, 8, 16, 64, 100, 701, 5000][random.below(10)]
            piece = [1, 3, 100, Int.max][random.below(4)]
            edits = random.below(6)
            var source = basis
            for _ in 0..<edits {
                let at = random.below(source.count + 1)
                let length = min(random.below(200), source.count - at)
                switch random.below(5) {
                case 0: source.insert(contentsOf: random.bytes(random.below(100), alphabet: alphabet), at: at)
                case 1: source.removeSubrange(at..<(at + length))
                case 2:
                    let moved = [UInt8](source[at..<(at + length)])
                    source.removeSubrange(at..<(at + length))
                    source.insert(contentsOf: moved, at: random.below(source.count + 1))
                case 3:
                    let copy = [UInt8](source[at..<(at + length)])
                    source.insert(contentsOf: copy, at: random.below(source.count + 1))
                default:
                    for index in at..<(at + min(length, 3)) { source[index] ^= 1 }
                }
            }
            self.source = source
        }

        /// What each edit may cost: the bytes it inserts and the rest of the blocks at its borders (four at most).
        var literalBound: Int64 { Int64((edits + 1) * (4 * blockLength + 200)) }
    }

    @Test(arguments: [false, true]) func rebuildsTheSourceFromTheBasis(updating: Bool) {
        for seed in UInt64(1)...5000 {
            let sample = Case(seed: seed)
            let (patcher, outcome) = delta(
                sample.source, sample.basis, blockLength: sample.blockLength, updating: updating, piece: sample.piece)
            let isRight =
                patcher.output == sample.source && patcher.seen == sample.source && patcher.wrongBlocks == 0
                && outcome.literalBytes + outcome.matchedBytes == Int64(sample.source.count)
                && outcome.missingBytes == 0 && (!updating || patcher.violations == 0)
                && (updating || outcome.literalBytes <= sample.literalBound)
                && (sample.edits > 0 || outcome.literalBytes == 0)
            if !isRight { Issue.record("seed \(seed): \(outcome), \(patcher.events)") }
        }
    }

    /// Sources longer than the window, so that every border of it is crossed.
    @Test(arguments: [700, 4096, 131_072, 300_000]) func rebuildsLongSources(blockLength: Int) {
        for seed in UInt64(1)...2 {
            var random = SeededRandom(seed: seed)
            let piece = random.bytes(200_000)
            let basis = piece + random.bytes(1_100_000) + piece
            var source = basis
            source.removeSubrange(900_000..<900_001)
            source.insert(contentsOf: random.bytes(1 + random.below(90_000)), at: 600_000)
            source += random.bytes(random.below(700_000))
            for updating in [false, true] {
                let (patcher, outcome) = delta(
                    source, basis, blockLength: blockLength, updating: updating, piece: 100_000)
                #expect(patcher.output == source, "seed \(seed)")
                #expect(patcher.seen == source, "seed \(seed)")
                #expect(patcher.wrongBlocks == 0)
                #expect(!updating || patcher.violations == 0, "seed \(seed)")
                if !updating {
                    let added = Int64(source.count - basis.count)
                    #expect(outcome.literalBytes <= added + Int64(4 * blockLength) + 1, "seed \(seed)")
                }
            }
        }
    }
}
