import CConform
import Glibc

/// Stands between a client and the command it started and keeps what passes, both ways, in the order it passed.
///
/// A real rsync makes the pipes to its remote shell non-blocking and expects the shell to end when the server closes
/// its output: so every read and write here is guided by poll, any descriptor may answer "not now", and the end of
/// the command's output ends the tap whatever the client still holds open. Neither direction ever waits for the
/// other: each has one buffer that is read into when empty and written from when full.
public enum TraceTap {
    public struct Result: Sendable {
        public let recording: Trace.Recording
        public let outcome: SpawnedProcess.Outcome
    }

    /// One direction of the tap.
    private struct Lane {
        let direction: Trace.Direction
        var source: Int32
        var target: Int32
        /// What one write may take without blocking, once poll has said yes.
        let largestWrite: Int
        var buffer: [UInt8] = []
        var position = 0
        /// Source or target has ended; nothing moves any more.
        var closed = false

        var isEmpty: Bool { position == buffer.count }
        var wants: (descriptor: Int32, events: Int32)? {
            if closed { return nil }
            return isEmpty ? (source, POLLIN) : (target, POLLOUT)
        }
    }

    private static let chunk = 32768
    /// Our output may be a blocking pipe, whose mode is not ours to change: poll promises no more than one page.
    private static let pipePage = 4096

    /// From here on SIGTERM, SIGINT, SIGHUP and SIGUSR1 do not end this process but can be passed on, so that what
    /// was recorded before them is kept; SIGPIPE is ignored. The result is for `run`.
    public static func catchSignals() throws(SpawnedProcess.Failure) -> Int32 {
        let signals = pipe()
        setNonBlocking(signals.write)
        guard conform_catch_signals(signals.write) == 0 else {
            throw SpawnedProcess.Failure(program: "sigaction", errno: errno)
        }
        return signals.read
    }

    /// Runs `command` with this process's standard input and output passed through; standard error is shared.
    /// `input` and `output` are left open. Signals that come out of `signals` are sent to the command. `meanwhile` is
    /// done once, when the generator's first wish has arrived and before it is passed on.
    public static func run(
        _ command: [[UInt8]], input: Int32 = 0, output: Int32 = 1, signals: Int32 = -1, meanwhile: (() -> Void)? = nil
    ) throws(SpawnedProcess.Failure) -> Result {
        let toCommand = pipe(), fromCommand = pipe()
        setNonBlocking(toCommand.write)
        setNonBlocking(fromCommand.read)
        let child = try SpawnedProcess(command, input: toCommand.read, output: fromCommand.write)
        close(toCommand.read)
        close(fromCommand.write)

        var kept = Trace.Recording()
        var watch = meanwhile.map { WishWatch(command, $0) }
        var lanes = [
            Lane(direction: .toServer, source: input, target: toCommand.write, largestWrite: chunk),
            Lane(direction: .toClient, source: fromCommand.read, target: output, largestWrite: pipePage),
        ]
        while !lanes[1].closed {
            let wanted = lanes.map(\.wants)
            var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
            for want in wanted {
                polled.append(pollfd(fd: want?.descriptor ?? -1, events: Int16(want?.events ?? 0), revents: 0))
            }
            guard unsafe poll(&polled, nfds_t(polled.count), -1) >= 0 else {
                precondition(errno == EINTR, "poll takes these descriptors")
                continue
            }
            if polled[0].revents != 0 { passSignal(signals, to: child) }
            for index in lanes.indices where polled[index + 1].revents != 0 {
                move(&lanes[index], &kept)
                watch?.look(kept)
            }
        }
        if !lanes[0].closed { close(toCommand.write) }
        close(fromCommand.read)
        let outcome = child.wait()
        return Result(recording: kept, outcome: outcome)
    }

    private static func move(_ lane: inout Lane, _ kept: inout Trace.Recording) {
        if lane.isEmpty {
            lane.buffer = [UInt8](repeating: 0, count: chunk)
            let count = unsafe read(lane.source, &lane.buffer, chunk)
            let isLater = count < 0 && (errno == EAGAIN || errno == EINTR)
            lane.buffer.removeLast(chunk - max(count, 0))
            lane.position = 0
            if count > 0 { kept.append(lane.buffer, lane.direction) }
            if count == 0 || count < 0 && !isLater { finish(&lane) }
            return
        }
        let count = unsafe lane.buffer.withUnsafeBytes { bytes in
            unsafe write(lane.target, bytes.baseAddress! + lane.position,
                min(bytes.count - lane.position, lane.largestWrite))
        }
        if count > 0 {
            lane.position += count
        } else if errno != EAGAIN, errno != EINTR {
            finish(&lane)
        }
    }

    /// Nothing more can pass: the next in line sees an end of file.
    private static func finish(_ lane: inout Lane) {
        lane.closed = true
        if lane.direction == .toServer { close(lane.target) }
    }

    private static func passSignal(_ descriptor: Int32, to child: SpawnedProcess) {
        var number: UInt8 = 0
        if unsafe read(descriptor, &number, 1) == 1 { kill(child.id, Int32(number)) }
    }

    private static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    private static func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        precondition(unsafe conform_pipe(&ends) == 0, "a pipe can be made")
        return (ends[0], ends[1])
    }
}
