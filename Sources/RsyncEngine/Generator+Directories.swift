import RsyncProtocol
import RsyncWire

// Directories (MET-40 to MET-44, FLS-121).

extension Generator {
    /// While the parent's list is walked the directory is only made sure of, so that the parent's time can be set as
    /// soon as its list is finished; the rest happens at the directory's own list (FLS-121).
    func prepareDirectory(_ entry: FileEntry) throws(SessionError) {
        if leaves(entry) { return }
        guard !options.dryRun, options.preserveTimes, !options.omitDirectoryTimes else { return }
        let path = try destination.path(entry.name)
        guard !path.isRoot, let existing = try examineDirectory(entry, path) else { return }
        if existing == .present || existing == .kept || existing == .absent && options.existingOnly { return }
        // A failure is for the directory's own turn to report.
        let first = options.rootMode == .root ? entry.mode.permissions & 0o700 : 0o700
        guard (try? tree.makeDirectory(path, permissions: first)) != nil else { return }
        madeEarly.insert(entry.name)
    }

    /// `cleared`: something else stood there, so that `--existing` has no objection. `kept`: it stands there still, for
    /// `--ignore-existing`, and what the directory holds is tried all the same (MET-16 step 10).
    private enum Presence { case present, absent, cleared, kept }

    /// nil: a non-directory stands in the way and cannot be removed; the contents are skipped.
    private func examineDirectory(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> Presence? {
        guard let existing = try examine(entry, path) else { return .absent }
        if existing.mode.isDirectory { return .present }
        if options.ignoreExisting { return .kept }
        guard try clearTheWay(path, existing, for: entry) else {
            skippedDirectories.insert(entry.name)
            try say(.error, "*** Skipping any contents from this failed directory ***")
            return nil
        }
        return .cleared
    }

    /// The whole of a directory's treatment (MET-40), deletions of `--delete-during` included.
    func processDirectory(_ entry: FileEntry, index: Int32) throws(SessionError) {
        let path = try destination.path(entry.name)
        if isBelowSkippedDirectory(entry) {
            skippedDirectories.insert(entry.name)
            return
        }
        if leaves(entry) { return try deleteDuring(entry) }
        guard let presence = try examineDirectory(entry, path) else { return }
        if presence == .kept {
            try searchKept(entry, path)
            if !incremental || options.deletion == .delay { directoriesToTouch.append((entry, index)) }
            try say(.info, "\(entry.name) exists", when: options.messages.skips > 0)
            return
        }
        if options.existingOnly, presence == .absent, !isBelowKept(path) {
            try say(.info, "not creating new directory \(quoted(entry.name))", when: options.messages.skips > 0)
            skippedDirectories.insert(entry.name)
            return
        }
        let isNew =
            presence != .present || madeEarly.remove(entry.name) != nil || (path.isRoot && destination.wasCreated)
        let before = presence == .present ? try examine(entry, path) : nil
        let flags: ItemFlags
        if isNew {
            let alternate = try alternateDirectory(entry, path)
            let isMatch = alternate.map { plan.attributesUnchanged(entry, $0.status) } ?? false
            flags = plan.flags(entry, against: alternate?.status, [.localChange], isAlternateMatch: isMatch)
                .union(extendedFlags(entry, alternate.map { ($0.tree, path) }))
        } else {
            flags = plan.flags(entry, against: before, []).union(extendedFlags(entry, (tree, path)))
        }
        // The receiver sets extended attributes when the report has come back: the directory has to be there by then.
        // Below 29 a directory is told about when something of it had to be set (MET-67).
        let tellsOfChanges = !connection.traits.hasItemFlags && options.itemizeLevel == 0
        let reportsLater = (plan.attributes != nil || tellsOfChanges) && !options.dryRun
        if !reportsLater { try report(entry, index, flags) }
        guard !options.dryRun else {
            if presence == .present { try deleteDuring(entry) }
            return
        }
        if presence != .present {
            if options.relative { try makeMissingParents(of: path) }
            do throws(FileError) {
                // What the mask forbids, and setgid, waits until the directory is its owner's.
                let first = entry.mode.permissions & (options.preservePermissions ? 0o1777 : 0o777) & ~environment.umask
                try tree.makeDirectory(path, permissions: options.rootMode == .normal ? first | 0o700 : first)
            } catch {
                return try giveUp(on: entry, error)
            }
        }
        let isChanged = try settle(entry, path, isNew: isNew, flags)
        if reportsLater, isChanged || !tellsOfChanges { try report(entry, index, flags) }
        if !incremental || options.deletion == .delay || isToHoldBackups(path) { directoriesToTouch.append((entry, index)) }
        try deleteDuring(entry)
    }

    /// Where a backup directory is to be made, which may happen when the list of this one is finished.
    private func isToHoldBackups(_ path: RelativePath) -> Bool {
        guard let parent = backupParent, let status = try? tree.status(path) else { return false }
        return status.inode == parent.inode && status.device == parent.device
    }

    /// MET-42.
    private func leaves(_ entry: FileEntry) -> Bool { options.leavesImpliedDirectories && entry.isImplied }

    private func deleteDuring(_ entry: FileEntry) throws(SessionError) {
        let time = options.deletionTime(connection.traits)
        guard time == .during || time == .delay else { return }
        if entry.hasContent { try deleteExtraneous(in: entry) } else { try filters.enter(entry.name) }
    }

    /// What is kept in a directory's place is searched all the same where each directory has a list of its own; from then on
    /// nothing is deleted (MET-108).
    private func searchKept(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) {
        let time = options.deletionTime(connection.traits)
        guard incremental, time == .during || time == .delay, entry.hasContent, try mayDelete(),
            let kept = try? tree.status(path), !kept.mode.isSymlink
        else { return }
        ledger.add(.general)
        try failed("opendir", entry.name, FileError.notADirectory)
    }

    private func isBelowSkippedDirectory(_ entry: FileEntry) -> Bool {
        guard !skippedDirectories.isEmpty else { return false }
        return skippedDirectories.contains(entry.name)
            || skippedDirectories.contains(FileListReceiver.directoryName(entry.name))
    }

    /// Whether anything had to be set.
    private func settle(_ entry: FileEntry, _ path: RelativePath, isNew: Bool, _ flags: ItemFlags) throws(SessionError) -> Bool {
        guard let status = try examine(entry, path) else { return false }
        var change = plan.change(entry, from: status, exactTime: false, isNew: isNew)
        let wanted = change.permissions ?? status.mode.permissions
        let opened = working(wanted, path)
        if opened != wanted {
            change.permissions = opened == status.mode.permissions ? nil : opened
            finalPermissions[entry.name] = wanted
        }
        if isNew { addUnreported(&change, entry, flags) }
        try addAccessLists(&change, entry, path, from: status)
        try apply(change, entry, path)
        return !change.isEmpty
    }

    /// An ordinary user needs to get into the directory until it is finished (MET-43).
    private func working(_ permissions: UInt32, _ path: RelativePath) -> UInt32 {
        guard options.rootMode == .normal else { return permissions }
        let opened = permissions | 0o700
        if opened != permissions, options.preservePermissions, !options.dryRun { openedDirectories[path] = permissions }
        return opened
    }

    /// A run that is broken off leaves no directory more open than it is to be.
    func closeOpenedDirectories() {
        for (path, permissions) in openedDirectories.sorted(by: { $0.key.bytes.count > $1.key.bytes.count }) {
            // The run has failed already, and has said why.
            _ = try? tree.apply(AttributeChange(permissions: permissions), to: path, type: .directory)
        }
        openedDirectories = [:]
    }

    private func giveUp(on entry: FileEntry, _ error: FileError) throws(SessionError) {
        try failed("recv_generator: mkdir", entry.name, error.errno)
        if Knob.contentOfFailedIsTried.isOn { return }
        skippedDirectories.insert(entry.name)
        try say(.error, "*** Skipping any contents from this failed directory ***")
    }

    /// `-R` without the implied directories in the list (MET-16 step 6), and below a path that was never listed.
    func makeMissingParents(of path: RelativePath) throws(SessionError) {
        guard !options.dryRun, let parent = path.parent, !parent.isRoot else { return }
        var missing: [RelativePath] = []
        var current: RelativePath? = parent
        while let directory = current, !directory.isRoot {
            guard (try? tree.status(directory)) != nil else {
                missing.append(directory)
                current = directory.parent
                continue
            }
            guard directoryStatus(directory) != nil || options.leavesImpliedDirectories else { return }
            break
        }
        for directory in missing.reversed() {
            do {
                try tree.makeDirectory(directory, permissions: 0o777 & ~environment.umask)
            } catch {
                try failed("recv_generator: mkdir", directory.bytes, error.errno)
                return
            }
        }
    }

    // MARK: Afterwards

    /// Sets a directory's own time and permissions once nothing in it changes any more (MET-44).
    func touch(_ entry: FileEntry, number: Int32) throws(SessionError) {
        guard !options.dryRun, !options.listOnly, !leaves(entry), !skippedDirectories.contains(entry.name) else { return }
        try say(.info, "touch_up_dirs: \(entry.name) (\(number))", when: debug.times > 1)
        let path = try destination.path(entry.name)
        // What a symlink stands for (MET-45) has had its attributes, and its time is not set again. What `--ignore-existing` keeps
        // in a directory's place has the directory's time.
        guard let status = try? tree.status(path), status.mode.isDirectory || options.ignoreExisting && directoryStatus(path) == nil
        else { return }
        var change = AttributeChange()
        if plan.keepsTime(.directory), !Knob.directoryTimesAreLost.isOn,
            !plan.sameTime(entry, status), refusedDirectories.remove(entry.name) == nil
        {
            change.mtime = entry.time
        }
        if let wanted = finalPermissions.removeValue(forKey: entry.name), status.mode.permissions != wanted {
            change.permissions = wanted
        }
        openedDirectories[path] = nil
        try apply(change, entry, path, type: status.mode.type)
    }

    /// With one list for all, or after late deletions: every directory, deepest first.
    func touchDirectories() throws(SessionError) {
        for (entry, index) in directoriesToTouch.reversed() { try touch(entry, number: index) }
        directoriesToTouch = []
    }
}
