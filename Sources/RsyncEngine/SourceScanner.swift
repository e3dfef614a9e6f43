import RsyncFilter
import RsyncProtocol
import RsyncWire

/// Looks at the source trees and turns what it finds into entries (FLS-8 to FLS-26).
final class SourceScanner {
    let arguments: [SourceArgument]
    let options: TransferOptions
    let connection: Connection
    let diagnostics: Diagnostics
    /// What could not be examined or vanished (FLS-16).
    var ledger = ErrorLedger()

    /// An entry and the argument it came from.
    struct Found {
        let entry: FileEntry
        let origin: Int32
    }

    let alive: KeepAlive
    var summer: FileSummer
    let workingDirectory: [UInt8]
    let seconds: @Sendable () -> Int64
    private let filters: SourceFilters
    /// `-R`: the directory of the argument before, as it is sent.
    private var lastStartDirectory: [UInt8] = []
    /// nil without `-X`.
    let attributes: SourceAttributes?
    /// nil without `-A`.
    let accessLists: SourceAccessLists?

    init(
        arguments: [SourceArgument], options: TransferOptions, connection: Connection, diagnostics: Diagnostics,
        alive: KeepAlive, environment: SessionEnvironment
    ) {
        filters = SourceFilters(
            options, arguments, incremental: connection.traits.incrementalRecursion, outside: environment.filterFiles,
            tell: diagnostics.filterLines("sender", options.messages.debug))
        workingDirectory = environment.workingDirectory
        seconds = environment.seconds
        self.alive = alive
        accessLists = options.preserveAccessLists ? SourceAccessLists(options) : nil
        attributes = options.preserveXattrs ? SourceAttributes(options) : nil
        self.arguments = arguments
        self.options = options
        self.connection = connection
        summer = FileSummer(connection.listChecksum)
        self.diagnostics = diagnostics
    }

    /// The start item of one argument; nil when it is left out (FLS-11 to FLS-14). `isLeftOutBelow`: rule files in its implied
    /// directories leave it out, and these go all the same (FLT-110).
    func startItem(_ origin: Int, isLeftOutBelow: inout Bool) throws(SessionError) -> Found? {
        let argument = arguments[origin]
        if let start = try vanishedStart(argument, origin) { return start }
        if argument.isMissing { return missingItem(argument, origin) }
        let status: FileStatus
        do {
            status = try examine(argument.start, argument.wireName, in: argument)
        } catch {
            ledger.noteFailure()
            try diagnostics.error(failure("link_stat", argument.wireName, argument, error.errno))
            return nil
        }
        let isDirectory = status.mode.isDirectory
        let outer = argument.isDotDirectory ? nil : try filters.outerScope(ofStart: argument, origin: origin)
        if !argument.isDotDirectory, isExcluded(argument.wireName, isDirectory: isDirectory, Int32(origin), outer) { return nil }
        let scope = try filters.scope(ofStart: argument, origin: origin)
        // Without lists for each directory nobody looks from there.
        isLeftOutBelow =
            !argument.isDotDirectory && connection.traits.incrementalRecursion && readsFilesBelow(argument)
            && isExcluded(argument.wireName, isDirectory: isDirectory, Int32(origin), scope)
        if let scope, status.mode.isDirectory { filters.remember(scope, for: argument.wireName, origin: Int32(origin)) }
        if status.mode.isDirectory, !options.recursive, !options.listDirectories {
            try skip(argument.wireName)
            return nil
        }
        guard var entry = try entry(argument.wireName, status, in: argument, at: argument.start) else { return nil }
        if entry.isDirectory {
            entry.hasContent = (options.recursive || argument.namesContents) && !Knob.directoriesLoseContent.isOn
            entry.isTop = entry.hasContent
        }
        return Found(entry: entry, origin: Int32(origin))
    }

    /// Whether rule files in implied directories may decide about the argument.
    private func readsFilesBelow(_ argument: SourceArgument) -> Bool { filters.readsFiles && !argument.implied.isEmpty }

    /// Where directories above a missing item are missing, too. With lists for each directory the item has no place in any; else it
    /// goes (FLS-15).
    private func vanishedStart(_ argument: SourceArgument, _ origin: Int) throws(SessionError) -> Found?? {
        guard options.relative else { return nil }
        let directory = FileListReceiver.directoryName(argument.wireName)
        let before = lastStartDirectory
        let isKnown = before == directory || before.starts(with: directory + [0x2f])
        if !isKnown { lastStartDirectory = directory }
        guard !argument.vanishedDirectories.isEmpty else { return nil }
        if connection.traits.incrementalRecursion {
            try vanished(argument.vanishedDirectories[0].label)
            return .some(nil)
        }
        if !isKnown {
            // Told again from the last one on that is not whole in the argument before.
            let shared = zip(before, directory).prefix { $0 == $1 }.map { $0.0 }.lastIndex(of: 0x2f) ?? 0
            for item in argument.vanishedDirectories where item.name.drop(while: { $0 == 0x2f }).count > shared { try vanished(item.label) }
        }
        return missingItem(argument, origin)
    }

    /// FLS-15. Rules do not leave it out: those of the receiving side decide.
    private func missingItem(_ argument: SourceArgument, _ origin: Int) -> Found {
        var entry = FileEntry(plain: argument.wireName, mode: FileMode(bits: 0))
        if let attributes { entry.attributeSet = attributes.numberOfNone() }
        if let accessLists { accessLists.numberNone(&entry) }
        return Found(entry: entry, origin: Int32(origin))
    }

    /// FLS-14.
    func skip(_ directory: [UInt8]) throws(SessionError) {
        try diagnostics.info("skipping directory \(directory)")
    }

    /// A directory above a start item (FLS-23): sent as a directory whatever it looks like here. nil: its attributes cannot be read.
    func impliedDirectory(_ name: [UInt8], _ status: FileStatus, origin: Int) throws(SessionError) -> Found? {
        var entry = FileEntry(plain: name, mode: status.mode)
        fill(&entry, from: status)
        entry.isImplied = true
        if attributes != nil || accessLists != nil {
            let place = arguments[origin].place(of: name)
            guard try addAttributes(to: &entry, place?.tree, place?.path ?? .root, in: arguments[origin]) else { return nil }
        }
        return Found(entry: entry, origin: Int32(origin))
    }

    /// Hands over the items directly inside a directory, each as it is found. A directory that cannot be read counts as
    /// empty, with an error.
    func visit(
        _ directory: [UInt8], origin: Int32, _ body: (FileEntry) throws(SessionError) -> Void
    ) throws(SessionError) {
        let argument = arguments[Int(origin)]
        guard let path = try? argument.path(of: directory) else { return }
        let place = Visited(
            argument: argument, name: directory, prefix: SourceArgument.prefix(of: directory), path: path, origin: origin)
        let listing: any DirectoryListing
        do {
            listing = try argument.tree.listing(of: path)
        } catch {
            return try cannotList(place, error)
        }
        let scope = try filters.entering(directory, origin: origin)
        let device = options.oneFileSystem > 0 ? (try? argument.tree.status(path))?.device : nil
        while true {
            let next: [UInt8]?
            do throws(FileError) {
                next = try listing.next(behind: place.prefix)
            } catch {
                return try cannotList(place, error)
            }
            guard let name = next else { return }
            try alive.tick()
            guard let entry = try item(name, listing, in: place, scope, device) else { continue }
            if let scope, entry.isDirectory, options.recursive { filters.remember(scope, for: entry.name, origin: origin) }
            try body(entry)
        }
    }

    private func cannotList(_ directory: Visited, _ error: FileError) throws(SessionError) {
        if error.errno == FileError.notFound {
            try vanished(directory.name)
        } else {
            if !Knob.unreadableDirectoryIsNoError.isOn { ledger.add(.general) }
            try diagnostics.error(failure("opendir", directory.name, directory.argument, error.errno))
        }
    }

    /// A directory whose items are looked at.
    private struct Visited {
        let argument: SourceArgument
        let name: [UInt8]
        /// What stands before the items' names on the wire.
        let prefix: [UInt8]
        let path: RelativePath
        let origin: Int32

        /// Where an item lies; nil for a path that is too long.
        func path(of wireName: [UInt8]) -> RelativePath? {
            argument.namesArePaths
                ? try? RelativePath(cleaning: wireName) : try? path.appending([UInt8](wireName[prefix.count...]))
        }

        func isTooLong(_ wireName: [UInt8]) -> Bool {
            let above = path.isRoot ? 0 : path.bytes.count + 1
            return max(wireName.count, above + wireName.count - prefix.count) > RelativePath.maximumLength
        }
    }

    func failure(
        _ operation: String, _ name: [UInt8], _ argument: SourceArgument, _ errno: Int32
    ) -> MessageText {
        let full = fullName(name, in: argument.directory, from: workingDirectory)
        // This one is written as a call.
        if operation == "readlink_stat" {
            return "rsync: [sender] readlink_stat(\(quoted(full))) failed: \(errorText(errno))"
        }
        return systemError("sender", operation, full, errno)
    }

    /// nil for what is left out.
    private func item(
        _ wireName: [UInt8], _ listing: any DirectoryListing, in directory: Visited, _ scope: FilterScope?, _ device: UInt64?
    ) throws(SessionError) -> FileEntry? {
        guard !directory.isTooLong(wireName) else {
            ledger.add(.general)
            try diagnostics.error("cannot send a name of \(wireName.count) bytes: \(quoted(wireName))")
            return nil
        }
        let argument = directory.argument
        var status: FileStatus
        do throws(FileError) {
            status = try listing.status()
            if status.mode.isSymlink, options.followsLinks, let child = directory.path(of: wireName) {
                status = try follow(status, child, wireName, in: argument)
            }
        } catch {
            try cannotExamine(wireName, in: directory, scope, error)
            return nil
        }
        guard !isExcluded(wireName, isDirectory: status.mode.isDirectory, directory.origin, scope) else { return nil }
        // FLS-18
        let isMountPoint = device != nil && status.mode.isDirectory && status.device != device
        if isMountPoint, options.oneFileSystem > 1 { return nil }
        if options.copiesDevices, let child = directory.path(of: wireName) { status = asFile(status, in: argument, at: child) }
        var entry = FileEntry(plain: wireName, mode: status.mode)
        fill(&entry, from: status)
        if needsMore(entry) {
            guard let child = directory.path(of: wireName), try complete(&entry, in: argument, at: child) else { return nil }
        }
        if entry.isDirectory { entry.hasContent = options.recursive && !isMountPoint }
        return entry
    }

    private func cannotExamine(
        _ wireName: [UInt8], in directory: Visited, _ scope: FilterScope?, _ error: FileError
    ) throws(SessionError) {
        let argument = directory.argument
        // FLT-63
        if isExcluded(wireName, isDirectory: false, directory.origin, scope) { return }
        if isExcluded(wireName, isDirectory: true, directory.origin, scope) { return }
        if error.errno == FileError.notFound, let child = directory.path(of: wireName),
            (try? argument.tree.status(child))?.mode.isSymlink == true
        {
            if !Knob.danglingIsNoError.isOn { ledger.add(.general) }
            try diagnostics.error("symlink has no referent: \(quoted(fullName(wireName, in: argument.directory, from: workingDirectory)))")
        } else if error.errno == FileError.notFound {
            try vanished(wireName)
        } else {
            ledger.add(.general)
            try diagnostics.error(failure("readlink_stat", wireName, argument, error.errno))
        }
    }

    /// Every directory has been looked at.
    func leaveAll() { filters.leaveAll() }

    private func explain(_ name: [UInt8], isDirectory: Bool, _ origin: Int, _ scope: FilterScope?) {
        guard let rule = filters.explanation(name, isDirectory: isDirectory, origin: origin, scope: scope) else { return }
        let text: MessageText =
            "[sender] \(rule.isInclude ? "showing" : "hiding") \(isDirectory ? "directory" : "file") \(name) because of pattern \(rule.pattern)"
        // Only a broken connection makes this fail, and the next write says so.
        try? diagnostics.info(text)
    }

    private func isExcluded(_ name: [UInt8], isDirectory: Bool, _ origin: Int32, _ scope: FilterScope?) -> Bool {
        guard !filters.isEmpty, !Knob.excludedIsSent.isOn else { return false }
        if options.messages.debug.filtering > 0 { explain(name, isDirectory: isDirectory, Int(origin), scope) }
        return filters.excludes(name, isDirectory: isDirectory, origin: Int(origin), scope: scope)
    }

    private func vanished(_ name: [UInt8]) throws(SessionError) {
        ledger.add(.vanished)
        try diagnostics.warning("file has vanished: \(quoted(name))")
    }
}
