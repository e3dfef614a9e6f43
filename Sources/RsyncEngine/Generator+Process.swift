import RsyncProtocol
import RsyncWire

// What is to be done with one entry (MET-16).

extension Generator {
    func process(_ entry: FileEntry, index: Int32) throws(SessionError) {
        try tellGenerating("recv_generator(\(entry.name),\(index))")
        if isBelowSkipped(entry) { return try skipContent(entry, index) }
        if entry.isDirectory {
            if incremental { try prepareDirectory(entry) } else { try processDirectory(entry, index: index) }
            return
        }
        let path = try destination.path(entry.name)
        let isMissing = entry.type == .missing
        if isMissing { try tellMissingParent(entry, index) }
        if options.relative, !isMissing, !incremental || !options.impliedDirectories { try makeMissingParents(of: path) }
        var isUnknown = false
        var existing = try examine(entry, path, isUnknown: &isUnknown)
        if isUnknown { return try skipLinked(entry, index) }
        if isMissing {
            if let existing { try deleteMissing(entry, path, existing) }
            return
        }
        let isBlocked = existing == nil && isBelowKept(path)
        if options.existingOnly, !Knob.existingIsIgnored.isOn, existing == nil, !isBlocked {
            try say(.info, "not creating new file \(quoted(entry.name))", when: options.messages.skips > 0)
            return try skipLinked(entry, index)
        }
        if options.ignoreExisting, !Knob.ignoreExistingIsIgnored.isOn, existing != nil {
            try say(.info, "\(entry.name) exists", when: options.messages.skips > 0)
            return try skipLinked(entry, index)
        }
        let isLinked = options.preserveHardLinks && !Knob.hardLinksAreCopied.isOn && links.isLinked(entry)
        if isLinked, try joinGroup(entry, index, path, existing) { return }
        switch entry.type {
        case .symlink where options.preserveLinks:
            try processSymlink(entry, index, path, existing, isLinked: isLinked)
        case .blockDevice, .characterDevice:
            // An ordinary user cannot make devices (MET-52).
            guard options.preserveDevices, options.rootMode != .normal, !options.dropsNodes else { return try skipNonRegular(entry) }
            try processNode(entry, index, path, existing, isLinked: isLinked)
        case .fifo, .socket:
            guard options.preserveSpecials, !options.dropsNodes, !Knob.specialsAreSkipped.isOn else { return try skipNonRegular(entry) }
            try processNode(entry, index, path, existing, isLinked: isLinked)
        case .symlink: try skipNonRegular(entry)
        case .regular:
            if try isOutOfSize(entry) { return try skipLinked(entry, index) }
            if isBlocked, !isLinked || links.isLast(entry, index) {
                try failedToExamine(entry, FileError.notADirectory)
                // Nobody takes over (MET-60); a stock receiver with incremental recursion does not end then.
                return incremental ? try skipLinked(entry, index) : ()
            }
            if let present = existing, writesInto(present) {
                if present.size == 0, !present.mode.isRegular { existing?.size = tree.deviceSize(path) }
            } else if let present = existing {
                guard try clearTheWay(path, present, for: entry) else { return try skipLinked(entry, index) }
                existing = nil
            }
            try processRegular(entry, index, path, existing, isLinked: isLinked)
        case .directory, .missing: break
        }
    }

    /// Whether a file's data goes into what is there, or where a new file takes its place: a device only under
    /// `--write-devices` (MET-54).
    func writesInto(_ present: FileStatus) -> Bool {
        present.mode.isRegular || options.writesDevices && present.mode.type?.isDevice == true
    }

    /// What is inside a directory that failed (MET-16 step 2).
    func skipContent(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        if entry.isDirectory { skippedDirectories.insert(entry.name) } else { try skipLinked(entry, index) }
    }

    private func isBelowSkipped(_ entry: FileEntry) -> Bool {
        guard !skippedDirectories.isEmpty else { return false }
        return skippedDirectories.contains(FileListReceiver.directoryName(entry.name))
    }

    /// lstat of the destination item; nil when it is absent. What cannot be examined counts as absent, with an error.
    func examine(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> FileStatus? {
        var isUnknown = false
        return try examine(entry, path, isUnknown: &isUnknown)
    }

    private func examine(
        _ entry: FileEntry, _ path: RelativePath, isUnknown: inout Bool
    ) throws(SessionError) -> FileStatus? {
        if destination.isAbsent { return nil }
        do {
            let status = try tree.status(path)
            guard status.mode.isSymlink, entry.isDirectory, options.keepDirectoryLinks else { return status }
            return followedDirectory(path) ?? status
        } catch {
            if error.isNotFound { return nil }
            isUnknown = true
            try failedToExamine(entry, error.errno)
            return nil
        }
    }

    private func failedToExamine(_ entry: FileEntry, _ errno: Int32) throws(SessionError) {
        ledger.noteFailure()
        let full = fullName(entry.name, in: destination.place, from: environment.workingDirectory)
        try say(.error, "rsync: [generator] recv_generator: failed to stat \(quoted(full)): \(errorText(errno))")
    }

    /// Whether the item's directory is none, since `--ignore-existing` keeps what stands in its place (MET-16 step 10).
    func isBelowKept(_ path: RelativePath) -> Bool {
        guard options.ignoreExisting, let parent = path.parent, !parent.isRoot, let status = try? tree.status(parent) else { return false }
        return !status.mode.isDirectory && !(status.mode.isSymlink && options.keepDirectoryLinks)
    }

    /// The directory that the symlink at `path` leads to (MET-45).
    private func followedDirectory(_ path: RelativePath) -> FileStatus? {
        guard let found = try? tree.followedStatus(path), found.mode.isDirectory else { return nil }
        return found
    }

    /// A directory that is in the list, or with `-K` what stands for it.
    func directoryStatus(_ path: RelativePath) -> FileStatus? {
        guard let status = try? tree.status(path) else { return nil }
        if status.mode.isDirectory { return status }
        return status.mode.isSymlink && options.keepDirectoryLinks ? followedDirectory(path) : nil
    }

    private func skipNonRegular(_ entry: FileEntry) throws(SessionError) {
        try say(.info, "skipping non-regular file \(quoted(entry.name))", when: options.messages.nonRegular > 0)
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
        guard !details.isEmpty && !Knob.changesAreNotReported.isOn || saysUnchanged || !xname.isEmpty else { return }
        guard connection.traits.hasItemFlags else {
            // Where the form of the lines has no %i, stock's receiving client says what its servers say.
            if connection.isServer || options.itemizeLevel == 0 {
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
        try say(.info, text, when: options.messages.names > 0)
    }

    /// Whether what stays as it is shows anywhere.
    var saysUnchanged: Bool { options.itemizeLevel > 1 || options.messages.names > 1 || Knob.unchangedIsReported.isOn }

    /// `-vv`: what was there already (MET-168). An item line says it where there are any.
    func sayUnchanged(_ entry: FileEntry, _ change: AttributeChange) throws(SessionError) {
        let hasItemLines = options.itemizeLevel > 0 && (connection.traits.hasItemFlags || !connection.isServer)
        guard options.messages.names > 1, !hasItemLines, !options.dryRun else { return }
        let slash = entry.isDirectory ? "/" : ""
        try say(.info, change.isEmpty ? "\(entry.name)\(slash) is uptodate" : "\(entry.name)\(slash)")
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
    /// `isNew`: what lies there is to be replaced by an item that has no extended attributes yet.
    func extendedFlags(
        _ entry: FileEntry, _ place: (tree: any SourceTree, path: RelativePath)?, isNew: Bool = false
    ) -> ItemFlags {
        guard plan.comparesExtended else { return [] }
        var flags: ItemFlags = []
        if let received = plan.attributes {
            let present = isNew ? nil : place.map { (try? received.present($0.path, in: $0.tree)) ?? [] }
            if received.differs(entry.attributeSet, from: present, learns: !options.dryRun) { flags.insert(.reportXattr) }
        }
        if let lists = plan.accessLists, !entry.mode.isSymlink, let place,
            lists.differs(entry, from: (try? lists.present(place.path, in: place.tree)) ?? [])
        {
            flags.insert(.reportACL)
        }
        return flags
    }

    /// The receiver sets the extended attributes of what is reported. Those that an alternate directory's item has too are not, and a
    /// new item gets them here; comparing them has brought their values.
    func addUnreported(_ change: inout AttributeChange, _ entry: FileEntry, _ flags: ItemFlags) {
        guard let received = plan.attributes, !flags.contains(.reportXattr) else { return }
        change.extended = received.change(entry.attributeSet, from: []).change
    }

    /// Adds the access control lists of an entry to what is to be changed of the item at `path`.
    func addAccessLists(
        _ change: inout AttributeChange, _ entry: FileEntry, _ path: RelativePath, from status: FileStatus
    ) throws(SessionError) {
        guard plan.accessLists != nil, !options.dryRun else { return }
        do throws(FileError) {
            try plan.addAccessLists(&change, entry, from: status) { lists throws(FileError) in
                try lists.present(path, in: tree)
            }
        } catch {
            try failed("get_acl: sys_acl_get_file", entry.name, error.errno)
        }
    }

    func differsInExtended(_ entry: FileEntry, _ place: (tree: any SourceTree, path: RelativePath)) -> Bool {
        !extendedFlags(entry, place).isEmpty
    }

    // MARK: Words

    /// A line for people; a server's travels as a frame or goes to its standard error (SES-98).
    func say(
        _ kind: SessionEvent.TextKind, _ text: @autoclosure () -> MessageText, when isDue: Bool = true
    ) throws(SessionError) {
        guard isDue else { return }
        let text = text()
        if let code = connection.code(kind) {
            try connection.output.sendText(code, text.bytes + [0x0a])
            if options.reportsItems { observer.handle(.forwarded(text.bytes)) }
        } else {
            observer.handle(.text(kind, text.bytes))
        }
    }

    /// An item that could not be brought to its state: exit 23, the rest goes on. `leads`: where a link was to lead.
    func failed(_ operation: String, _ name: [UInt8], _ errno: Int32, leads: MessageText = "") throws(SessionError) {
        ledger.noteFailure()
        let full = fullName(name, in: destination.place, from: environment.workingDirectory)
        try say(.error, systemError("generator", operation, full, errno, leads: leads))
    }

    func failedToRemove(_ name: [UInt8], isDirectory: Bool, _ errno: Int32) throws(SessionError) {
        ledger.noteFailure()
        try say(.error, "rsync: [generator] delete_file: \(isDirectory ? "rmdir" : "unlink")(\(name)) failed: \(errorText(errno))")
    }
}
