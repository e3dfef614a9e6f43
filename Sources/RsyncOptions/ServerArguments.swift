import RsyncWire

/// The argument vector of a server, composed by its client (ARG-1 to ARG-35).
public struct ServerArguments: Sendable, Equatable {
    /// What the client does.
    public enum Role: Sendable { case sender, receiver }

    /// Behind the program's name, on the remote shell's command line.
    public let commandLine: [[UInt8]]
    /// With `--secluded-args`: what goes through the protocol, to be coded by `SecludedArguments` (ARG-40).
    public let secluded: [[UInt8]]?

    /// ARG-67.
    public static let largestCount = 140

    /// Whether the `i` of the capability string is due (ARG-14).
    public static func asksForIncrementalRecursion(_ arguments: ParsedArguments, role: Role) -> Bool {
        guard arguments.recurses, arguments.incrementalRecursion, !arguments.sortsWholeLists else { return false }
        guard role == .sender || !arguments.delayUpdates && !arguments.prunesEmptyDirectories else { return false }
        return role == .sender || arguments.deletionTime == nil || arguments.deletionTime == .during
            || arguments.deletionTime == .delay
    }

    /// The arguments without program name, as they stand on the command line.
    ///
    /// `capabilities` is the value of `-e`, such as `.iLsfxCIvu` (ARG-11); it is left out when the client is bound to
    /// a protocol below 30 (ARG-12). `paths`: all sources of a pull, or the one destination of a push.
    public static func compose(
        _ arguments: ParsedArguments, role: Role, capabilities: [UInt8], paths: [[UInt8]]
    ) throws(ArgumentError) -> ServerArguments {
        var start = [Array("--server".utf8)]
        if role == .receiver, !Knob.senderWordIsMissing.isOn { start.append(Array("--sender".utf8)) }
        let cluster = cluster(arguments, role, capabilities)
        if cluster.count > 1 { start.append(cluster) }
        if let charset = arguments.remoteCharset {
            let value = arguments.oldArguments < 2 ? ShellEscaping.value(charset) : charset
            start.append(Array("--iconv=".utf8) + value)
        }

        let isSecluded = arguments.secludedArguments
        let escapes = !isSecluded
        var options = longOptions(arguments, role) { escapes && arguments.oldArguments < 2 ? ShellEscaping.value($0) : $0 }
        for option in arguments.remoteOptions {
            options.append(escapes && arguments.oldArguments == 0 ? ShellEscaping.value(option) : option)
        }
        guard start.count + options.count < largestCount else { throw .refused("too many remote options specified.") }
        if !Knob.dotIsMissing.isOn { options.append([UInt8(ascii: ".")]) }
        for path in paths {
            // An empty path is the directory the remote shell starts in (ARG-27).
            var sent = ShellEscaping.undashed(path.isEmpty ? [UInt8(ascii: ".")] : path)
            if escapes, !Knob.pathsAreNotEscaped.isOn, arguments.oldArguments == 0 {
                let isLiteralTilde =
                    role == .receiver && arguments.checksNames
                    && ShellEscaping.isLiteralTilde(sent, relative: arguments.relative)
                sent = (isLiteralTilde ? [UInt8(ascii: "\\")] : []) + ShellEscaping.path(sent)
            }
            options.append(sent)
        }
        if isSecluded {
            return ServerArguments(commandLine: start, secluded: [Array("rsync".utf8)] + options)
        }
        return ServerArguments(commandLine: start + options, secluded: nil)
    }

    /// The flag letters in the reference's order (ARG-6).
    private static func cluster(_ arguments: ParsedArguments, _ role: Role, _ capabilities: [UInt8]) -> [UInt8] {
        let sends = role == .sender
        var letters = "-"
        func add(_ letter: String, times: Int = 1, if condition: Bool = true) {
            if condition { letters += String(repeating: letter, count: times) }
        }
        add("s", if: arguments.secludedArguments)
        add("v", times: min(arguments.verbosity, 9))
        add("q", if: arguments.quiet && arguments.messageChannel != .client)
        add("b", if: arguments.backup)
        add("u", if: arguments.update)
        add("n", if: arguments.dryRun)
        add("l", if: arguments.links)
        add("d", if: sendsDirectoriesLetter(arguments, sends: sends))
        add("K", if: sends && arguments.keepDirectoryLinks)
        add("m", if: sends && arguments.prunesEmptyDirectories)
        add("O", if: sends && arguments.omitDirectoryTimes && !arguments.backsUpInPlace)
        add("J", if: sends && arguments.omitLinkTimes)
        add("y", times: arguments.fuzzy > 1 && !arguments.alternateDirectories.isEmpty ? 2 : 1, if: sends && arguments.fuzzy > 0)
        add("L", if: !sends && arguments.copyLinks)
        add("k", if: !sends && arguments.copyDirectoryLinks)
        add("W", if: arguments.wholeFile == true)
        add("H", times: min(arguments.hardLinks, 2))
        add("o", if: arguments.owner)
        add("g", if: arguments.group)
        add("D", if: arguments.devices)
        add("t", if: arguments.times && !Knob.timesLetterIsMissing.isOn)
        add("U", times: min(arguments.accessTimes, 2))
        add("p", if: arguments.permissions)
        add("E", if: sends && arguments.executability && !arguments.permissions)
        add("A", if: arguments.accessLists)
        add("X", times: min(arguments.xattrs, 2))
        add("r", if: arguments.recurses)
        add("c", if: arguments.checksum)
        add("C", if: arguments.cvsExclude)
        add("I", if: arguments.ignoreTimes)
        add("R", if: arguments.relative)
        add("x", times: min(arguments.oneFileSystem, 2))
        add("S", if: arguments.sparse)
        add("z", if: arguments.compression.sendsLetter)
        guard (arguments.protocolNumber ?? .max) >= 30 else { return Array(letters.utf8) }
        return Array(letters.utf8) + (Knob.capabilitiesAreNotOffered.isOn ? [] : [UInt8(ascii: "e")] + capabilities)
    }

    /// ARG-7.
    private static func sendsDirectoriesLetter(_ arguments: ParsedArguments, sends: Bool) -> Bool {
        guard !arguments.recurses, arguments.transfersDirectories else { return false }
        return arguments.directoriesOption == true || arguments.lists || sends && arguments.deletes
    }

    /// Long options in the reference's order (ARG-18).
    private static func longOptions(
        _ arguments: ParsedArguments, _ role: Role, escape: ([UInt8]) -> [UInt8]
    ) -> [[UInt8]] {
        let sends = role == .sender
        var options: [[UInt8]] = []
        func add(_ option: String, if condition: Bool = true) {
            if condition { options.append(Array(option.utf8)) }
        }
        add("--list-only", if: arguments.listOnlyOption)
        add("--no-r", if: sends && arguments.deletes && !arguments.recurses && arguments.transfersDirectories)
        if let level = arguments.compression.level { add("--compress-level=\(level)") }
        add("--no-specials", if: arguments.devices && !arguments.specials)
        add("--specials", if: arguments.specials && !arguments.devices)
        if sends, let format = formatHint(arguments) { add("--log-format=" + format) }
        add("--msgs2stderr", if: arguments.messageChannel == .all)
        add("--no-msgs2stderr", if: arguments.messageChannel == .client)
        add("-B\(arguments.blockSize)", if: arguments.blockSize != 0)
        add("--timeout=\(arguments.timeout)", if: arguments.timeout != 0)
        add("--bwlimit=\(arguments.bandwidthLimit)", if: arguments.bandwidthLimit != 0)
        func addValue(_ option: String, _ value: [UInt8]?) {
            guard let value else { return }
            add(option)
            options.append(escape(value))
        }
        addValue("--backup-dir", arguments.backupDirectory)
        if arguments.suffix != arguments.defaultSuffix {
            options.append(Array("--suffix=".utf8) + escape(arguments.suffix))
        }
        if let choice = arguments.checksumChoice { options.append(Array("--checksum-choice=".utf8) + escape(choice)) }
        if let choice = arguments.compression.choiceOption(escape) { options.append(choice) }
        if sends {
            if let limit = arguments.deletionLimit { add("--max-delete=\(limit > 0 ? limit : -1)") }
            if let size = arguments.smallestSize { add("--min-size=\(size)") }
            if let size = arguments.largestSize { add("--max-size=\(size)") }
            switch arguments.deletionTime {
            case .before: add("--delete-before")
            case .during: add("--delete-during", if: !Knob.deleteIsNotSent.isOn)
            case .delay: add("--delete-delay")
            case .after: add("--delete-after")
            case nil: add("--delete", if: arguments.deletes && !arguments.deleteExcluded)
            }
            add("--delete-excluded", if: arguments.deleteExcluded)
            add("--force", if: arguments.force)
            add("--only-write-batch=X", if: arguments.onlyWritesBatch)
            add("--super", if: arguments.superUser == true)
            add("--size-only", if: arguments.sizeOnly)
            add("--stats", if: arguments.statistics)
        }
        if !sends, let suffixes = arguments.compression.skippedSuffixes {
            options.append(Array("--skip-compress=".utf8) + escape(suffixes))
        }
        add("--delete-missing-args", if: arguments.deletesMissing)
        add("--ignore-missing-args", if: !sends && arguments.ignoresMissing && !arguments.deletesMissing)
        if sends, let window = arguments.modifyWindow {
            add(window < 0 ? "-@\(window)" : "--modify-window=\(window)")
        }
        if let text = arguments.allocationLimitText, arguments.allocationLimit != ParsedArguments.usualAllocationLimit {
            options.append(Array("--max-alloc=".utf8) + escape(text))
        }
        add("--checksum-seed=\(arguments.checksumSeed)", if: arguments.checksumSeed != 0)
        if sends {
            let isImplied = arguments.delayUpdates && arguments.partialDirectory == ParsedArguments.delayedUpdatesDirectory
            if !isImplied { addValue("--partial-dir", arguments.partialDirectory) }
            add("--delay-updates", if: arguments.delayUpdates)
            add("--partial", if: arguments.partial && arguments.partialDirectory == nil)
        }
        add("--ignore-errors", if: arguments.ignoreErrors)
        add("--copy-unsafe-links", if: arguments.copyUnsafeLinks)
        add("--safe-links", if: arguments.safeLinks)
        add("--numeric-ids", if: arguments.numericIds)
        if sends {
            if let map = arguments.userMap { options.append(Array("--usermap=".utf8) + escape(map.rules)) }
            if let map = arguments.groupMap { options.append(Array("--groupmap=".utf8) + escape(map.rules)) }
            add("--ignore-existing", if: arguments.ignoreExisting)
            add("--existing", if: arguments.existing)
            addValue("--temp-dir", arguments.temporaryDirectory)
            add("--fsync", if: arguments.synchronizes)
            for directory in arguments.alternateDirectories {
                addValue("--" + (arguments.alternateKind ?? .link).rawValue, directory)
            }
        }
        if arguments.append > 0 {
            for _ in 0..<arguments.append { add("--append") }
        } else {
            add("--inplace", if: arguments.inPlace)
        }
        add("--no-W", if: sends && arguments.inPlace && arguments.sparse && arguments.wholeFile == false)
        var namesFiles = true
        switch arguments.filesFrom {
        case .remote(_, _, let path):
            addValue("--files-from", path)
            add("--from0", if: arguments.nulTerminated)
        case .here where !sends:
            add("--files-from=-")
            add("--from0")
        default: namesFiles = false
        }
        add("--no-relative", if: namesFiles && !arguments.relative)
        add(
            "--no-implied-dirs",
            if: arguments.relative && !arguments.impliedDirectories && (!sends || (arguments.protocolNumber ?? .max) >= 30))
        add("--write-devices", if: sends && arguments.writeDevices)
        if let removal = arguments.sourceRemoval { add("--" + removal.rawValue) }
        add("--copy-devices", if: !sends && arguments.copyDevices)
        add("--preallocate", if: sends && arguments.preallocate)
        if let words = arguments.info.wireValue(toReceivingServer: sends) { add("--info=" + words) }
        add("--open-noatime", if: arguments.openNoAtime && arguments.accessTimes <= 1)
        add("--mkpath", if: sends && arguments.makesParents)
        return options
    }

    /// What the receiving server has to report for the client's output format (ARG-18 row 6).
    private static func formatHint(_ arguments: ParsedArguments) -> String? {
        guard let format = arguments.itemFormat else { return nil }
        if FormatText.has("i", in: format) { return arguments.itemize > 1 ? "%i%I" : "%i" }
        if FormatText.has("o", in: format) { return "%o" }
        return arguments.verbosity == 0 ? "X" : nil
    }
}
