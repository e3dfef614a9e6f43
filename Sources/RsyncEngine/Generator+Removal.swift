import RsyncProtocol
import RsyncWire

// One item goes: within the limit, with its backup, and told (MET-98, MET-109, MET-111).

extension Generator {
    /// One item, which is no longer a directory with anything in it. True when it is gone, or would be.
    func remove(_ name: [UInt8], _ path: RelativePath, _ status: FileStatus) throws(SessionError) -> Bool {
        let isDirectory = status.mode.isDirectory
        try alive.tick()
        if let limit = options.deletionLimit, deletionCount >= limit, !Knob.deletionLimitIsIgnored.isOn {
            skippedDeletions += 1
            return false
        }
        do throws(FileError) {
            if !options.dryRun || Knob.dryRunDeletes.isOn {
                if isDirectory {
                    try tree.removeDirectory(path)
                } else {
                    try removeKeepingBackup(path, status)
                }
            }
        } catch {
            if isDirectory, error.errno == FileError.directoryNotEmpty || error.errno == FileError.exists {
                try say(.info, "cannot delete non-empty directory: \(name)")
            } else if SideFiles.isOfBackup(error) {
                try backupFailed(error)
                try say(.error, "rsync: [generator] delete_file: make_backup(\(name)) failed: \(errorText(error.errno))")
            } else if !error.isNotFound {
                try failedToRemove(name, isDirectory: isDirectory, error.errno)
            }
            return false
        }
        // A backup that is not made is told like one that is.
        if options.dryRun, !isDirectory, !side.isBackup(path.bytes), side.keepsRemoved(path, status) {
            try sayBackedUp(path, .renamed)
        }
        deletionCount += 1
        deletedCounts.add(status.mode.type ?? .regular)
        try reportDeletion(name, isDirectory: isDirectory)
        return true
    }

    /// MET-98: what goes away moves to its backup name, if there are backups and it is none (MET-99).
    func removeKeepingBackup(_ path: RelativePath, _ status: FileStatus) throws(FileError) {
        guard options.backupSuffix != nil, !side.isBackup(path.bytes), !Knob.deletedIsNotKept.isOn, let manner = try side.keepRemoved(path, status) else { return try tree.removeFile(path) }
        // Only a broken connection makes this fail, and the next write says so.
        try? sayBackedUp(path, manner)
    }

    /// MET-109.
    func sayDeletionsStopped() throws(SessionError) {
        guard skippedDeletions > 0 else { return }
        if !Knob.deletionLimitIsNoError.isOn { ledger.add(.deleteLimit) }
        try say(.warning, "Deletions stopped due to --max-delete limit (\(skippedDeletions) skipped)")
    }

    /// MET-111.
    private func reportDeletion(_ name: [UInt8], isDirectory: Bool) throws(SessionError) {
        guard connection.isServer else {
            observer.handle(.deleted(name: name, isDirectory: isDirectory))
            return
        }
        if options.reportsItems { observer.handle(.deleted(name: name, isDirectory: isDirectory)) }
        if connection.traits.hasDeletedMessage {
            let sent = connection.output.inMessage(name)
            try connection.output.send(.deleted, isDirectory && !Knob.deletedDirectoryIsFile.isOn ? sent + [0] : sent)
        } else if options.messages.deletions > 0 || options.itemizeLevel > 0 {
            let word = options.itemizeLevel > 0 ? "*deleting   " : "deleting "
            try connection.output.sendText(
                .info, [UInt8](word.utf8) + name + (isDirectory ? [0x2f, 0x0a] : [0x0a]))
        }
    }
}
