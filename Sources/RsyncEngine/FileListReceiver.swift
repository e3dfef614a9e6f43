import RsyncFilter
import RsyncProtocol
import RsyncWire

/// Reads file lists, checks that they are what was asked for, and numbers their directories (03-file-list.md).
final class FileListReceiver {
    let connection: Connection
    let options: TransferOptions
    let observer: any SessionObserver
    private let mapper: IdentityMapper
    private let attributes: ReceivedAttributes?
    private let accessLists: ReceivedAccessLists?
    /// A client that is the receiver takes only what it asked for (FLS-94, FLS-95); nil on a server.
    let requested: RequestedNames?
    private var decoder: FileListDecoder
    /// Where `--debug` tells of them: it is another thread that reads the later ones.
    var texts: ListTexts
    private var nextStart: Int32
    /// What names are relative to in messages: the destination, once that is open.
    var place: [UInt8] = []
    let workingDirectory: [UInt8]
    /// Directories whose own list has not come yet, by number (FLS-112, FLS-113).
    private var expected: [Int32: FileEntry] = [:]
    private var nextDirectoryNumber: Int32 = 0
    var ledger = ErrorLedger()
    private(set) var listsEnded: Bool
    private(set) var entryCount = 0
    /// Bytes that the first list took on the wire, and all later ones.
    private(set) var listSize: Int64 = 0
    private(set) var counts = ItemCounts()
    /// Of regular files and symlinks (MET-182).
    private(set) var totalSize: Int64 = 0

    init(
        connection: Connection, options: TransferOptions, mapper: IdentityMapper, attributes: ReceivedAttributes?,
        accessLists: ReceivedAccessLists?, requested: RequestedNames?, observer: any SessionObserver, workingDirectory: [UInt8]
    ) {
        let diagnostics = Diagnostics(observer: observer, connection: connection, logs: options.reportsItems)
        texts = ListTexts(options, connection.traits, role: "Receiver") { text throws(SessionError) in try diagnostics.info(text) }
        self.observer = observer
        self.workingDirectory = workingDirectory
        self.connection = connection
        self.options = options
        self.mapper = mapper
        self.attributes = attributes
        self.accessLists = accessLists
        self.requested = requested
        decoder = FileListDecoder(format: connection.fileListFormat(options))
        nextStart = connection.traits.incrementalRecursion ? 1 : 0
        listsEnded = !connection.traits.incrementalRecursion
    }

    /// The first list with all that follows it (FLS-4).
    func readFirstList() throws(SessionError) -> LiveList {
        var live = try readList(of: nil)
        live.number = 0
        if !connection.traits.incrementalRecursion {
            try readIdLists()
            if connection.traits.listHasErrorTrailer {
                let bits = try connection.input.parse { reader throws(WireError) in try reader.int32() }
                noteErrors(bits)
                live.errors = ledger.bits
            }
        }
        return live
    }

    /// The list that an index of -101 or less announces (FLS-113). FLS-93 row 14 decides about the number.
    func readNextList(announcedBy index: Int32) throws(SessionError) -> LiveList {
        let number = FileIndex.fileListOffset - index
        guard !listsEnded, let directory = Knob.listComesTwice.isOn ? expected[number] : expected.removeValue(forKey: number) else {
            throw .protocolViolation("a file list for directory \(number), which is not waiting for one [FLS-93]")
        }
        try texts.say(2, "[\(texts.role)] receiving flist for dir \(number)")
        var live = try readList(of: directory)
        live.number = number
        return live
    }

    func endOfLists() throws(SessionError) {
        guard connection.traits.incrementalRecursion, !listsEnded || Knob.endOfListsTwice.isOn else {
            throw .protocolViolation("an unexpected end of file lists [FLS-114]")
        }
        listsEnded = true
        try texts.say(3, "[\(texts.role)] flist_eof=1")
    }

    private func readList(of directory: FileEntry?) throws(SessionError) -> LiveList {
        let before = connection.input.bytesRead
        decoder.beginList(startIndex: nextStart)
        var builder = FileListBuilder(
            startIndex: nextStart, traits: connection.traits, numbersByWire: connection.names != nil)
        let tells = texts.tellsEntries
        var bytes = 0
        let largestBytes = min(Self.largestListBytes, options.allocationLimit ?? .max)
        reading: while true {
            let item = try connection.input.parse { reader throws(WireError) in try decoder.decode(&reader) }
            switch item {
            case .entry(var entry):
                if entry.hasRare { learnNames(entry) }
                if let accessLists { try accessLists.read(&entry, connection) }
                if let attributes { entry.attributeSet = try attributes.read(connection) }
                bytes += entry.name.count
                if entry.hasRare { bytes += entry.linkTarget.count + entry.checksum.count }
                guard bytes <= largestBytes else {
                    if let limit = options.allocationLimit, bytes > limit { throw .exceeds(allocationLimit: limit) }
                    throw SessionError(exitCode: 22, "a file list with more than \(Self.largestListBytes) bytes of names")
                }
                if let changes = options.modeChanges, !connection.isServer { entry.mode = changes.applied(to: entry.mode) }
                if let names = connection.names { try convert(&entry, names, in: directory) }
                if options.mungesLinks, entry.mode.isSymlink, !entry.linkTarget.isEmpty { entry.linkTarget = SymlinkTarget.munged(entry.linkTarget) }
                if tells { try texts.received(entry, nextStart + Int32(builder.count), listStart: nextStart) }
                try check(&entry, in: directory)
                builder.append(entry)
                guard builder.count < Self.largestList else {
                    throw SessionError(exitCode: 22, "a file list of more than \(Self.largestList) entries")
                }
            case .end(let errors):
                noteErrors(errors)
                break reading
            }
        }
        try texts.say(2, "received \(builder.count) names")
        if !connection.traits.incrementalRecursion { try texts.say(3, "[\(texts.role)] flist_eof=1") }
        var duplicates: [FileListBuilder.Duplicate] = []
        let list = builder.finish(
            removingDuplicates: !Knob.duplicatesStay.isOn, onDuplicates: texts.debug.duplicates > 0 ? { duplicates = $0 } : nil,
            pruningEmptyDirectories: keepsEmptyDirectory)
        try texts.dropped(duplicates)
        try texts.show(list) { "\(ListTexts.depth(of: $0.name))" }
        try texts.say(2, "recv_file_list done")
        try checkParents(in: list)
        guard Int64(nextStart) + Int64(list.count) + 1 < Int64(Int32.max) else {
            throw .protocolViolation("more entries than indexes [FLS-119]")
        }
        nextStart += Int32(list.count) + 1
        entryCount += list.count
        // Directories without files were sent, and are counted (MET-182).
        for position in 0..<list.count where list.isActive(position) || options.prunesEmptyDirectories {
            let type = list.mode(at: position).type ?? .missing
            counts.add(type)
            if type == .regular || type == .symlink { totalSize &+= list.length(at: position) }
        }
        numberDirectories(of: list)
        listSize += connection.input.bytesRead - before
        let isVoid = directory?.name.isEmpty == true
        return LiveList(list: list, directory: isVoid ? nil : directory ?? rootDirectory(of: list), errors: ledger.bits)
    }

    /// FLT-71; nil: all stay.
    private var keepsEmptyDirectory: ((_ name: [UInt8]) -> Bool)? {
        guard options.prunesEmptyDirectories, !Knob.emptyDirectoriesStay.isOn else { return nil }
        let filters = options.filters
        return { filters.check($0, isDirectory: true, side: .receiver) == .exclude }
    }

    /// One list of this many entries needs some gigabytes: the bound keeps a peer from taking all memory with
    /// entries of a few bytes each.
    static let largestList = 50_000_000
    /// Names, targets and sums of one list: with the bound above 80 bytes for each entry, as in a tree of its size.
    static let largestListBytes = 4 << 30

    /// FLS-119: index 0 exists when the first entry in order is the directory ".".
    private func rootDirectory(of list: FileList) -> FileEntry? {
        guard connection.traits.incrementalRecursion, list.count > 0, list.isActive(0) else { return nil }
        let first = list.entry(at: 0)
        return first.isRootDirectory && first.isDirectory ? first : nil
    }

    private func numberDirectories(of list: FileList) {
        guard connection.traits.incrementalRecursion else { return }
        for position in list.numberedDirectories {
            let number = nextDirectoryNumber
            nextDirectoryNumber += 1
            // One whose name cannot be converted has a list too, of which nothing is used.
            let isVoid = connection.names != nil && list.name(at: position).isEmpty
            guard list.isActive(position) || isVoid else { continue }
            let entry = list.entry(at: position)
            if !entry.isRootDirectory { expected[number] = entry }
        }
    }

    private func learnNames(_ entry: FileEntry) {
        if let name = entry.userName { mapper.learn(user: entry.uid, name: name) }
        if let name = entry.groupName { mapper.learn(group: entry.gid, name: name) }
    }

    private func noteErrors(_ bits: Int32) {
        guard !options.ignoreErrors, !Knob.listErrorsDoNotCount.isOn else { return }
        ledger.add(ErrorBits(rawValue: bits).intersection([.general, .vanished]))
    }

    /// FLS-88 to FLS-91.
    private func readIdLists() throws(SessionError) {
        guard !options.numericIds else { return }
        if options.preserveOwner || options.preserveAccessLists {
            try readIdList { [mapper] id, name in mapper.learn(user: id, name: name) }
        }
        if options.preserveGroup || options.preserveAccessLists {
            try readIdList { [mapper] id, name in mapper.learn(group: id, name: name) }
        }
    }

    private func readIdList(_ learn: (UInt32, [UInt8]) -> Void) throws(SessionError) {
        var count = 0
        while true {
            let item = try connection.input.parse { reader throws(WireError) in
                try decoder.decodeIdListItem(&reader)
            }
            guard case .name(let id, let name) = item else {
                if case .end(let zeroName?) = item { learn(0, zeroName) }
                return
            }
            learn(id, name)
            count += 1
            guard count <= Self.largestIdList else {
                throw .protocolViolation("an id list of more than \(Self.largestIdList) names [FLS-89]")
            }
        }
    }

    /// Far above any user table, far below what would hurt.
    static let largestIdList = 1_000_000
}
