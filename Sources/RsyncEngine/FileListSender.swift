import RsyncFilter
import RsyncProtocol
import RsyncWire

/// Builds the file lists and writes them: one list of everything, or one per directory (03-file-list.md).
final class FileListSender {
    let scanner: SourceScanner
    let options: TransferOptions
    let connection: Connection
    var encoder: FileListEncoder
    private let indexes: IndexWriter
    /// Where `--debug` tells of them.
    private var texts: ListTexts
    private let tellsEntries: Bool
    /// Directories whose list is due, the next one last: depth-first pre-order over the sorted tree (FLS-115).
    private var pending: [PendingDirectory] = []
    private var nextStart: Int32
    private var nextDirectoryNumber: Int32 = 0
    /// `-R`: entries that belong into the list of the directory with this name (FLS-24).
    private var extraEntries: [[UInt8]: [SourceScanner.Found]] = [:]
    /// Error bits that the peer has been told about.
    var reportedErrors: ErrorBits = []
    /// Those that the first list or a message carried: at 30 an end marker of a later list does not count (FLS-87).
    var announcedErrors: ErrorBits = []
    private(set) var totalSize: Int64 = 0
    private(set) var entryCount = 0
    private(set) var sentEndOfLists = false
    private(set) var counts = ItemCounts()

    private struct PendingDirectory {
        let number: Int32
        let entry: FileEntry
        /// The argument that its entry came from.
        let origin: Int32
        /// Arguments that have contents to give, in order (FLS-116).
        var origins: [Int32]
    }

    init(
        scanner: SourceScanner, options: TransferOptions, connection: Connection, environment: SessionEnvironment,
        indexes: IndexWriter
    ) {
        let diagnostics = scanner.diagnostics
        texts = ListTexts(options, connection.traits, role: "sender") { text throws(SessionError) in try diagnostics.info(text) }
        tellsEntries = texts.tellsEntries
        self.scanner = scanner
        self.options = options
        self.connection = connection
        self.indexes = indexes
        let identities = environment.identities
        encoder = FileListEncoder(
            format: connection.fileListFormat(options),
            userName: { identities.userName($0) }, groupName: { identities.groupName($0) })
        nextStart = connection.traits.incrementalRecursion ? 1 : 0
    }

    var hasPendingLists: Bool { !pending.isEmpty }

    // MARK: The first list

    /// The start items and what belongs into the same list (FLS-111); without incremental recursion everything.
    func sendFirstList() throws(SessionError) -> LiveList {
        var draft = beginList()
        for origin in scanner.arguments.indices {
            let argument = scanner.arguments[origin]
            var isLeftOut = false
            guard let start = try scanner.startItem(origin, isLeftOutBelow: &isLeftOut) else { continue }
            guard try addWithImplied(isLeftOut ? nil : start, argument, origin, to: &draft), !isLeftOut else { continue }
            if start.entry.isRootDirectory, start.entry.hasContent {
                let below = try addContents(of: start.entry.name, start.origin, to: &draft)
                if !connection.traits.incrementalRecursion, options.recursive, !Knob.subdirectoriesAreLeftOut.isOn { try descend(into: below, &draft) }
            } else if !connection.traits.incrementalRecursion, start.entry.isDirectory, start.entry.hasContent {
                let below = try addContents(of: start.entry.name, start.origin, to: &draft)
                if options.recursive { try descend(into: below, &draft) }
            }
        }
        if !connection.traits.incrementalRecursion { scanner.leaveAll() }
        let list = try end(draft, of: nil)
        try texts.say(2, "send_file_list done")
        if !connection.traits.incrementalRecursion { try texts.say(3, "[sender] flist_eof=1") }
        if !connection.isServer { try texts.say(3, "file list sent") }
        try sendTrailers()
        if connection.traits.incrementalRecursion {
            queueDirectories(of: list)
            if pending.isEmpty { try sendEndOfLists() }
        }
        return list
    }

    /// FLS-23, FLS-24: implied directories before the start item; with incremental recursion each in its parent's
    /// list. False where one of them is left out, and with it what is below.
    private func addWithImplied(
        _ start: SourceScanner.Found?, _ argument: SourceArgument, _ origin: Int,
        to draft: inout Draft
    ) throws(SessionError) -> Bool {
        var above = argument.implied[...]
        if let first = above.first, first.name == [0x2e] {
            above = above.dropFirst()
            if !options.recursive, !options.listDirectories {
                try scanner.skip(first.name)
            } else if knownImplied.insert(first.name).inserted,
                let found = try scanner.impliedDirectory(first.name, first.status, origin: origin)
            {
                try add([found], to: &draft)
            }
        }
        if !options.impliedDirectories, !connection.traits.alwaysSendsImpliedDirectories { above = [] }
        var chain: [SourceScanner.Found] = []
        for item in above {
            guard let found = try scanner.impliedDirectory(item.name, item.status, origin: origin) else { return false }
            chain.append(found)
        }
        let last = chain.count
        if let start { chain.append(start) }
        for (depth, item) in chain.enumerated() {
            if depth < last, isKnownImplied(item.entry.name), !Knob.impliedDirectoriesRepeated.isOn { continue }
            if depth == 0 || !connection.traits.incrementalRecursion {
                try add([item], to: &draft)
            } else {
                extraEntries[chain[depth - 1].entry.name, default: []].append(item)
            }
            if depth < last { knownImplied.insert(item.entry.name) }
        }
        return true
    }

    private var knownImplied: Set<[UInt8]> = []
    private func isKnownImplied(_ name: [UInt8]) -> Bool { knownImplied.contains(name) }

    /// All entries of one directory, then its sub-directories in that same order (FLS-7).
    private func descend(into directories: [Directory], _ draft: inout Draft) throws(SessionError) {
        var stack: [Directory] = directories.reversed()
        while let next = stack.popLast() {
            stack.append(contentsOf: try addContents(of: next.name, next.origin, to: &draft).reversed())
        }
    }

    /// A directory still to be scanned.
    private struct Directory {
        let name: [UInt8]
        let origin: Int32
    }

    /// Adds what is directly in a directory; the directories in it that have contents to give.
    private func addContents(
        of directory: [UInt8], _ origin: Int32, to draft: inout Draft
    ) throws(SessionError) -> [Directory] {
        var directories: [Directory] = []
        try scanner.visit(directory, origin: origin) { entry throws(SessionError) in
            try add(entry, origin, to: &draft)
            if entry.isDirectory, entry.hasContent { directories.append(Directory(name: entry.name, origin: origin)) }
        }
        return directories
    }

    // MARK: Sub-lists

    /// The next directory's list, announced by its number (FLS-113); behind the last one the end of lists.
    func sendNextList() throws(SessionError) -> LiveList {
        let directory = pending.removeLast()
        try indexes.write(FileIndex.fileListOffset - directory.number - (Knob.listsAreMisnumbered.isOn ? 1 : 0))
        var draft = beginList()
        for origin in directory.origins {
            try scanner.visit(directory.entry.name, origin: origin) { entry throws(SessionError) in
                try add(entry, origin, to: &draft)
            }
        }
        if let extra = extraEntries.removeValue(forKey: directory.entry.name) { try add(extra, to: &draft) }
        var list = try end(draft, of: directory.entry)
        list.directoryOrigin = directory.origin
        queueDirectories(of: list)
        return list
    }

    /// FLS-114.
    func sendEndOfLists() throws(SessionError) {
        if !Knob.endOfListsMissing.isOn { try indexes.write(FileIndex.fileListEOF) }
        sentEndOfLists = true
        scanner.leaveAll()
        try texts.say(3, "[sender] flist_eof=1")
    }

    /// Numbers the directories of a list and queues their own lists (FLS-112, FLS-116).
    private func queueDirectories(of live: LiveList) {
        var children: [PendingDirectory] = []
        let numbers = numbers(of: live.list)
        for (place, position) in live.list.directories.enumerated() {
            let entry = live.list.entry(at: position)
            let number = numbers[place]
            if entry.isRootDirectory { continue }
            let origin = live.origins[live.list.wirePosition(at: position)]
            let gives = entry.hasContent
            if let last = children.last, last.entry.name == entry.name {
                if gives, !Knob.sameDirectoryListedOnce.isOn, !last.origins.contains(where: { sharesDirectory($0, origin, entry.name) }) {
                    children[children.count - 1].origins.append(origin)
                }
                continue
            }
            children.append(PendingDirectory(number: number, entry: entry, origin: origin, origins: gives ? [origin] : []))
        }
        pending.append(contentsOf: children.reversed())
    }

    /// What is taken up in order of the names is numbered in order of transmission where names are converted (FLS-140).
    private func numbers(of list: FileList) -> [Int32] {
        let first = nextDirectoryNumber
        let count = Int32(list.directories.count)
        nextDirectoryNumber += count
        guard connection.names != nil else { return [Int32](first..<(first + count)) }
        var numbers: [Int: Int32] = [:]
        for (place, position) in list.numberedDirectories.enumerated() { numbers[position] = first + Int32(place) }
        return list.directories.map { numbers[$0] ?? 0 }
    }

    /// Whether two arguments would list the very same directory: then it is not scanned twice (FLS-116).
    private func sharesDirectory(_ one: Int32, _ other: Int32, _ name: [UInt8]) -> Bool {
        if one == other { return true }
        let first = scanner.arguments[Int(one)]
        let second = scanner.arguments[Int(other)]
        guard let firstPath = try? first.path(of: name), let secondPath = try? second.path(of: name),
            let left = try? first.tree.status(firstPath), let right = try? second.tree.status(secondPath)
        else { return false }
        return left.device == right.device && left.inode == right.inode
    }

    // MARK: Writing

    /// A list that grows. What is found goes out at once, so that of a large tree only the compact form is kept.
    private struct Draft {
        var builder: FileListBuilder
        var origins: [Int32] = []
    }

    private func beginList() -> Draft {
        encoder.beginList(startIndex: nextStart)
        return Draft(
            builder: FileListBuilder(
                startIndex: nextStart, traits: connection.traits, keepsLeadingSlashes: true,
                numbersByWire: connection.names != nil))
    }

    private func add(_ found: [SourceScanner.Found], to draft: inout Draft) throws(SessionError) {
        for item in found { try add(item.entry, item.origin, to: &draft, kind: 0) }
    }

    private func add(_ entry: FileEntry, _ origin: Int32, to draft: inout Draft, kind: Int = 2) throws(SessionError) {
        if tellsEntries {
            try texts.made(entry.name, kind: kind)
            try texts.sent(entry, nextStart + Int32(draft.builder.count), listStart: nextStart)
        }
        if connection.names != nil {
            guard let sent = scanner.onTheWire(entry) else { return }
            try write(sent)
        } else {
            try write(entry)
        }
        draft.builder.append(entry)
        draft.origins.append(origin)
        counts.add(entry.type)
        if entry.isRegular || entry.mode.isSymlink { totalSize &+= entry.length }
    }

    private func write(_ entry: FileEntry) throws(SessionError) {
        try connection.output.write { encoder.encode(entry, into: &$0) }
        if let lists = scanner.accessLists {
            try connection.output.write { lists.write(entry, &encoder, to: &$0) }
        }
        if let attributes = scanner.attributes {
            try connection.output.write { attributes.write(entry.attributeSet, to: &$0) }
        }
    }

    private func end(_ draft: consuming Draft, of directory: FileEntry?) throws(SessionError) -> LiveList {
        try checkDeletionsAreSafe()
        let errors = errorsForEnd(isFirst: directory == nil)
        try connection.output.write { encoder.encodeEnd(errors: errors.rawValue, into: &$0) }
        let list = draft.builder.finish(removingDuplicates: false)
        try show(list, draft.origins)
        nextStart += Int32(list.count) + 1
        entryCount += list.count
        var own = directory
        if directory == nil, connection.traits.incrementalRecursion, list.count > 0 {
            let first = list.entry(at: 0)
            if first.isRootDirectory, first.isDirectory { own = first }
        }
        return LiveList(list: list, directory: own, origins: draft.origins)
    }

    private func show(_ list: FileList, _ origins: [Int32]) throws(SessionError) {
        guard texts.debug.lists > 2 else { return }
        let first = origins.first.map { scanner.arguments[Int($0)].directory } ?? []
        try texts.show(list) { _ in MessageText(first) }
    }
}
