import RsyncProtocol
import RsyncWire

// Symlinks, devices, specials, hard links, and making room (MET-50 to MET-64).

extension Generator {
    func processSymlink(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, isLinked: Bool
    ) throws(SessionError) {
        if options.safeLinks, !Knob.unsafeLinksAreMade.isOn, SymlinkTarget.isUnsafe(entry.linkTarget, at: entry.name) {
            try say(.info, "ignoring unsafe symlink \(quoted(entry.name)) -> \(quoted(entry.linkTarget))", when: options.messages.symlinks > 0)
            return try skipLinked(entry, index)
        }
        let isSameKind = existing?.mode.isSymlink == true
        if let existing, isSameKind, (try? tree.ownLinkTarget(path)) == entry.linkTarget || Knob.linkTargetsAreNotCompared.isOn && isSameKind {
            try settleUnchanged(entry, index, path, existing)
            if isLinked { try completeGroup(entry) }
            return
        }
        try make(entry, index, path, existing, isSameKind: isSameKind, isLinked: isLinked) {
            tree, path throws(FileError) in try tree.makeSymlink(path, target: entry.linkTarget)
        }
    }

    func processNode(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, isLinked: Bool
    ) throws(SessionError) {
        let type = entry.type
        var isSameKind = false
        if let existing, let kind = existing.mode.type {
            isSameKind = type.isDevice ? kind.isDevice : kind.isSpecial
            if isSameKind, type.isDevice ? existing.rdev == entry.rdev && kind == type : kind == type {
                try settleUnchanged(entry, index, path, existing)
                if isLinked { try completeGroup(entry) }
                return
            }
        }
        let permissions = plan.permissions(entry, existing: existing)
        try make(entry, index, path, existing, isSameKind: isSameKind, isLinked: isLinked) {
            tree, path throws(FileError) in
            try tree.makeNode(
                path, mode: FileMode(type, permissions: permissions), device: type.isDevice ? entry.rdev : .none)
        }
    }

    private func settleUnchanged(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus
    ) throws(SessionError) {
        var change = plan.change(entry, from: existing, exactTime: false)
        try addAccessLists(&change, entry, path, from: existing)
        let flags = plan.flags(entry, against: plan.seen(existing, before: change), [])
            .union(extendedFlags(entry, (tree, path)))
        try apply(change, entry, path)
        try report(entry, index, flags)
        try sayUnchanged(entry, change)
        try confirm(entry, index, isSent: false)
    }

    /// Creates an item that carries no data, under a temporary name when it replaces something (MET-62).
    private func make(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, isSameKind: Bool,
        isLinked: Bool, _ create: (any DestinationTree, RelativePath) throws(FileError) -> Void
    ) throws(SessionError) {
        var compared: Compared? = isSameKind ? existing.map { ($0, tree) } : nil
        let isReplaced = compared != nil
        var isEqual = false
        if existing == nil, !destination.alternates.isEmpty {
            let alternate = try linkAlternateSpecial(entry, index, path)
            if alternate.linked {
                if isLinked { try options.alternateKind == .compare ? settleMatched(entry, index) : completeGroup(entry) }
                return
            }
            compared = alternate.compared
            isEqual = alternate.isEqual
        }
        var base: ItemFlags = [.localChange]
        if !isEqual { base.insert(.reportChange) }
        let flags = plan.flags(entry, against: compared?.status, base, isAlternateMatch: isEqual)
            .union(extendedFlags(entry, compared.map { ($0.tree, path) }, isNew: isReplaced))
        if isEqual { try sayUnchanged(entry, AttributeChange()) }
        guard !options.dryRun else {
            if let existing, existing.mode.isDirectory, try !clearTheWay(path, existing, for: entry) { return }
            try report(entry, index, flags)
            if isLinked { try completeGroup(entry) }
            return
        }
        guard try place(entry, path, existing, create) else { return }
        if let status = try? tree.status(path) {
            var change = plan.change(entry, from: status, exactTime: true, isNew: existing?.mode.isDirectory != false)
            // The file that stands for a new symlink has its time, -J or not (MET-28).
            if options.rootMode == .fake, entry.mode.isSymlink, options.preserveTimes { change.mtime = entry.time }
            addUnreported(&change, entry, flags)
            try addAccessLists(&change, entry, path, from: status)
            try apply(change, entry, path)
        }
        try report(entry, index, flags)
        try confirm(entry, index, isSent: entry.mode.isSymlink)
        if isLinked { try completeGroup(entry) }
    }

    /// `leader`: the name that a hard link is made to.
    private func place(
        _ entry: FileEntry, _ path: RelativePath, _ existing: FileStatus?, leader: [UInt8]? = nil,
        _ create: (any DestinationTree, RelativePath) throws(FileError) -> Void
    ) throws(SessionError) -> Bool {
        if let existing, existing.mode.isDirectory, try !clearTheWay(path, existing, for: entry) { return false }
        var backup: SideFiles.BackupManner?
        do throws(FileError) {
            if let existing, !existing.mode.isDirectory {
                if options.backupSuffix != nil { backup = try side.keepReplaced(path, existing) }
                let temporary = try tree.temporaryName(for: path)
                try create(tree, temporary)
                try replace(path, by: temporary)
            } else {
                if options.relative, !incremental { try? makeMissingParents(of: path) }
                try create(tree, path)
            }
        } catch where SideFiles.isOfBackup(error) {
            try backupFailed(error)
            return false
        } catch {
            var leads: MessageText = ""
            if let leader { leads = " => \(leader)" } else if entry.mode.isSymlink { leads = " -> \(quoted(entry.linkTarget))" }
            try failed("\(error.operation)", entry.name, error.errno, leads: leads)
            return false
        }
        if let backup { try sayBackedUp(path, backup) }
        return true
    }

    // MARK: Hard links

    /// Step 13: true when the entry's fate is that of another member (MET-56).
    func joinGroup(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?
    ) throws(SessionError) -> Bool {
        switch links.state(of: entry) {
        case .requested:
            try tellLink(entry, index, "waiting for -1")
            links.wait(entry, index: index)
            began(index)
            return true
        case .done(let name):
            try tellLink(entry, index, "found flist match (alt -1)")
            try tellLink(entry, index, "leader is \(entry.linkGroup) (\(name))")
            try link(entry, index, path, existing, to: name)
            return true
        case .deferred, nil:
            // The first of a group has nobody to look for.
            if entry.linkGroup != index { try tellLink(entry, index, "looking for a leader") }
            return false
        }
    }

    /// A member is in place: those that waited become links to it (MET-59).
    func completeGroup(_ entry: FileEntry) throws(SessionError) {
        for member in links.complete(entry) {
            let path = try destination.path(member.entry.name)
            let existing = try examine(member.entry, path)
            try link(member.entry, member.index, path, existing, to: entry.name, hasWaited: true)
            ended(member.index)
        }
    }

    /// MET-58.
    private func link(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, to name: [UInt8],
        hasWaited: Bool = false
    ) throws(SessionError) {
        let target = try destination.path(name)
        let base: ItemFlags = [.localChange, .xnameFollows]
        if let existing, let other = try? tree.status(target), other.inode == existing.inode,
            other.device == existing.device
        {
            try report(
                entry, index,
                plan.flags(entry, against: existing, base, isSameLink: true).union(extendedFlags(entry, (tree, path))))
            try confirm(entry, index, isSent: false)
            return
        }
        // What is in the way is compared whatever it is.
        var flags = plan.flags(entry, against: existing, base)
            .union(extendedFlags(entry, existing.map { _ in (tree, path) }))
        var shownName = name
        var isLinked = false
        if existing == nil, !hasWaited, let equal = try alternateLinkFlags(entry, path, base) {
            if options.alternateKind != .link {
                flags = equal.flags
            } else if let other = try? tree.status(target), other.inode == equal.item.inode, other.device == equal.item.device {
                flags = equal.flags
                // Linked already, as far as anybody can tell: named only in items that show what stays as it is.
                isLinked = true
                let showsItems = options.itemizeLevel > 0 && saysUnchanged && (connection.traits.hasItemFlags || !connection.isServer)
                if !showsItems { shownName = [] }
            }
        }
        guard !options.dryRun else { return try report(entry, index, flags, xname: shownName) }
        let placed = try place(entry, path, existing, leader: name) { tree, path throws(FileError) in
            try tree.makeLink(path, to: target, in: nil)
        }
        guard placed else { return }
        try report(entry, index, flags, xname: shownName)
        if isLinked { try sayUnchanged(entry, AttributeChange()) }
        try confirm(entry, index, isSent: false)
    }

    /// The member that takes over asks for the data itself (MET-60, MET-185).
    func requestWaiting(_ member: HardLinkGroups.Member) throws(SessionError) {
        successors.append(member)
        // One that fails at once names the next: the loop below takes it, whatever the size of the group.
        guard successors.count == 1 else { return }
        while let next = successors.first {
            defer { successors.removeFirst() }
            try requestNow(next)
        }
    }

    private func requestNow(_ member: HardLinkGroups.Member) throws(SessionError) {
        guard mayStillRequest else {
            ended(member.index)
            return try failed("hard link", member.entry.name, FileError.notFound)
        }
        let path = try destination.path(member.entry.name)
        let existing = try examine(member.entry, path)
        links.request(member.entry, index: member.index)
        if isInSecondPhase { askedInSecondPhase = true }
        let basis = existing.flatMap { status in
            status.mode.isRegular ? ownBasis(path, status) : nil
        }
        try request(member.entry, member.index, basis, isRedo: false)
    }

    // MARK: Making room

    /// Removes what stands where an item of another kind must go (MET-64): a directory only if it is empty, or under
    /// a delete mode or `--force` with all that is in it.
    func clearTheWay(
        _ path: RelativePath, _ existing: FileStatus, for entry: FileEntry
    ) throws(SessionError) -> Bool {
        let isDirectory = existing.mode.isDirectory
        var isClear = true
        let reasons = reasons(makingWayFor: entry)
        try tellDeletion(entry.name, existing, reasons)
        if isDirectory, options.deletion != nil || options.force {
            isClear = try empty(entry.name, path, existing, reasons: reasons)
        } else if isDirectory {
            try tellEmptying(entry.name, reasons)
        }
        if isClear {
            do throws(FileError) {
                if !options.dryRun {
                    try isDirectory ? tree.removeDirectory(path) : removeKeepingBackup(path, existing)
                } else if isDirectory, options.deletion == nil, !options.force {
                    guard try tree.names(in: path).isEmpty else {
                        throw FileError(errno: FileError.directoryNotEmpty, operation: "rmdir", path: path)
                    }
                }
                return true
            } catch {
                if isDirectory, error.errno == FileError.directoryNotEmpty || error.errno == FileError.exists {
                    try say(.info, "cannot delete non-empty directory: \(entry.name)")
                } else {
                    try failedToRemove(entry.name, isDirectory: isDirectory, error.errno)
                }
            }
        }
        ledger.noteFailure()
        try say(.error, "could not make way for new \(kindName(entry.type)): \(entry.name)")
        return false
    }

    private func kindName(_ type: FileType) -> String {
        switch type {
        case .directory: "directory"
        case .symlink: "symlink"
        case .blockDevice, .characterDevice: "device file"
        case .fifo, .socket: "special file"
        case .regular, .missing: "regular file"
        }
    }
}
