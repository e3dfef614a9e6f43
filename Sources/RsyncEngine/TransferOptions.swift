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
    /// Off: `--no-implied-dirs` (FLS-23, MET-42).
    public var impliedDirectories = true
    /// `-m` (FLS-107).
    public var prunesEmptyDirectories = false
    /// `--mkpath` (ARG-71).
    public var makesParents = false
    /// Times `-x` was given (FLS-18).
    public var oneFileSystem = 0
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
    /// `-A`.
    public var preserveAccessLists = false
    /// `-X`, and `-XX`: rsync's own attributes too (MET-147).
    public var preserveXattrs = false
    public var preserveOwnAttributes = false
    /// Attributes of the name space "system." that come are set without rules for them too, as root (HOS-188).
    public var takesSystemAttributes = false
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
    /// `--max-size` and `--min-size`, for regular files (MET-18).
    public var largestSize: Int64?
    public var smallestSize: Int64?
    /// `--modify-window` (MET-12).
    public var modifyWindow: Int64 = 0
    /// `--safe-links` (MET-46).
    public var safeLinks = false
    /// `-L`, `--copy-unsafe-links`, `-k`: the sender sends what a symlink leads to (FLS-19).
    public var copyLinks = false
    public var copyUnsafeLinks = false
    public var copyDirectoryLinks = false
    /// `-K`: the receiving side takes a symlink to a directory for the directory (MET-45).
    public var keepDirectoryLinks = false
    /// `--munge-links`, for this side alone (MET-48).
    public var mungesLinks = false
    public var ignoreTimes = false
    public var update = false
    public var existingOnly = false
    public var ignoreExisting = false
    public var wholeFile = false
    public var dryRun = false
    /// `--only-write-batch`: a dry run whose data is made and recorded all the same (MET-22).
    public var isBatchOnly = false
    public var listOnly = false
    /// `--partial`: an interrupted file replaces the destination (MET-82).
    public var keepPartial = false
    /// `--partial-dir`: beneath each directory, or one for all when it is absolute (MET-84).
    public var partialDirectory: [UInt8]?
    public var delaysUpdates = false
    /// `--inplace` and what implies it (MET-80).
    public var inPlace = false
    public var append = AppendMode.off
    public var sparse = false
    public var preallocate = false
    /// `--fsync`.
    public var synchronizes = false
    /// The suffix of backups; nil without `--backup` (MET-96).
    public var backupSuffix: [UInt8]?
    public var alternateKind = AlternateKind.link
    public var alternateCount = 0
    /// `--write-devices`: a device at the destination is written like a file (MET-54).
    public var writesDevices = false
    /// `--copy-devices`: a device at the source is read like a file (XFR-62).
    public var copiesDevices = false
    /// `-y` 1, `-yy` 2 (MET-92).
    public var fuzzy = 0

    /// `--block-size`; 0 = by the file's length (XFR-30).
    public var blockLength: Int32 = 0
    /// The one choice of `--checksum-choice` for both uses, or a pair (SES-65).
    public var checksumChoice: ChecksumChoice?

    public var compression = CompressionOptions()

    public var deletion: DeletionTime?
    public var deleteExcluded = false
    /// `--max-delete` (MET-109).
    public var deletionLimit: Int?
    public var ignoreErrors = false
    /// `--force` (MET-113).
    public var force = false
    /// `--delete-missing-args` (FLS-15).
    public var deletesMissing = false
    /// `--remove-source-files`, `--remove-sent-files` (MET-114).
    public var sourceRemoval: SourceRemoval?

    public var filters = FilterList()
    /// `-C`: rules behind all others (FLT-45).
    public var cvsExclude = false
    /// `--from0`: NUL ends the lines of rule files (FLT-19).
    public var nulTerminated = false

    /// Seconds without any byte before the session ends; 0 = never (SES-148).
    public var timeout: Int32 = 0
    /// Bytes that one list or one file's block sums may take (`--max-alloc`); nil = only the engine's own limits.
    public var allocationLimit: Int?
    /// `-i` count, or what `--log-format` told a server (ARG-24).
    public var itemizeLevel = 0
    /// What is told, by class; `-v` and others imply levels of it.
    public var messages = MessageLevels()
    /// `--stderr` on a server; nil: by protocol (SES-98).
    public var messageChannel: MessageChannel?
    /// The client draws progress lines (MET-180).
    public var reportsProgress = false
    /// Items are told about on this side: on clients, and on servers that keep a log.
    public var reportsItems = true
    /// A transferred item is told about again when it is through, with its figures (MET-174).
    public var reportsCompletion = false
    /// `--no-inc-recursive` was not given.
    public var allowsIncrementalRecursion = true
    /// `--numeric-ids` aside: does this side set owners? MET, root mode.
    public var rootMode = RootMode.normal

    public init() {}

    public enum DeletionTime: Sendable, Equatable {
        /// `--delete` with no "when": by protocol (SES-30).
        case unspecified
        case before, during
        /// Found during the transfer, removed at its end.
        case delay
        case after
    }

    public enum AlternateKind: String, Sendable {
        case compare = "compare-dest"
        case copy = "copy-dest"
        case link = "link-dest"
    }

    public enum SourceRemoval: Sendable {
        /// What is in place, whether it was there before or not.
        case synchronized
        /// What was not.
        case sent
    }

    public enum AppendMode: Sendable { case off, plain, verifying }

    public enum RootMode: Sendable, Equatable {
        case normal, root, fake
    }

    public struct ChecksumChoice: Sendable, Equatable {
        /// nil: what the protocol uses where nothing is negotiated.
        public var transfer: ChecksumName?
        public var list: ChecksumName?
        public init(transfer: ChecksumName?, list: ChecksumName?) {
            self.transfer = transfer
            self.list = list
        }
    }

    /// Whether the sender follows any symlinks.
    public var followsLinks: Bool { copyLinks || copyUnsafeLinks || copyDirectoryLinks }

    /// Whether this side, in this role, can work with one list per directory (FLS-109).
    public func allowsIncrementalRecursion(isSender: Bool) -> Bool {
        guard recursive, allowsIncrementalRecursion else { return false }
        return isSender || !(deletion == .before || deletion == .after || delaysUpdates || prunesEmptyDirectories)
    }

    /// The directories above a `-R` argument lead to what is below them, and nothing is done about them (MET-42).
    var leavesImpliedDirectories: Bool { relative && !impliedDirectories }

    /// When deletions happen under this protocol; nil without a delete mode.
    public func deletionTime(_ traits: SessionTraits) -> DeletionTime? {
        deletion == .unspecified ? (traits.deletesDuringByDefault ? .during : .before) : deletion
    }

    /// Whether a client that is the sender writes the filter list (SES-26).
    public func receiverNeedsFilters(_ traits: SessionTraits) -> Bool {
        prunesEmptyDirectories || deletion != nil && (traits.sendsFiltersWithDeleteExcluded || !deleteExcluded)
    }
}
