import RsyncFilter
import RsyncProtocol

/// What a session tells the program around it. On a server only `text` arrives, unless it keeps a log: everything
/// else has gone to the client over the wire.
public enum SessionEvent: Sendable {
    /// A line for people, without its newline.
    case text(TextKind, [UInt8])
    /// A text that went to the client, on a server that keeps a log.
    case forwarded([UInt8])
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
    public var stage = Stage.whole
    /// The directory that a sender's names are relative to, as the user wrote it (MET-171, %f).
    public var directory: [UInt8] = []
    /// Bytes of the sum that %C shows.
    public var sumLength = 0

    public enum Stage: Sendable, Equatable {
        /// All there is to tell of an item without data.
        case whole
        /// Its data is about to move.
        case begins
        /// Its data is through, and it was told about before.
        case complete(ItemFigures)

        /// The item has not been told about before.
        var isFirst: Bool {
            if case .complete = self { return false }
            return true
        }
    }
}

/// What the transfer of one item took (MET-171, %b, %c and %C).
public struct ItemFigures: Sendable, Equatable {
    /// A sender's bytes written, a receiver's bytes read.
    public var moved: Int64 = 0
    /// The other direction.
    public var returned: Int64 = 0
    /// The sum of the whole file, most significant byte first; empty where there is none to show.
    public var checksum: [UInt8] = []
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
    /// Of all files so far, and of everything that is listed (MET-182).
    public var totalBytes: Int64
    public var totalSize: Int64
}

/// Where events go. Called from the generator's and from the receiver's thread; the implementation orders them.
public protocol SessionObserver: AnyObject, Sendable {
    func handle(_ event: SessionEvent)
    /// The line of a listing that a server sends to its client; nil for none.
    func listingLine(_ entry: FileEntry) -> [UInt8]?
    /// The end of the next transferred file is to be reported, although progress as such is not.
    var wantsProgress: Bool { get }
}

extension SessionObserver {
    public func listingLine(_ entry: FileEntry) -> [UInt8]? { nil }
    public var wantsProgress: Bool { false }
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
    /// Seconds since 1970.
    public var seconds: @Sendable () -> Int64
    /// Absolute, for messages about names that are relative to it.
    public var workingDirectory: [UInt8]
    /// Of this process, for messages.
    public var processId: Int32 = 0
    /// A time of the clock on the wall, for messages.
    public var localTime: @Sendable (_ seconds: Int64) -> String = { _ in "" }
    /// Reads rule files that are not in the trees of the transfer; nil: there are none to be read.
    public var filterFiles: (any FilterFileReader & Sendable)?

    public init(
        identities: any IdentityDirectory, umask: UInt32, milliseconds: @escaping @Sendable () -> Int64,
        seconds: @escaping @Sendable () -> Int64 = { 0 }, workingDirectory: [UInt8] = [],
        filterFiles: (any FilterFileReader & Sendable)? = nil
    ) {
        self.seconds = seconds
        self.identities = identities
        self.umask = umask
        self.milliseconds = milliseconds
        self.filterFiles = filterFiles
        self.workingDirectory = workingDirectory
    }
}
