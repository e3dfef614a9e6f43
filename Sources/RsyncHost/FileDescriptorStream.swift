import RsyncEngine
import Synchronization

/// A byte stream over one descriptor for each direction: stdin and stdout, a child's pipes, or a socket twice.
///
/// The descriptors may or may not be non-blocking: a stock rsync hands its remote shell non-blocking pipes. Pipes and sockets are
/// made non-blocking here, because a large write to a blocking pipe cannot be ended by a timeout, and get their old
/// mode back in the end, because the mode is shared with whoever else holds them. Anything else is written in pieces
/// that a ready descriptor takes without blocking.
///
/// A write waits for its own direction alone and never reads meanwhile: that a peer which must be read from before it
/// reads on does not stall us is the engine's work, which reads on another thread.
public final class FileDescriptorStream: ByteStream {
    /// A ready pipe takes at least PIPE_BUF bytes without blocking.
    private static let safeBlockingWrite = 4096

    private let input: StreamChannel
    private let output: StreamChannel
    /// One socket for both directions: the end of writing is a shutdown.
    private let isOneSocket: Bool
    private let interruption: Interruption?
    /// Seconds without a byte in either direction until `timedOut`; 0 = none (SES-148). May be lowered later (SES-104).
    private let timeout: Atomic<Int32>
    private let lastMoved: Atomic<Int64>
    private let hasClosedWrite = Atomic<Bool>(false)
    /// Units of 1024 bytes per second; 0 = no limit.
    private let rate = Atomic<Int32>(0)
    private let pacing = Mutex<RateLimit?>(nil)
    /// By `System.monotonicNanoseconds`; 0 = never.
    private let stopAt = Atomic<Int64>(0)

    /// - Parameter owning: close the descriptors with the stream.
    public convenience init(
        reading: Int32, writing: Int32, owning: Bool = false, timeoutSeconds: Int32 = 0,
        interruption: Interruption? = nil
    ) throws(StreamSetupError) {
        do throws(SystemError) {
            let input = try StreamChannel(reading, owned: owning ? Descriptor(owning: reading) : nil)
            let output = try reading == writing
                ? input : StreamChannel(writing, owned: owning ? Descriptor(owning: writing) : nil)
            self.init(input, output, timeoutSeconds, interruption)
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    convenience init(
        reading: Descriptor, writing: Descriptor, timeoutSeconds: Int32, interruption: Interruption?
    ) throws(SystemError) {
        let input = try StreamChannel(reading.raw, owned: reading)
        let output = try reading === writing ? input : StreamChannel(writing.raw, owned: writing)
        self.init(input, output, timeoutSeconds, interruption)
    }

    private init(_ input: StreamChannel, _ output: StreamChannel, _ timeoutSeconds: Int32, _ interruption: Interruption?) {
        self.input = input
        self.output = output
        isOneSocket = input === output
        self.interruption = interruption
        timeout = Atomic(max(0, timeoutSeconds))
        lastMoved = Atomic(System.monotonicNanoseconds())
    }

    public func limitSilence(toSeconds seconds: Int32) {
        if timeoutSeconds == 0 || seconds < timeoutSeconds { timeoutSeconds = seconds }
    }

    public var timeoutSeconds: Int32 {
        get { timeout.load(ordering: .relaxed) }
        set { timeout.store(max(0, newValue), ordering: .relaxed) }
    }

    /// What is written goes out no faster than `kibibytesPerSecond`; 0 for no limit (XFR-149).
    public func limitWrites(kibibytesPerSecond: Int32) {
        pacing.withLock {
            $0 = kibibytesPerSecond > 0
                ? RateLimit(rate: kibibytesPerSecond, nanoseconds: System.monotonicNanoseconds()) : nil
        }
        rate.store(max(0, kibibytesPerSecond), ordering: .relaxed)
    }

    /// Calls from then on, and what blocks then, throw `stopped` (XFR-151).
    public func stop(afterSeconds seconds: Int64) {
        // A century is never, and its nanoseconds can be added to any clock.
        let nanoseconds = min(max(0, seconds), 100 * 366 * 86_400) * 1_000_000_000
        stopAt.store(System.monotonicNanoseconds() + nanoseconds, ordering: .relaxed)
    }

    private func checkStop() throws(StreamError) {
        let stop = stopAt.load(ordering: .relaxed)
        if stop > 0, System.monotonicNanoseconds() >= stop { throw .stopped }
    }

    /// Seconds since a byte last moved in either direction, for deciding on keep-alives (SES-150).
    public var idleSeconds: Int64 {
        (System.monotonicNanoseconds() - lastMoved.load(ordering: .relaxed)) / 1_000_000_000
    }

    public func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        guard count > 0 else { return 0 }
        // A blocking descriptor must be waited for first, a non-blocking one need not.
        var mustWait = !input.isNonBlocking
        while true {
            if interruption?.isTripped == true { throw Interruption.error }
            try checkStop()
            if mustWait { try wait(input, .input) }
            do throws(SystemError) {
                let got = try System.readSome(input.raw(), into: &buffer, at: offset, count: count)
                moved()
                return got
            } catch {
                guard error == .wouldBlock else { throw .readFailed(errno: error.number) }
                mustWait = true
            }
        }
    }

    public func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        guard !hasClosedWrite.load(ordering: .relaxed) else {
            throw .writeFailed(errno: SystemError.brokenPipe.number)
        }
        var at = range.lowerBound
        var mustWait = !output.isNonBlocking
        let rate = rate.load(ordering: .relaxed)
        while at < range.upperBound {
            if interruption?.isTripped == true { throw Interruption.error }
            try checkStop()
            if mustWait { try wait(output, .output) }
            var piece = range.upperBound - at
            if !output.isNonBlocking { piece = min(piece, Self.safeBlockingWrite) }
            if rate > 0 { piece = min(piece, RateLimit.largestWrite(rate: rate)) }
            do throws(SystemError) {
                piece = try System.writeSome(output.raw(), bytes, at: at, count: piece)
                mustWait = !output.isNonBlocking
                moved()
            } catch {
                guard error == .wouldBlock else { throw .writeFailed(errno: error.number) }
                mustWait = true
                continue
            }
            at += piece
            if rate > 0 { try pace(afterWriting: piece) }
        }
    }

    /// Never later than the timeout, which is counted from the last byte here: a caller who asks again and again in
    /// short turns is waiting all the time. At end of stream, too, `read` would return at once.
    public func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        let end = System.monotonicNanoseconds() + Int64(max(0, milliseconds)) * 1_000_000
        var left = max(0, milliseconds)
        while true {
            let slice = min(left, 60_000)
            if try poll(input, .input, milliseconds: slice) { return true }
            let now = System.monotonicNanoseconds()
            let seconds = timeoutSeconds
            if seconds > 0, now - lastMoved.load(ordering: .relaxed) >= Int64(seconds) * 1_000_000_000 {
                throw .timedOut(seconds: seconds)
            }
            guard now < end else { return false }
            left = Int32((end - now) / 1_000_000 + 1)
        }
    }

    /// The last words of a side that was interrupted (SES-163), within `milliseconds` and as far as the peer takes them.
    /// Returns whether all went out.
    public func writeFarewell(_ bytes: [UInt8], milliseconds: Int32) -> Bool {
        let end = System.monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
        var at = 0
        do throws(SystemError) {
            while at < bytes.count {
                let left = (end - System.monotonicNanoseconds()) / 1_000_000
                guard left > 0 else { return false }
                guard try System.wait(output.raw(), .output, waker: nil, milliseconds: Int32(left)) == .ready else {
                    continue
                }
                do throws(SystemError) {
                    let count = min(bytes.count - at, Self.safeBlockingWrite)
                    at += try System.writeSome(output.raw(), bytes, at: at, count: count)
                } catch {
                    guard error == .wouldBlock else { throw error }
                }
            }
            return true
        } catch {
            return false
        }
    }

    public func closeWrite() {
        guard !hasClosedWrite.exchange(true, ordering: .relaxed) else { return }
        if isOneSocket {
            // A socket whose peer is gone already has nothing left to shut down.
            try? System.shutdownWrite(output.raw())
        } else {
            output.close()
        }
    }

    /// The descriptors in their old mode, when nothing more is to come or go.
    public func restore() {
        input.restore()
        output.restore()
    }

    /// The descriptors in their old mode, for a process that is to have them (`ChildProcess`).
    func lend() throws(SystemError) -> (reading: Int32, writing: Int32) {
        restore()
        return (try input.raw(), try output.raw())
    }

    /// Closes both directions here: the end of either side must reach the other (HOS-534).
    func abandon() {
        hasClosedWrite.store(true, ordering: .relaxed)
        input.close()
        if !isOneSocket { output.close() }
    }

    private func pace(afterWriting count: Int) throws(StreamError) {
        let pause = pacing.withLock { $0?.pause(afterWriting: count, nanoseconds: System.monotonicNanoseconds()) } ?? 0
        let end = System.monotonicNanoseconds() + pause
        while true {
            let left = (end - System.monotonicNanoseconds() + 999_999) / 1_000_000
            guard left > 0 else { return }
            try checkStop()
            // In turns of a second, for the sake of a stop that comes meanwhile.
            let isWoken: Bool
            do throws(SystemError) {
                // No descriptor: only time and the waker end this.
                isWoken = try System.wait(
                    -1, .output, waker: interruption?.waker.raw, milliseconds: Int32(min(left, 1000))) == .woken
            } catch {
                throw .writeFailed(errno: error.number)
            }
            if isWoken {
                interruption?.note()
                throw Interruption.error
            }
        }
    }

    private func moved() { lastMoved.store(System.monotonicNanoseconds(), ordering: .relaxed) }

    /// Waits in slices (SES-149), because the other direction may move and put the end off.
    private func wait(_ channel: StreamChannel, _ direction: System.Direction) throws(StreamError) {
        // Time spent elsewhere before this wait is no silence of the peer's.
        let began = System.monotonicNanoseconds()
        while true {
            let seconds = timeoutSeconds
            var milliseconds: Int32 = -1
            if seconds > 0 {
                let end = max(began, lastMoved.load(ordering: .relaxed)) + Int64(seconds) * 1_000_000_000
                let left = end - System.monotonicNanoseconds()
                guard left > 0 else { throw .timedOut(seconds: seconds) }
                milliseconds = Int32(min(left / 1_000_000 + 1, Int64(min(60, (seconds + 1) / 2)) * 1000))
            }
            if try poll(channel, direction, milliseconds: milliseconds) { return }
        }
    }

    /// One look, for at most `milliseconds` (-1: for ever): whether the channel is ready.
    private func poll(
        _ channel: StreamChannel, _ direction: System.Direction, milliseconds: Int32
    ) throws(StreamError) -> Bool {
        if interruption?.isTripped == true { throw Interruption.error }
        var milliseconds = milliseconds
        let stop = stopAt.load(ordering: .relaxed)
        if stop > 0 {
            let left = (stop - System.monotonicNanoseconds() + 999_999) / 1_000_000
            guard left > 0 else { throw .stopped }
            let cut = Int32(clamping: left)
            milliseconds = milliseconds < 0 ? cut : min(milliseconds, cut)
        }
        let wake: System.Wake
        do throws(SystemError) {
            wake = try System.wait(channel.raw(), direction, waker: interruption?.waker.raw, milliseconds: milliseconds)
        } catch {
            throw direction == .input ? .readFailed(errno: error.number) : .writeFailed(errno: error.number)
        }
        if wake == .woken {
            interruption?.note()
            throw Interruption.error
        }
        return wake == .ready
    }
}
