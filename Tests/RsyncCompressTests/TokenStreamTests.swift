import RsyncCompress
import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct TokenStreamTests {
    @Test(arguments: TokenScript.names, [nil, 1, 9, -7, 99] as [Int32?])
    func comesBackAsItWas(_ name: CompressionName, _ level: Int32?) throws {
        let script = TokenScript(name: name)
        let files = script.sampleFiles(1)
        let bytes = script.encode(files, level: level)
        #expect(try script.decode(bytes, files: files.count) == files)
        #expect(try script.decode(bytes, files: files.count, chunk: 1) == files)
    }

    @Test(arguments: TokenScript.names)
    func isShorterWhereSomethingRepeats(_ name: CompressionName) {
        let script = TokenScript(name: name)
        #expect(script.encode([[.literal([UInt8](repeating: 7, count: 100_000))]]).count < 3000)
    }

    /// XFR-97: a literal that repeats a matched block costs next to nothing with zlib, and its whole length with zlibx.
    @Test func onlyZlibLooksBackOnBlocks() {
        var zlib = TokenScript(name: .zlib), zlibx = TokenScript(name: .zlibx)
        zlib.blockLength = 4000
        zlibx.blockLength = 4000
        let file: [Token] = [.block(3), .literal(zlib.block(3))]
        #expect(zlib.encode([file]).count < 100)
        #expect(zlibx.encode([file]).count > 4000)
    }

    /// XFR-98: below protocol 31 a second segment is the start of the block again.
    @Test func theHistoryOfLongBlocksDependsOnTheProtocol() throws {
        for isWhole in [true, false] {
            let script = TokenScript(name: .zlib, insertsWholeBlocks: isWhole, blockLength: 70_000)
            let block = script.block(0)
            let end: [Token] = [.block(0), .literal([UInt8](block[65_600..<70_000]))]
            let start: [Token] = [.block(0), .literal([UInt8](block[0..<4400]))]
            #expect(try script.decode(script.encode([end, start]), files: 2) == [end, start])
            #expect((script.encode([end]).count < 100) == isWhole)
            #expect((script.encode([start]).count < 100) == !isWhole)
        }
    }

    @Test(arguments: TokenScript.names)
    func needsMoreAtEveryPrefix(_ name: CompressionName) {
        let script = TokenScript(name: name)
        let files = Array(script.sampleFiles(2)[1...3])
        let bytes = script.encode(files)
        for length in 0..<bytes.count {
            #expect(throws: WireError.needsMore) { try script.decode([UInt8](bytes[..<length]), files: files.count) }
        }
    }

    /// What is discarded leaves later files readable (XFR-123), whatever blocks it names.
    @Test(arguments: TokenScript.names)
    func discardingLosesNothingLater(_ name: CompressionName) throws {
        let script = TokenScript(name: name)
        let files = script.sampleFiles(3)
        let read = try script.decode(script.encode(files), files: files.count, discarding: [2, 4])
        for (index, file) in files.enumerated() {
            let isDiscarded = index == 2 || index == 4
            #expect(read[index] == (isDiscarded ? file.filter { if case .block = $0 { true } else { false } } : file))
        }
    }

    /// Any change of any byte is a WireError, or other tokens, and never more than that.
    @Test(arguments: TokenScript.names)
    func survivesCorruption(_ name: CompressionName) {
        let seed: UInt64 = 0x5eed
        var random = SplitMix64(seed: seed)
        let script = TokenScript(name: name)
        let files = Array(script.sampleFiles(4)[0...4])
        let bytes = script.encode(files)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(WireError) {
                _ = try script.decode(damaged, files: files.count, blockCount: 100)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0, "seed \(seed)")
    }

    @Test(arguments: TokenScript.names)
    func survivesNoise(_ name: CompressionName) {
        let seed: UInt64 = 77
        var random = SplitMix64(seed: seed)
        let script = TokenScript(name: name)
        for _ in 0..<500 {
            let data = random.bytes(Int.random(in: 0...600, using: &random))
            var writer = ByteWriter()
            TokenRecord.data(data.count).write(to: &writer, previous: 0)
            writer.bytes(data)
            TokenRecord.end.write(to: &writer, previous: 0)
            do throws(WireError) { _ = try script.decode(writer.bytes, files: 1) } catch {}
        }
    }

    /// XFR-91: releases before 3.5.0 could write one with zstd.
    @Test func anEmptyRecordOfZstdIsNothing() throws {
        let script = TokenScript(name: .zstd)
        let bytes = script.encode([[.literal([1, 2, 3])]])
        #expect(try script.decode([0x40, 0x00] + bytes, files: 1) == [[.literal([1, 2, 3])]])
    }

    /// XFR-102, XFR-103: a block that becomes nothing, or more than a receiver must take.
    @Test func refusesUnfitBlocksOfLz4() {
        let script = TokenScript(name: .lz4)
        #expect(throws: WireError.self) { try script.decode([0x40, 0x01, 0x00, 0x00], files: 1) }
        // One literal and a match of 40 000 bytes.
        let match = [0x1f, 0x61, 0x01, 0x00] + [UInt8](repeating: 0xff, count: 157) + [0x00, 0x50] + Array("aaaaa".utf8)
        #expect(throws: WireError.self) {
            try script.decode([0x40, UInt8(match.count)] + match + [0x00], files: 1)
        }
    }
}
