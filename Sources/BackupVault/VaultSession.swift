import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// One session that writes: holds the client's lock from its beginning to the last reference, and `incomplete/`.
public final class VaultSession: Sendable {
    public let vault: ClientVault
    /// Where the engine works; on disk `VAULT/NAME/incomplete`.
    public let tree: ConfinedTree
    /// Where the parts of files wait that a break cut off, under the files' own paths; on disk `VAULT/NAME/parts`.
    public let parts: ConfinedTree
    /// What unchanged files are linked to: the newest complete snapshot.
    public let basis: SnapshotName?
    /// Whether a break had left something to go on with.
    public let isResumed: Bool
    private let lock: VaultLock

    fileprivate init(vault: ClientVault, lock: VaultLock, tree: ConfinedTree, parts: ConfinedTree, basis: SnapshotName?, isResumed: Bool) {
        self.vault = vault
        self.lock = lock
        self.tree = tree
        self.parts = parts
        self.basis = basis
        self.isResumed = isResumed
    }

    /// Makes what was received a complete snapshot (REV-34): everything to the disk, rename without replacement,
    /// names to the disk. The session is over afterwards; `tree` must not be written to any more.
    ///
    /// The name is that of `time`, or of the newest snapshot's second if the clock has gone back, so that the newest is
    /// always the last.
    public func commit(at time: UTCTime) throws(VaultError) -> SnapshotName {
        let root = vault.root
        let before: FileStatus
        do throws(FileError) {
            before = try root.status(VaultLayout.incomplete)
            // By way of the client's directory: the tree's own root may have a mode that forbids opening it.
            try synchronizeFileSystem(of: root.rootDescriptor)
        } catch {
            if error.isNotFound { throw .nothingToCommit }
            throw .file(error)
        }
        let latest = try vault.latestSnapshot()
        let time = max(time, latest?.time ?? time)
        var ordinal = latest?.time == time ? (latest?.ordinal ?? 0) + 1 : 1
        // A directory changes its parent only while its owner may write to it, and the client machine chose its mode.
        let permissions = before.mode.permissions
        try setMode(permissions | 0o700, of: VaultLayout.incomplete, from: permissions)
        while ordinal <= SnapshotName.maximumOrdinal {
            let name = SnapshotName(time: time, ordinal: ordinal)
            do throws(FileError) {
                try root.renameWithoutReplacing(VaultLayout.incomplete, to: VaultLayout.snapshot(name))
            } catch {
                guard error.errno == FileError.exists else { throw .file(error) }
                ordinal += 1
                continue
            }
            try setMode(permissions, of: VaultLayout.snapshot(name), from: permissions | 0o700)
            try vaultCall { () throws(FileError) in
                try root.synchronizeDirectory(VaultLayout.snapshots)
                try root.synchronizeDirectory(.root)
            }
            removeParts()
            return name
        }
        throw .noFreeName(time)
    }

    private func setMode(_ permissions: UInt32, of path: RelativePath, from old: UInt32) throws(VaultError) {
        guard permissions != old else { return }
        try vaultCall { () throws(FileError) in
            try vault.root.apply(AttributeChange(permissions: permissions), to: path, type: .directory)
        }
    }
}

extension ClientVault {
    /// Takes the lock and prepares `incomplete/`. What a break left there is gone on with, after its links into older
    /// snapshots are cut. `peer` is for the answer to whoever comes meanwhile.
    public func beginSession(at time: UTCTime, peer: String) throws(VaultError) -> VaultSession {
        let lock = try VaultLock(below: root.rootDescriptor, at: time, peer: peer)
        var isResumed = false
        do throws(FileError) {
            try root.makeDirectory(VaultLayout.incomplete, permissions: 0o700)
        } catch {
            guard error.errno == FileError.exists else { throw .file(error) }
            isResumed = true
        }
        if isResumed {
            try vaultCall { () throws(FileError) in
                let status = try root.status(VaultLayout.incomplete)
                if status.mode.permissions & 0o700 != 0o700 {
                    try root.apply(
                        AttributeChange(permissions: status.mode.permissions | 0o700), to: VaultLayout.incomplete,
                        type: .directory)
                }
                _ = try detachSharedInodes(try root.subtree(VaultLayout.incomplete))
            }
        }
        try Self.make(VaultLayout.parts, in: root)
        return VaultSession(
            vault: self, lock: lock, tree: try content(incompletePath), parts: try content(partsPath),
            basis: try latestSnapshot(), isResumed: isResumed)
    }
}
