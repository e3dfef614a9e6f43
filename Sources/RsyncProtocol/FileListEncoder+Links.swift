import RsyncWire

// Hard links (FLS-69 to FLS-74).

extension FileListEncoder {
    /// What later members of a group refer to (FLS-72) and inherit (FLS-41).
    struct FirstMember {
        var position: Int32
        var mode: FileMode
        var mtime: Int64
        var atime: Int64
        var uid: UInt32
        var gid: UInt32
        var major: UInt32
    }

    /// How an entry takes part in hard links.
    struct Link {
        var flags: FileEntryFlags = []
        /// Field 4.
        var reference: Int32?
        /// Set when the entry ends behind field 4 (FLS-74).
        var abbreviates: FirstMember?
        /// Field 18, as on the wire.
        var identity: (device: Int64, inode: Int64)?
    }

    mutating func link(of entry: FileEntry, type: FileType) -> Link {
        guard format.preserveHardLinks, type != .directory, type != .missing else { return Link() }
        if format.traits.hardLinksByInode { return inodeLink(of: entry, type: type) }
        guard let identity = entry.linkIdentity else { return Link() }
        let own = startIndex + position
        guard let first = firstMembers[identity], !Knob.hardLinkAlwaysFirst.isOn else {
            firstMembers[identity] = FirstMember(
                position: own, mode: entry.mode, mtime: entry.mtime, atime: entry.atime, uid: entry.uid,
                gid: entry.gid, major: entry.rdev.major)
            return Link(flags: [.hardLinked, .hardLinkFirst])
        }
        // An inode number can be used anew while we scan: such an entry is not a link of the first.
        guard first.mode.type == type else { return Link() }
        return Link(
            flags: .hardLinked, reference: first.position, abbreviates: first.position >= startIndex ? first : nil)
    }

    private func inodeLink(of entry: FileEntry, type: FileType) -> Link {
        var link = Link()
        if format.traits.tracksAllRegularFiles {
            guard type == .regular else { return link }
        } else {
            guard entry.linkIdentity != nil else { return link }
            link.flags = .hardLinked
        }
        // FLS-71: device + 1, so that 0 never appears; an unknown identity gets a device of its own and so its own group.
        if let identity = entry.linkIdentity {
            link.identity = (Int64(bitPattern: identity.device &+ 1), Int64(bitPattern: identity.inode))
        } else {
            link.identity = (Int64.max, Int64(startIndex) + Int64(position))
        }
        if !format.traits.tracksAllRegularFiles, hasSentLinkDevice, link.identity?.device == previous.linkDevice {
            link.flags.insert(.sameLinkDevice)
        }
        return link
    }
}
