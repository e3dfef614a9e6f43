/// The first of the engine's two seams: bytes in and out of one end of a session.
///
/// Live: file descriptors. Replay and tests: recorded bytes, or in-memory pipes of a chosen tiny size. Both calls
/// block; one thread reads and one writes at a time (a third never touches the stream), so an implementation needs
/// no lock between the two directions.
public protocol ByteStream: AnyObject, Sendable {
    /// Reads 1...`count` bytes into `buffer[offset...]` and returns how many; 0 at end of stream.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int
    /// Writes all of `bytes[range]`.
    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError)
    /// Waits until `read` would return at once. False when nothing came for that long: the moment for a keep-alive.
    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool
    /// No more bytes will be written.
    func closeWrite()
    /// From here on a wait may take so many seconds at most, where no shorter limit is in force.
    func limitSilence(toSeconds seconds: Int32)
}

extension ByteStream {
    /// For streams that no wait is lost on.
    public func limitSilence(toSeconds seconds: Int32) {}
}

/// Why a stream gave up.
public enum StreamError: Error, Sendable, Equatable {
    /// The system refused, with its error number (SES-156: exit 10).
    case readFailed(errno: Int32)
    case writeFailed(errno: Int32)
    /// Nothing moved for the whole timeout (SES-149: exit 30).
    case timedOut(seconds: Int32)
    /// This side is being shut down by a signal (SES-163: exit 20).
    case interrupted
    /// The same by SIGUSR1, with which a stock rsync ends its other processes (exit 19).
    case endedBySibling
    /// `--stop-after` or `--stop-at` says so (SES-154: exit 30).
    case stopped

    /// A signal has ended the call.
    public var isSignal: Bool { self == .interrupted || self == .endedBySibling }

    public var exitCode: Int32 {
        switch self {
        case .readFailed, .writeFailed: 10
        case .timedOut, .stopped: 30
        case .interrupted: 20
        case .endedBySibling: 19
        }
    }
}
