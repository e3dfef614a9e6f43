import RsyncEngine

/// One direction between two threads: a queue of bytes that holds no more than it was made for.
///
/// Both sides of a session write their versions and checksum names before they read the other's (SES-24), so any
/// transport must take that much without being read. `slack` is that room: the first so many bytes of the pipe's life
/// never wait, whatever the capacity. Real pipes have 4096 bytes and more.
public final class MemoryPipe: Sendable {
    public let capacity: Int
    public let slack: Int
    private let state: Monitor<State>

    private struct State {
        /// What has been written and not read is `bytes[taken...]`.
        var bytes: [UInt8] = []
        var taken = 0
        var written = 0
        /// The pipe breaks when this many bytes have been written: the writer is gone, as far as the reader can tell.
        var breaksAt: Int
        var isEnded = false
        var isBroken = false
        /// Something was to be written behind the break.
        var isCut = false
        var waiting: Int { bytes.count - taken }

        mutating func take(_ count: Int) {
            taken += count
            if taken == bytes.count {
                bytes.removeAll(keepingCapacity: true)
                taken = 0
            } else if taken > 65536 {
                bytes.removeSubrange(0..<taken)
                taken = 0
            }
        }
    }

    public init(capacity: Int, slack: Int = 256, breaksAt: Int = .max) {
        precondition(capacity > 0, "a pipe holds at least one byte")
        self.capacity = capacity
        self.slack = slack
        state = Monitor(State(breaksAt: breaksAt))
    }

    /// Bytes that have ever been written.
    public var written: Int { state.withLock { $0.written } }

    /// Whether `breaksAt` has kept anything from the reader.
    public var isCut: Bool { state.withLock { $0.isCut } }

    /// Waits for a byte. Takes up to `count` of those that are there; none means the end.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int) -> Int {
        let got: [UInt8] =
            state.wait(milliseconds: 0) { state in
                if state.waiting > 0 {
                    return [UInt8](state.bytes[state.taken..<(state.taken + min(count, state.waiting))])
                }
                return state.isEnded || state.isBroken ? [] : nil
            } ?? []
        guard !got.isEmpty else { return 0 }
        // There is one reader, so what was seen is still there.
        state.withLock { $0.take(got.count) }
        for (index, byte) in got.enumerated() { buffer[offset + index] = byte }
        return got.count
    }

    /// Waits for room, piece by piece. False when nobody will ever read it.
    func write(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var next = range.lowerBound
        while next < range.upperBound {
            let room: Int? = state.wait(milliseconds: 0) { state in
                if state.written >= state.breaksAt { state.isCut = true }
                if state.isBroken || state.isEnded { return 0 }
                let room = max(self.capacity - state.waiting, self.slack - state.written)
                return room > 0 ? room : nil
            }
            guard let room, room > 0 else { return false }
            let end = min(next + room, range.upperBound)
            let isWhole = state.withLock { state in
                let piece = min(end - next, state.breaksAt - state.written)
                if piece < end - next { state.isCut = true }
                state.bytes.append(contentsOf: bytes[next..<(next + piece)])
                state.written += piece
                if state.written >= state.breaksAt { state.isBroken = true }
                return piece == end - next
            }
            guard isWhole else { return false }
            next = end
        }
        return true
    }

    /// False when there is nothing to read for that long.
    func waitForInput(milliseconds: Int32) -> Bool {
        state.wait(milliseconds: Int64(milliseconds)) { $0.waiting > 0 || $0.isEnded || $0.isBroken ? true : nil } ?? false
    }

    /// The writer has no more to say; what is in the pipe can still be read.
    public func end() { state.withLock { $0.isEnded = true } }

    /// The reader has gone: writing fails from now on.
    public func abandon() { state.withLock { $0.isBroken = true } }
}

/// One end of a connection in memory.
public final class MemoryStream: ByteStream {
    public let incoming: MemoryPipe
    public let outgoing: MemoryPipe
    /// Largest number of bytes that one read gives.
    private let largestRead: Int

    public init(incoming: MemoryPipe, outgoing: MemoryPipe, largestRead: Int = .max) {
        self.incoming = incoming
        self.outgoing = outgoing
        self.largestRead = largestRead
    }

    /// The two ends of a connection over pipes of this capacity.
    public static func pair(capacity: Int) -> (client: MemoryStream, server: MemoryStream) {
        pair(toServer: MemoryPipe(capacity: capacity), toClient: MemoryPipe(capacity: capacity))
    }

    public static func pair(
        toServer: MemoryPipe, toClient: MemoryPipe
    ) -> (client: MemoryStream, server: MemoryStream) {
        (
            MemoryStream(incoming: toClient, outgoing: toServer),
            MemoryStream(incoming: toServer, outgoing: toClient)
        )
    }

    public func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        incoming.read(into: &buffer, at: offset, count: min(count, largestRead))
    }

    public func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        // EPIPE
        guard outgoing.write(bytes, range) else { throw .writeFailed(errno: 32) }
    }

    public func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        incoming.waitForInput(milliseconds: milliseconds)
    }

    public func closeWrite() { outgoing.end() }

    /// What the end of a process does to its descriptors: nothing more is written, nothing more is read.
    public func close() {
        outgoing.end()
        incoming.abandon()
    }
}
