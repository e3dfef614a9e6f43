// What options choose from.

extension ParsedArguments {
    public enum Recursion: Sendable, Equatable {
        case off
        /// From `-a` (a weaker kind, ARG-61).
        case archive
        /// From `-r`.
        case explicit
    }

    public enum AlternateKind: String, Sendable, Equatable {
        case compare = "compare-dest"
        case copy = "copy-dest"
        case link = "link-dest"
    }

    public enum DeletionTime: Sendable, Equatable { case before, during, delay, after }

    /// What the sender is to remove once it is in place: of several options the last counts.
    public enum SourceRemoval: String, Sendable, Equatable {
        case synchronized = "remove-source-files"
        case sent = "remove-sent-files"
    }

    public struct OwnerMap: Sendable, Equatable {
        public var rules: [UInt8]
        var isFromChown: Bool
    }

    public enum AddressFamily: Sendable, Equatable { case v4, v6 }

    public enum OutputBuffering: Sendable, Equatable { case none, line, block }

    /// What the client's output format needs reported (ARG-24).
    public struct ReportHint: Sendable, Equatable {
        /// Some output format is in effect: updated names are the client's to print, deletions are reported.
        public var hasFormat = false
        public var itemizes = false
        /// Items that did not change, too.
        public var itemizesUnchanged = false
        public var namesOperation = false

        public init() {}
    }

    public enum MessageChannel: Sendable, Equatable {
        /// Errors by stderr or the protocol, as each is due.
        case errors
        /// Everything by stderr.
        case all
        /// Everything through the protocol.
        case client
    }
}

/// A rule, or a file of rules, from the command line. Reading files and parsing rules is for later.
public enum FilterArgument: Sendable, Equatable {
    /// `--exclude`, `--include`: a pattern without rule prefix.
    case exclude([UInt8])
    case include([UInt8])
    /// `--exclude-from`, `--include-from`: `-` is standard input.
    case excludeFrom([UInt8])
    case includeFrom([UInt8])
    /// `--filter`: a whole rule.
    case rule([UInt8])
    /// `--from0` and its negation: from here on, what ends the lines of files.
    case nulTerminated(Bool)
    /// `--debug`: from here on, whether rules are told.
    case told(Bool)
}
