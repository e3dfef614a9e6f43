import RsyncCompress
import RsyncProtocol
import RsyncWire

/// The tokens of the files that arrive, in whatever encoding the session has (XFR-80).
///
/// The receiver sees plain tokens: a literal's bytes are then to be consumed, a block's bytes to be shown where
/// `wantsBlocks` says so.
final class TokenInput {
    private let input: ProtocolInput
    /// nil in a session without compression.
    private let decoder: TokenDecoder?

    init(_ connection: Connection) {
        input = connection.input
        decoder =
            connection.compression == .none
            ? nil
            : TokenDecoder(connection.compression, insertsWholeBlocks: connection.traits.insertsWholeBlocksInHistory)
    }

    /// Before the first token of each file. `discarding`: its literals are not wanted (XFR-122).
    func beginFile(discarding: Bool = false) { decoder?.beginFile(discarding: discarding) }

    var wantsBlocks: Bool { decoder?.wantsBlocks ?? false }

    func sawBlock(_ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        do throws(WireError) {
            try decoder?.sawBlock(bytes, range)
        } catch {
            throw .wire(error)
        }
    }

    func next(blockCount: Int32) throws(SessionError) -> PlainToken {
        guard let decoder else {
            return try input.parse { reader throws(WireError) in
                try PlainToken(reading: &reader, blockCount: blockCount)
            }
        }
        while true {
            switch try step(decoder) {
            case .literal(let count): return .literal(count)
            case .block(let index): return .block(index)
            case .end: return .end
            case .needsRecord:
                let record = try input.parse { reader throws(WireError) in
                    try TokenRecord(reading: &reader, previous: decoder.previous, blockCount: blockCount)
                }
                decoder.take(record)
                if case .data(let count) = record {
                    try input.consume(count) { bytes, range throws(SessionError) in decoder.add(bytes, range) }
                }
            }
        }
    }

    /// The bytes of the literal that `next` gave last.
    func consume(_ count: Int, _ body: ([UInt8], Range<Int>) throws(SessionError) -> Void) throws(SessionError) {
        guard let decoder else { return try input.consume(count, body) }
        try body(decoder.output, 0..<count)
    }

    private func step(_ decoder: TokenDecoder) throws(SessionError) -> TokenDecoder.Step {
        do throws(WireError) {
            return try decoder.next()
        } catch {
            throw .wire(error)
        }
    }
}
