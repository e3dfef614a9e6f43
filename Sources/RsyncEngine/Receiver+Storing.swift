import RsyncProtocol
import RsyncWire

// What becomes of a file whose data has come (MET-77 to MET-87).

/// One file on its way to its place.
struct StoringJob {
    let entry: FileEntry
    let index: Int32
    let target: RelativePath
    /// What stands there.
    let existing: FileStatus?
    /// Whose permissions count without `-p`: the basis that was used (MET-32).
    let reference: FileStatus?
    var isInPlace = false
    /// The part that served as basis.
    var usedPart: SideFiles.Place?
    /// The same, when it is itself what was written (XFR-69).
    var updatedPart: SideFiles.Place?
}

extension Receiver {
    /// Attributes, backup, and the file gets its name (MET-77), or for now one among the delayed updates (MET-87).
    func store(_ job: StoringJob, _ output: OutputFile) throws(FileError) {
        let file = output.file
        let change = try change(job, of: file, exactTime: true, isFinal: true)
        tellAttributes(change, file)
        tell(try file.apply(change), job.entry.name)
        if options.synchronizes { try file.synchronize() }
        if options.delaysUpdates {
            guard let place = side.partial(of: job.target) else {
                throw FileError(errno: 22, operation: "rename", path: job.target)
            }
            do throws(FileError) {
                try side.makePartialDirectory(for: place)
            } catch {
                throw FileError(errno: error.errno, operation: Self.noPartialDirectory, path: job.target)
            }
            if job.updatedPart == nil {
                tellReceiving("renaming \(file.path.bytes) to \(place.path.bytes)")
                try publish(job, file, as: place)
            } else { try file.publish(as: place.path) }
            delayed.append((job.index, place))
            return
        }
        if let part = job.updatedPart {
            try file.publish(as: part.path)
            try keepBackup(job.target, job.existing)
            try move(part, to: job.target)
            side.removePartialDirectory(of: part)
            return
        }
        if !job.isInPlace { try keepBackup(job.target, job.existing) }
        tellNaming(job, file)
        try publish(job, file, as: SideFiles.Place(tree: destination.tree, path: job.target))
        if let part = job.usedPart { side.removePartial(part) }
    }

    static let noPartialDirectory: StaticString = "Unable to create partial-dir"

    /// `isFinal`: ids that cannot be set are told, once a file.
    private func change(_ job: StoringJob, from status: FileStatus, exactTime: Bool, isFinal: Bool = false) -> AttributeChange {
        var change = plan.change(job.entry, from: status, exactTime: exactTime)
        change.permissions = plan.permissions(job.entry, existing: job.reference)
        for id in change.takeImpossibleIds(options) where isFinal {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "\(id) is impossible to set on \(quoted(fullName(job.entry.name, in: destination.place, from: workingDirectory)))")
        }
        return change
    }

    /// The same with extended attributes and access control lists.
    private func change(
        _ job: StoringJob, of file: any WritableFile, exactTime: Bool, isFinal: Bool = false
    ) throws(FileError) -> AttributeChange {
        let status = try file.status()
        var change = change(job, from: status, exactTime: exactTime, isFinal: isFinal)
        if let received = plan.attributes {
            change.extended = extendedChange(job.entry, try file.extendedAttributes { received.isVisible($0) })
        }
        try plan.addAccessLists(&change, job.entry, from: status) { lists throws(FileError) in
            try file.extendedAttributes { lists.isKept($0) }
        }
        return change
    }

    private func keepBackup(_ target: RelativePath, _ existing: FileStatus?) throws(FileError) {
        guard options.backupSuffix != nil, let existing else { return }
        // Also those of a backup that failed afterwards.
        defer { for (name, failure) in side.failures.take() { tell([failure], name) } }
        guard let manner = try side.keepReplaced(target, existing) else { return }
        if manner == .itself {
            let name = fullName(target.bytes, in: destination.place, from: workingDirectory)
            // Of a file that arrived: a word and no more (MET-98).
            return say(.warning, "file has vanished: \(quoted(name))")
        }
        if debug.backup > 0 { say(.info, manner.text(target)) }
        sayBackedUp(target)
    }

    func backupFailure(_ error: FileError) -> MessageText {
        side.backupFailure("receiver", error.path, error.errno, from: workingDirectory)
    }

    private func sayBackedUp(_ target: RelativePath) {
        guard options.messages.backups > 0 else { return }
        say(.info, "backed up \(target.bytes) to \(side.backupWords(of: target))")
    }

    /// The file gets its name; from another file system by way of a copy (MET-77).
    private func publish(_ job: StoringJob, _ file: any WritableFile, as place: SideFiles.Place) throws(FileError) {
        do throws(FileError) {
            return try file.publish(as: place.path, in: place.tree)
        } catch {
            guard error.errno == FileError.crossDevice else { throw error }
        }
        let copy = try place.tree.createTemporary(for: place.path)
        do throws(FileError) {
            let status = try file.status()
            try transcribe(file, to: copy)
            var wanted = change(job, from: try copy.status(), exactTime: true)
            wanted.permissions = status.mode.permissions
            if plan.comparesExtended { wanted.extended.set = try file.extendedAttributes { plan.keepsExtended($0) } }
            tell(try copy.apply(wanted), job.entry.name)
            if options.synchronizes { try copy.synchronize() }
            try copy.publish(as: place.path)
        } catch {
            copy.discard()
            throw error
        }
        file.discard()
    }

    /// A finished file leaves the partial directory.
    private func move(_ part: SideFiles.Place, to target: RelativePath) throws(FileError) {
        do throws(FileError) {
            return try part.tree.rename(part.path, to: target, in: destination.tree)
        } catch {
            guard error.errno == FileError.crossDevice else { throw error }
        }
        let status = try part.tree.status(part.path)
        let source = try part.tree.open(part.path)
        defer { source.close() }
        let copy = try destination.tree.createTemporary(for: target)
        do throws(FileError) {
            try transcribe(source, to: copy)
            let fresh = try copy.status()
            var wanted = AttributeChange(
                uid: status.uid == fresh.uid ? nil : status.uid, gid: status.gid == fresh.gid ? nil : status.gid,
                permissions: status.mode.permissions,
                mtime: FileTime(seconds: status.mtime, nanoseconds: status.nanoseconds))
            if plan.comparesExtended {
                wanted.extended.set = try part.tree.extendedAttributes(of: part.path) { plan.keepsExtended($0) }
            }
            tell(try copy.apply(wanted), target.bytes)
            try copy.publish(as: target)
        } catch {
            copy.discard()
            throw error
        }
        try part.tree.removeFile(part.path)
    }

    // MARK: Parts

    /// MET-82, MET-83: what has arrived is kept where the options say so. True when it has found its place.
    func keepPart(_ job: StoringJob, _ output: OutputFile, interrupted: Bool) -> Bool {
        let file = output.file
        // Its place is where it is.
        guard !job.isInPlace else {
            // All but the times, which a second try compares with (MET-30).
            if !interrupted, job.updatedPart == nil, var change = try? change(job, of: file, exactTime: false) {
                change.mtime = nil
                change.atime = nil
                _ = try? file.apply(change)
            }
            return (try? file.publish(as: file.path)) != nil
        }
        guard options.keepPartial, let status = try? file.status(), status.size > 0,
            var change = try? change(job, of: file, exactTime: false)
        else { return false }
        change.mtime = nil
        if let place = side.partial(of: job.target) {
            guard (try? file.apply(change)) != nil, (try? side.makePartialDirectory(for: place)) != nil else { return false }
            return (try? publish(job, file, as: place)) != nil
        }
        // A time that no quick check takes for the source's.
        if interrupted, plan.keepsTime(.regular) { change.mtime = FileTime(seconds: 0, nanoseconds: 0) }
        guard (try? file.apply(change)) != nil else { return false }
        if interrupted { try? keepBackup(job.target, job.existing) }
        return (try? publish(job, file, as: SideFiles.Place(tree: destination.tree, path: job.target))) != nil
    }

    // MARK: Delayed updates

    /// All that was held back gets its name, in order (MET-87).
    func putDelayedInPlace() {
        let due = delayed.sorted { $0.index < $1.index }
        delayed = []
        for (index, part) in due {
            guard let item = window.resolve(index, incremental: false) else { continue }
            let entry = window.entry(item)
            do {
                let target = try destination.path(entry.name)
                try keepBackup(target, try? destination.tree.status(target))
                tellReceiving("renaming \(part.path.bytes) to \(target.bytes)")
                try move(part, to: target)
                side.removePartialDirectory(of: part)
                post(.finished(index, .stored))
            } catch let error as FileError where SideFiles.isOfBackup(error) {
                fail(index, backupFailure(error))
            } catch let error as FileError {
                fail(index, "rename failed for \(quoted(entry.name)) (from \(part.path.bytes)): \(errorText(error.errno))")
            } catch {
                fail(index, "rename failed for \(quoted(entry.name))")
            }
        }
    }
}

/// What was just written, read back.
private func transcribe(_ source: any WritableFile, to copy: any WritableFile) throws(FileError) {
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    var position: Int64 = 0
    while true {
        let count = try source.read(into: &buffer, at: 0, count: buffer.count, position: position)
        if count == 0 { return }
        try copy.write(buffer, 0..<count)
        position += Int64(count)
    }
}
