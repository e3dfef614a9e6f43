import TraceKit

/// A client's call of its remote shell, word for word.
struct ShellCall: Equatable {
    /// Before the program: the host, and what there is with it.
    let host: [[UInt8]]
    /// What a shell at the far end is to run: the program, then its arguments as they stand on the line.
    let command: [[UInt8]]

    /// `program`: the word that the client was told to call its server by.
    init(_ words: [[UInt8]], program: [UInt8]) {
        let start = words.indices.dropFirst().first { words[$0] == program } ?? min(1, words.count)
        host = Array(words[..<start])
        command = Array(words[start...])
    }

    var arguments: [[UInt8]] { Array(command.dropFirst()) }
    var line: [UInt8] { Array(command.joined(separator: [0x20])) }
}

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
    /// The words that a client gave its remote shell; nil: it did not call it.
    var shellCall: ShellCall?
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
