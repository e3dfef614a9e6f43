import RsyncDigest
import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

/// Whole stretches of a session put together from the structures (XFR section 21, SES-204, SES-205).
@Suite struct WorkedExampleTests {
    private let head = SumHead(count: 3, blockLength: 700, strongLength: 2, remainder: 160)
    private let newFile = ItemAttributes(flags: [.transfer, .isNew])
    private let changedFile = ItemAttributes(flags: [.transfer, .reportTime, .reportSize])
    private let alphabet = (0..<1560).map { UInt8(0x41 + $0 % 26) }

    @Test func generatorStreamIsAsPrinted() {
        let traits = traits(32)
        let hasher = BlockHasher(variant: .md5SeedFirst, seed: 1)
        let weak: [UInt32] = [0x89ae_d3d2, 0xcb7c_d3d6, 0x342a_309c]
        var indexes = IndexEncoder(traits: traits)
        let bytes = written {
            indexes.encode(0, into: &$0)
            newFile.write(to: &$0, traits: traits)
            SumHead.null.write(to: &$0)
            indexes.encode(1, into: &$0)
            changedFile.write(to: &$0, traits: traits)
            head.write(to: &$0)
            for block in 0..<head.count {
                let start = Int(head.offset(ofBlock: block))
                let data = Array(alphabet[start..<(start + Int(head.length(ofBlock: block)))])
                let strong = Array(hasher.sum(of: data).prefix(Int(head.strongLength)))
                BlockSum(weak: weak[Int(block)], strong: strong).write(to: &$0)
            }
            for _ in 0..<5 { indexes.encode(FileIndex.done, into: &$0) }
        }
        let zeros = String(repeating: "00", count: 16)
        let first = "01 00a0 \(zeros) 01 0c80 03000000 bc020000 02000000 a0000000"
        let sums = "d2d3ae89 0c6e d6d37ccb 2597 9c302a34 5900"
        #expect(bytes == hex(first + sums + "00 000000 00"))
    }

    @Test func senderStreamIsReadAsPrinted() throws {
        let traits = traits(32)
        let text = """
            01 0c80 03000000 bc020000 02000000 a0000000 ffffffff feffffff a1000000 \(hex(alphabet[1400...] + [0x21]))
            00000000 dc0a2210381c6192c02144062d37aa46 00000000
            """
        var indexes = IndexDecoder(traits: traits)
        var reader = ByteReader(hex(text))
        #expect(try indexes.decode(&reader) == 0)
        #expect(try ItemAttributes(reading: &reader, traits: traits) == changedFile)
        let echoed = try SumHead(reading: &reader, traits: traits, digestLength: 16)
        #expect(echoed == head)
        var file: [UInt8] = []
        tokens: while true {
            switch try PlainToken(reading: &reader, blockCount: echoed.count) {
            case .literal(let length): file += try reader.bytes(length)
            case .block(let index):
                let start = Int(echoed.offset(ofBlock: index))
                file += alphabet[start..<(start + Int(echoed.length(ofBlock: index)))]
            case .end: break tokens
            }
        }
        var sum = FileHasher(variant: .md5SeedFirst, seed: 1)
        sum.update(file)
        let digest = sum.finish()
        #expect(try reader.bytes(16) == digest)
        #expect(file == alphabet + [0x21])
        for _ in 0..<4 { #expect(try indexes.decode(&reader) == FileIndex.done) }
        #expect(reader.isAtEnd)
    }

    /// SES-204: statistics and goodbye in one frame.
    @Test func endOfAPullIsAsCaptured() {
        let traits = traits(32, [.incrementalRecursion, .varintFileListFlags])
        var indexes = IndexEncoder(traits: traits)
        let statistics = TransferStatistics(
            bytesRead: 77, bytesWritten: 226, totalSize: 12, listBuildMilliseconds: 1)
        let payload = written {
            statistics.write(to: &$0, traits: traits)
            indexes.encode(FileIndex.done, into: &$0)
        }
        let frame = written {
            FrameHeader(code: .data, length: payload.count).write(to: &$0)
            $0.bytes(payload)
        }
        #expect(frame == hex("10000007 004d00 00e200 000c00 000100 000000 00"))
    }

    /// SES-205: the generator's marks with deletion statistics among them.
    @Test func endOfADeletingPushIsAsCaptured() {
        let traits = traits(31)
        var indexes = IndexEncoder(traits: traits)
        let payload = written {
            indexes.encode(FileIndex.done, into: &$0)
            indexes.encode(FileIndex.done, into: &$0)
            indexes.encode(FileIndex.deletionStatistics, into: &$0)
            DeletionStatistics(files: 2, directories: 1, symlinks: 1).write(to: &$0)
            indexes.encode(FileIndex.done, into: &$0)
        }
        #expect(payload == hex("00 00 ff02 02 01 01 00 00 00"))
        #expect(payload.count == 0x0a)
    }
}
