import RsyncProtocol
import RsyncWire

/// The end of a session before its time: an exit status of SES-159 and the sentence for people.
public struct SessionError: Error, Sendable, Equatable {
    public let exitCode: Int32
    /// Empty where only the closing line is to be said.
    public let message: MessageText
    /// Lines that belong behind the message.
    public let details: [MessageText]
    /// The other side said so itself (SES-116): no closing line of our own.
    public let announcedByPeer: Bool

    public init(exitCode: Int32, _ message: MessageText, details: [MessageText] = [], announcedByPeer: Bool = false) {
        self.exitCode = exitCode
        self.message = message
        self.details = details
        self.announcedByPeer = announcedByPeer
    }

    /// The message, or where there is none what the status means: for those who say no closing line.
    public var sentence: String {
        message.bytes.isEmpty
            ? ExitCode(rawValue: exitCode).meaning ?? "status \(exitCode)" : String(decoding: message.bytes, as: UTF8.self)
    }

    @inline(never)
    public static func wire(_ error: WireError) -> SessionError {
        SessionError(exitCode: error.exitCode, "protocol error: \(error.description)")
    }

    /// `role`: whose stream it is, in the words of rsync's messages.
    @inline(never)
    public static func stream(_ error: StreamError, role: String) -> SessionError {
        let text: MessageText = switch error {
        case .readFailed(let errno): "rsync: [\(role)] read error: \(errorText(errno))"
        case .writeFailed(let errno): "rsync: [\(role)] write error: \(errorText(errno))"
        case .timedOut(let seconds): "[\(role)] io timeout after \(seconds) seconds -- exiting"
        case .stopped: "stopping at requested limit"
        // The closing line says it all (SES-163).
        case .interrupted, .endedBySibling: ""
        }
        return SessionError(exitCode: error.exitCode, text)
    }

    /// `--max-alloc` (ARG-63).
    @inline(never)
    static func exceeds(allocationLimit limit: Int) -> SessionError {
        SessionError(exitCode: 22, "exceeded --max-alloc=\(limit) setting")
    }

    /// A value the peer must not send here (exit 2).
    @inline(never)
    public static func protocolViolation(_ text: MessageText) -> SessionError {
        SessionError(exitCode: 2, text)
    }
}
