import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// Visits everything below a tree's root, directories before what is in them; the root itself is not visited. Never
/// follows a symlink. `visit` returns false to leave a directory alone.
func walk(
    _ tree: ConfinedTree, _ visit: (RelativePath, FileStatus) throws(FileError) -> Bool
) throws(FileError) {
    var pending: [RelativePath] = [.root]
    while let directory = pending.popLast() {
        for name in try tree.names(in: directory) {
            let path: RelativePath
            do {
                path = try directory.appending(name)
            } catch {
                throw FileError(errno: FileError.nameTooLong, operation: "walk", path: directory)
            }
            let status = try tree.status(path)
            if try visit(path, status), status.mode.isDirectory { pending.append(path) }
        }
    }
}

extension FileError {
    /// ENAMETOOLONG of Linux.
    static let nameTooLong: Int32 = 36
}

/// Removes from an unfinished tree every name of an inode that has names outside of it, that is, in a snapshot.
///
/// An unfinished tree that is taken up again holds links into older snapshots. The engine sets the attributes of a file
/// whose content is right in place, and would so change the snapshot (HOS-605). Once the names are gone the file is
/// linked anew, or copied if its attributes differ. Inodes whose names all lie in this tree, received before the break,
/// stay. Returns the number of names removed.
func detachSharedInodes(_ tree: ConfinedTree) throws(FileError) -> Int {
    var namesHere: [UInt64: UInt64] = [:]
    try walk(tree) { (path, status) throws(FileError) in
        if status.mode.isDirectory {
            try makeAccessible(path, status, in: tree)
        } else if status.linkCount > 1 {
            namesHere[status.inode, default: 0] += 1
        }
        return true
    }
    var removed = 0
    try walk(tree) { (path, status) throws(FileError) in
        // Removing a name lowers the count of its siblings: by what was counted at first, not by what is left.
        if !status.mode.isDirectory, let here = namesHere[status.inode] {
            if here < status.linkCount {
                try tree.removeFile(path)
                removed += 1
                namesHere[status.inode] = here - 1
            }
        }
        return true
    }
    return removed
}

/// A directory that its owner may not change, as the client machine wanted it, is opened up for the work; the engine
/// sets its mode again at the end.
private func makeAccessible(_ path: RelativePath, _ status: FileStatus, in tree: ConfinedTree) throws(FileError) {
    guard status.mode.permissions & 0o700 != 0o700 else { return }
    try tree.apply(
        AttributeChange(permissions: status.mode.permissions | 0o700), to: path, type: .directory)
}
