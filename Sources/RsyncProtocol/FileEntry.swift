/// Where an item lives on the sending machine: equal identities are hard links of each other (FLS-70).
public struct LinkIdentity: Sendable, Hashable {
    public var device: UInt64
    public var inode: UInt64

    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// One item of a file list (FLS-37), free of anything that belongs to its coding.
public struct FileEntry: Sendable, Equatable {
    /// Path inside the transfer, cleaned; `.` for the root. Empty: an entry that only consumes its index (FLS-93
    /// check 6). Until a list is sorted it may begin with a slash under `--relative` (FLS-102).
    public var name: [UInt8]
    /// Bytes as lstat gives them; 0 for devices and specials (FLS-47).
    public var length: Int64
    /// Seconds since 1970.
    public var mtime: Int64
    /// 0...999999999; always 0 where the protocol has none (FLS-50).
    public var nanoseconds: UInt32
    /// Seconds since 1970; 0 without `--atimes` and for directories (FLS-51).
    public var atime: Int64
    public var mode: FileMode
    public var uid: UInt32
    public var gid: UInt32
    /// Of devices only (FLS-64).
    public var rdev: DeviceNumber
    /// What most entries do not have.
    @usableFromInline var rare: Rare?
    /// A directory named as a source argument.
    public var isTop: Bool
    /// A directory whose contents are in the transfer: the property that allows deletion in it (FLS-34).
    public var hasContent: Bool
    /// A directory that only exists to hold things below it (FLS-35).
    public var isImplied: Bool
    /// Sender: set on every entry to be tracked as a hard link (FLS-69); nil = not tracked.
    public var linkIdentity: LinkIdentity?
    /// Receiver: number of the hard-link group, -1 = not linked (FLS-75).
    public var linkGroup: Int32
    /// Numbers of the access ACL, the default ACL and the set of extended attributes among those of the session; -1 = none
    /// known. What is behind a number is not the list's matter.
    public var accessList: Int32 = -1
    public var defaultList: Int32 = -1
    public var attributeSet: Int32 = -1

    /// What nearly all entries are: without anything rare. The other initializer costs several times as much.
    public init(
        plain name: [UInt8], mode: FileMode, length: Int64 = 0, mtime: Int64 = 0, nanoseconds: UInt32 = 0, uid: UInt32 = 0,
        gid: UInt32 = 0
    ) {
        self.name = name
        self.length = length
        self.mtime = mtime
        self.nanoseconds = nanoseconds
        atime = 0
        self.mode = mode
        self.uid = uid
        self.gid = gid
        rdev = .none
        isTop = false
        hasContent = false
        isImplied = false
        linkGroup = -1
    }

    public init(
        name: [UInt8], mode: FileMode, length: Int64 = 0, mtime: Int64 = 0, nanoseconds: UInt32 = 0, atime: Int64 = 0,
        uid: UInt32 = 0, gid: UInt32 = 0, rdev: DeviceNumber = .none, linkTarget: [UInt8] = [], checksum: [UInt8] = [],
        userName: [UInt8]? = nil, groupName: [UInt8]? = nil, isTop: Bool = false, hasContent: Bool = false,
        isImplied: Bool = false, linkIdentity: LinkIdentity? = nil, linkGroup: Int32 = -1
    ) {
        self.name = name
        self.length = length
        self.mtime = mtime
        self.nanoseconds = nanoseconds
        self.atime = atime
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.rdev = rdev
        rare = Rare(linkTarget: linkTarget, checksum: checksum, userName: userName, groupName: groupName)
        self.isTop = isTop
        self.hasContent = hasContent
        self.isImplied = isImplied
        self.linkIdentity = linkIdentity
        self.linkGroup = linkGroup
    }

    /// Regular files and symlinks count towards the total size (FLS-47).
    public var countsTowardsTotalSize: Bool { mode.isRegular || mode.isSymlink }

    /// Whether any of the following is there at all: most entries have none, and this is the cheaper question.
    @inlinable public var hasRare: Bool { rare != nil }

    /// Empty unless it is a symlink and symlinks are preserved (FLS-68).
    public var linkTarget: [UInt8] {
        get { rare?.linkTarget ?? [] }
        set { rare = Rare(linkTarget: newValue, checksum: checksum, userName: userName, groupName: groupName) }
    }

    /// Whole-file checksum of `--checksum`; empty = none (FLS-78).
    public var checksum: [UInt8] {
        get { rare?.checksum ?? [] }
        set { rare = Rare(linkTarget: linkTarget, checksum: newValue, userName: userName, groupName: groupName) }
    }

    /// Names that arrived inside this entry (FLS-57); never encoded from here: the encoder asks for them.
    public var userName: [UInt8]? {
        get { rare?.userName }
        set { rare = Rare(linkTarget: linkTarget, checksum: checksum, userName: newValue, groupName: groupName) }
    }

    public var groupName: [UInt8]? {
        get { rare?.groupName }
        set { rare = Rare(linkTarget: linkTarget, checksum: checksum, userName: userName, groupName: newValue) }
    }
}

/// Behind one reference, because entries are copied all the time and every field that counts references costs with each
/// copy.
@usableFromInline final class Rare: Sendable, Equatable {
    let linkTarget: [UInt8]
    let checksum: [UInt8]
    let userName: [UInt8]?
    let groupName: [UInt8]?

    /// nil when there is nothing to keep.
    init?(linkTarget: [UInt8], checksum: [UInt8], userName: [UInt8]?, groupName: [UInt8]?) {
        guard !linkTarget.isEmpty || !checksum.isEmpty || userName != nil || groupName != nil else { return nil }
        self.linkTarget = linkTarget
        self.checksum = checksum
        self.userName = userName
        self.groupName = groupName
    }

    @usableFromInline static func == (left: Rare, right: Rare) -> Bool {
        left.linkTarget == right.linkTarget && left.checksum == right.checksum && left.userName == right.userName
            && left.groupName == right.groupName
    }
}
