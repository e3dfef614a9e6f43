import RsyncFilter
import RsyncProtocol
import RsyncWire

// What the sender does not have (MET-103 to MET-112).

extension Generator {
    /// One pass over every directory with content: before all updates, or after them.
    func deleteInAllDirectories() throws(SessionError) {
        for live in active.map(\.live) {
            // rsync asks for the rules in force at every entry. It shows where that is told, and at the first of all.
            var all = debug.filtering > 1 ? Array(0..<live.list.count) : live.list.directories
            if debug.filtering < 2, let first = (0..<live.list.count).first(where: live.list.isActive),
                !live.list.mode(at: first).isDirectory
            {
                all.insert(first, at: 0)
            }
            for position in all where live.list.isActive(position) {
                let entry = live.list.entry(at: position)
                guard entry.hasContent else {
                    try filters.enterAlone(entry.name)
                    continue
                }
                try say(.info, "deleting in \(entry.name)", when: debug.deletion > 0 && entry.isTop)
                try deleteExtraneous(in: entry)
            }
        }
    }

    /// Removes from one directory every item that has no entry in the list and no rule that protects it.
    func deleteExtraneous(in directory: FileEntry) throws(SessionError) {
        guard destination.singleName == nil, !destination.isAbsent else { return }
        let path = try destination.path(directory.name)
        guard let status = directoryStatus(path), try mayDelete(), isOnStartFileSystem(status),
            let list = listWithContents(of: directory), let names = try readNames(of: directory, path)
        else { return }
        try say(.info, "delete_in_dir(\(directory.name))", when: debug.deletion > 1)
        try filters.enter(directory.name)
        var victims: [Victim] = []
        var told: [(name: [UInt8], status: FileStatus)] = []
        for name in names {
            let wireName = SourceArgument.childName(of: directory.name, name)
            try alive.tick()
            if debug.lists > 1, let present = victim(wireName, path, name),
                try !filters.protects(wireName, in: directory.name, isDirectory: present.status.mode.isDirectory)
            {
                try tellFound(wireName, kind: 2)
                told.append((wireName, present.status))
            }
            if debug.filtering > 0, let present = victim(wireName, path, name) {
                try tellRule(present.name, in: directory.name, isDirectory: present.status.mode.isDirectory)
            }
            guard !Knob.deletesNothing.isOn, !isListed(wireName, in: list), let victim = victim(wireName, path, name) else { continue }
            victims.append(victim)
        }
        try tellFoundList(told)
        sort(&victims)
        for victim in Knob.deletionOrderIsForward.isOn ? victims : victims.reversed() { try deleteUnlessProtected(victim, in: directory.name, device: status.device) }
    }

    /// nil, and told, for a directory that cannot be read. From then on nothing is deleted (MET-108).
    private func readNames(of directory: FileEntry, _ path: RelativePath) throws(SessionError) -> [[UInt8]]? {
        do throws(FileError) {
            return try tree.names(in: path)
        } catch {
            if error.isNotFound { return nil }
            ledger.add(.general)
            try failed("opendir", directory.name, error.errno)
            return nil
        }
    }

    /// What is to go, as it was found.
    private struct Victim {
        let name: [UInt8]
        let path: RelativePath
        let status: FileStatus
    }

    /// nil for what is no longer there.
    private func victim(_ name: [UInt8], _ directory: RelativePath, _ component: [UInt8]) -> Victim? {
        guard let path = try? directory.appending(component), let status = try? tree.status(path) else { return nil }
        return Victim(name: name, path: path, status: status)
    }

    /// In the order of a file list; they go in the reverse of it, as messages come that users know (MET-106).
    private func sort(_ victims: inout [Victim]) {
        let traits = connection.traits
        victims.sort {
            FileOrder.precedes(
                $0.name, $0.status.mode.isDirectory, $1.name, $1.status.mode.isDirectory, traits: traits)
        }
    }

    /// MET-105, item 3.
    private func isOnStartFileSystem(_ status: FileStatus) -> Bool {
        guard options.oneFileSystem > 0 else { return true }
        if startDevices.isEmpty {
            for live in active.map(\.live) {
                for position in live.list.directories where live.list.isActive(position) {
                    let entry = live.list.entry(at: position)
                    guard entry.isTop, let path = try? destination.path(entry.name),
                        let status = directoryStatus(path)
                    else { continue }
                    startDevices.insert(status.device)
                }
            }
        }
        return startDevices.isEmpty || startDevices.contains(status.device)
    }

    /// MET-108: after an I/O error of the sender nothing is deleted, since what is missing may only be unread.
    func mayDelete() throws(SessionError) -> Bool {
        guard ledger.bits.contains(.general), !options.ignoreErrors, !Knob.deletesDespiteErrors.isOn else { return true }
        if !saidDeletionsSkipped {
            saidDeletionsSkipped = true
            try say(.info, "IO error encountered -- skipping file deletion")
        }
        return false
    }

    private func listWithContents(of directory: FileEntry) -> FileList? {
        guard incremental else { return active.first?.live.list }
        return active.first { $0.live.directory?.name == directory.name }?.live.list
    }

    private func isListed(_ name: [UInt8], in list: FileList) -> Bool {
        for isDirectory in [false, true] {
            if let position = list.find(name: name, isDirectory: isDirectory), list.isActive(position) { return true }
        }
        return false
    }

    private func deleteUnlessProtected(
        _ victim: Victim, in directory: [UInt8], device: UInt64
    ) throws(SessionError) {
        guard !isMountPoint(victim.status, on: device),
            try !filters.protects(victim.name, in: directory, isDirectory: victim.status.mode.isDirectory) || Knob.deletesProtected.isOn
        else { return }
        if options.deletion == .delay {
            delayedDeletions.append((victim.name, victim.path))
        } else {
            try delete(victim.name, victim.path, victim.status)
        }
    }

    /// `--delete-delay`: what was found when its directory was worked on (MET-104).
    func deleteDelayed() throws(SessionError) {
        for (name, path) in delayedDeletions {
            guard let status = try? tree.status(path) else { continue }
            try delete(name, path, status)
        }
        delayedDeletions = []
    }

    /// MET-105, item 2.
    private func isMountPoint(_ status: FileStatus, on device: UInt64) -> Bool {
        options.oneFileSystem > 0 && status.mode.isDirectory && status.device != device
    }

    /// MET-105, item 4. With `--debug=filter` the rule is told.
    private func protects(
        _ name: [UInt8], in directory: [UInt8], isDirectory: Bool, isDoomed: Bool = false
    ) throws(SessionError) -> Bool {
        try tellRule(name, in: directory, isDirectory: isDirectory, isDoomed: isDoomed)
        return try filters.protects(name, in: directory, isDirectory: isDirectory, isDoomed: isDoomed)
    }

    /// With `--debug=filter` what decides is told of everything that is there, listed or not.
    private func tellRule(
        _ name: [UInt8], in directory: [UInt8], isDirectory: Bool, isDoomed: Bool = false
    ) throws(SessionError) {
        guard debug.filtering > 0,
            let rule = try filters.explanation(name, in: directory, isDirectory: isDirectory, isDoomed: isDoomed)
        else { return }
        try say(
            .info,
            "[generator] \(rule.isInclude ? "risking" : "protecting") \(isDirectory ? "directory" : "file") \(name) because of pattern \(rule.pattern)")
    }

    /// What the sender has not may lie in a directory that it has not either: told, once for the items that stand together.
    func tellMissingParent(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        let parent = FileListReceiver.directoryName(entry.name)
        guard !incremental, !parent.isEmpty, parent != toldMissingParent, let slot = slot(of: index) else { return }
        let list = active[slot].live.list
        // One that is missing itself is in the list as well.
        for isDirectory in [true, false] {
            if let place = list.find(name: parent, isDirectory: isDirectory), list.isActive(place) { return }
        }
        toldMissingParent = parent
        try say(.error, "WARNING: parent dir is absent in the file list: \(parent)")
    }

    /// `--delete-missing-args`: the sender has nothing of this name (MET-16 step 8).
    func deleteMissing(_ entry: FileEntry, _ path: RelativePath, _ existing: FileStatus) throws(SessionError) {
        let isDirectory = existing.mode.isDirectory
        guard try !protects(entry.name, in: FileListReceiver.directoryName(entry.name), isDirectory: isDirectory)
        else { return }
        guard isDirectory, options.deletion == nil, !options.force else { return try delete(entry.name, path, existing) }
        if let names = try? tree.names(in: path), !names.isEmpty {
            return try say(.info, "cannot delete non-empty directory: \(entry.name)")
        }
        _ = try remove(entry.name, path, existing)
    }

    /// An item with all that is in it. A directory that keeps something is left where it is.
    func delete(_ name: [UInt8], _ path: RelativePath, _ status: FileStatus) throws(SessionError) {
        try tellDeletion(name, status, Self.withContents)
        if status.mode.isDirectory {
            guard try empty(name, path, status, reasons: Self.withContents) else { return }
        }
        _ = try remove(name, path, status)
    }

    /// A directory on the way to be emptied.
    private struct Doomed {
        let name: [UInt8]
        let path: RelativePath
        let status: FileStatus
        /// What is still to be looked at, the next one last.
        var children: [Victim]
        var staysNonEmpty = false
    }

    /// Deletes what is inside a directory that is to go, or to make way for something else (MET-64, MET-106). False
    /// when something stays, which has been said. A tree may be deeper than any stack: nothing here recurses.
    func empty(_ name: [UInt8], _ path: RelativePath, _ status: FileStatus, reasons: Int) throws(SessionError) -> Bool {
        try tellEmptying(name, reasons)
        var stack = [try doomed(name, path, status)]
        while true {
            let last = stack.count - 1
            guard let child = stack[last].children.popLast() else {
                let done = stack.removeLast()
                filters.leaveDoomed()
                if done.staysNonEmpty {
                    try say(.info, "cannot delete non-empty directory: \(done.name)")
                }
                guard !stack.isEmpty else { return !done.staysNonEmpty }
                // Tried even if something stays: the system has the last word on what is empty.
                try tellDeletion(done.name, done.status, Self.inside)
                let isGone = try remove(done.name, done.path, done.status)
                if done.staysNonEmpty || !isGone { stack[last - 1].staysNonEmpty = true }
                continue
            }
            let status = child.status
            var stays = isMountPoint(status, on: stack[last].status.device)
            if !stays {
                stays = try protects(
                    child.name, in: stack[last].name, isDirectory: status.mode.isDirectory, isDoomed: true)
            }
            if stays {
                stack[last].staysNonEmpty = true
            } else if status.mode.isDirectory {
                try tellEmptying(child.name, Self.withContents | Self.inside)
                stack.append(try doomed(child.name, child.path, status))
            } else {
                try tellDeletion(child.name, status, Self.inside)
                if try !remove(child.name, child.path, status) { stack[last].staysNonEmpty = true }
            }
        }
    }

    /// Opens up a directory to an ordinary user and lists it; victims go in reverse order (MET-106, MET-107).
    private func doomed(_ name: [UInt8], _ path: RelativePath, _ status: FileStatus) throws(SessionError) -> Doomed {
        if options.rootMode == .normal, !options.dryRun, status.mode.permissions & 0o700 != 0o700 {
            _ = try? tree.apply(
                AttributeChange(permissions: status.mode.permissions | 0o700), to: path, type: .directory)
        }
        try filters.enterDoomed(name)
        var children: [Victim]
        do throws(FileError) {
            children = try tree.names(in: path).compactMap {
                victim(SourceArgument.childName(of: name, $0), path, $0)
            }
            sort(&children)
        } catch {
            ledger.add(.general)
            try failed("opendir", name, error.errno)
            // A dry run takes it for empty, as it does not learn otherwise from the removal (MET-106).
            return Doomed(name: name, path: path, status: status, children: [], staysNonEmpty: !options.dryRun)
        }
        if debug.lists > 1 { for child in children { try tellFound(child.name, kind: 2) } }
        try tellFoundList(children.map { ($0.name, $0.status) })
        return Doomed(name: name, path: path, status: status, children: children)
    }
}
