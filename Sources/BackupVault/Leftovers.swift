import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

extension VaultSession {
    /// Removes from what a break left everything that is neither on the way to a root nor below one: the session that
    /// goes on looks only there, so it would stay and be published. What is below a root is the session's own to delete.
    public func removeOutside(_ roots: [[UInt8]]) throws(VaultError) {
        guard isResumed else { return }
        let wanted = roots.map { $0.split(separator: 0x2f).map { [UInt8]($0) } }
        try vaultCall { () throws(FileError) in
            try removeOutside(wanted, in: .root, tree: try vault.root.subtree(VaultLayout.incomplete))
        }
    }

    /// After a commit no part is worth anything. What cannot be removed is no harm either: it is never published.
    func removeParts() {
        try? remove(VaultLayout.parts, isDirectory: true, from: vault.root)
    }

    private func removeOutside(
        _ wanted: [[[UInt8]]], in directory: RelativePath, tree: ConfinedTree
    ) throws(FileError) {
        // A root ends here: all that is below belongs to it.
        guard wanted.allSatisfy({ !$0.isEmpty }) else { return }
        for name in try tree.names(in: directory) {
            let path = try child(name, of: directory)
            let onward = wanted.filter { $0.first == name }.map { [[UInt8]]($0.dropFirst()) }
            let isDirectory = try tree.status(path).mode.isDirectory
            if onward.isEmpty {
                try remove(path, isDirectory: isDirectory, from: tree)
            } else if isDirectory {
                try removeOutside(onward, in: path, tree: tree)
            }
        }
    }

    private func remove(_ path: RelativePath, isDirectory: Bool, from tree: ConfinedTree) throws(FileError) {
        guard isDirectory else { return try tree.removeFile(path) }
        for name in try tree.names(in: path) {
            let inside = try child(name, of: path)
            try remove(inside, isDirectory: try tree.status(inside).mode.isDirectory, from: tree)
        }
        try tree.removeDirectory(path)
    }

    private func child(_ name: [UInt8], of directory: RelativePath) throws(FileError) -> RelativePath {
        do {
            return try directory.appending(name)
        } catch {
            throw FileError(errno: FileError.nameTooLong, operation: "walk", path: directory)
        }
    }
}
