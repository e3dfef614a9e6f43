import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Owner, then times, then permissions (MET-24), on the item that was looked at and no other (RSH-355).
///
/// The item is held by O_PATH: that needs no permission on it, waits for no fifo, wakes no device and follows no
/// symlink. Younger kernels change everything through such a descriptor; for older ones each step has a form
/// that does not follow either.
extension ConfinedTree {
    public func apply(_ change: AttributeChange, to path: RelativePath, type: FileType) throws(FileError) -> [AttributeFailure] {
        guard !change.isEmpty else { return [] }
        return try reporting("set_attributes", path) { () throws(SystemError) in
            let place = try type == .directory && resolver.links != nil
                ? Place(directory: resolver.directory(path), name: .itself) : place(of: path)
            let handle = try System.open(place.directory, place.name, flags: Open.handle)
            let real = try System.status(of: handle)
            if fakeSuper {
                return try pretend(change, type: type, real, handle, place)
            }
            // Somebody swapped the item; what was decided for the old one does not hold for this one.
            guard real.mode.type == type else { throw .invalid }
            return try changeReal(change, real, handle, place)
        }
    }

    private func changeReal(
        _ change: AttributeChange, _ real: FileStatus, _ handle: Descriptor, _ place: Place
    ) throws(SystemError) -> [AttributeFailure] {
        var tries = AttributeTries()
        var wanted = change.permissions.map { $0 & 0o7777 }
        var present = real.mode.permissions
        if change.uid != nil || change.gid != nil {
            // What is meant for one owner is not given to another.
            guard tries.make(change.uid == nil ? .group : .owner, { () throws(SystemError) in
                try System.changeOwner(handle, uid: change.uid, gid: change.gid)
            }) else { return tries.failures }
            // chown clears setuid and setgid. Permissions that are to be left alone are to be left as they were.
            if present & 0o6000 != 0 && !real.mode.isSymlink && !Knob.setuidIsLost.isOn {
                wanted = wanted ?? present
                present = try System.status(of: handle).mode.permissions
            }
        }
        if change.extended.touchesAccessLists {
            // An access control list sets permissions too: none that are wider than before together with bits that the
            // item is yet to lose or to get (MET-130).
            if let wanted, present & 0o6000 & ~wanted | wanted & 0o1000 & ~present != 0 {
                guard tries.make(.permissions, { () throws(SystemError) in
                    try changeMode(handle, place, of: real, to: wanted & ~0o077)
                }) else { return tries.failures }
            }
            wanted = wanted ?? present
        }
        if !change.extended.isEmpty {
            let now = try System.status(of: handle)
            self.change(change.extended, of: .handle(handle), now, &tries) { mode throws(SystemError) in
                try changeMode(handle, place, of: now, to: mode)
            }
            if change.extended.touchesAccessLists { present = try System.status(of: handle).mode.permissions }
        }
        if change.setsTime {
            guard tries.make(.times, { () throws(SystemError) in try setTimes(handle, place, of: real, change) }) else {
                return tries.failures
            }
        }
        // Linux knows no permissions of symlinks (MET-25).
        if let wanted, wanted != present, !real.mode.isSymlink {
            _ = tries.make(.permissions) { () throws(SystemError) in try changeMode(handle, place, of: real, to: wanted) }
        }
        return tries.failures
    }

    func setTimes(
        _ handle: Descriptor, _ place: Place, of status: FileStatus, _ change: AttributeChange
    ) throws(SystemError) {
        do throws(SystemError) {
            guard method == .kernel else { throw .notSupported }
            try System.setTimes(ofHandle: handle, change)
        } catch {
            guard error.mayMeanMissingCall else { throw error }
            if let opened = try openForAttributes(place, as: status) {
                try System.setTimes(ofOpen: opened, change)
            } else {
                try System.setTimes(place.directory, place.name, change)
            }
        }
    }

    func changeMode(
        _ handle: Descriptor, _ place: Place, of status: FileStatus, to permissions: UInt32
    ) throws(SystemError) {
        do throws(SystemError) {
            guard method == .kernel else { throw .notSupported }
            try System.changeMode(ofHandle: handle, permissions)
        } catch {
            guard error.mayMeanMissingCall else { throw error }
            if let opened = try openForAttributes(place, as: status) {
                try System.changeMode(ofOpen: opened, permissions)
            } else {
                try System.changeMode(place.directory, place.name, permissions)
            }
        }
    }

    /// The same item opened properly, where that is harmless and allowed: regular files and directories we may read.
    func openForAttributes(_ place: Place, as status: FileStatus) throws(SystemError) -> Descriptor? {
        guard status.mode.isRegular || status.mode.isDirectory else { return nil }
        do throws(SystemError) {
            let opened = try System.open(
                place.directory, place.name, flags: status.mode.isDirectory ? Open.listing : Open.content)
            guard try System.status(of: opened).isSameItem(as: status) else { throw .noEntry }
            return opened
        } catch {
            if error == .access { return nil }
            throw error
        }
    }
}
