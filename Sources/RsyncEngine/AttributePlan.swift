import RsyncProtocol
import RsyncWire

/// Decides which attributes an item should have and how far it is from having them (MET-12 to MET-15, MET-23 to
/// MET-35, MET-72).
struct AttributePlan: Sendable {
    let options: TransferOptions
    let mapper: IdentityMapper
    let umask: UInt32
    /// nil until the destination is open.
    var creation: CreationMask?
    /// nil without `-X`.
    var attributes: ReceivedAttributes?
    /// nil without `-A`.
    var accessLists: ReceivedAccessLists?

    /// Something is compared that a status does not show.
    var comparesExtended: Bool { attributes != nil || accessLists != nil }

    /// Whether an attribute of an item takes part in what is compared and changed.
    func keepsExtended(_ name: [UInt8]) -> Bool {
        attributes?.isVisible(name) == true || accessLists?.isKept(name) == true
    }

    /// Adds the access control lists of an entry to what is to be changed (MET-129, MET-186); `present` is asked for only
    /// when they count.
    func addAccessLists(
        _ change: inout AttributeChange, _ entry: FileEntry, from status: FileStatus,
        present: (ReceivedAccessLists) throws(FileError) -> [ExtendedAttribute]
    ) throws(FileError) {
        guard let accessLists, !entry.mode.isSymlink else { return }
        let lists = accessLists.change(
            entry, from: try present(accessLists), permissions: change.permissions ?? status.mode.permissions)
        change.extended.set += lists.set
        change.extended.remove += lists.remove
    }

    /// Same mtime under the modify window (MET-12).
    func sameTime(_ entry: FileEntry, _ status: FileStatus) -> Bool {
        if entry.mtime == status.mtime { return options.modifyWindow >= 0 || entry.nanoseconds == status.nanoseconds }
        guard options.modifyWindow > 0, !Knob.windowIsIgnored.isOn else { return false }
        let (distance, overflow) = entry.mtime.subtractingReportingOverflow(status.mtime)
        return !overflow && distance.magnitude <= UInt64(options.modifyWindow)
    }

    private func exactlySameTime(_ entry: FileEntry, _ status: FileStatus) -> Bool {
        entry.mtime == status.mtime && entry.nanoseconds == status.nanoseconds
    }

    /// Whether this item's mtime is to be that of the source (MET-26).
    func keepsTime(_ type: FileType) -> Bool {
        guard options.preserveTimes else { return false }
        switch type {
        case .directory: return !options.omitDirectoryTimes || Knob.directoryTimesOmissionIsIgnored.isOn
        case .symlink: return !options.omitLinkTimes || Knob.linkTimesOmissionIsIgnored.isOn
        default: return true
        }
    }

    /// Whether this item's atime is to be that of the source (MET-27, MET-28).
    func keepsAccessTime(_ type: FileType) -> Bool {
        guard options.preserveAccessTimes else { return false }
        switch type {
        case .directory: return false
        case .symlink: return !options.omitLinkTimes
        default: return true
        }
    }

    /// The low 12 bits that the item is to have (MET-31, MET-32). `existing` is nil for a new item.
    func permissions(_ entry: FileEntry, existing: FileStatus?) -> UInt32 {
        if options.preservePermissions || Knob.modesAreAlwaysKept.isOn { return entry.mode.permissions }
        if let existing, existing.mode.isDirectory == entry.isDirectory {
            let present = existing.mode.permissions
            guard differsInExecutability(entry, existing) else { return present }
            return entry.mode.permissions & 0o111 == 0 ? present & ~0o111 : present | (present & 0o444) >> 2
        }
        if Knob.umaskIsIgnored.isOn { return entry.mode.permissions & 0o777 }
        return entry.mode.permissions & 0o777 & (creation?.allowed(entry.name) ?? ~umask)
    }

    /// `-E` without `-p`, of regular files alone (MET-33).
    private func differsInExecutability(_ entry: FileEntry, _ existing: FileStatus) -> Bool {
        guard options.preserveExecutability, !Knob.executabilityIsIgnored.isOn, !options.preservePermissions, entry.isRegular else { return false }
        return (entry.mode.permissions & 0o111 == 0) != (existing.mode.permissions & 0o111 == 0)
    }

    private var setsOwner: Bool { options.preserveOwner && options.rootMode != .normal }

    /// What has to be set on an item that is now as `status` says. `exactTime`: nanoseconds count too, and the modify
    /// window does not (MET-14, MET-26).
    func change(_ entry: FileEntry, from status: FileStatus, exactTime: Bool, isNew: Bool = false) -> AttributeChange {
        var change = AttributeChange()
        if setsOwner {
            let user = mapper.localUser(entry.uid)
            if user != status.uid, !Knob.ownersAreIgnored.isOn { change.uid = user }
        }
        if options.preserveGroup, let group = mapper.localGroup(entry.gid), group != status.gid, !Knob.groupsAreIgnored.isOn { change.gid = group }
        if keepsTime(entry.type) {
            let same = exactTime ? exactlySameTime(entry, status) : sameTime(entry, status)
            if !same, !Knob.timesAreNotSet.isOn { change.mtime = entry.time }
        }
        if keepsAccessTime(entry.type), entry.atime != status.atime {
            change.atime = FileTime(seconds: entry.atime, nanoseconds: 0)
        }
        if !entry.mode.isSymlink {
            var wanted = permissions(entry, existing: isNew ? nil : status)
            // What the file system gave a new directory of its parent's (MET-35).
            if isNew, entry.isDirectory, !options.preservePermissions { wanted |= status.mode.permissions & 0o2000 }
            // A change of owner clears setuid and setgid, so they are set again behind it (MET-24 step 2).
            let cleared = !Knob.setuidIsLost.isOn && (change.uid != nil || change.gid != nil) && wanted & 0o6000 != 0
            if wanted != status.mode.permissions || cleared { change.permissions = wanted }
        }
        return change
    }

    /// MET-15, for items that pass the quick check.
    func attributesUnchanged(_ entry: FileEntry, _ status: FileStatus) -> Bool {
        let comparesTime = entry.isDirectory ? options.preserveTimes : keepsTime(entry.type)
        if comparesTime, !sameTime(entry, status) { return false }
        if options.preservePermissions, !entry.mode.isSymlink, entry.mode.permissions != status.mode.permissions {
            return false
        }
        if differsInExecutability(entry, status) { return false }
        if setsOwner, mapper.localUser(entry.uid) != status.uid { return false }
        if options.preserveGroup, let group = mapper.localGroup(entry.gid), group != status.gid { return false }
        return true
    }

    /// Whether `change` and `flags` have nothing to say of an item that passes the quick check, found out at once. False
    /// proves nothing.
    func leavesAsIs(_ entry: FileEntry, _ status: FileStatus, exactTime: Bool) -> Bool {
        !comparesExtended && !options.preserveAccessTimes && !Knob.modesAreAlwaysKept.isOn && (!exactTime || exactlySameTime(entry, status))
            && attributesUnchanged(entry, status)
    }

    /// What a setuid or setgid item is compared with when `change` gives it other owners and nothing else is to be done: what the
    /// system then makes of it (MET-72). An access list that is set brings its permissions with it.
    func seen(_ existing: FileStatus, before change: AttributeChange) -> FileStatus {
        guard !options.dryRun, !existing.mode.isDirectory, let type = existing.mode.type else { return existing }
        var seen = existing
        var permissions = existing.mode.permissions
        if permissions & 0o6000 != 0, change.uid != nil || change.gid != nil {
            seen.uid = change.uid ?? existing.uid
            seen.gid = change.gid ?? existing.gid
            // setgid without group execution means something else, and stays.
            permissions &= permissions & 0o010 != 0 ? ~0o6000 : ~0o4000
        }
        if change.extended.touchesAccessLists {
            permissions = permissions & 0o7000 | (change.permissions ?? permissions) & 0o777
        }
        seen.mode = FileMode(type, permissions: permissions)
        return seen
    }

    /// The report bits of an item compared with `existing`, taken before anything is changed (MET-72).
    func flags(
        _ entry: FileEntry, against existing: FileStatus?, _ base: ItemFlags, isAlternateMatch: Bool = false,
        isSameLink: Bool = false
    ) -> ItemFlags {
        guard let existing else { return Knob.newIsNotSaid.isOn ? base : base.union(.isNew) }
        var flags = base
        if entry.isRegular, entry.length != existing.size, !Knob.sizeIsNotSaid.isOn { flags.insert(.reportSize) }
        if keepsTime(entry.type) {
            if !sameTime(entry, existing), !Knob.timeIsNotSaid.isOn { flags.insert(.reportTime) }
        } else if base.contains(.transfer) || base.contains(.localChange), !isAlternateMatch, !isSameLink {
            flags.insert(.reportTime)
        }
        if options.preservePermissions, !entry.mode.isSymlink, entry.mode.permissions != existing.mode.permissions {
            flags.insert(.reportPermissions)
        }
        if differsInExecutability(entry, existing) { flags.insert(.reportPermissions) }
        if options.preserveAccessTimes, entry.type != .directory, !entry.mode.isSymlink, entry.atime != existing.atime {
            flags.insert(.reportAtime)
        }
        if setsOwner, mapper.localUser(entry.uid) != existing.uid { flags.insert(.reportOwner) }
        if options.preserveGroup, let group = mapper.localGroup(entry.gid), group != existing.gid {
            flags.insert(.reportGroup)
        }
        return flags
    }
}
