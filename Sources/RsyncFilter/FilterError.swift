/// Why a rule, a rule file or a rule list cannot be used.
public struct FilterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong; the only part that takes part in equality.
    public enum Code: Sendable, Equatable {
        /// Not a rule of FLT-7.
        case unknownRule
        /// A modifier that the kind does not take, or one of `-`, `+`, `C` beside another (FLT-10, FLT-11).
        case invalidModifier
        /// A rule that needs a pattern and has none.
        case missingPattern
        /// Something behind a clear rule, be it a space.
        case textAfterClear
        /// A side in a rule of a file whose merge rule names the sides already (FLT-25).
        case sideNamedTwice
        /// A rule that reads a file, where no file can be read.
        case filesUnavailable
        /// A rule file that must be read and cannot be (FLT-27).
        case unreadableFile
        /// Merge files that name each other too deeply (FLT-29).
        case nestedTooDeeply
        /// A rule that the agreed protocol cannot express (FLT-78, FLT-79).
        case tooModern
        /// A merge rule that came over the wire (FLT-85).
        case mergeFromPeer
        /// A pattern of `FilterLimits.pattern` bytes or more: the rule is dropped, the run goes on (FLT-14).
        case patternTooLong
        /// A line of a rule file above `FilterLimits.line`: dropped, the run goes on (FLT-22).
        case lineTooLong
    }

    public let code: Code
    /// The rule as it was written; shortened for display by `description`.
    public let rule: [UInt8]
    /// The clause that is broken, such as `FLT-12`.
    public let clause: StaticString
    /// Exit status that the reference uses (SES-159).
    public let exitCode: Int32

    @inline(never)
    init(_ code: Code, rule: some Sequence<UInt8>, clause: StaticString, exitCode: Int32 = 1) {
        self.code = code
        self.rule = [UInt8](rule)
        self.clause = clause
        self.exitCode = exitCode
    }

    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    public var description: String {
        let what =
            switch code {
            case .unknownRule: "unknown filter rule"
            case .invalidModifier: "invalid modifier in filter rule"
            case .missingPattern: "missing pattern in filter rule"
            case .textAfterClear: "unexpected text behind the clear rule"
            case .sideNamedTwice: "side named by the rule and by the merge rule above it"
            case .filesUnavailable: "no files can be read for filter rule"
            case .unreadableFile: "cannot read filter file"
            case .nestedTooDeeply: "filter files are nested too deeply at"
            case .tooModern: "too modern for the remote rsync: filter rule"
            case .mergeFromPeer: "the peer sent a merge rule"
            case .patternTooLong: "dropped, pattern too long: filter rule"
            case .lineTooLong: "dropped, line too long in filter file:"
            }
        return "\(what) `\(shown)` [\(clause)]"
    }

    /// The rule, at most 80 bytes of it, control characters replaced.
    private var shown: String {
        let head = rule.prefix(80).map { $0 < 0x20 || $0 == 0x7f ? 0x3f : $0 }
        return String(decoding: head, as: UTF8.self) + (rule.count > 80 ? "…" : "")
    }
}

/// The bounds of FLT-105 (section 15) and those of this implementation.
public enum FilterLimits {
    /// A pattern must be shorter, in bytes: MAXPATH (FLT-14).
    public static let pattern = 4096
    /// A rule text on the wire must be shorter, in bytes: MAXPATH + 1024 (FLT-84).
    public static let wireText = 5120
    /// Longest line or token of a rule file, in bytes (FLT-22).
    public static let line = 5119
    /// Deepest nesting of merge files (FLT-29).
    public static let nesting = 32
    /// All texts of a received list together, in bytes: FLT-84 calls 10 MB generous.
    public static let receivedBytes = 10_000_000
    /// Rules in a received list. The protocol knows no bound; this keeps what a peer can make us allocate below
    /// about 100 MB and is far above any list a person writes.
    public static let receivedRules = 250_000
}
