import RsyncEngine
import RsyncProtocol
import RsyncWire

/// In what our side may differ from a recorded client, and why. Everything else must be the same.
enum ReplayTolerance {
    /// Items without data (reports): which of them a generator sends depends on the attributes it can see, such as
    /// the time of a symlink or of the root, and on the release's taste; no file's content depends on them.
    /// Likewise the order of wishes: a generator goes through the lists in order, but with hard links it asks for a
    /// follower's leader when it meets it, and a redo when its receiver reports it.
    case reportsAndOrder
    /// The explanations in a wish (time, owner, mode differ) are for people and are echoed as they came. What the
    /// receiver acts on (basis, alternate name, data or none) must agree.
    case explanatoryFlags
    /// Order of entries inside one list, and what depends on it: positions of hard link leaders, inode numbers.
    /// Readers sort (FLS-97); a recorded directory was read in its file system's order.
    case listOrder
    /// Names inline or in id lists: an item's number counts, the name is looked up on each machine's own terms.
    case ownerNames
    /// Sizes of directories: a property of the file system.
    case directoryLength
    /// Deletion counts and statistics that a client sends or that durations are part of.
    case statistics
    /// The archives of the old recordings hold times that went through a floating-point number; the exact ones travelled.
    /// What the archive says is believed to the microsecond only.
    case archivedNanoseconds
    /// rsync_bpc keeps whole seconds: what it sends of an archive's times has no nanoseconds.
    case storedSeconds
    /// Literal bytes may differ by one in fifty: which of several equal blocks is taken is the sender's choice.
    case literalShare

    /// A status that only the server knows of: its client learns it from the remote shell, and here there is none.
    static func isOfServer(_ status: Int32, isPush: Bool) -> Bool { (isPush ? [23, 25] : [23, 24]).contains(status) }

    /// Flags of a request that its readers act on.
    static let actedOn: ItemFlags = [.transfer, .basisTypeFollows, .xnameFollows]

    static func accepts(literal ours: Int, recorded: Int) -> Bool { abs(ours - recorded) * 50 <= recorded }

    /// An entry without what may differ. Followers of a hard link are told by content and link count in the tree.
    static func essence(_ entry: FileEntry) -> FileEntry {
        var entry = entry
        entry.linkIdentity = nil
        entry.linkGroup = -1
        entry.userName = nil
        entry.groupName = nil
        if entry.mode.isDirectory { entry.length = 0 }
        return entry
    }

    /// 2.6.0 asks for the first link of a new group and links the others to it; every later release asks for the last
    /// one it knows, and so do we (MET-57). Its recorded peer would answer a wish that we do not have.
    static func obstacle(_ header: TraceHeader) -> String? {
        let hasLinks = ServerOptions(header.arguments).letter("H")
        guard header.version == "2.6.0", header.role == .pull, hasLinks, header.destinationTree == nil else { return nil }
        return "rsync 2.6.0 asks for another link of a new group"
    }

    /// See `archivedNanoseconds`, and with `wholeSeconds` also `storedSeconds`.
    static func restoreTimes(of entries: [FileEntry], in tree: MemoryTree, wholeSeconds: Bool) {
        for entry in entries {
            guard let path = try? RelativePath(cleaning: entry.name), let status = try? tree.status(path),
                let type = status.mode.type, status.mtime == entry.mtime,
                wholeSeconds || abs(Int64(status.nanoseconds) - Int64(entry.nanoseconds)) < 1000 && entry.nanoseconds > 0
            else { continue }
            let time = FileTime(seconds: entry.mtime, nanoseconds: entry.nanoseconds)
            try? tree.apply(AttributeChange(mtime: time), to: path, type: type)
        }
    }
}
