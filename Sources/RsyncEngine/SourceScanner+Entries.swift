import RsyncDigest
import RsyncProtocol
import RsyncWire

// What there is to know of an item, and the entry that is made of it (FLS-11, FLS-19, FLS-20).

extension SourceScanner {
    /// FLS-11, FLS-19: the item, or what it leads to.
    func examine(
        _ path: RelativePath, _ name: [UInt8], in argument: SourceArgument
    ) throws(FileError) -> FileStatus {
        let status = try argument.tree.status(path)
        guard status.mode.isSymlink, options.followsLinks else { return status }
        return try follow(status, path, name, in: argument)
    }

    func follow(
        _ link: FileStatus, _ path: RelativePath, _ name: [UInt8], in argument: SourceArgument
    ) throws(FileError) -> FileStatus {
        if options.copyLinks { return try argument.tree.followedStatus(path) }
        if options.copyDirectoryLinks, !Knob.directoryLinksAreNotCopied.isOn, let found = try? argument.tree.followedStatus(path), found.mode.isDirectory {
            return found
        }
        if options.copyUnsafeLinks {
            let target = try argument.tree.linkTarget(path)
            if SymlinkTarget.isUnsafe(target, at: name), !Knob.unsafeLinksAreNotCopied.isOn {
                if options.messages.symlinks > 0 {
                    // Only a broken connection makes this fail, and the next write says so.
                    try? diagnostics.info("copying unsafe symlink \(quoted(name)) -> \(quoted(target))")
                }
                return try argument.tree.followedStatus(path)
            }
        }
        return link
    }

    func entry(
        _ name: [UInt8], _ found: FileStatus, in argument: SourceArgument, at path: RelativePath
    ) throws(SessionError) -> FileEntry? {
        let status = options.copiesDevices ? asFile(found, in: argument, at: path) : found
        var entry = FileEntry(plain: name, mode: status.mode)
        fill(&entry, from: status)
        if needsMore(entry), try !complete(&entry, in: argument, at: path) { return nil }
        return entry
    }

    /// Whether a status is not all there is to know of an item.
    func needsMore(_ entry: FileEntry) -> Bool {
        switch entry.type {
        case .regular where !options.compareChecksums: break
        case .directory: break
        default: return true
        }
        return attributes != nil || accessLists != nil || connection.names != nil
    }

    /// False: it cannot be sent.
    func complete(
        _ entry: inout FileEntry, in argument: SourceArgument, at path: RelativePath
    ) throws(SessionError) -> Bool {
        if entry.mode.isSymlink, options.preserveLinks {
            do {
                entry.linkTarget = try argument.tree.linkTarget(path)
            } catch {
                ledger.add(error.isNotFound ? .vanished : .general)
                try diagnostics.error(failure("readlink_stat", entry.name, argument, error.errno))
                return false
            }
            if options.mungesLinks, !Knob.linksAreNotUnmunged.isOn { entry.linkTarget = SymlinkTarget.unmunged(entry.linkTarget) }
            guard !entry.linkTarget.isEmpty else {
                ledger.add(.general)
                return false
            }
        }
        guard try isConvertible(entry, in: argument) else { return false }
        if attributes != nil || accessLists != nil {
            guard try addAttributes(to: &entry, argument.tree, path, in: argument) else { return false }
        }
        if options.compareChecksums, entry.isRegular {
            // Nobody minds before a sum is needed (SES-70). It may have been agreed on by lists as well.
            if options.checksumChoice?.list == ChecksumName.none || summer.comparesNothing {
                throw SessionError(exitCode: 4, "Invalid checksum-choice for --checksum: none (0)")
            }
            if !(try summer.sum(path, in: argument.tree, length: entry.length, alive)) { summer.clear() }
            entry.checksum = summer.digest
        }
        return true
    }

    /// `--copy-devices`: a device counts as a file (FLS-20).
    func asFile(_ found: FileStatus, in argument: SourceArgument, at path: RelativePath) -> FileStatus {
        guard found.mode.type?.isDevice == true else { return found }
        var status = found
        status.mode = FileMode(.regular, permissions: found.mode.permissions & 0o777)
        status.size = argument.tree.deviceSize(path)
        status.mtime = seconds()
        status.nanoseconds = 0
        return status
    }

    /// `-A` and `-X`: items whose type is not transferred have none (MET-132, MET-145). False: they cannot be read, which is told. Sent
    /// without them the item would lose those that it has on the other side.
    func addAttributes(
        to entry: inout FileEntry, _ tree: (any SourceTree)?, _ path: RelativePath, in argument: SourceArgument
    ) throws(SessionError) -> Bool {
        let type = entry.type
        let isWanted =
            type.isDevice ? options.preserveDevices : type.isSpecial ? options.preserveSpecials
            : type != .symlink || options.preserveLinks
        let place = isWanted ? tree : nil
        if let accessLists, type != .symlink {
            guard try addAccessLists(to: &entry, accessLists, place, path, in: argument) else { return false }
        }
        guard let attributes else { return true }
        guard let place else {
            entry.attributeSet = attributes.numberOfNone()
            return true
        }
        var name: [UInt8]?
        do throws(FileError) {
            entry.attributeSet = try attributes.number(of: path, in: place, reading: &name)
            return true
        } catch {
            ledger.add(.general)
            let full = quoted(fullName(entry.name, in: argument.directory, from: workingDirectory))
            try diagnostics.error(
                name.map { "rsync: [sender] get_xattr_data: lgetxattr(\(full),\(quoted($0)),0) failed: \(errorText(error.errno))" }
                    ?? "rsync: [sender] get_xattr_names: llistxattr(\(full),1024) failed: \(errorText(error.errno))")
            return false
        }
    }

    private func addAccessLists(
        to entry: inout FileEntry, _ lists: SourceAccessLists, _ tree: (any SourceTree)?, _ path: RelativePath,
        in argument: SourceArgument
    ) throws(SessionError) -> Bool {
        guard let tree else {
            lists.numberNone(&entry)
            return true
        }
        var errno: Int32 = 22
        do throws(FileError) {
            if try lists.number(&entry, path, in: tree) { return true }
        } catch {
            errno = error.errno
        }
        ledger.add(.general)
        let full = fullName(entry.name, in: argument.directory, from: workingDirectory)
        try diagnostics.error("rsync: [sender] get_acl: sys_acl_get_file(\(full), ACL_TYPE_ACCESS): \(errorText(errno))")
        return false
    }

    func fill(_ entry: inout FileEntry, from status: FileStatus) {
        let type = entry.type
        entry.length = type.isDevice || type.isSpecial ? 0 : status.size
        entry.mtime = status.mtime
        entry.nanoseconds = status.nanoseconds < 1_000_000_000 ? status.nanoseconds : 0
        entry.uid = status.uid
        entry.gid = status.gid
        if type.isDevice { entry.rdev = status.rdev }
        if options.preserveAccessTimes, type != .directory { entry.atime = status.atime }
        if let changes = options.modeChanges, !connection.isServer, !Knob.chmodIsIgnored.isOn { entry.mode = changes.applied(to: entry.mode) }
        guard options.preserveHardLinks else { return }
        let tracked =
            connection.traits.tracksAllRegularFiles ? entry.isRegular : !entry.isDirectory && status.linkCount > 1
        if tracked { entry.linkIdentity = LinkIdentity(device: status.device, inode: status.inode) }
    }
}
