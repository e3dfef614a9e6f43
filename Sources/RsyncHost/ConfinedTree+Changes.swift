import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Making, renaming and removing.
extension ConfinedTree {
    /// The new directory also keeps the setgid bit the file system gave it (MET-35); `apply` takes it away if need be.
    public func makeDirectory(_ path: RelativePath, permissions: UInt32) throws(FileError) {
        try reporting("mkdir", path) { () throws(SystemError) in
            let place = try place(of: path)
            let stored = fakeSuper ? FakeStatus.storedPermissions(permissions, isDirectory: true) : permissions & 0o7777
            // Setuid and setgid are not for mkdir, and the umask takes its share; the rest is put right below.
            try System.makeDirectory(place.directory, place.name, mode: stored & 0o1777)
            let handle = try System.open(place.directory, place.name, flags: Open.directoryHandle)
            let made = try System.status(of: handle)
            // Of another owner: somebody put it here in between, or the file system decides about owners itself (a
            // squashed root, a mount with a fixed owner). Not ours to change in either case.
            let exact = stored | made.mode.permissions & 0o2000
            if made.mode.permissions != exact, made.uid == System.effectiveUserID {
                try changeMode(handle, place, of: made, to: exact)
            }
            if fakeSuper {
                try recordPretence(
                    FakeStatus(mode: FileMode(.directory, permissions: permissions), status: made), handle, place)
            }
        }
    }

    public func makeSymlink(_ path: RelativePath, target: [UInt8]) throws(FileError) {
        try reporting("symlink", path) { () throws(SystemError) in
            guard !target.isEmpty, !target.contains(0) else { throw .invalid }
            let place = try place(of: path)
            if fakeSuper {
                try makePretended(FileMode(.symlink, permissions: 0o777), .none, content: target, at: place)
            } else {
                try System.makeSymlink(place.directory, place.name, target: SystemName(anything: target))
            }
        }
    }

    public func makeNode(_ path: RelativePath, mode: FileMode, device: DeviceNumber) throws(FileError) {
        try reporting("mknod", path) { () throws(SystemError) in
            guard let type = mode.type, type.isDevice || type.isSpecial else { throw .invalid }
            let place = try place(of: path)
            let number = type.isDevice ? device : .none
            if fakeSuper { return try makePretended(mode, number, content: [], at: place) }
            try System.makeNode(place.directory, place.name, mode: mode.bits & 0o170777, device: number)
            let handle = try System.open(place.directory, place.name, flags: Open.handle)
            let made = try System.status(of: handle)
            guard made.mode.type == type else { throw .exists }
            if made.mode.permissions != mode.permissions, made.uid == System.effectiveUserID {
                try changeMode(handle, place, of: made, to: mode.permissions)
            }
        }
    }

    public func makeLink(
        _ path: RelativePath, to existing: RelativePath, in tree: (any DestinationTree)?
    ) throws(FileError) {
        try reporting("link", path) { () throws(SystemError) in
            let source: ConfinedTree
            if let tree {
                // A tree of another kind lies on no file system that a link could reach.
                guard let confined = tree as? ConfinedTree else { throw .crossDevice }
                source = confined
            } else {
                source = self
            }
            let old = try source.place(of: existing)
            let new = try place(of: path)
            try System.makeLink(new.directory, new.name, to: old.directory, old.name)
        }
    }

    public func rename(_ from: RelativePath, to: RelativePath) throws(FileError) {
        try move(from, to: to, in: self, replacing: true)
    }

    public func rename(_ from: RelativePath, to: RelativePath, in tree: any DestinationTree) throws(FileError) {
        // A tree of another kind lies on no file system that a rename could reach.
        guard let other = tree as? ConfinedTree else {
            throw FileError(errno: FileError.crossDevice, operation: "rename", path: from)
        }
        try move(from, to: to, in: other, replacing: true)
    }

    /// As `rename`, but EEXIST when anything is at `to`.
    public func renameWithoutReplacing(_ from: RelativePath, to: RelativePath) throws(FileError) {
        try move(from, to: to, in: self, replacing: false)
    }

    private func move(
        _ from: RelativePath, to: RelativePath, in other: ConfinedTree, replacing: Bool
    ) throws(FileError) {
        defer {
            resolver.forget(from)
            other.resolver.forget(to)
        }
        try reporting("rename", from) { () throws(SystemError) in
            let old = try place(of: from)
            let new = try other.place(of: to)
            guard replacing else {
                return try System.renameWithoutReplacing(old.directory, old.name, to: new.directory, new.name)
            }
            // Renaming one name of a file onto another name of it does nothing, by definition, and would leave
            // `from` behind: what is wanted then is that `from` goes.
            let moved = try System.status(old.directory, old.name)
            if moved.linkCount > 1, !moved.mode.isDirectory, from != to || other !== self,
                let replaced = try? System.status(new.directory, new.name), replaced.isSameItem(as: moved)
            {
                return try System.remove(old.directory, old.name, isDirectory: false)
            }
            try System.rename(old.directory, old.name, to: new.directory, new.name)
        }
    }

    public func removeFile(_ path: RelativePath) throws(FileError) {
        try reporting("unlink", path) { () throws(SystemError) in
            let place = try place(of: path)
            try System.remove(place.directory, place.name, isDirectory: false)
        }
    }

    public func removeDirectory(_ path: RelativePath) throws(FileError) {
        defer { resolver.forget(path) }
        try reporting("rmdir", path) { () throws(SystemError) in
            let place = try place(of: path)
            try System.remove(place.directory, place.name, isDirectory: true)
        }
    }

    /// Makes the names in a directory last through a power failure.
    public func synchronizeDirectory(_ path: RelativePath) throws(FileError) {
        try reporting("fsync", path) { () throws(SystemError) in
            try System.synchronize(resolver.resolve(path, flags: Open.listing))
        }
    }
}
