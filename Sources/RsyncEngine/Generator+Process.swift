import RsyncProtocol
import RsyncWire

// What is to be done with one entry (MET-16).

extension Generator {
    func process(_ entry: FileEntry, index: Int32) throws(SessionError) {
        if isBelowSkipped(entry) { return try skipContent(entry, index) }
        if entry.isDirectory {
            if incremental { try prepareDirectory(entry) } else { try processDirectory(entry, index: index) }
            return
        }
        let path = try destination.path(entry.name)
        if options.relative, !incremental { try makeMissingParents(of: path) }
        var existing = try examine(entry, path)
        if options.existingOnly, existing == nil {
            try say(.info, "not creating new file \(quoted(entry.name))", verbosity: 2)
            return try skipLinked(entry, index)
        }
        if options.ignoreExisting, existing != nil {
            try say(.info, "\(entry.name) exists", verbosity: 2)
            return try skipLinked(entry, index)
        }
        let isLinked = options.preserveHardLinks && links.isLinked(entry)
        if isLinked, try joinGroup(entry, index, path, existing) { return }
        switch entry.type {
        case .symlink where options.preserveLinks:
            try processSymlink(entry, index, path, existing, isLinked: isLinked)
        case .blockDevice, .characterDevice:
            // An ordinary user cannot make devices (MET-52).
            guard options.preserveDevices, options.rootMode != .normal, !options.dropsNodes else { return try skipNonRegular(entry) }
            try processNode(entry, index, path, existing, isLinked: isLinked)
        case .fifo, .socket:
            guard options.preserveSpecials, !options.dropsNodes else { return try skipNonRegular(entry) }
            try processNode(entry, index, path, existing, isLinked: isLinked)
        case .symlink: try skipNonRegular(entry)
        case .regular:
            if let present = existing, !present.mode.isRegular {
                guard try clearTheWay(path, present, for: entry) else { return try skipLinked(entry, index) }
                existing = nil
            }
            try processRegular(entry, index, path, existing, isLinked: isLinked)
        case .directory, .missing: break
        }
    }

    /// What is inside a directory that failed (MET-16 step 2).
    func skipContent(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        if entry.isDirectory { skippedDirectories.insert(entry.name) } else { try skipLinked(entry, index) }
    }

    private func isBelowSkipped(_ entry: FileEntry) -> Bool {
        guard !skippedDirectories.isEmpty else { return false }
        return skippedDirectories.contains(FileListReceiver.directoryName(entry.name))
    }

    /// lstat of the destination item; nil when it is absent. What cannot be examined counts as absent, with an error
    /// that the attempt to write will make plain.
    func examine(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> FileStatus? {
        if destination.isAbsent { return nil }
        do {
            return try tree.status(path)
        } catch {
            if error.isNotFound { return nil }
            try failed("recv_generator: failed to stat", entry.name, error.errno)
            return nil
        }
    }

    private func skipNonRegular(_ entry: FileEntry) throws(SessionError) {
        try say(.info, "skipping non-regular file \(quoted(entry.name))", verbosity: 0)
    }

    /// A skipped member of a group passes its role on (MET-60).
    func skipLinked(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        guard options.preserveHardLinks, links.isLinked(entry), let next = links.skip(entry, index) else {
            return
        }
        try requestWaiting(next)
    }

    // MARK: Reports

    /// Writes an item that needs no transfer, when it is worth it (MET-73). Below 29 there are no items: a client
    /// tells its user itself (MET-67).
    func report(
        _ entry: FileEntry, _ index: Int32, _ flags: ItemFlags, basis: BasisType = .destination, xname: [UInt8] = []
    ) throws(SessionError) {
        let details = flags.subtracting([.basisTypeFollows, .xnameFollows, .localChange])
        let showsUnchanged = options.itemizeLevel > 1 || options.verbosity > 1
        guard !details.isEmpty || showsUnchanged || !xname.isEmpty else { return }
        guard connection.traits.hasItemFlags else {
            if connection.isServer {
                try sayChanged(entry, flags, xname)
            } else {
                observer.handle(
                    .item(
                        ItemReport(
                            entry: entry, flags: flags, xname: xname, isSender: false, detailsUnknown: false,
                            setsLinkTimes: connection.traits.setsLinkTimes)))
            }
            return
        }
        var sent = flags
        if basis != .destination { sent.insert(.basisTypeFollows) }
        try write(entry, index, ItemAttributes(flags: sent, basis: basis, xname: xname))
    }

    /// Below 29 a client that sends learns of these items as text only (MET-67).
    private func sayChanged(_ entry: FileEntry, _ flags: ItemFlags, _ xname: [UInt8]) throws(SessionError) {
        let isChange = !flags.subtracting([.basisTypeFollows, .xnameFollows, .localChange]).isEmpty
        guard !xname.isEmpty || isChange && (flags.contains(.localChange) || entry.isDirectory) else { return }
        var text = MessageText(entry.name)
        if entry.isDirectory { text = "\(text)/" }
        if !xname.isEmpty {
            text = "\(text) => \(xname)"
        } else if entry.mode.isSymlink, !entry.linkTarget.isEmpty {
            text = "\(text) -> \(entry.linkTarget)"
        }
        try say(.info, text, verbosity: 1)
    }

    /// `-vv`: what was there already (MET-168). An item line says it where there are any.
    func sayUnchanged(_ entry: FileEntry, _ change: AttributeChange) throws(SessionError) {
        guard options.verbosity > 1, options.itemizeLevel == 0, !options.dryRun else { return }
        try say(.info, change.isEmpty ? "\(entry.name) is uptodate" : "\(entry.name)", verbosity: 2)
    }

    func write(_ entry: FileEntry, _ index: Int32, _ attributes: ItemAttributes) throws(SessionError) {
        try indexes.write(index)
        let traits = connection.traits
        try connection.output.write { attributes.write(to: &$0, traits: traits) }
        guard let received = plan.attributes, !options.dryRun, attributes.carriesXattrs(traits) else { return }
        let wanted = received.takeRequest(entry.attributeSet)
        try connection.output.write { ReceivedAttributes.write(request: wanted, to: &$0) }
    }

    // MARK: Extended attributes

    /// The report bits of what a status does not show, compared with the item at `place`; nil: there is none (MET-72).
    func extendedFlags(_ entry: FileEntry, _ place: (tree: any SourceTree, path: RelativePath)?) -> ItemFlags {
        guard plan.comparesExtended else { return [] }
        var flags: ItemFlags = []
        if let received = plan.attributes {
            let present = place.map { (try? received.present($0.path, in: $0.tree)) ?? [] }
            if received.differs(entry.attributeSet, from: present, learns: !options.dryRun) { flags.insert(.reportXattr) }
        }
        return flags
    }

    func differsInExtended(_ entry: FileEntry, _ place: (tree: any SourceTree, path: RelativePath)) -> Bool {
        !extendedFlags(entry, place).isEmpty
    }

    // MARK: Words

    /// A line for people; on a server it travels as a frame when it is an info, and goes to standard error else.
    func say(_ kind: SessionEvent.TextKind, _ text: MessageText, verbosity: Int) throws(SessionError) {
        guard options.verbosity >= verbosity else { return }
        if connection.isServer, kind == .info {
            try connection.output.sendText(.info, text.bytes + [0x0a])
        } else {
            observer.handle(.text(kind, text.bytes))
        }
    }

    /// An item that could not be brought to its state: exit 23, the rest goes on.
    func failed(_ operation: String, _ name: [UInt8], _ errno: Int32) throws(SessionError) {
        ledger.noteFailure()
        try say(.error, "\(operation) \(quoted(name)) failed: \(errorText(errno))", verbosity: 0)
    }

}
