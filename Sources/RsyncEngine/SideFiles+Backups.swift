import RsyncFilter
import RsyncProtocol
import RsyncWire

// Backups (MET-96 to MET-101).

extension SideFiles {
    /// Where the backup of `target` goes; nil without `--backup`.
    func backup(of target: RelativePath) -> Place? {
        guard let suffix = options.backupSuffix else { return nil }
        guard let annex = destination.backup else {
            return (try? RelativePath(cleaning: target.bytes + suffix)).map { Place(tree: tree, path: $0) }
        }
        guard let path = try? RelativePath(cleaning: target.bytes + suffix), let below = try? annex.directory.appending(path)
        else { return nil }
        return Place(tree: annex.tree, path: below)
    }

    /// MET-99: a backup that nobody asked to keep once more.
    func isBackup(_ name: [UInt8]) -> Bool {
        guard let suffix = options.backupSuffix, destination.backup == nil else { return false }
        let last = name.lastIndex(of: 0x2f).map { name[($0 + 1)...] } ?? name[...]
        return last.count > suffix.count && last.suffix(suffix.count).elementsEqual(suffix)
    }

    /// How a backup came about.
    enum BackupManner: String {
        case renamed = "RENAME"
        case linked = "HLINK"
        case copied = "COPY"
        /// The backup directory leads back to the item: there is no second place to keep it in (MET-98).
        case itself = "NONE"

        /// For `--debug=backup`, in the words of rsync.
        func text(_ target: RelativePath) -> MessageText { "make_backup: \(rawValue) \(target.bytes) successful." }
    }

    /// MET-98: a second name for what is about to be replaced, else a copy. nil when there was nothing to keep.
    func keepReplaced(_ target: RelativePath, _ status: FileStatus) throws(FileError) -> BackupManner? {
        guard isKept(target, status), let place = backup(of: target) else { return nil }
        guard !hasBackup(status, place) else { return isItself(place, target) ? .itself : nil }
        return try keeping(target) { () throws(FileError) in
            try prepareBackup(place)
            do throws(FileError) {
                try linking(place) { () throws(FileError) in
                    try place.tree.makeLink(place.path, to: target, in: tree)
                }
                return .linked
            } catch {
                try copy(target, status, to: place)
                return .copied
            }
        }
    }

    /// Whether the backup is there: a link made before, or the item itself where the backup directory is its own.
    private func hasBackup(_ status: FileStatus, _ place: Place) -> Bool {
        guard destination.backup != nil, let present = try? place.tree.status(place.path) else { return false }
        return present.inode == status.inode && present.device == status.device
    }

    private func isItself(_ place: Place, _ target: RelativePath) -> Bool {
        guard destination.backup != nil, place.path.lastComponent.elementsEqual(target.lastComponent),
            let there = try? place.tree.status(place.path.parent ?? .root), let here = try? tree.status(target.parent ?? .root),
            let directory = here.mode.isSymlink ? try? tree.followedStatus(target.parent ?? .root) : here
        else { return false }
        return there.inode == directory.inode && there.device == directory.device
    }

    /// What goes wrong with a backup is told as that, not as what it was made for.
    private func keeping<Manner>(
        _ target: RelativePath, _ keep: () throws(FileError) -> Manner
    ) throws(FileError) -> Manner {
        do throws(FileError) {
            return try keep()
        } catch {
            throw FileError(errno: error.errno, operation: Self.keepingFailed, path: target)
        }
    }

    static let keepingFailed: StaticString = "keep_backup"

    /// Whether it is the backup that failed, and not what it was made for.
    static func isOfBackup(_ error: FileError) -> Bool { "\(error.operation)" == "\(keepingFailed)" }

    /// MET-102: what is said of a backup that could not be made. `role`: whose work it was.
    func backupFailure(_ role: String, _ target: RelativePath, _ errno: Int32, from workingDirectory: [UInt8]) -> MessageText {
        let item = fullName(target.bytes, in: destination.place, from: workingDirectory)
        let place = fullName(backupWords(of: target), in: destination.place, from: workingDirectory)
        return "rsync: [\(role)] keep_backup failed: \(quoted(item)) -> \(quoted(place)): \(errorText(errno))"
    }

    /// MET-98: what is about to be deleted moves to its backup name.
    func keepRemoved(_ target: RelativePath, _ status: FileStatus) throws(FileError) -> BackupManner? {
        guard isKept(target, status), let place = backup(of: target) else { return nil }
        let manner = try keeping(target) { () throws(FileError) -> BackupManner in
            try prepareBackup(place)
            do throws(FileError) {
                try tree.rename(target, to: place.path, in: place.tree)
                return .renamed
            } catch {
                try copy(target, status, to: place)
                return .copied
            }
        }
        if manner == .copied { try tree.removeFile(target) }
        return manner
    }

    /// Whether `keepRemoved` has something to do.
    func keepsRemoved(_ target: RelativePath, _ status: FileStatus) -> Bool { isKept(target, status) && backup(of: target) != nil }

    /// Directories have no backups, and under `--safe-links` unsafe symlinks have none (MET-101).
    private func isKept(_ target: RelativePath, _ status: FileStatus) -> Bool {
        guard status.mode.isSymlink, options.safeLinks else { return !status.mode.isDirectory }
        guard let words = try? tree.linkTarget(target) else { return false }
        return !SymlinkTarget.isUnsafe(words, at: target.bytes)
    }

    /// A copy, for a file that is updated in place (MET-80). It has what the options preserve, and the permissions.
    func keepCopy(_ target: RelativePath, _ status: FileStatus) throws(FileError) -> Place? {
        guard let place = backup(of: target), !isItself(place, target) else { return nil }
        try keeping(target) { () throws(FileError) in
            try prepareBackup(place, empties: false)
            try copy(target, status, to: place, asFile: true)
        }
        return place
    }

    /// What is shown of a backup's place.
    func backupWords(of target: RelativePath, suffix: [UInt8]? = nil) -> [UInt8] {
        let name = target.bytes + (suffix ?? options.backupSuffix ?? [])
        guard let annex = destination.backup else { return name }
        return annex.words + (annex.words.last == 0x2f ? [] : [0x2f]) + name
    }

    /// Below 29 they are there whether anything is kept in them or not, as the receiver looks for a backup (XFR-120).
    func makeBackupDirectories(for place: Place) {
        // A failure shows when something is to be kept.
        try? makeDirectories(aboveBackup: place)
    }

    private func makeDirectories(aboveBackup place: Place) throws(FileError) {
        guard let annex = destination.backup else { return }
        /// Below the backup directory each has the look of the one it stands for (MET-97).
        func original(_ directory: RelativePath) -> (path: RelativePath, status: FileStatus)? {
            guard let own = Self.rest(of: directory, below: annex.directory), let status = try? tree.status(own),
                status.mode.isDirectory
            else { return nil }
            return (own, status)
        }
        // Each has its attributes before the next one is made in it.
        try makeDirectories(above: place, below: annex.directory) { original($0)?.status.mode.permissions ?? 0o777 & ~umask } made: {
            directory throws(FileError) in
            guard let (path, status) = original(directory) else { return }
            var change = AttributeChange(
                uid: options.preserveOwner ? status.uid : nil, gid: options.preserveGroup ? status.gid : nil,
                permissions: options.preservePermissions ? status.mode.permissions : nil,
                mtime: options.preserveTimes && !options.omitDirectoryTimes ? time(status) : nil)
            if options.preserveAccessLists {
                let names = AccessListNames(options)
                change.extended.set = (try? tree.extendedAttributes(of: path) { names.contains($0) }) ?? []
            }
            change = Self.allowed(change, from: try place.tree.status(directory), options.rootMode)
            if !change.isEmpty { failures.add(try place.tree.apply(change, to: directory, type: .directory), backupWords(of: path, suffix: [])) }
        }
    }

    /// A directory there makes way, with what is in it only for what is replaced by another file.
    private func prepareBackup(_ place: Place, empties: Bool = true) throws(FileError) {
        try makeDirectories(aboveBackup: place)
        guard let present = try? place.tree.status(place.path), present.mode.isDirectory else { return }
        if empties { try empty(place.path, in: place.tree) }
        try place.tree.removeDirectory(place.path)
    }

    private static func rest(of path: RelativePath, below directory: RelativePath) -> RelativePath? {
        if directory.isRoot { return path.isRoot ? nil : path }
        guard path.bytes.count > directory.bytes.count, path.bytes.starts(with: directory.bytes) else { return nil }
        return try? RelativePath(cleaning: path.bytes[(directory.bytes.count + 1)...])
    }

    private func empty(_ path: RelativePath, in tree: any DestinationTree) throws(FileError) {
        for name in try tree.names(in: path) {
            guard let child = try? path.appending(name) else { continue }
            if try tree.status(child).mode.isDirectory {
                try empty(child, in: tree)
                try tree.removeDirectory(child)
            } else {
                try tree.removeFile(child)
            }
        }
    }

    /// An older backup makes way for the link.
    private func linking(_ place: Place, _ link: () throws(FileError) -> Void) throws(FileError) {
        do throws(FileError) {
            try link()
        } catch {
            guard error.errno == FileError.exists else { throw error }
            try place.tree.removeFile(place.path)
            try link()
        }
    }

    /// `asFile`: what is on a device, not the device.
    private func copy(
        _ target: RelativePath, _ status: FileStatus, to place: Place, asFile: Bool = false
    ) throws(FileError) {
        var attributes = AttributeChange(
            uid: options.preserveOwner ? status.uid : nil, gid: options.preserveGroup ? status.gid : nil,
            permissions: status.mode.permissions,
            mtime: options.preserveTimes ? time(status) : nil)
        if options.preserveXattrs {
            let names = AttributeNames(options, side: .receiver)
            attributes.extended.set = (try? tree.extendedAttributes(of: target) { names.isVisible($0) }) ?? []
        }
        if status.mode.isRegular || asFile {
            let source = try tree.open(target)
            defer { source.close() }
            let copy = try place.tree.createTemporary(for: place.path)
            do throws(FileError) {
                try transcribe(source, to: copy)
                failures.add(try copy.apply(Self.allowed(attributes, from: try copy.status(), options.rootMode)), backupWords(of: target))
                try copy.publish(as: place.path)
            } catch {
                copy.discard()
                throw error
            }
            return
        }
        try? place.tree.removeFile(place.path)
        if status.mode.isSymlink {
            try place.tree.makeSymlink(place.path, target: try tree.linkTarget(target))
        } else {
            try place.tree.makeNode(place.path, mode: status.mode, device: status.rdev)
        }
        guard let type = status.mode.type else { return }
        let change = Self.allowed(attributes, from: try place.tree.status(place.path), options.rootMode)
        failures.add(try place.tree.apply(change, to: place.path, type: type), backupWords(of: target))
    }

    private func time(_ status: FileStatus) -> FileTime {
        FileTime(seconds: status.mtime, nanoseconds: hasNanoseconds ? status.nanoseconds : 0)
    }

    /// What is as wanted already is not set, and an ordinary user does not give files away.
    private static func allowed(
        _ wanted: AttributeChange, from status: FileStatus, _ rootMode: TransferOptions.RootMode
    ) -> AttributeChange {
        var change = wanted
        if change.uid == status.uid || rootMode == .normal { change.uid = nil }
        if change.gid == status.gid || rootMode == .normal { change.gid = nil }
        return change
    }
}
