/// Everything agreed by both sides that decides which fields an entry has (FLS-37).
public struct FileListFormat: Sendable, Equatable {
    public var traits: SessionTraits
    /// `-o`: uid fields exist.
    public var preserveOwner: Bool
    /// `-g`: gid fields exist.
    public var preserveGroup: Bool
    /// `--devices` and `--specials` are separate (FLS-65).
    public var preserveDevices: Bool
    public var preserveSpecials: Bool
    /// `-U`: atime fields exist (FLS-51).
    public var preserveAccessTimes: Bool
    /// `-A`: ids may be those of access control lists (FLS-88).
    public var preserveAccessLists: Bool
    /// `-l`: symlink targets exist.
    public var preserveLinks: Bool
    /// `-H`.
    public var preserveHardLinks: Bool
    /// Bytes of the `--checksum` field; 0 without `-c` (FLS-79).
    public var checksumLength: Int
    /// `-r`; with `relative` it decides what a directory of protocol 29 and below contains (FLS-36).
    public var recursive: Bool
    /// `-R`: names may begin with a slash.
    public var relative: Bool
    /// `--numeric-ids`: no names, neither inline nor in id lists.
    public var numericIds: Bool
    /// `--delete-missing-args`: an entry of mode 0 is legal (FLS-54).
    public var acceptsMissing: Bool

    public init(
        traits: SessionTraits, preserveOwner: Bool = false, preserveGroup: Bool = false, preserveDevices: Bool = false,
        preserveSpecials: Bool = false, preserveAccessTimes: Bool = false, preserveAccessLists: Bool = false, preserveLinks: Bool = false, preserveHardLinks: Bool = false,
        checksumLength: Int = 0, recursive: Bool = false, relative: Bool = false, numericIds: Bool = false,
        acceptsMissing: Bool = false
    ) {
        self.traits = traits
        self.preserveOwner = preserveOwner
        self.preserveGroup = preserveGroup
        self.preserveDevices = preserveDevices
        self.preserveSpecials = preserveSpecials
        self.preserveAccessTimes = preserveAccessTimes
        self.preserveAccessLists = preserveAccessLists
        self.preserveLinks = preserveLinks
        self.preserveHardLinks = preserveHardLinks
        self.checksumLength = checksumLength
        self.recursive = recursive
        self.relative = relative
        self.numericIds = numericIds
        self.acceptsMissing = acceptsMissing
    }

    /// Id lists follow the single list of the session (FLS-88).
    public var hasIdLists: Bool { !numericIds && !traits.incrementalRecursion }
    public var hasUserList: Bool { hasIdLists && (preserveOwner || preserveAccessLists) }
    public var hasGroupList: Bool { hasIdLists && (preserveGroup || preserveAccessLists) }
    /// Names travel inside the entries (FLS-57).
    var sendsInlineNames: Bool { traits.hasInlineNames && traits.incrementalRecursion && !numericIds }

    // Presence of the fields that depend on the type (FLS-37, FLS-38).

    func hasDeviceNumbers(_ type: FileType) -> Bool {
        if type.isDevice { return preserveDevices }
        return type.isSpecial && preserveSpecials && traits.deviceEncoding != .varintDevicesOnly
    }

    func hasAccessTime(_ type: FileType) -> Bool { preserveAccessTimes && type != .directory }

    func hasTarget(_ type: FileType) -> Bool { type == .symlink && preserveLinks }

    func hasChecksum(_ type: FileType) -> Bool {
        checksumLength > 0 && (type == .regular || traits.everyEntryHasChecksumField)
    }

    /// Device and inode of field 18: derived from the type where the flag does not exist (FLS-69).
    func hasLinkIdentity(_ type: FileType, flags: FileEntryFlags) -> Bool {
        guard preserveHardLinks, traits.hardLinksByInode else { return false }
        return traits.tracksAllRegularFiles ? type == .regular : flags.contains(.hardLinked)
    }
}

/// The previous values of FLS-39 but the name, kept per direction for the whole session. Copied with every entry.
struct PreviousEntry {
    var mode = FileMode(bits: 0)
    var mtime: Int64 = 0
    /// Of the last entry that is no directory, under `--atimes`.
    var atime: Int64 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    /// Protocol 27: the whole number; from 28 on only the major counts.
    var rdev: UInt32 = 0
    var major: UInt32 = 0
    /// Protocols 28 and 29: the device of the last hard-link identity, as on the wire.
    var linkDevice: Int64 = 0
}
