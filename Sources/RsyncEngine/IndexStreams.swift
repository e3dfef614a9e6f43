import RsyncProtocol
import RsyncWire

/// Writes indexes into one direction. Its delta memory belongs to the whole session (FLS-136), so there is one.
final class IndexWriter {
    private let output: ProtocolOutput
    private var encoder: IndexEncoder

    init(_ connection: Connection) {
        output = connection.output
        encoder = IndexEncoder(traits: connection.traits)
    }

    func write(_ index: Int32) throws(SessionError) {
        try output.write { encoder.encode(index, into: &$0) }
    }
}

/// Reads indexes from one direction (FLS-136).
final class IndexReader {
    private let input: ProtocolInput
    private var decoder: IndexDecoder

    init(_ connection: Connection) {
        input = connection.input
        decoder = IndexDecoder(traits: connection.traits)
    }

    func read() throws(SessionError) -> Int32 {
        try input.parse { reader throws(WireError) in try decoder.decode(&reader) }
    }
}
