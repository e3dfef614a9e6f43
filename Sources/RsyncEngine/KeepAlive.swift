/// Lets the peer hear something while this side works without writing: SES-150. Long work, such as the scan of a
/// directory, a sum of a whole file or a deletion, calls `tick` as it goes.
final class KeepAlive {
    private let output: ProtocolOutput
    private let milliseconds: @Sendable () -> Int64
    private let interval: Int64
    private var seen: Int64
    private var lastWriteAt: Int64

    /// `timeout` in seconds; 0 = no keep-alives.
    init(_ output: ProtocolOutput, timeout: Int32, milliseconds: @escaping @Sendable () -> Int64) {
        self.output = output
        self.milliseconds = milliseconds
        interval = timeout > 0 ? (Int64(timeout) + 1) / 2 * 1000 : 0
        seen = output.bytesWritten
        lastWriteAt = milliseconds()
    }

    /// Writes what waits, or an empty frame, when nothing has been written for half the timeout.
    func tick() throws(SessionError) {
        guard interval > 0 else { return }
        let now = milliseconds()
        if output.bytesWritten != seen {
            seen = output.bytesWritten
            lastWriteAt = now
            return
        }
        guard now - lastWriteAt >= interval else { return }
        lastWriteAt = now
        if output.hasPending { try output.flush() } else { try output.sendKeepAlive() }
        seen = output.bytesWritten
    }
}
