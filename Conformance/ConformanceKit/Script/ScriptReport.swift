/// What a script needs to know of the run that it takes part in.
public struct ScriptSetup: Sendable {
    /// The role of the peer that the script plays, which is the opposite of the target's.
    public var isServer: Bool
    public var isSender: Bool
    /// The server's argument vector, behind the program's name, whoever of the two is the server.
    public var arguments: [[UInt8]]
    /// The protocol number that the peer announces.
    public var version: Int32
    public var lanes: ScriptLanes
    /// Until when the whole script must be through.
    public var seconds: Double
    /// The tree that the target reads or writes, for steps that change it meanwhile; nil where there is none.
    public var root: String?
    /// Where `swap` puts what it takes out of the tree, on the same file system; nil: beside the tree.
    public var aside: String?
    /// Whether the target's output is read to its end behind the last step, too.
    public var drains: Bool
    /// Whether the target has to end the session by itself: behind the last step it is waited for before its input ends.
    public var mustRefuse: Bool

    public init(
        isServer: Bool, isSender: Bool, arguments: [[UInt8]], version: Int32, lanes: ScriptLanes, seconds: Double = 20,
        root: String? = nil, aside: String? = nil, drains: Bool = true, mustRefuse: Bool = false
    ) {
        self.isServer = isServer
        self.isSender = isSender
        self.arguments = arguments
        self.version = version
        self.lanes = lanes
        self.seconds = seconds
        self.root = root
        self.aside = aside
        self.drains = drains
        self.mustRefuse = mustRefuse
    }
}

/// How a script ended.
public enum ScriptEnd: Sendable, Equatable {
    /// Every step was done.
    case completed
    /// The target ended the connection while this step, counted from 0, was on.
    case closed(step: Int)
    /// Time ran out in this step.
    case deadline(step: Int)
    /// The target said what is none of the protocol, or not what a read step is for.
    case garbled(step: Int, reason: String)
    /// The script itself is wrong.
    case mistake(step: Int, reason: String)
}

/// A check of a read step that failed.
public struct ScriptFinding: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 0.
    public let step: Int
    public let field: String
    public let expected: String
    public let found: String

    public var description: String { "step \(step): \(field) is \(found), not \(expected)" }
}

public struct ScriptReport: Sendable {
    public let end: ScriptEnd
    public let findings: [ScriptFinding]
    /// Every text and message of the target, in order: code and payload.
    public let messages: [(code: UInt8, payload: [UInt8])]
    /// Bytes that the target wrote, frames included.
    public let bytesReceived: Int
    /// What the target wrote, frames included, up to a limit: for fields and dumps.
    public let received: [UInt8]
    /// The protocol of the session, once it was agreed on.
    public let protocolNumber: Int32?

    /// Bytes of the target that are kept in `received`.
    public static let mostReceived = 1 << 20
}
