import TraceKit

/// What is set up, what a peer does to the target, and what must come of it (Cases/README.md).
public struct Case: Sendable {
    /// `<CLAUSE>/<slug>`, from the file's place.
    public let id: String
    /// Of the file, for complaints.
    public let path: String
    public var title: String
    public var clauses: [String]
    /// nil: that of the first clause.
    public var level: Level?
    public var flags: [String]
    public var roles: [TargetRole]
    /// nil: those of the first clause.
    public var protocols: ProtocolSet?
    public var needs: [String]
    /// nil: it does not exist.
    public var source: TreeDescription?
    public var destination: TreeDescription?
    /// What stands in the sandbox beside the two.
    public var beside: TreeDescription?
    /// Of the client, whichever side that is.
    public var options: [[UInt8]]
    public var paths: Paths
    /// The remote path words of a client, taken literally in the place of what `paths` makes.
    public var remote: [[UInt8]]?
    /// Standard input of a client target.
    public var input: [UInt8]
    /// The target runs as an ordinary user when the suite is root.
    public var isOrdinary: Bool
    /// Of the target.
    public var umask: UInt32
    /// The server's whole argument vector, for scripted peers.
    public var arguments: [[UInt8]]?
    public var variables: [(name: String, value: [UInt8])]
    /// Which way the data goes in the role `restricted`.
    public var direction: TraceHeader.Role
    public var peer: PeerDescription
    /// Role `restricted`: SSH_ORIGINAL_COMMAND as it stands; nil: what a client makes of the options.
    public var request: [UInt8]?
    public var stream: StreamFaults
    public var expect: Expectation

    /// What the command line of a client names.
    public struct Paths: Sendable, Equatable {
        /// Below the source's root; an empty one is the root's contents.
        public var sources: [[UInt8]]
        /// Below the destination's root; an empty one is the root itself.
        public var destination: [UInt8]

        public static let contents = Paths(sources: [[]], destination: [])

        public init(sources: [[UInt8]], destination: [UInt8]) {
            self.sources = sources
            self.destination = destination
        }
    }
}

/// What the suite puts at the other end.
public enum PeerDescription: Sendable, Equatable {
    /// This project's engine; with the name of one fault, or well-behaved.
    case engine(deviates: String?)
    /// The rsync of PATH, or of that version.
    case stock(version: String?)
    /// A recorded peer: a file below `Vectors/traces`.
    case trace(path: String, isStrict: Bool)
    case script([JSONValue])
    /// Role `restricted`: the request alone; nothing speaks to what it starts.
    case nothing
    /// A client target's remote shell notes its words and ends.
    case argumentsOnly
}

/// What the suite does to the bytes between the two.
public struct StreamFaults: Sendable, Equatable {
    /// Which bytes are meant: those on their way to the target, or those to its peer.
    public enum Lane: String, Sendable, CaseIterable { case target, peer }

    public enum Cut: Sendable, Equatable {
        case at(Int)
        /// One run for each boundary between two frames, after one run without a cut.
        case everyFrame
    }

    /// Bytes a write; nil = as they come.
    public var chunk: Int?
    /// Capacity of the pipes, in bytes.
    public var pipe: Int?
    public var cut: (lane: Lane, cut: Cut)?
    public var flip: (lane: Lane, at: Int, bit: Int)?
    public var stall: (lane: Lane, at: Int, seconds: Double)?
    public var slow: (lane: Lane, bytesPerSecond: Int)?

    public static let none = StreamFaults()

    public init() {}

    public static func == (left: StreamFaults, right: StreamFaults) -> Bool {
        left.chunk == right.chunk && left.pipe == right.pipe && left.cut?.lane == right.cut?.lane
            && left.cut?.cut == right.cut?.cut && left.flip?.lane == right.flip?.lane && left.flip?.at == right.flip?.at
            && left.flip?.bit == right.flip?.bit && left.stall?.lane == right.stall?.lane
            && left.stall?.at == right.stall?.at && left.stall?.seconds == right.stall?.seconds
            && left.slow?.lane == right.slow?.lane && left.slow?.bytesPerSecond == right.slow?.bytesPerSecond
    }
}
