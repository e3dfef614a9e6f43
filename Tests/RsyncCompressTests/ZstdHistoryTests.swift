import RsyncCompress
import RsyncProtocol
import TestSupport
import Testing

/// What zstd remembers: data lies where it is compressed, in a region that is written over from its start when it is full.
@Suite struct ZstdHistoryTests {
    private let script = TokenScript(name: .zstd)

    /// Files that repeat what lies up to 5 MB back, in pieces of all lengths. The window of level 1 is 512 KiB, that of level 3 is
    /// 2 MiB and that of level 9 is 4 MiB; the region is 2 MiB larger.
    private func repetitiveFiles(_ random: inout SplitMix64, total: Int) -> [[Token]] {
        var seen = random.bytes(1_500_000)
        var files: [[Token]] = [[.literal(seen)]]
        while seen.count < total {
            var file: [Token] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let length = Int.random(in: 1...(Bool.random(using: &random) ? 300 : 400_000), using: &random)
                let from = Int.random(in: max(0, seen.count - 5_000_000)..<seen.count, using: &random)
                let piece = [UInt8](seen[from..<min(from + length, seen.count)]) + random.bytes(Int.random(in: 0...40, using: &random))
                seen += piece
                file += [.literal(piece), .block(Int32.random(in: 0...9, using: &random))]
            }
            files.append(file)
        }
        return files
    }

    @Test(arguments: [1, 3, 9, -5] as [Int32], [1, 2] as [UInt64])
    func comesBackAcrossTheRegionsEnd(_ level: Int32, _ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let files = repetitiveFiles(&random, total: 9 << 20)
        let bytes = script.encode(files, level: level)
        #expect(try script.decode(bytes, files: files.count) == files, "seed \(seed)")
        let length = files.joined().reduce(0) { if case .literal(let piece) = $1 { $0 + piece.count } else { $0 } }
        #expect(bytes.count < length * 3 / 4, "nothing was found again, seed \(seed)")
    }

    /// XFR-111. That there are threads shows in the process (`CompressThreadsTests`).
    @Test func threadsMakeTheSameOfIt() throws {
        try #require(TokenEncoder.hasThreads)
        var random = SplitMix64(seed: 9)
        let files = repetitiveFiles(&random, total: 24 << 20)
        let bytes = script.encode(files, threads: 2)
        #expect(try script.decode(bytes, files: files.count) == files)
        let long: [[Token]] = [files.joined().filter { if case .literal = $0 { true } else { false } }.merged]
        #expect(try script.decode(script.encode(long, threads: 2), files: 1) == long)
    }
}
