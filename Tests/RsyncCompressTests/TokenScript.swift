import RsyncCompress
import RsyncProtocol
import RsyncWire
import TestSupport

/// What one file's token stream says.
enum Token: Equatable {
    case literal([UInt8])
    case block(Int32)
}

/// A session of files, written and read again.
struct TokenScript {
    let name: CompressionName
    var insertsWholeBlocks = true
    var blockLength = 700

    static let names: [CompressionName] = [.zlib, .zlibx, .lz4, .zstd]

    /// The bytes of a block, the same at both ends.
    func block(_ index: Int32) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(index) / 3)
        return random.bytes(blockLength)
    }

    func encode(_ files: [[Token]], level: Int32? = nil, threads: Int32 = 0) -> [UInt8] {
        let encoder = TokenEncoder(name, level: level, threads: threads, insertsWholeBlocks: insertsWholeBlocks)!
        var writer = ByteWriter()
        for file in files {
            encoder.beginFile()
            for token in file {
                switch token {
                case .literal(let bytes): encoder.literal(bytes, 0..<bytes.count, into: &writer)
                case .block(let index):
                    let bytes = block(index)
                    encoder.block(index, bytes, 0..<bytes.count, into: &writer)
                }
            }
            encoder.end(into: &writer)
        }
        return writer.bytes
    }

    /// As a receiver does it: `.needsMore` where the bytes end too early. `chunk`: the most bytes `add` gets at once.
    func decode(
        _ bytes: [UInt8], files: Int, chunk: Int = .max, blockCount: Int32 = 1 << 20, discarding: Set<Int> = []
    ) throws(WireError) -> [[Token]] {
        let decoder = TokenDecoder(name, insertsWholeBlocks: insertsWholeBlocks)
        var reader = ByteReader(bytes)
        var result: [[Token]] = []
        for file in 0..<files {
            decoder.beginFile(discarding: discarding.contains(file))
            var tokens: [Token] = []
            steps: while true {
                switch try decoder.next() {
                case .needsRecord:
                    let record = try TokenRecord(reading: &reader, previous: decoder.previous, blockCount: blockCount)
                    decoder.take(record)
                    guard case .data(var left) = record else { continue }
                    while left > 0 {
                        let piece = try reader.bytes(min(left, chunk))
                        decoder.add(piece, 0..<piece.count)
                        left -= piece.count
                    }
                case .literal(let count):
                    let piece = [UInt8](decoder.output[..<count])
                    if case .literal(let before)? = tokens.last {
                        tokens[tokens.count - 1] = .literal(before + piece)
                    } else {
                        tokens.append(.literal(piece))
                    }
                case .block(let index):
                    tokens.append(.block(index))
                    if decoder.wantsBlocks {
                        let bytes = block(index)
                        try decoder.sawBlock(bytes, 0..<bytes.count)
                    }
                case .end: break steps
                }
            }
            result.append(tokens)
        }
        guard reader.isAtEnd else {
            throw WireError(.malformed, field: "rest", clause: "XFR-84", offset: reader.consumed)
        }
        return result
    }

    /// Files whose literals look back on blocks, on each other and on nothing.
    func sampleFiles(_ seed: UInt64) -> [[Token]] {
        var random = SplitMix64(seed: seed)
        let text = Array("The quick brown fox, again and again. ".utf8)
        let repeated = (0..<40).flatMap { _ in text }
        return [
            [],
            [.literal([1])],
            [.literal(repeated), .block(0), .block(1), .block(2), .literal(block(1) + repeated), .block(90), .block(2)],
            [.block(5), .block(5), .block(6)],
            [.literal(random.bytes(50_000)), .block(7), .literal(block(7) + block(6))],
            [.literal([UInt8](repeating: 0, count: 200_000)), .literal(text)].merged,
        ]
    }
}

extension [Token] {
    /// Literals side by side are one: a stream does not tell where one of them began.
    var merged: [Token] {
        reduce(into: []) { result, token in
            if case .literal(let more) = token, case .literal(let before)? = result.last {
                result[result.count - 1] = .literal(before + more)
            } else {
                result.append(token)
            }
        }
    }
}
