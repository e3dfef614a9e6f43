import Glibc
import RsyncProtocol
import RsyncWire

/// Both directions of a scripted peer's connection: framed where the session is, and never blocked by a target that
/// writes while it is written to.
@safe final class ScriptWire {
    /// Why nothing goes on.
    enum Stop: Error {
        case closed
        case deadline
        case garbled(String)
    }

    private let lanes: ScriptLanes
    private let input: Int32
    private let output: Int32
    /// As they were found.
    private let outputFlags: Int32
    /// Nanoseconds of the monotonic clock.
    private let deadline: Int64

    /// What arrived and is not yet taken apart.
    var raw: [UInt8] = []
    var rawStart = 0
    var frameRemaining = 0
    /// Protocol data that waits to be read.
    var data: [UInt8] = []
    var dataStart = 0
    /// Protocol data that waits to be framed, and bytes that wait for the target to read.
    private var unframed: [UInt8] = []
    private var pending: [UInt8] = []
    private var pendingStart = 0

    var messages: [(code: UInt8, payload: [UInt8])] = []
    /// ERROR_EXIT with a code other than 0 has arrived.
    var announcesExit = false
    var hasAcknowledgedExit = false
    private(set) var received: [UInt8] = []
    private(set) var bytesReceived = 0
    private(set) var inputEnded = false
    private(set) var outputClosed = false

    private(set) var readsFrames = false
    private(set) var writesFrames = false
    /// Longest data frame, and a frame that follows each one.
    var frameLength = 0x4000
    var between: [UInt8] = []

    /// Most that is taken ahead of a reader: a target that writes for ever meets a full pipe in the end.
    private static let mostAhead = 64 << 20
    private static let chunk = 64 * 1024

    init(_ lanes: ScriptLanes, seconds: Double) {
        self.lanes = lanes
        input = lanes.reading
        output = lanes.writing
        deadline = Self.now() + Int64(seconds * 1e9)
        outputFlags = fcntl(output, F_GETFL)
        _ = fcntl(output, F_SETFL, outputFlags | O_NONBLOCK)
    }

    static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: Writing

    /// Protocol data.
    func write(_ bytes: [UInt8]) {
        if writesFrames { unframed += bytes } else { pending += bytes }
    }

    func write(_ body: (inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        body(&writer)
        write(writer.bytes)
    }

    /// Past the frames; what was written before goes before it.
    func writeRaw(_ bytes: [UInt8]) {
        frame()
        pending += bytes
    }

    func startWritingFrames() { writesFrames = true }

    /// Bytes that wait to be sent.
    var unsent: Int { unframed.count + pending.count - pendingStart }

    /// From here on what is read belongs to frames.
    func startReadingFrames() throws(Stop) {
        guard !readsFrames else { return }
        readsFrames = true
        raw = Array(data[dataStart...])
        rawStart = 0
        data = []
        dataStart = 0
        try takeApart()
    }

    func frame() {
        var start = 0
        while start < unframed.count {
            let count = min(frameLength, unframed.count - start)
            pending += Self.header(tag: 7, length: count)
            pending += unframed[start..<(start + count)]
            pending += between
            start += count
        }
        unframed = []
    }

    static func header(tag: UInt8, length: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length >> 16), tag]
    }

    /// Everything written so far has been read by the target, or is in its pipe.
    func flush() throws(Stop) {
        frame()
        while pendingStart < pending.count {
            guard !outputClosed else { throw .closed }
            try turn(wantsInput: raw.count + data.count < Self.mostAhead)
        }
        pending = []
        pendingStart = 0
    }

    // MARK: Both

    /// One wait for whatever is possible, and then that.
    func turn(wantsInput: Bool) throws(Stop) {
        let remaining = deadline - Self.now()
        guard remaining > 0 else { throw .deadline }
        let reads = wantsInput && !inputEnded
        let writes = pendingStart < pending.count && !outputClosed
        guard reads || writes else { throw .closed }
        var waits = [
            pollfd(fd: reads ? input : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: writes ? output : -1, events: Int16(POLLOUT), revents: 0),
        ]
        let count = unsafe poll(&waits, 2, Int32(clamping: remaining / 1_000_000 + 1))
        guard count > 0 else { return }
        if waits[1].revents != 0 { writeSome() }
        if waits[0].revents != 0 { try readSome() }
    }

    private func writeSome() {
        let count = unsafe pending.withUnsafeBytes { bytes in
            unsafe Glibc.write(output, bytes.baseAddress! + pendingStart, min(bytes.count - pendingStart, Self.chunk))
        }
        if count > 0 {
            pendingStart += count
        } else if errno != EAGAIN, errno != EINTR {
            outputClosed = true
            pending = []
            pendingStart = 0
        }
    }

    private func readSome() throws(Stop) {
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        let count = unsafe read(input, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
            inputEnded = true
            return
        }
        bytesReceived += count
        if received.count < ScriptReport.mostReceived { received += buffer[..<count] }
        if readsFrames {
            raw += buffer[..<count]
            try takeApart()
        } else {
            data += buffer[..<count]
        }
    }

    /// Lets so much time pass. Without reading, what is written meanwhile stays unwritten as well where the target waits.
    func idle(seconds: Double, reading: Bool) throws(Stop) {
        if reading { try flush() } else { frame() }
        let end = Self.now() + Int64(seconds * 1e9)
        while case let rest = end - Self.now(), rest > 0 {
            guard Self.now() < deadline else { throw .deadline }
            guard !inputEnded || !reading else { throw .closed }
            let writes = pendingStart < pending.count && !outputClosed
            var waits = [
                pollfd(fd: reading ? input : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: writes ? output : -1, events: Int16(POLLOUT), revents: 0),
            ]
            guard unsafe poll(&waits, 2, Int32(clamping: min(rest, deadline - Self.now()) / 1_000_000 + 1)) > 0 else { continue }
            if waits[1].revents != 0 { writeSome() }
            if waits[0].revents != 0 { try readSome() }
        }
    }

    // MARK: The end

    /// No more will be written.
    func closeOutput() {
        guard !isOutputReleased else { return }
        isOutputReleased = true
        outputClosed = true
        pending = []
        pendingStart = 0
        lanes.closeWrite()
    }

    private var isOutputReleased = false

    /// The target meets a broken pipe from now on, and an end of file.
    func closeBoth() {
        closeOutput()
        inputEnded = true
        lanes.closeBoth()
    }

    /// Waits until the target has ended or announces that it does, which it may wait a minute to see heard (SES-115); longest
    /// for three quarters of the time that is left.
    /// - Returns: whether it did; true if this side has ended before.
    func awaitRefusal() -> Bool {
        let limit = deadline - (deadline - Self.now()) / 4
        while !inputEnded, !isOutputReleased, !announcesExit {
            let remaining = limit - Self.now()
            guard remaining > 0 else { return false }
            takeMore(within: remaining)
        }
        return true
    }

    /// What cannot be taken apart any more is still read to its end.
    private func takeMore(within nanoseconds: Int64) {
        var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wait, 1, Int32(clamping: nanoseconds / 1_000_000 + 1)) > 0 else { return }
        do throws(Stop) { try readSome() } catch { readsFrames = false }
        consume(data.count - dataStart)
    }

    /// Ends the lane to the target, and waits for the end of the other.
    /// - Returns: whether that came in time.
    func drain() -> Bool {
        closeOutput()
        while !inputEnded {
            let remaining = deadline - Self.now()
            guard remaining > 0 else { return false }
            takeMore(within: remaining)
        }
        return true
    }

    /// Leaves the descriptors as they were.
    func release() {
        if !isOutputReleased || input == output { _ = fcntl(output, F_SETFL, outputFlags) }
    }
}

extension ScriptWire {
    /// What was written so far goes out as it is to go out now.
    func frameNow() { frame() }

    func setFraming(length: Int, between bytes: [UInt8]) {
        frame()
        frameLength = length
        between = bytes
    }
}
