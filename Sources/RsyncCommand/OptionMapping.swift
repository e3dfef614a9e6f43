import RsyncDigest
import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncWire

/// From the words of the command line to the engine's terms.
extension TransferOptions {
    /// `readFile` gives the content of a file of rules, of includes or of excludes; `-` is standard input.
    public init(
        _ arguments: ParsedArguments, isLocal: Bool, readFile: RuleFileReader
    ) throws(SessionError) {
        self.init()
        recursive = arguments.recurses
        listDirectories = arguments.transfersDirectories && !arguments.recurses
        relative = arguments.relative
        impliedDirectories = arguments.impliedDirectories
        prunesEmptyDirectories = arguments.prunesEmptyDirectories
        makesParents = arguments.makesParents
        preserveLinks = arguments.links
        preservePermissions = arguments.permissions
        preserveOwner = arguments.owner
        preserveGroup = arguments.group
        preserveDevices = arguments.devices
        preserveSpecials = arguments.specials
        dropsNodes = arguments.dropsNodes
        preserveTimes = arguments.times
        preserveHardLinks = arguments.hardLinks > 0
        preserveExecutability = arguments.executability
        preserveAccessTimes = arguments.accessTimes > 0
        keepsAccessTimes = arguments.openNoAtime
        preserveAccessLists = arguments.accessLists
        preserveXattrs = arguments.xattrs > 0
        preserveOwnAttributes = arguments.xattrs > 1
        self.isLocal = isLocal
        modeChanges = try Self.modeChanges(arguments)
        omitDirectoryTimes = arguments.omitDirectoryTimes
        omitLinkTimes = arguments.omitLinkTimes
        numericIds = arguments.numericIds && !Knob.numericIdsIsIgnored.isOn
        compareChecksums = arguments.checksum
        sizeOnly = arguments.sizeOnly
        ignoreTimes = arguments.ignoreTimes
        update = arguments.update
        existingOnly = arguments.existing
        ignoreExisting = arguments.ignoreExisting
        wholeFile = arguments.wholeFile ?? isLocal
        dryRun = arguments.dryRun || arguments.onlyWritesBatch
        isBatchOnly = arguments.onlyWritesBatch && !arguments.dryRun
        listOnly = arguments.lists || arguments.listOnlyOption
        addWriting(arguments)
        blockLength = arguments.blockSize
        deletion = Self.deletionTime(arguments)
        deleteExcluded = arguments.deleteExcluded
        ignoreErrors = arguments.ignoreErrors
        force = arguments.force
        deletesMissing = arguments.deletesMissing
        switch arguments.sourceRemoval {
        case .synchronized: sourceRemoval = .synchronized
        case .sent: sourceRemoval = .sent
        case nil: sourceRemoval = nil
        }
        timeout = arguments.timeout
        allocationLimit = arguments.allocationLimit > 0 ? Int(clamping: arguments.allocationLimit) : nil
        itemizeLevel = arguments.itemizeLevel
        messages = MessageLevels(arguments)
        messageChannel = arguments.messageChannel.map { MessageChannel($0) }
        reportsProgress = !arguments.isServer && arguments.info[.progress] > 0
        reportsItems = !arguments.isServer || arguments.logFile != nil
        reportsCompletion =
            arguments.logFile != nil || arguments.json || FormatText.needsFigures(arguments.itemFormat ?? [])
        allowsIncrementalRecursion = arguments.incrementalRecursion
        rootMode = Self.rootMode(arguments)
        checksumChoice = try Self.checksumChoice(arguments.checksumChoice)
        compression = try Self.compression(arguments.compression)
        if checksumChoice?.transfer == ChecksumName.none { wholeFile = true }
        largestSize = arguments.largestSize
        smallestSize = arguments.smallestSize
        modifyWindow = Int64(arguments.modifyWindow ?? 0)
        safeLinks = arguments.safeLinks
        copyLinks = arguments.copyLinks
        copyUnsafeLinks = arguments.copyUnsafeLinks
        copyDirectoryLinks = arguments.copyDirectoryLinks
        keepDirectoryLinks = arguments.keepDirectoryLinks
        copiesDevices = arguments.copyDevices
        mungesLinks = arguments.mungesLinks
        if mungesLinks, (try? Places.trusted.tree(Array("/rsyncd-munged".utf8))) != nil {
            throw SessionError(exitCode: 4, "Symlink munging is unsafe when a /rsyncd-munged directory exists.")
        }
        cvsExclude = arguments.cvsExclude
        nulTerminated = arguments.nulTerminated
        deletionLimit = arguments.deletionLimit.map { max(0, Int($0)) }
        oneFileSystem = arguments.oneFileSystem
        filters.deletesExcluded = arguments.deleteExcluded
        try addFilters(
            arguments.filters, arguments.isServer ? nil : CommandLineFiles(places: .machine(arguments.pathRules(confined: false))), readFile,
            role: arguments.isServer ? "server" : "client")
        // What `-v` asks for counts only when all options are known.
        if arguments.debug[.filter] > 1, filters.notes == nil { filters.notes = [] }
        if arguments.oldDirectories { filters.addOldDirectoriesRule() }
        if !arguments.isServer { addImpliedRules(arguments) }
    }

    private static func deletionTime(_ arguments: ParsedArguments) -> DeletionTime? {
        guard arguments.deletes || arguments.deletionTime != nil || arguments.deleteExcluded else { return nil }
        switch arguments.deletionTime {
        case .before: return .before
        case .during: return .during
        case .delay: return .delay
        case .after: return .after
        case nil: return .unspecified
        }
    }

    private static func rootMode(_ arguments: ParsedArguments) -> RootMode {
        // Who has become another user has given up more than `--super` or `--fake-super` could ask for.
        if let words = arguments.copyAs, !CopyAs.isRoot(words) { return .normal }
        if arguments.fakeSuper { return .fake }
        return arguments.superUser ?? IdentityLookup.isRoot ? .root : .normal
    }

    private static func modeChanges(_ arguments: ParsedArguments) throws(SessionError) -> ModeChanges? {
        guard !arguments.modeChanges.isEmpty else { return nil }
        var changes = ModeChanges()
        let umask = SystemWords.currentUmask()
        for text in arguments.modeChanges {
            guard changes.add(text, umask: umask) else {
                throw SessionError(exitCode: 1, "rsync: Invalid argument passed to --chmod (\(text))")
            }
        }
        return changes
    }

    /// SES-65.
    private static func checksumChoice(_ value: [UInt8]?) throws(SessionError) -> ChecksumChoice? {
        guard let value else { return nil }
        let words = value.split(separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = words.first, let last = words.last else { return nil }
        // All of it is shown when the first is the wrong one.
        let transfer = try checksumName(first, shown: value[...])
        return ChecksumChoice(transfer: transfer, list: words.count == 2 ? try checksumName(last, shown: last) : transfer)
    }

    /// nil for `auto`: where the other is named, nothing is negotiated.
    private static func checksumName(
        _ word: ArraySlice<UInt8>, shown: ArraySlice<UInt8>
    ) throws(SessionError) -> ChecksumName? {
        let text = String(decoding: word, as: UTF8.self)
        if text == "auto" { return nil }
        guard let name = ChecksumName(text) else {
            throw SessionError(exitCode: 4, "unknown checksum name: \([UInt8](shown))")
        }
        return name
    }

    /// SES-66.
    private static func compression(_ arguments: CompressionArguments) throws(SessionError) -> CompressionOptions {
        var options = CompressionOptions()
        options.isRequested = arguments.isRequested
        options.level = arguments.level
        options.threads = arguments.threads
        if let choice = arguments.effectiveChoice {
            let text = String(decoding: choice, as: UTF8.self)
            guard let name = CompressionName(text) else {
                throw SessionError(exitCode: 4, "unknown compress name: \(text)")
            }
            options.choice = name
        }
        return options
    }

    private mutating func addFilters(
        _ rules: [FilterArgument], _ files: (any FilterFileReader)?,
        _ readFile: RuleFileReader, role: String
    ) throws(SessionError) {
        var nulTerminated = false
        for rule in rules {
            let content: [UInt8]
            switch rule {
            // Without a name there is no file, and no rule (ARG-81).
            case .excludeFrom(let file): content = file.isEmpty ? [] : try readFile(file, false)
            case .includeFrom(let file): content = file.isEmpty ? [] : try readFile(file, true)
            default: content = []
            }
            do throws(FilterError) {
                switch rule {
                case .exclude(let pattern): try filters.add(exclude: pattern)
                case .include(let pattern): try filters.add(include: pattern)
                case .rule(let text): try filters.add(parsing: text, reader: files, nulTerminated: nulTerminated)
                case .excludeFrom(let file):
                    try filters.add(contentsOfFile: content, kind: .exclude, nulTerminated: nulTerminated, named: file)
                case .includeFrom(let file):
                    try filters.add(contentsOfFile: content, kind: .include, nulTerminated: nulTerminated, named: file)
                case .nulTerminated(let isOn): nulTerminated = isOn
                case .told(let isOn): filters.notes = isOn ? filters.notes ?? [] : nil
                }
            } catch {
                throw SessionError(exitCode: error.exitCode, MessageText(error.text(role: role)))
            }
        }
    }
}

extension MessageLevels {
    init(_ arguments: ParsedArguments) {
        self.init()
        names = arguments.info[.name]
        deletions = arguments.info[.del]
        skips = arguments.info[.skip]
        removals = arguments.info[.remove]
        nonRegular = arguments.info[.nonreg]
        misc = arguments.info[.misc]
        backups = arguments.info[.backup]
        symlinks = arguments.info[.symsafe]
        debug = DebugLevels(arguments.debug)
    }
}

extension MessageChannel {
    init(_ channel: ParsedArguments.MessageChannel) {
        switch channel {
        case .errors: self = .errors
        case .all: self = .standardError
        case .client: self = .protocol
        }
    }
}
