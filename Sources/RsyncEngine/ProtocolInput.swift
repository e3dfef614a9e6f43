import RsyncProtocol
import RsyncWire

/// The incoming half of a connection: bytes as they arrive, frames taken apart, structures tried until they are whole.
///
/// One thread uses it. Messages are handed to `onMessage` where they stand in the stream (SES-83).
final class ProtocolInput {
    let stream: any ByteStream
    /// Protocol data that waits to be read: `data[start..<end]`.
    private var data: [UInt8]
    var start = 0
    var end = 0
    /// Undivided bytes of a multiplexed direction: `raw[rawStart..<rawEnd]`.
    private var raw: [UInt8] = []
    private var rawStart = 0
    private var rawEnd = 0
    /// Bytes still to come of the data frame that has begun.
    private var frameRemaining = 0
    private(set) var isMultiplexed = false
    /// Stream bytes taken so far, frame headers included (SES-141 field 1).
    private(set) var bytesRead: Int64 = 0
    /// Bytes of the data stream taken so far.
    private(set) var dataBytes: Int64 = 0
    /// Payload of text frames and of the fixed ones; called for every frame but data. Keep-alives do not show.
    var onMessage: (MessageCode, [UInt8]) throws(SessionError) -> Void = { _, _ throws(SessionError) in }
    /// Whose input it is, as messages name a side: a receiving one has a capital letter until it knows what to receive.
    var role = "Receiver"
    /// Set where names are converted.
    var names: (any NameConverter)?
    /// What the peer may say about time limits (SES-104).
    var timeLimits = TimeLimits.unexpected

    /// Called before each blocking read: the moment to flush what the peer may be waiting for.
    var beforeBlocking: () throws(SessionError) -> Void = { () throws(SessionError) in }

    /// With a timeout in force: how long to wait before `onIdle` is asked to send a keep-alive (SES-150).
    var idleMilliseconds: Int32 = 0
    var onIdle: () throws(SessionError) -> Void = { () throws(SessionError) in }

    /// How long the peer may send nothing but empty frames and messages, and when that counts: payload that is due has to
    /// come, whatever else arrives (HOS-8). nil = no limit.
    var stall: StallLimit?
    var progressedAt: Int64 = 0

    /// Gets a copy of every byte of data that is taken from here on (XFR-141).
    var recorder: StreamRecorder?

    /// One read of the stream: large enough for few system calls, small enough for many sessions.
    static let chunk = 64 * 1024

    init(stream: any ByteStream) {
        self.stream = stream
        data = [UInt8](repeating: 0, count: Self.chunk)
    }

    /// From here on every byte belongs to a frame (SES-75).
    func startMultiplexing() {
        guard !isMultiplexed else { return }
        isMultiplexed = true
        raw = [UInt8](repeating: 0, count: max(Self.chunk, end - start))
        rawStart = 0
        rawEnd = 0
        while start < end {
            raw[rawEnd] = data[start]
            rawEnd += 1
            start += 1
        }
        start = 0
        end = 0
    }

    /// Back to bytes without frames, until `startMultiplexing` (SES-78). Nothing of a frame may be left over.
    func suspendMultiplexing() throws(SessionError) {
        guard isMultiplexed else { return }
        guard start == end, frameRemaining == 0 else {
            throw .protocolViolation("frames where names without frames were due [SES-125]")
        }
        isMultiplexed = false
        data = [UInt8](raw[rawStart..<rawEnd])
        start = 0
        end = data.count
        data.append(contentsOf: repeatElement(0, count: Self.chunk))
        raw = []
        rawStart = 0
        rawEnd = 0
    }

    /// The bytes before the next zero byte, which is taken too; of more than `limit` the first ones.
    func terminatedBytes(limit: Int) throws(SessionError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            if start == end { try fill() }
            let stop = data[start..<end].firstIndex(of: 0)
            bytes.append(contentsOf: data[start..<(stop ?? end)].prefix(limit - bytes.count))
            let next = stop.map { $0 + 1 } ?? end
            dataBytes += Int64(next - start)
            start = next
            if stop != nil { return bytes }
        }
    }

    /// Whether bytes can be had without blocking.
    var hasBufferedData: Bool { start < end }

    /// Reads one structure: `body` is tried on what is there until it no longer asks for more.
    func parse<T>(_ body: (inout ByteReader) throws(WireError) -> T) throws(SessionError) -> T {
        while true {
            let value: T
            let consumed: Int
            do throws(WireError) {
                var reader = ByteReader(data, from: start, to: end)
                value = try body(&reader)
                consumed = reader.consumed
            } catch {
                guard error.code == .needsMore else { throw .wire(error) }
                try fill()
                continue
            }
            if let recorder { try recorder.add(data, start..<(start + consumed)) }
            start += consumed
            dataBytes += Int64(consumed)
            return value
        }
    }

    /// Hands over exactly `count` bytes, in pieces as they come.
    func consume(
        _ count: Int, _ body: ([UInt8], Range<Int>) throws(SessionError) -> Void
    ) throws(SessionError) {
        dataBytes += Int64(count)
        var left = count
        while left > 0 {
            if start == end, isMultiplexed {
                // Nothing waits: the bytes need not pass through `data`.
                guard try awaitFrameData() else { throw closedTooEarly }
                let piece = min(left, frameRemaining, rawEnd - rawStart)
                let range = rawStart..<(rawStart + piece)
                rawStart += piece
                frameRemaining -= piece
                left -= piece
                if let recorder { try recorder.add(raw, range) }
                try body(raw, range)
                continue
            }
            if start == end { try fill() }
            let piece = min(left, end - start)
            if let recorder { try recorder.add(data, start..<(start + piece)) }
            try body(data, start..<(start + piece))
            start += piece
            left -= piece
        }
    }

    private func fill() throws(SessionError) {
        guard try fillUnlessAtEnd() else { throw closedTooEarly }
    }

    /// The stream ended where more was due.
    private(set) var wasClosedTooEarly = false

    private var closedTooEarly: SessionError {
        wasClosedTooEarly = true
        return SessionError(exitCode: 12, "rsync: connection unexpectedly closed (\(bytesRead) bytes received so far) [\(role)]")
    }

    /// Gets at least one more data byte. False at end of stream.
    func fillUnlessAtEnd() throws(SessionError) -> Bool {
        makeRoom()
        guard isMultiplexed else {
            let count = try receive(into: &data, at: end)
            end += count
            return count > 0
        }
        guard try awaitFrameData() else { return false }
        moveFrameData()
        return true
    }

    /// Reads on until `raw` holds bytes of a data frame. False at end of stream.
    private func awaitFrameData() throws(SessionError) -> Bool {
        // What this side did meanwhile is not the peer's stall.
        if rawStart == rawEnd, let stall { progressedAt = stall.milliseconds() }
        while true {
            if frameRemaining > 0, rawStart < rawEnd { return true }
            if frameRemaining == 0, let header = try nextHeader() {
                try begin(header)
                continue
            }
            try checkStall()
            if try !receiveRaw() { return false }
        }
    }

    private func moveFrameData() {
        let count = min(frameRemaining, rawEnd - rawStart)
        if end + count > data.count { data.append(contentsOf: repeatElement(0, count: end + count - data.count)) }
        data.replaceSubrange(end..<(end + count), with: raw[rawStart..<(rawStart + count)])
        end += count
        rawStart += count
        frameRemaining -= count
    }

    private func nextHeader() throws(SessionError) -> FrameHeader? {
        guard rawEnd - rawStart >= FrameHeader.size else { return nil }
        do throws(WireError) {
            var reader = ByteReader(raw, from: rawStart, to: rawEnd)
            let header = try FrameHeader(reading: &reader)
            rawStart += reader.consumed
            return header
        } catch {
            throw .wire(error)
        }
    }

    private func begin(_ header: FrameHeader) throws(SessionError) {
        if header.code == .data {
            frameRemaining = header.length
            return
        }
        while rawEnd - rawStart < header.length {
            guard try receiveRaw() else { throw closedTooEarly }
        }
        let payload = [UInt8](raw[rawStart..<(rawStart + header.length)])
        rawStart += header.length
        if Knob.messagesAreSkipped.isOn { return }
        if header.code == .ioTimeout { return try takeTimeLimit(payload) }
        try onMessage(header.code, names.map { Self.converted(header.code, payload, $0) } ?? payload)
    }

    /// Texts and names as this side writes them (SES-93).
    private static func converted(_ code: MessageCode, _ payload: [UInt8], _ names: any NameConverter) -> [UInt8] {
        switch code {
        case .errorXfer, .error, .warning, .info, .deleted: names.messageToLocal(payload)
        default: payload
        }
    }

    private func receiveRaw() throws(SessionError) -> Bool {
        if rawStart == rawEnd {
            rawStart = 0
            rawEnd = 0
        } else if rawEnd == raw.count {
            raw.removeSubrange(0..<rawStart)
            raw.append(contentsOf: repeatElement(0, count: rawStart))
            rawEnd -= rawStart
            rawStart = 0
        }
        let count = try receive(into: &raw, at: rawEnd)
        rawEnd += count
        return count > 0
    }

    private func receive(into buffer: inout [UInt8], at offset: Int) throws(SessionError) -> Int {
        try beforeBlocking()
        if idleMilliseconds > 0 {
            while try !inputWithin(idleMilliseconds) { try onIdle() }
        }
        do throws(StreamError) {
            let count = try stream.read(into: &buffer, at: offset, count: buffer.count - offset)
            bytesRead += Int64(count)
            return count
        } catch {
            throw .stream(error, role: role)
        }
    }

    private func inputWithin(_ milliseconds: Int32) throws(SessionError) -> Bool {
        do throws(StreamError) {
            return try stream.waitForInput(milliseconds: milliseconds)
        } catch {
            throw .stream(error, role: role)
        }
    }

    /// Space behind `end`; a structure that fills the whole buffer makes it grow.
    private func makeRoom() {
        if start == end {
            start = 0
            end = 0
        } else if end == data.count {
            if start > 0 {
                data.removeSubrange(0..<start)
                data.append(contentsOf: repeatElement(0, count: start))
                end -= start
                start = 0
            } else {
                data.append(contentsOf: repeatElement(0, count: data.count))
            }
        }
    }
}
