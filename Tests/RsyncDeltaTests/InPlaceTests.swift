import RsyncDelta
import TestSupport
import Testing

@Suite struct InPlaceTests {
    @Test func prefersTheBlockThatIsInPlace() {
        var random = SeededRandom(seed: 70)
        let (a, b) = (random.bytes(64), random.bytes(64))
        // At offset 192 both a and its copy match; the copy is the one that lies there.
        let basis = random.bytes(64) + b + a + a
        let source = random.bytes(128) + b + a
        #expect(delta(source, basis, blockLength: 64, updating: true).patcher.events == [.literal(192), .block(3)])
        #expect(delta(source, basis, blockLength: 64).patcher.blocks == [1, 2])
    }

    @Test func usesNoBlockThatMayBeOverwritten() {
        var random = SeededRandom(seed: 71)
        let basis = random.bytes(6400)
        let (patcher, _) = delta(random.bytes(1) + basis, basis, blockLength: 64, updating: true)
        #expect(patcher.blocks.isEmpty)
    }

    @Test func usesBlocksAhead() {
        var random = SeededRandom(seed: 72)
        let basis = random.bytes(6400)
        let (patcher, _) = delta([UInt8](basis[1...]), basis, blockLength: 64, updating: true)
        #expect(patcher.blocks == [Int32](1...99))
    }

    @Test func usesABlockAgainThatWasSentInItsPlace() {
        var random = SeededRandom(seed: 73)
        let (a, b) = (random.bytes(64), random.bytes(64))
        let (patcher, _) = delta(a + b + a + a, a + b, blockLength: 64, updating: true)
        #expect(patcher.blocks == [0, 1, 0, 0])
        #expect(patcher.violations == 0)
    }

    @Test func findsUsableBlocksBehindManyThatAreNot() {
        var random = SeededRandom(seed: 74)
        // The first 3000 zero blocks are overwritten before any zero is to be sent; 100 lie ahead.
        let basis = [UInt8](repeating: 0, count: 3100 * 8)
        let source = random.bytes(3000 * 8 - 1) + [1] + [UInt8](repeating: 0, count: 100 * 8)
        let (patcher, outcome) = delta(source, basis, blockLength: 8, updating: true)
        #expect(patcher.violations == 0)
        #expect(outcome.matchedBlocks == 100)
    }
}
