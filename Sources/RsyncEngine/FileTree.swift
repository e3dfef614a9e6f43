import RsyncProtocol
import RsyncWire

// The second seam: files. A tree is rooted in one directory, held open, and nothing it is asked can reach outside.
// Live: RsyncHost.ConfinedTree over descriptors. Replay and tests: a tree in memory.

/// What lstat tells. Times in seconds since 1970 and nanoseconds; sizes in bytes.
public struct FileStatus: Sendable, Equatable {
    public var mode: FileMode
    public var size: Int64
    public var mtime: Int64
    public var nanoseconds: UInt32
    public var atime: Int64
    public var uid: UInt32
    public var gid: UInt32
    /// Of a device node: which device it stands for.
    public var rdev: DeviceNumber
    /// Where the item lives; with `inode` its identity for hard links.
    public var device: UInt64
    public var inode: UInt64
    public var linkCount: UInt64

    public init(
        mode: FileMode, size: Int64 = 0, mtime: Int64 = 0, nanoseconds: UInt32 = 0, atime: Int64 = 0,
        uid: UInt32 = 0, gid: UInt32 = 0,
        rdev: DeviceNumber = .none, device: UInt64 = 0, inode: UInt64 = 0, linkCount: UInt64 = 1
    ) {
        self.mode = mode
        self.size = size
        self.mtime = mtime
        self.nanoseconds = nanoseconds
        self.atime = atime
        self.uid = uid
        self.gid = gid
        self.rdev = rdev
        self.device = device
        self.inode = inode
        self.linkCount = linkCount
    }
}

/// A refused file operation: which, on what, with which error number.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    public let errno: Int32
    /// The operation in the words of rsync's messages, such as `readlink_stat` or `mkdir`.
    public let operation: StaticString
    public let path: RelativePath

    public init(errno: Int32, operation: StaticString, path: RelativePath) {
        self.errno = errno
        self.operation = operation
        self.path = path
    }

    public static func == (left: Self, right: Self) -> Bool { left.errno == right.errno && left.path == right.path }
    public var description: String { "\(operation) \"\(path)\" failed: errno \(errno)" }

    /// The error numbers the engine tells apart (the values of Linux).
    public static let notFound: Int32 = 2
    public static let accessDenied: Int32 = 13
    public static let exists: Int32 = 17
    public static let crossDevice: Int32 = 18
    public static let notADirectory: Int32 = 20
    public static let isADirectory: Int32 = 21
    public static let directoryNotEmpty: Int32 = 39
    public static let tooManyLinks: Int32 = 40

    /// The file system, the kernel or a sandbox does not know the call: EPERM, EINVAL, ENOSYS, EOPNOTSUPP.
    public var mayMeanMissingCall: Bool { [1, 22, 38, 95].contains(errno) }

    public var isNotFound: Bool { errno == Self.notFound || errno == Self.notADirectory }
}

/// Files to be read. Never follows a symlink in any component, unless it was made for a side that is to (`-L` and the like).
public protocol SourceTree: AnyObject, Sendable {
    func status(_ path: RelativePath) throws(FileError) -> FileStatus
    /// What the symlink at `path` leads to, where this tree may follow it.
    func followedStatus(_ path: RelativePath) throws(FileError) -> FileStatus
    /// Names of the items in a directory, without `.` and `..`, in the order the system gives.
    func names(in directory: RelativePath) throws(FileError) -> [[UInt8]]
    /// The items of a directory one by one; one that cannot be listed any further throws in the middle.
    func listing(of directory: RelativePath) throws(FileError) -> any DirectoryListing
    func linkTarget(_ path: RelativePath) throws(FileError) -> [UInt8]
    /// Opens a regular file, and a device where the tree was made for that. Anything else, a fifo above all, is refused
    /// without blocking (EINVAL).
    func open(_ path: RelativePath) throws(FileError) -> any ReadableFile
    /// Reads the first `count` bytes of what the caller has just seen to be a regular file, fewer only where it ends.
    func readExamined(_ path: RelativePath, into buffer: inout [UInt8], count: Int) throws(FileError) -> Int
    /// Bytes that can be read from the device at `path`; 0 where it cannot be told. Only of trees that open devices.
    func deviceSize(_ path: RelativePath) -> Int64
    /// Removes what is no directory: asked of sources by `--remove-source-files` alone.
    func removeFile(_ path: RelativePath) throws(FileError)
    /// The extended attributes of an item itself, of those whose names are wanted. None where the file system has none.
    func extendedAttributes(
        of path: RelativePath, where wanted: (_ name: [UInt8]) -> Bool
    ) throws(FileError) -> [ExtendedAttribute]
}

extension SourceTree {
    public func followedStatus(_ path: RelativePath) throws(FileError) -> FileStatus {
        throw FileError(errno: FileError.notFound, operation: "readlink_stat", path: path)
    }

    public func readExamined(_ path: RelativePath, into buffer: inout [UInt8], count: Int) throws(FileError) -> Int {
        let file = try open(path)
        defer { file.close() }
        return try file.read(into: &buffer, at: 0, count: count, position: 0)
    }

    public func deviceSize(_ path: RelativePath) -> Int64 { 0 }

    public func extendedAttributes(
        of path: RelativePath, where wanted: (_ name: [UInt8]) -> Bool
    ) throws(FileError) -> [ExtendedAttribute] { [] }
}

/// A regular file, or a device, held open for reading.
public protocol ReadableFile: AnyObject, Sendable {
    /// Bytes, as fstat on the held descriptor said when it was opened, or of a device where its end was.
    var size: Int64 { get }
    /// Reads up to `count` bytes at `position` into `buffer[offset...]`; fewer only at end of file.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int
    func close()
}

/// Attributes to be set; nil leaves one alone.
public struct AttributeChange: Sendable, Equatable {
    public var uid: UInt32?
    public var gid: UInt32?
    /// The low 12 bits.
    public var permissions: UInt32?
    public var mtime: FileTime?
    public var atime: FileTime?
    public var extended = ExtendedAttributeChange()

    public init(
        uid: UInt32? = nil, gid: UInt32? = nil, permissions: UInt32? = nil, mtime: FileTime? = nil,
        atime: FileTime? = nil
    ) {
        self.uid = uid
        self.gid = gid
        self.permissions = permissions
        self.mtime = mtime
        self.atime = atime
    }

    public var setsTime: Bool { mtime != nil || atime != nil }
    public var isEmpty: Bool { self == AttributeChange() }

    /// Takes out the ids that no item can have (MET-11) and says which they were; the rest can be set. A pretended owner may
    /// be any.
    mutating func takeImpossibleIds(_ options: TransferOptions) -> [String] {
        if options.rootMode == .fake { return [] }
        var taken: [String] = []
        if uid == .max { (uid, taken) = (nil, taken + ["uid"]) }
        if gid == .max { (gid, taken) = (nil, taken + ["gid"]) }
        return taken.map { "\($0) \(UInt32.max) (-1)" }
    }
}

public struct FileTime: Sendable, Equatable {
    public var seconds: Int64
    public var nanoseconds: UInt32

    public init(seconds: Int64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// Files to be written. Symlinks are never followed; what exists is never overwritten but by `rename` and `publish`.
public protocol DestinationTree: SourceTree {
    /// As `linkTarget`, of a symlink as this tree makes them. Fails for one of another make, which is to be made anew (MET-136).
    func ownLinkTarget(_ path: RelativePath) throws(FileError) -> [UInt8]
    /// Creates a directory; `permissions` are its exact low 12 bits less nothing (no umask).
    func makeDirectory(_ path: RelativePath, permissions: UInt32) throws(FileError)
    func makeSymlink(_ path: RelativePath, target: [UInt8]) throws(FileError)
    /// A device, fifo or socket: type and permissions from `mode`.
    func makeNode(_ path: RelativePath, mode: FileMode, device: DeviceNumber) throws(FileError)
    /// Makes `path` another name of `existing`, which lies in `tree` (this one when nil). Does not follow symlinks.
    func makeLink(_ path: RelativePath, to existing: RelativePath, in tree: (any DestinationTree)?) throws(FileError)
    /// Replaces whatever non-directory is at `to`.
    func rename(_ from: RelativePath, to: RelativePath) throws(FileError)
    /// Removes an empty directory.
    func removeDirectory(_ path: RelativePath) throws(FileError)
    /// Sets owner, then extended attributes, times and permissions (MET-24), on the item itself, never on what a symlink leads to.
    /// Returns what could not be set: without the owner, or the times, nothing that comes after them is. Throws when there is no
    /// such item.
    func apply(_ change: AttributeChange, to path: RelativePath, type: FileType) throws(FileError) -> [AttributeFailure]
    /// A new empty file beside `target`, under a temporary name (MET-76), open for writing by the owner alone.
    func createTemporary(for target: RelativePath) throws(FileError) -> any WritableFile
    /// A new empty file right in the tree's root, for `--temp-dir`: called after `name`, without a dot before it (MET-76).
    func createTemporary(named name: [UInt8]) throws(FileError) -> any WritableFile
    /// The file itself, made with permissions 0600 if it is absent, open for writing from its start (MET-80). Both ends of
    /// the object leave it under its name. A file of our own that its mode keeps us from gets owner write. A device only
    /// if `allowsDevices`.
    func openInPlace(_ path: RelativePath, allowsDevices: Bool) throws(FileError) -> any WritableFile
    /// As `rename`, into another tree.
    func rename(_ from: RelativePath, to: RelativePath, in tree: any DestinationTree) throws(FileError)
    /// A temporary name beside `target` that does not exist (MET-63), for things made by name.
    func temporaryName(for target: RelativePath) throws(FileError) -> RelativePath
}

extension DestinationTree {
    public func ownLinkTarget(_ path: RelativePath) throws(FileError) -> [UInt8] { try linkTarget(path) }
}

/// A file being written, under its temporary name or in place. Exactly one of `publish` and `discard` ends it.
public protocol WritableFile: AnyObject, Sendable {
    var path: RelativePath { get }
    /// Writes `bytes[range]` where writing has got to.
    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError)
    /// Goes on `count` bytes further and leaves what is there: nothing in a new file, which becomes a hole.
    func skip(_ count: Int64) throws(FileError)
    /// As `skip`, and frees what is there, so that it reads as zeros (XFR-126). Writes zeros where holes are unknown.
    func punch(_ count: Int64) throws(FileError)
    /// Ends the file where writing has got to. A device keeps its length.
    func cut() throws(FileError)
    /// What has been written is with the system: what it has no room for is known now.
    func flush() throws(FileError)
    /// Allocates this many bytes from the start (XFR-127). What the file system cannot do is left undone.
    func allocate(_ length: Int64) throws(FileError)
    /// Reads back what has been written.
    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int
    /// As `DestinationTree.apply`, on the held descriptor. Throws when what has been written cannot be kept.
    func apply(_ change: AttributeChange) throws(FileError) -> [AttributeFailure]
    func status() throws(FileError) -> FileStatus
    func extendedAttributes(where wanted: (_ name: [UInt8]) -> Bool) throws(FileError) -> [ExtendedAttribute]
    /// Flushes file data to the disk.
    func synchronize() throws(FileError)
    /// Renames the file to `target` in `tree` (its own when nil), replacing a non-directory there, and closes it. After an
    /// error it is still under its temporary name. What is written in place is closed.
    func publish(as target: RelativePath, in tree: (any DestinationTree)?) throws(FileError)
    /// Removes and closes it; what is written in place stays.
    func discard()
}

extension WritableFile {
    public func publish(as target: RelativePath) throws(FileError) { try publish(as: target, in: nil) }
    public func flush() throws(FileError) {}

    public func extendedAttributes(where wanted: (_ name: [UInt8]) -> Bool) throws(FileError) -> [ExtendedAttribute] { [] }
}
