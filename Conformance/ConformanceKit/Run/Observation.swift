import TraceKit

/// What was seen of one session between the target and its peer.
struct Observation {
    /// nil: it ran when its time was over, and was killed.
    var target: SpawnedProcess.Outcome?
    var targetPeakKibibytes = 0
    var peer: PeerEnd = .none
    var seconds = 0.0
    /// Standard error, and standard output of a client.
    var targetErrors: [UInt8] = []
    var targetOutput: [UInt8] = []
    var peerErrors: [UInt8] = []
    var recording = Trace.Recording()
    /// Whether the recording lacks what came later, for its size.
    var isTruncated = false
    /// The words that a client gave its remote shell: host and command.
    var shellWords: [[UInt8]]?
    /// The server's arguments, without the program's name.
    var serverArguments: [[UInt8]] = []
    /// Processes of the target that were there when it had ended.
    var leftOver = false
    /// A fault of the suite: nothing can be said about the target.
    var trouble: String?

    enum PeerEnd {
        case none
        case process(SpawnedProcess.Outcome)
        /// It did not end, and was killed.
        case killed
        case script(ScriptOutcome)
    }

    /// Of the bytes that the target wrote.
    var targetDirection = Trace.Direction.toClient

    func bytes(_ direction: Trace.Direction) -> [UInt8] {
        recording.segments.reduce(into: []) { if $1.direction == direction { $0 += $1.bytes } }
    }
}
