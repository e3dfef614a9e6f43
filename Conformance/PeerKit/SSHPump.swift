import CConform
import CLibSSH2
import Glibc
import RsyncEngine

/// The thread that owns an `SSHLink`, and the buffers by which others reach it.
@safe final class SSHPump: @unchecked Sendable {
    private struct State {
        var inbound: [UInt8] = []
        var inboundEnded = false
        var errorOutput: [UInt8] = []
        var outbound: [UInt8] = []
        var outboundClosed = false
        var outcome: SSHSession.Outcome?
        /// Error number of the call that ended the session early.
        var failure: Int32?
        var isAborted = false
        /// A byte is in the wake pipe.
        var isWoken = false
    }

    private static let bufferLimit = 1 << 20
    private static let chunk = 32768

    private let state = Monitor(State())
    private let wakeRead: Int32
    private let wakeWrite: Int32

    // Used by the pump's thread alone.
    private var link: SSHLink?
    /// Bytes taken from `outbound` that the channel has not accepted yet. Their place in memory stays the same while
    /// libssh2 wants the call repeated.
    private let sending = UnsafeMutableBufferPointer<CChar>.allocate(capacity: chunk)
    private var sendingRange = 0..<0
    private let receiving = UnsafeMutableBufferPointer<CChar>.allocate(capacity: chunk)
    private var hasSentEOF = false

    init(_ link: SSHLink) {
        self.link = link
        var ends: [Int32] = [-1, -1]
        precondition(unsafe conform_pipe(&ends) == 0, "a pipe can be made")
        wakeRead = ends[0]
        wakeWrite = ends[1]
    }

    deinit {
        close(wakeRead)
        close(wakeWrite)
        unsafe sending.deallocate()
        unsafe receiving.deallocate()
    }

    // MARK: Other threads

    private func update<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, wake) = state.update { state in
            let result = body(&state)
            defer { state.isWoken = true }
            return (result, !state.isWoken)
        }
        if wake { self.wake() }
        return result
    }

    private func wake() {
        var byte: UInt8 = 0
        while unsafe write(wakeWrite, &byte, 1) < 0, errno == EINTR {}
    }

    func take(_ count: Int, timeout: Int32) -> Result<[UInt8], StreamError> {
        let taken = state.wait(seconds: timeout) { state -> Result<[UInt8], StreamError>? in
            if !state.inbound.isEmpty {
                let bytes = Array(state.inbound.prefix(count))
                state.inbound.removeFirst(bytes.count)
                return .success(bytes)
            }
            if state.isAborted { return .failure(.interrupted) }
            if let failure = state.failure { return .failure(.readFailed(errno: failure)) }
            return state.inboundEnded ? .success([]) : nil
        }
        update { _ in }
        return taken ?? .failure(.timedOut(seconds: timeout))
    }

    func give(_ bytes: ArraySlice<UInt8>, timeout: Int32) -> Result<Int, StreamError> {
        let given = state.wait(seconds: timeout) { state -> Result<Int, StreamError>? in
            if state.isAborted { return .failure(.interrupted) }
            if state.outboundClosed || state.outcome != nil { return .failure(.writeFailed(errno: EPIPE)) }
            if let failure = state.failure { return .failure(.writeFailed(errno: failure)) }
            let room = Self.bufferLimit - state.outbound.count
            guard room > 0 else { return nil }
            state.outbound.append(contentsOf: bytes.prefix(room))
            return .success(min(room, bytes.count))
        }
        update { _ in }
        return given ?? .failure(.timedOut(seconds: timeout))
    }

    /// Whether `take` would return at once, waiting up to the time for it.
    func waitForInput(milliseconds: Int32) -> Bool {
        state.wait(milliseconds: Int(milliseconds)) { state -> Bool? in
            let isReady = !state.inbound.isEmpty || state.inboundEnded || state.isAborted || state.failure != nil
            return isReady ? true : nil
        } ?? false
    }

    func closeWrite() { update { $0.outboundClosed = true } }

    func abort() { update { $0.isAborted = true } }

    var errorOutput: [UInt8] { state.update { $0.errorOutput } }

    func wait(timeout: Int32) -> Result<SSHSession.Outcome, StreamError> {
        state.wait(seconds: timeout) { state -> Result<SSHSession.Outcome, StreamError>? in
            if let outcome = state.outcome { return .success(outcome) }
            if state.isAborted { return .failure(.interrupted) }
            return state.failure.map { .failure(.readFailed(errno: $0)) }
        } ?? .failure(.timedOut(seconds: timeout))
    }

    // MARK: The pump's thread

    private enum Stop: Error {
        case aborted
        case lost(Int32)
    }

    func run() {
        do throws(Stop) {
            while try !step() {}
        } catch {
            // An abort is known already: it came through the state.
            if case .lost(let number) = error { state.update { $0.failure = number } }
        }
        link = nil
    }

    /// Moves what can be moved; then, if nothing could, waits. Returns true at the end of the session.
    private func step() throws(Stop) -> Bool {
        guard let link else { return true }
        let (room, closing, aborted) = state.update { state in
            if sendingRange.isEmpty, !state.outbound.isEmpty {
                let count = min(Self.chunk, state.outbound.count)
                unsafe UnsafeMutableRawBufferPointer(sending).copyBytes(from: state.outbound.prefix(count))
                state.outbound.removeFirst(count)
                sendingRange = 0..<count
            }
            return (
                Self.bufferLimit - state.inbound.count, state.outboundClosed && state.outbound.isEmpty, state.isAborted
            )
        }
        if aborted { throw .aborted }
        var moved = false
        if room > 0 { moved = try receive(link, stream: 0, atMost: room) }
        moved = try receive(link, stream: SSH_EXTENDED_DATA_STDERR, atMost: Self.chunk) || moved
        if !sendingRange.isEmpty { moved = try send(link) || moved }
        if closing, sendingRange.isEmpty, !hasSentEOF {
            let code = try persist(link) { unsafe Int(libssh2_channel_send_eof(link.channel)) }
            // After a channel's end there is nobody to tell.
            guard code == 0 || code == Int(LIBSSH2_ERROR_CHANNEL_CLOSED) || isAtEnd(link) else { throw .lost(EPIPE) }
            hasSentEOF = true
        }
        if isAtEnd(link), try finish(link) { return true }
        // Any call, also one that finds nothing for itself, may have taken packets of the other streams off the socket:
        // a sleep would then wait for bytes that have come already.
        if !moved, room == 0 || !link.hasQueuedInput { try sleep(link, events: POLLIN) }
        return false
    }

    private func isAtEnd(_ link: SSHLink) -> Bool { unsafe libssh2_channel_eof(link.channel) == 1 }

    private func receive(_ link: SSHLink, stream: Int32, atMost limit: Int) throws(Stop) -> Bool {
        let count = try persist(link) {
            unsafe libssh2_channel_read_ex(link.channel, stream, receiving.baseAddress!, min(limit, Self.chunk))
        }
        if count == Int(LIBSSH2_ERROR_EAGAIN) || count == 0 { return false }
        guard count > 0 else { throw .lost(ECONNRESET) }
        let bytes = unsafe UnsafeRawBufferPointer(start: receiving.baseAddress!, count: count)
        state.update { state in
            if stream == 0 {
                unsafe state.inbound.append(contentsOf: bytes)
            } else {
                unsafe state.errorOutput.append(contentsOf: bytes)
            }
        }
        return true
    }

    private func send(_ link: SSHLink) throws(Stop) -> Bool {
        let count = try persist(link) {
            unsafe libssh2_channel_write_ex(
                link.channel, 0, sending.baseAddress! + sendingRange.lowerBound, sendingRange.count)
        }
        if count == Int(LIBSSH2_ERROR_EAGAIN) || count == 0 { return false }
        guard count > 0 else {
            // The command is gone and reads no more: what it said and its status are still to come.
            guard count == Int(LIBSSH2_ERROR_CHANNEL_CLOSED) || count == Int(LIBSSH2_ERROR_CHANNEL_EOF_SENT) else {
                throw .lost(EPIPE)
            }
            sendingRange = 0..<0
            state.update {
                $0.outbound = []
                $0.outboundClosed = true
            }
            hasSentEOF = true
            return true
        }
        sendingRange = (sendingRange.lowerBound + count)..<sendingRange.upperBound
        return true
    }

    /// Makes a call, and makes it again for as long as it hangs half-way in sending a packet: libssh2 lets no other
    /// call send before that packet is out.
    private func persist(_ link: SSHLink, _ call: () -> Int) throws(Stop) -> Int {
        while true {
            let result = call()
            guard result == Int(LIBSSH2_ERROR_EAGAIN), link.isBlockedSending else { return result }
            try sleep(link, events: POLLOUT)
        }
    }

    /// The other side's EOF has come and its output is read. True once it has closed the channel and we have too.
    private func finish(_ link: SSHLink) throws(Stop) -> Bool {
        state.update { $0.inboundEnded = true }
        let closed = try persist(link) { unsafe Int(libssh2_channel_wait_closed(link.channel)) }
        if closed == Int(LIBSSH2_ERROR_EAGAIN) { return false }
        guard closed == 0 else { throw .lost(ECONNRESET) }
        let outcome = link.outcome
        // Our own close; the server may have hung up already.
        _ = try persist(link) { unsafe Int(libssh2_channel_close(link.channel)) }
        state.update { $0.outcome = outcome }
        return true
    }

    /// Waits for the socket or for a call from another thread.
    private func sleep(_ link: SSHLink, events: Int32) throws(Stop) {
        var polled = [
            pollfd(fd: link.socket, events: Int16(events), revents: 0),
            pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&polled, 2, -1) >= 0 || errno == EINTR else { throw .lost(errno) }
        guard polled[1].revents != 0 else { return }
        let aborted = state.update { state in
            var byte: UInt8 = 0
            _ = unsafe read(wakeRead, &byte, 1)
            state.isWoken = false
            return state.isAborted
        }
        if aborted { throw .aborted }
    }
}
