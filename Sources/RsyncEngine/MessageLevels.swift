import RsyncProtocol

/// What the session is to tell about beside errors: the levels of `--info` that it has words for, and of `--debug`
/// (MET-167, ARG-73).
public struct MessageLevels: Sendable, Equatable {
    /// 1: names of what was changed; 2: of what was not.
    public var names = 0
    public var deletions = 0
    /// 1: what was not updated, by which option.
    public var skips = 0
    public var nonRegular = 1
    /// Sources that were removed.
    public var removals = 0
    public var misc = 0
    public var backups = 0
    /// Symlinks that `--safe-links` leaves out.
    public var symlinks = 0
    public var debug = DebugLevels()

    public init() {}
}

/// Where a server's texts go (SES-98).
public enum MessageChannel: Sendable, Equatable {
    /// Errors and warnings to its own standard error, the rest through the protocol.
    case errors
    /// Everything to its standard error.
    case standardError
    /// Everything through the protocol.
    case `protocol`

    /// Whether a text of this kind travels in a frame.
    func forwards(_ kind: SessionEvent.TextKind) -> Bool {
        switch self {
        case .errors: kind == .info
        case .standardError: false
        case .protocol: true
        }
    }
}

extension SessionEvent.TextKind {
    /// The code under which a server's text travels. What is an error here makes the client's exit status 23 (SES-94,
    /// SES-95).
    func code(hasErrorClasses: Bool) -> MessageCode {
        switch self {
        case .info: .info
        case .warning: hasErrorClasses ? .warning : .info
        case .error: .errorXfer
        }
    }
}
