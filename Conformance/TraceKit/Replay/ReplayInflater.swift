import RsyncCompress
import RsyncProtocol
import RsyncWire

/// Makes literals of the compressed data of a session's replies, which are to be given in their order.
struct ReplayInflater {
    /// nil in a session without compression.
    private let decoder: TokenDecoder?

    init(_ session: DissectedSession) {
        decoder =
            session.compression == .none
            ? nil
            : TokenDecoder(session.compression, insertsWholeBlocks: session.traits.insertsWholeBlocksInHistory)
    }

    func plain(_ reply: ReplayReply, basis: [UInt8]) throws(WireError) -> ReplayReply {
        guard let decoder else { return reply }
        var result = reply
        result.tokens = []
        decoder.beginFile()
        for token in reply.tokens {
            switch token {
            case .literal: break
            case .compressed(let bytes):
                decoder.take(.data(bytes.count))
                decoder.add(bytes, 0..<bytes.count)
            case .block(let block): decoder.take(.blocks(first: block, last: block))
            }
            try collect(decoder, reply, basis, &result.tokens)
        }
        decoder.take(.end)
        try collect(decoder, reply, basis, &result.tokens)
        return result
    }

    private func collect(
        _ decoder: TokenDecoder, _ reply: ReplayReply, _ basis: [UInt8], _ tokens: inout [ReplayReply.Token]
    ) throws(WireError) {
        while true {
            switch try decoder.next() {
            case .needsRecord, .end: return
            case .literal(let count): tokens.append(.literal([UInt8](decoder.output[..<count])))
            case .block(let block):
                tokens.append(.block(block))
                let bytes = [UInt8](reply.block(block, of: basis) ?? [])
                try decoder.sawBlock(bytes, 0..<bytes.count)
            }
        }
    }
}
