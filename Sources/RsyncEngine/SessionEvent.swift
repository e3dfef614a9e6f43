import RsyncFilter
import RsyncProtocol

/// What a session tells the program around it. On a server only `text` and `failure` arrive: everything else has
/// gone to the client over the wire.
public enum SessionEvent: Sendable {
    /// A line for people, without its newline.
    case text(TextKind, [UInt8])
    /// The file list begins or is complete.
    case fileList(FileListProgress)
    /// One item was transferred, created, changed or found unchanged (MET-65).
    case item(ItemReport)
    /// An extraneous item was removed (MET-111).
    case deleted(name: [UInt8], isDirectory: Bool)
    /// An entry of a list-only run (FLS-142).
    case listed(FileEntry)
    /// Bytes of the current file that are in place.
    case progress(ProgressReport)

    public enum TextKind: Sendable { case info, warning, error }

    public enum FileListProgress: Sendable {
        case begins(incremental: Bool, sending: Bool)
        case ends(entries: Int)
    }
}

/// An item as both sides speak of it.
public struct ItemReport: Sendable {
    public var entry: FileEntry
    public var flags: ItemFlags
    /// With LOCAL_CHANGE: the name a hard link was made to (MET-70).
    public var xname: [UInt8]
    /// This side sends (MET-159, first character).
    public var isSender: Bool
    /// Below 29 nothing but the fact of the transfer is known (MET-162).
    public var detailsUnknown: Bool
    /// The receiving side can set the times of symlinks (MET-160).
    public var setsLinkTimes: Bool
}

public struct ProgressReport: Sendable {
    public var entry: FileEntry
    public var bytes: Int64
    /// The file is complete.
    public var isLast: Bool
    /// Files transferred so far, this one included once it is complete.
    public var transferred: Int
    /// Position of this file among all known entries, and their number (MET-181).
    public var position: Int
    public var known: Int
    /// More lists are to come.
    public var listsPending: Bool
}

/// Where events go. Called from the generator's and from the receiver's thread; the implementation orders them.
public protocol SessionObserver: AnyObject, Sendable {
    func handle(_ event: SessionEvent)
}

/// Names and numbers of users and groups, and what this process may do with them (MET-1 to MET-11).
public protocol IdentityDirectory: AnyObject, Sendable {
    func userName(_ id: UInt32) -> [UInt8]?
    func groupName(_ id: UInt32) -> [UInt8]?
    func userId(named name: [UInt8]) -> UInt32?
    func groupId(named name: [UInt8]) -> UInt32?
    /// Whether an ordinary user may give files to this group.
    func isMember(of group: UInt32) -> Bool
}

/// The part of the world that a session may ask about; everything else comes in through the two seams.
public struct SessionEnvironment: Sendable {
    public var identities: any IdentityDirectory
    /// Permission bits that a new item loses when `-p` is off (MET-32).
    public var umask: UInt32
    /// Milliseconds of a clock that never goes back.
    public var milliseconds: @Sendable () -> Int64
    /// Reads rule files that are not in the trees of the transfer; nil: there are none to be read.
    public var filterFiles: (any FilterFileReader & Sendable)?

    public init(
        identities: any IdentityDirectory, umask: UInt32, milliseconds: @escaping @Sendable () -> Int64,
        filterFiles: (any FilterFileReader & Sendable)? = nil
    ) {
        self.identities = identities
        self.umask = umask
        self.milliseconds = milliseconds
        self.filterFiles = filterFiles
    }
}
