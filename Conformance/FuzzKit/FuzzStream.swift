import RsyncEngine

/// Gives the bytes of an input and forgets what is written.
///
/// A receiving side asks before it is answered, so that an answer which is there at once would always come too early:
/// where `waits`, a read behind the first ones lets the other thread write its requests, if it has any to write.
final class FuzzStream: ByteStream {
    private struct State {
        var position = 0
        var reads = 0
        var writes = 0
        var writesSeen = 0
    }

    private let bytes: [UInt8]
    private let waits: Bool
    private let state = Monitor(State())

    /// Pieces get larger, so that the start of a session comes in small ones and its end soon.
    private static let firstPiece = 64
    /// Bytes that a session may take of an input: more of the same finds nothing new.
    private static let limit = 1 << 20
    /// Reads of the start of a session, which nobody else has to get ahead of.
    private static let earlyReads = 3
    /// Milliseconds that the other thread has.
    private static let patience: Int64 = 1

    init(_ bytes: [UInt8], waits: Bool) {
        self.bytes = [UInt8](bytes.prefix(Self.limit))
        self.waits = waits
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        if waits {
            _ = state.wait(milliseconds: Self.patience) { state in
                state.reads < Self.earlyReads || state.writes > state.writesSeen ? true : nil
            }
        }
        let range = state.withLock(waking: false) { state in
            let piece = min(count, bytes.count - state.position, Self.firstPiece << min(state.reads, 12))
            defer { state.position += piece }
            state.reads += 1
            state.writesSeen = state.writes
            return state.position..<(state.position + piece)
        }
        for index in range { buffer[offset + index - range.lowerBound] = bytes[index] }
        return range.count
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) { state.withLock { $0.writes += 1 } }
    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool { true }
    func closeWrite() {}
}
