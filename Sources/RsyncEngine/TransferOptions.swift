import RsyncDigest
import RsyncFilter
import RsyncProtocol

/// What the two sides of a session agreed to do, in the engine's own terms. Both ends hold the same values: the
/// server learned them from its arguments (02-arguments.md).
public struct TransferOptions: Sendable {
    public var recursive = false
    /// `-d`: list directories and the contents of those named with a slash, no deeper (FLS-17).
    public var listDirectories = false
    public var relative = false
    public var preserveLinks = false
    public var preservePermissions = false
    public var preserveOwner = false
    public var preserveGroup = false
    public var preserveDevices = false
    public var preserveSpecials = false
    /// Devices and specials are in the list as usual, and none is made here (RSH-21).
    public var dropsNodes = false
    public var preserveTimes = false
    public var preserveHardLinks = false
    /// `-E` (MET-33).
    public var preserveExecutability = false
    /// `-U` (MET-27).
    public var preserveAccessTimes = false
    /// `--open-noatime`: reading changes no access time.
    public var keepsAccessTimes = false
    /// `-X`, and `-XX`: rsync's own attributes too (MET-147).
    public var preserveXattrs = false
    public var preserveOwnAttributes = false
    /// Both ends are this program.
    public var isLocal = false
    public var omitDirectoryTimes = false
    public var omitLinkTimes = false
    public var numericIds = false
    /// `--usermap`, `--groupmap` and `--chown` (MET-7), as the receiving side obeys them.
    public var userMap: [IdentityRule] = []
    public var groupMap: [IdentityRule] = []
    /// `--chmod`: obeyed by the client, whichever side that is (MET-38, FLS-22).
    public var modeChanges: ModeChanges?

    /// `-c` (MET-13).
    public var compareChecksums = false
    public var sizeOnly = false
    public var ignoreTimes = false
    public var update = false
    public var existingOnly = false
    public var ignoreExisting = false
    public var wholeFile = false
    public var dryRun = false
    public var listOnly = false
    /// `--partial`: an interrupted file replaces the destination (MET-82).
    public var keepPartial = false

    /// `--block-size`; 0 = by the file's length (XFR-30).
    public var blockLength: Int32 = 0
    /// The one choice of `--checksum-choice` for both uses, or a pair (SES-65).
    public var checksumChoice: ChecksumChoice?

    public var compression = CompressionOptions()

    public var deletion: DeletionTime?
    public var deleteExcluded = false
    public var ignoreErrors = false
    /// `--force` (MET-113).
    public var force = false

    public var filters = FilterList()

    /// Seconds without any byte before the session ends; 0 = never (SES-148).
    public var timeout: Int32 = 0
    /// `-v` count.
    public var verbosity = 0
    /// `-i` count, or what `--log-format` told a server (ARG-24).
    public var itemizeLevel = 0
    /// The client draws progress lines (MET-180).
    public var reportsProgress = false
    /// `--no-inc-recursive` was not given.
    public var allowsIncrementalRecursion = true
    /// `--numeric-ids` aside: does this side set owners? MET, root mode.
    public var rootMode = RootMode.normal

    public init() {}

    public enum DeletionTime: Sendable, Equatable {
        /// `--delete` with no "when": by protocol (SES-30).
        case unspecified
        case before, during, after
    }

    public enum RootMode: Sendable, Equatable {
        case normal, root, fake
    }

    public struct ChecksumChoice: Sendable, Equatable {
        public var transfer: ChecksumName
        public var list: ChecksumName
        public init(transfer: ChecksumName, list: ChecksumName) {
            self.transfer = transfer
            self.list = list
        }
    }

    /// Whether this side, in this role, can work with one list per directory (FLS-109).
    public func allowsIncrementalRecursion(isSender: Bool) -> Bool {
        guard recursive, allowsIncrementalRecursion else { return false }
        return isSender || !(deletion == .before || deletion == .after)
    }

    /// When deletions happen under this protocol; nil without a delete mode.
    public func deletionTime(_ traits: SessionTraits) -> DeletionTime? {
        deletion == .unspecified ? (traits.deletesDuringByDefault ? .during : .before) : deletion
    }

    /// Whether a client that is the sender writes the filter list (SES-26).
    public func receiverNeedsFilters(_ traits: SessionTraits) -> Bool {
        deletion != nil && (traits.sendsFiltersWithDeleteExcluded || !deleteExcluded)
    }
}
