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
    /// The rule as it was written; shortened for display.
    public let rule: [UInt8]
    /// The clause that is broken, such as `FLT-12`.
    public let clause: StaticString
    /// Exit status that the reference uses (SES-159).
    public let exitCode: Int32
    /// Where the rule stands; nil where somebody wrote it out.
    private(set) var origin: FilterOrigin?
    /// Of an invalid modifier: its offset in the rule.
    private var position: Int?
    /// Of a file that cannot be read.
    private var file: UnreadableFile?

    /// A file of rules as messages call it.
    struct UnreadableFile: Sendable {
        let name: [UInt8]
        let holdsIncludes: Bool
        /// In the system's words.
        let reason: String?
    }

    @inline(never)
    init(
        _ code: Code, rule: some Sequence<UInt8>, clause: StaticString, exitCode: Int32 = 1, position: Int? = nil,
        file: UnreadableFile? = nil
    ) {
        self.code = code
        self.rule = [UInt8](rule)
        self.clause = clause
        self.exitCode = exitCode
        self.position = position
        self.file = file
    }

    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// The same, known to stand there unless it is known to stand somewhere else.
    func standing(in origin: FilterOrigin) -> FilterError {
        guard self.origin == nil else { return self }
        var error = self
        error.origin = origin
        return error
    }

    public var description: String { String(decoding: text(role: nil), as: UTF8.self) }

    /// For people, with first words of the reference that others look for. `role`: who says so, where that is part of them.
    ///
    /// The text of a file is not shown: whoever has it read by a rule need not be allowed to read it.
    public func text(role: String?) -> [UInt8] {
        let speaker = role.map { "[\($0)] " } ?? ""
        let what =
            switch code {
            case .unknownRule: "Unknown filter rule: "
            case .invalidModifier: invalidModifier
            case .missingPattern: "unexpected end of filter rule: "
            case .textAfterClear: "'!' rule has trailing characters: "
            case .sideNamedTwice: "specified-side merge file contains specified-side filter: "
            case .filesUnavailable: "no files can be read for filter rule: "
            case .unreadableFile: (origin == nil && role != nil ? "rsync: " + speaker : "") + "failed to open \(file?.holdsIncludes == true ? "include" : "exclude") file "
            case .nestedTooDeeply: speaker + "merge-file include depth limit (\(FilterLimits.nesting)) exceeded at "
            case .tooModern: "filter rules are too modern for remote rsync. "
            case .mergeFromPeer: "the peer sent a merge rule: "
            case .patternTooLong: "discarding over-long filter: "
            case .lineTooLong: "discarding over-long filter: "
            }
        // A file that is not there breaks no clause.
        return Array(what.utf8) + subject + (code == .unreadableFile ? [] : Array(" [\(clause)]".utf8))
    }

    private var invalidModifier: String {
        guard origin == nil, let position, position < rule.count else { return "invalid modifier in filter rule: " }
        return "invalid modifier '\(String(decoding: [rule[position]], as: UTF8.self))' at position \(position) in filter rule: "
    }

    /// The rule, at most `longestShown` bytes of it, or where it stands, or the file that it names.
    private var subject: [UInt8] {
        if let origin { return origin.rule }
        if let file { return file.name + Array((file.reason.map { ": " + $0 } ?? "").utf8) }
        return rule.prefix(Self.longestShown) + Array((rule.count > Self.longestShown ? "..." : "").utf8)
    }

    /// Enough for what people write, and no page full of what a peer sends.
    private static let longestShown = 256
}

/// The place of a rule in a file of rules.
struct FilterOrigin: Sendable, Equatable {
    /// As messages call the file: by its name where that was written out, else by the place that names it.
    let file: [UInt8]
    /// From 1 on; nil in a file of words.
    let line: Int?

    /// What stands there, for people.
    var rule: [UInt8] { Array("<rule from ".utf8) + place + Array(">".utf8) }

    /// The file that is named there, for people: its name is part of a file's text too.
    var namedFile: [UInt8] { Array("a file named at ".utf8) + place + [comma] }

    private var place: [UInt8] { file + Array((line.map { " line \($0)" } ?? "").utf8) }
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
