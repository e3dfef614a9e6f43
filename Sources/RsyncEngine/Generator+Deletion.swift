import RsyncFilter
import RsyncProtocol
import RsyncWire

// What the sender does not have (MET-103 to MET-112).

extension Generator {
    /// One pass over every directory with content: before all updates, or after them.
    func deleteInAllDirectories() throws(SessionError) {
        for live in active.map(\.live) {
            for position in live.list.directories where live.list.isActive(position) {
                let entry = live.list.entry(at: position)
                if entry.hasContent { try deleteExtraneous(in: entry) }
            }
        }
    }

    /// Removes from one directory every item that has no entry in the list and no rule that protects it.
    func deleteExtraneous(in directory: FileEntry) throws(SessionError) {
        guard destination.singleName == nil, !destination.isAbsent, mayDelete() else { return }
        let path = try destination.path(directory.name)
        guard let status = try? tree.status(path), status.mode.isDirectory,
            let names = try? tree.names(in: path),
            let list = listWithContents(of: directory)
        else { return }
        // Reverse order, so that messages come as users know them (MET-106).
        for name in names.sorted(by: { $1.lexicographicallyPrecedes($0) }) {
            let wireName = SourceArgument.childName(of: directory.name, name)
            try alive.tick()
            guard !isListed(wireName, in: list), let child = try? path.appending(name) else { continue }
            try deleteUnlessProtected(wireName, child)
        }
    }

    /// MET-108: after an I/O error of the sender nothing is deleted, since what is missing may only be unread.
    private func mayDelete() -> Bool {
        guard ledger.bits.contains(.general), !options.ignoreErrors else { return true }
        if !saidDeletionsSkipped {
            saidDeletionsSkipped = true
            observer.handle(.text(.error, [UInt8]("IO error encountered -- skipping file deletion".utf8)))
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

    private func deleteUnlessProtected(_ name: [UInt8], _ path: RelativePath) throws(SessionError) {
        guard let status = try? tree.status(path) else { return }
        let isDirectory = status.mode.isDirectory
        guard !isProtected(name, isDirectory: isDirectory) else { return }
        try delete(name, path, status)
    }

    private func isProtected(_ name: [UInt8], isDirectory: Bool) -> Bool {
        guard !options.filters.isEmpty else { return false }
        return options.filters.check(name, isDirectory: isDirectory, side: .receiver) == .exclude
    }

    private func delete(_ name: [UInt8], _ path: RelativePath, _ status: FileStatus) throws(SessionError) {
        let isDirectory = status.mode.isDirectory
        try alive.tick()
        do throws(FileError) {
            if isDirectory {
                guard try emptyForDeletion(name, path) else {
                    try? say(.info, "cannot delete non-empty directory: \(name)")
                    return
                }
                if !options.dryRun { try tree.removeDirectory(path) }
            } else if !options.dryRun {
                try tree.removeFile(path)
            }
        } catch {
            try failed("delete_file: \(isDirectory ? "rmdir" : "unlink")", name, error.errno)
            return
        }
        deletedCounts.add(status.mode.type ?? .regular)
        try reportDeletion(name, isDirectory: isDirectory)
    }

    /// Deletes what is inside a directory that is to go, or to make way for something else (MET-64). False when
    /// something protected stays.
    func emptyForDeletion(_ name: [UInt8], _ path: RelativePath) throws(FileError) -> Bool {
        if options.rootMode == .normal, !options.dryRun, let status = try? tree.status(path),
            status.mode.permissions & 0o700 != 0o700
        {
            try? tree.apply(
                AttributeChange(permissions: status.mode.permissions | 0o700), to: path, type: .directory)
        }
        var isEmpty = true
        for child in try tree.names(in: path).sorted(by: { $1.lexicographicallyPrecedes($0) }) {
            guard let childPath = try? path.appending(child), let status = try? tree.status(childPath) else { continue }
            let childName = SourceArgument.childName(of: name, child)
            if isProtectedInside(childName, isDirectory: status.mode.isDirectory) {
                isEmpty = false
                continue
            }
            do throws(SessionError) {
                try delete(childName, childPath, status)
            } catch {
                throw FileError(errno: 5, operation: "delete", path: childPath)
            }
            if !options.dryRun, (try? tree.status(childPath)) != nil { isEmpty = false }
        }
        return isEmpty
    }

    /// Perishable rules do not protect inside a directory that is being removed (MET-106).
    private func isProtectedInside(_ name: [UInt8], isDirectory: Bool) -> Bool {
        guard !options.filters.isEmpty else { return false }
        return options.filters.check(name, isDirectory: isDirectory, side: .receiver, insideDoomedDirectory: true)
            == .exclude
    }

    /// MET-111.
    private func reportDeletion(_ name: [UInt8], isDirectory: Bool) throws(SessionError) {
        guard connection.isServer else {
            observer.handle(.deleted(name: name, isDirectory: isDirectory))
            return
        }
        if options.reportsItems { observer.handle(.deleted(name: name, isDirectory: isDirectory)) }
        if connection.traits.hasDeletedMessage {
            try connection.output.send(.deleted, isDirectory ? name + [0] : name)
        } else if options.messages.deletions > 0 || options.itemizeLevel > 0 {
            let word = options.itemizeLevel > 0 ? "*deleting   " : "deleting "
            try connection.output.sendText(
                .info, [UInt8](word.utf8) + name + (isDirectory ? [0x2f, 0x0a] : [0x0a]))
        }
    }
}
