import RsyncOptions

/// What a peer made of data has to know about the session that it takes part in.
public struct ScriptContext: Sendable {
    /// The suite's side is the server; the target then is the client.
    public var isServer: Bool
    /// The suite's side sends files.
    public var isSender: Bool
    /// The newest version that the suite's side speaks in this cell.
    public var protocolNumber: Int32
    /// The server's arguments behind the program's name: as composed when the target is the server, as received when
    /// the target is the client.
    public var arguments: [[UInt8]]
    /// The client's options of the case, `--protocol` among them.
    public var options: [[UInt8]]
    /// The same, read; nil when this project's parser does not take them.
    public var parsed: ParsedArguments?
    /// Directories that hold the case's trees; nil where there is none.
    public var source: String?
    public var destination: String?
    public var seed: UInt64
    /// Whether a broken SHOULD counts.
    public var isStrict: Bool
    /// The target's streams and processes end then, so that a read gives its end of file.
    public var deadline: ContinuousClock.Instant
    /// The first clause of the case: what a finding cites that knows none better.
    public var clause: String
    /// The target is to end the session by itself, not because its peer has ended.
    public var mustRefuse: Bool

    public init(
        isServer: Bool, isSender: Bool, protocolNumber: Int32, arguments: [[UInt8]], options: [[UInt8]],
        parsed: ParsedArguments?, source: String?, destination: String?, seed: UInt64, isStrict: Bool,
        deadline: ContinuousClock.Instant, clause: String, mustRefuse: Bool = false
    ) {
        self.isServer = isServer
        self.isSender = isSender
        self.protocolNumber = protocolNumber
        self.arguments = arguments
        self.options = options
        self.parsed = parsed
        self.source = source
        self.destination = destination
        self.seed = seed
        self.isStrict = isStrict
        self.deadline = deadline
        self.clause = clause
        self.mustRefuse = mustRefuse
    }
}

/// How a peer made of data ended.
public struct ScriptOutcome: Sendable {
    public enum Ending: Sendable, Equatable {
        /// Every step was done.
        case finished
        /// The target stopped reading or writing at this step (from 0): no fault of its own.
        case targetLeft(step: Int)
        /// The case itself is wrong here: an error of the suite.
        case unusable(String)
        /// The target cannot be shown this, for what it does or does not support.
        case unsupported(String)
    }

    public var ending: Ending
    /// What the target wrote that it should not have.
    public var findings: [Finding]

    public init(ending: Ending, findings: [Finding] = []) {
        self.ending = ending
        self.findings = findings
    }
}

/// A peer that is no process: it speaks through two descriptors, on a thread of its own.
public protocol ScriptedPeer: Sendable {
    /// Returns when it has nothing more to do; whoever calls closes the descriptors afterwards, which block. A step
    /// that ends a direction early does so through `lanes`, never by closing a descriptor itself.
    func run(_ context: ScriptContext, _ lanes: ScriptLanes) -> ScriptOutcome
}

/// The two descriptors of a peer that is no process.
public struct ScriptLanes: Sendable {
    /// What the target writes.
    public let reading: Int32
    /// What the target reads.
    public let writing: Int32
    private let closing: @Sendable (Bool) -> Void

    /// `close`: ends the lane to the target (true), or both (false).
    public init(reading: Int32, writing: Int32, close: @escaping @Sendable (_ isWriteOnly: Bool) -> Void) {
        self.reading = reading
        self.writing = writing
        closing = close
    }

    /// The target then reads an end of file.
    public func closeWrite() { closing(true) }
    /// The target besides can write no more.
    public func closeBoth() { closing(false) }
}
