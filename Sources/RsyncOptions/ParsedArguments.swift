/// What a command line asks for, after implications (ARG-60) and before any file or host is touched.
///
/// One value serves the client and the server; the fields a role does not look at keep their defaults. Option values,
/// paths and patterns are bytes: they need not be text.
public struct ParsedArguments: Sendable {
    public init() {}

    // MARK: Which program this is

    /// `--server` was given (ARG-46).
    public var isServer = false
    /// `--sender` was given: the server sends.
    public var isSender = false
    /// `--help`, or `-h` alone.
    public var showsHelp = false
    /// `--version`: 1; 2 asks for JSON.
    public var showsVersion = 0

    // MARK: Selection

    public var recursion = Recursion.off
    /// A list of names takes back what only `-a` said.
    public var recurses: Bool { oldDirectories || recursion == .explicit || recursion == .archive && filesFrom == nil }
    /// `--dirs` and `--no-dirs`; nil when neither was said.
    public var directoriesOption: Bool?
    /// `--old-dirs`, with no `--dirs` or `--no-dirs` behind it (ARG-8).
    public var oldDirectories = false
    /// `--list-only` was given.
    public var listOnlyOption = false
    /// `--list-only`, or a single source without destination (ARG-26; set by `endpoints()`).
    public var lists = false
    /// Directories are transferred: asked for, or implied by recursion or listing (ARG-60).
    public var transfersDirectories: Bool { recurses || directoriesOption ?? (lists || filesFrom != nil) }
    /// `--relative` and `--no-relative`; nil when neither was said.
    public var relativeOption: Bool?
    public var relative: Bool { relativeOption ?? (filesFrom != nil) }
    /// `--no-implied-dirs` turns it off.
    public var impliedDirectories = true
    public var prunesEmptyDirectories = false
    /// `--files-from`.
    public var filesFrom: FilesFrom?
    public var incrementalRecursion = true
    /// Times `-x` was given.
    public var oneFileSystem = 0
    public var links = false
    /// Times `-H` was given.
    public var hardLinks = 0
    public var devices = false
    public var specials = false
    /// `--drop-D`.
    public var dropsNodes = false
    public var update = false
    public var existing = false
    public var ignoreExisting = false
    public var ignoreTimes = false
    public var sizeOnly = false
    /// `--max-size` and `--min-size`, in bytes.
    public var largestSize: Int64?
    public var smallestSize: Int64?
    /// `--modify-window`; below 0: nanoseconds count.
    public var modifyWindow: Int32?
    public var safeLinks = false
    public var copyLinks = false
    public var copyUnsafeLinks = false
    public var copyDirectoryLinks = false
    public var keepDirectoryLinks = false
    public var mungesLinks = false
    /// `--ignore-missing-args`.
    public var ignoresMissing = false
    /// `--delete-missing-args`, which goes before that.
    public var deletesMissing = false
    public var checksum = false
    /// Rules in the order given.
    public var filters: [FilterArgument] = []
    /// Times `-F` was given.
    public var filterFileLevel = 0
    /// `-C`: rules behind all others (ARG-60).
    public var cvsExclude = false
    /// `--from0`: NUL ends the lines of files, per-directory ones among them.
    public var nulTerminated = false

    // MARK: Updating

    /// nil when nothing was said: the engine then decides by whether the transfer is local.
    public var wholeFile: Bool?
    /// Bytes; 0 lets the generator choose for each file.
    public var blockSize: Int32 = 0
    public var partial = false
    /// nil when there is none: `--partial-dir` empty or `.` counts as not given, and `--delay-updates` brings one along.
    public var partialDirectory: [UInt8]?
    public var delayUpdates = false
    public var temporaryDirectory: [UInt8]?
    public var backup = false
    public var backupDirectory: [UInt8]?
    /// As given; `suffix` is what it comes to.
    public var suffixOption: [UInt8]?
    public var suffix: [UInt8] { suffixOption ?? defaultSuffix }
    var defaultSuffix: [UInt8] { backupDirectory == nil ? [UInt8(ascii: "~")] : [] }
    public var inPlaceOption = false
    /// `--inplace`, or what implies it (ARG-60).
    public var inPlace: Bool { inPlaceOption || append > 0 || writeDevices }
    /// 1: `--append`, 2: `--append-verify`.
    public var append = 0
    public var sparse = false
    public var preallocate = false
    /// `--fsync`.
    public var synchronizes = false
    /// `--insecure-links`.
    public var insecureLinks = false
    /// `--confine-root`, absolute.
    public var confineRoot: [UInt8]?
    public var writeDevices = false
    public var copyDevices = false
    /// Times `-y` was given.
    public var fuzzy = 0
    public var alternateKind: AlternateKind?
    public var alternateDirectories: [[UInt8]] = []
    /// Deletion is on, in whatever form.
    public var deletes = false
    /// The form given; nil for plain `--delete`, where the protocol version decides (SES-30).
    public var deletionTime: DeletionTime?
    public var deleteExcluded = false
    /// `--max-delete`, as given.
    public var deletionLimit: Int32?
    public var force = false
    public var ignoreErrors = false
    /// `--mkpath`.
    public var makesParents = false
    public var sourceRemoval: SourceRemoval?
    public var dryRun = false

    // MARK: Attributes

    public var permissions = false
    public var owner = false
    public var group = false
    public var times = false
    public var omitDirectoryTimes = false
    /// Backups stand beside what they are of: the times of directories are not set then, and the server knows by itself
    /// (ARG-60).
    public var backsUpInPlace: Bool { backup && backupDirectory == nil }
    public var omitLinkTimes = false
    public var numericIds = false
    public var executability = false
    /// The values of `--chmod`, in order.
    public var modeChanges: [[UInt8]] = []
    /// `--usermap` and `--groupmap`, or what `--chown` makes of them.
    public var userMap: OwnerMap?
    public var groupMap: OwnerMap?
    /// Times `-U` was given.
    public var accessTimes = 0
    public var openNoAtime = false
    public var accessLists = false
    /// Times `-X` was given.
    public var xattrs = 0
    public var copyAs: [UInt8]?
    public var fakeSuper = false
    /// `--super` and `--no-super`; nil when the user id decides.
    public var superUser: Bool?

    // MARK: Connection

    /// `--rsh`; nil leaves the choice to RSYNC_RSH and the default.
    public var remoteShell: [UInt8]?
    public var remoteProgram: [UInt8] = Array("rsync".utf8)
    /// `--protocol`; nil when not forced.
    public var protocolNumber: Int32?
    /// Seconds; 0 is none.
    public var timeout: Int32 = 0
    /// 0 lets the server choose one.
    public var checksumSeed: Int32 = 0
    /// The value of `--checksum-choice`; nil for none and for `auto`.
    public var checksumChoice: [UInt8]?
    public var compression = CompressionArguments()
    /// Options for the server only, in order (ARG-66).
    public var remoteOptions: [[UInt8]] = []
    /// 0, 1 or 2: how far arguments are left unprotected from the remote shell (ARG-29).
    public var oldArguments = 0
    public var secludedArguments = false
    /// Which of the two was said at all, even to switch it off: then the environment is not asked.
    var saidOldArguments = false
    var saidSecludedArguments = false
    /// While the words are read.
    var aliases = OptionAliases()
    /// Units of 1024 bytes per second; 0 is no limit (XFR-149).
    public var bandwidthLimit: Int32 = 0
    /// `--stop-after`, `--stop-at`: this side alone ends then (XFR-151).
    public var stop: StopTime.Moment?
    /// For ssh (ARG-28).
    public var addressFamily: AddressFamily?
    /// The names that arrive are not compared with what was asked for (ARG-37).
    public var trustsSender = false
    /// ARG-37: the names that arrive are checked against the request.
    public var checksNames: Bool {
        if case .remote = filesFrom { return false }
        return oldArguments == 0 && !trustsSender
    }
    /// `--qsort` (ARG-14).
    public var sortsWholeLists = false
    /// `--max-alloc` or RSYNC_MAX_ALLOC as written, for the server; nil for none.
    public var allocationLimitText: [UInt8]?
    /// Bytes; 0 is no limit.
    public var allocationLimit = ParsedArguments.usualAllocationLimit
    public static let usualAllocationLimit: Int64 = 1 << 30
    /// `--write-batch` and `--only-write-batch`, the file to record in (XFR-138).
    public var writeBatch: [UInt8]?
    /// Nothing but the record is made.
    public var onlyWritesBatch = false
    public var readBatch: [UInt8]?
    /// Long names of options that came to a server which only clients can obey (ARG-49).
    public var droppedOptions: [String] = []
    /// Both concern daemons and are refused without one (ARG-62).
    public var connectTimeout: Int32 = 0
    public var namesPasswordFile = false
    /// The value of `--iconv`: `LOCAL,REMOTE`, one charset for both, or `-` (ARG-64).
    public var charsets: [UInt8]?

    // MARK: Output

    public var verbosity = 0
    public var quiet = false
    public var progress = false
    public var statistics = false
    /// `--json`, which stock does not have.
    public var json = false
    /// What to tell about, everything that implies it included.
    public var info = OutputLevels<InfoWord>()
    public var debug = OutputLevels<DebugWord>()
    /// The value of `--out-format`; nil when it was not given.
    public var outFormat: [UInt8]?
    public var logFile: [UInt8]?
    /// The value of `--log-file-format`; empty: items are not logged.
    public var logFileFormat: [UInt8]?
    /// `-8`: bytes above 127 are shown as they are.
    public var showsHighBytes = false
    /// `--outbuf`; nil leaves it to what standard output is.
    public var outputBuffering: OutputBuffering?
    /// Times `-i` was given: 2 shows unchanged items too.
    public var itemize = 0
    /// 0 plain digits, 1 grouped, 2 and up with units (MET-166).
    public var humanReadable = 1

    // MARK: What only a client says to a server

    /// The value of `-e`: dot and capability letters (ARG-11); empty from clients before 3.0.0.
    public var capabilities: [UInt8] = []
    public var reportHint = ReportHint()
    /// nil when nothing was said: `errors`, or by protocol (SES-98).
    public var messageChannel: MessageChannel?

    // MARK: The rest

    /// Arguments that are no options, in order.
    public var positional: [[UInt8]] = []
}

/// Defaults that come from outside the command line. A server ignores all but the limit (ARG-55).
public struct ArgumentEnvironment: Sendable {
    /// RSYNC_OLD_ARGS, RSYNC_PROTECT_ARGS, RSYNC_RSH, RSYNC_ICONV; nil when unset.
    public var oldArguments: String?
    public var protectArguments: String?
    public var remoteShell: String?
    public var charsets: String?
    /// RSYNC_PARTIAL_DIR.
    public var partialDirectory: String?
    /// RSYNC_MAX_ALLOC, which servers obey too.
    public var allocationLimit: String?
    /// What the user's and the system's popt files define (ARG-82).
    public var aliases = OptionAliases()

    public init(
        oldArguments: String? = nil, protectArguments: String? = nil, remoteShell: String? = nil, charsets: String? = nil,
        partialDirectory: String? = nil, allocationLimit: String? = nil,
        aliases: OptionAliases = OptionAliases()
    ) {
        self.oldArguments = oldArguments
        self.protectArguments = protectArguments
        self.remoteShell = remoteShell
        self.partialDirectory = partialDirectory
        self.allocationLimit = allocationLimit
        self.aliases = aliases
        self.charsets = charsets
    }
}
