import RsyncEngine
import RsyncProtocol
import RsyncWire

/// The inodes behind one or several `MemoryTree`s. Everything here happens under the trees' lock.
struct MemoryFileSystem {
    static let firstInode: UInt64 = 2

    enum Content {
        case directory(Directory)
        case file([UInt8])
        case symlink([UInt8])
        case node(DeviceNumber)
    }

    struct Directory {
        /// In the order they were made.
        var names: [[UInt8]] = []
        var inodes: [[UInt8]: UInt64] = [:]
    }

    struct Node {
        var content: Content
        var mode: FileMode
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var time = FileTime(seconds: 0, nanoseconds: 0)
        var links: UInt64 = 0
        var openings = 0

        var directory: Directory? { if case .directory(let directory) = content { directory } else { nil } }
        var bytes: [UInt8]? { if case .file(let bytes) = content { bytes } else { nil } }
    }

    struct Key: Hashable {
        let operation: MemoryTree.Operation
        let root: UInt64
        let path: RelativePath

        init(_ operation: MemoryTree.Operation, _ root: UInt64, _ path: RelativePath) {
            self.operation = operation
            self.root = root
            self.path = path
        }
    }

    /// What tells this file system from others.
    let device: UInt64
    var nodes: [UInt64: Node] = [:]
    var failures: [Key: (errno: Int32, times: Int)] = [:]
    var hooks: [Key: (hook: @Sendable (MemoryTree, Int) -> Void, count: Int)] = [:]
    /// Who makes items.
    var owner: (uid: UInt32, gid: UInt32) = (0, 0)
    private var nextInode = firstInode + 1
    private var nextTemporary = 0
    private var clock: Int64 = 1_900_000_000

    init(device: UInt64) {
        self.device = device
        nodes[Self.firstInode] = Node(
            content: .directory(Directory()), mode: FileMode(.directory, permissions: 0o755), links: 1)
    }

    mutating func now() -> FileTime {
        clock += 1
        return FileTime(seconds: clock, nanoseconds: 500)
    }

    // MARK: Looking

    func resolve(_ path: RelativePath, from root: UInt64, _ operation: StaticString) throws(FileError) -> UInt64 {
        var inode = root
        for component in path.components {
            guard let directory = nodes[inode]?.directory else {
                // ELOOP for a symlink on the way: none is followed.
                let isSymlink = nodes[inode]?.mode.isSymlink == true
                throw FileError(errno: isSymlink ? 40 : FileError.notADirectory, operation: operation, path: path)
            }
            guard let next = directory.inodes[[UInt8](component)] else {
                throw FileError(errno: FileError.notFound, operation: operation, path: path)
            }
            inode = next
        }
        return inode
    }

    func directory(_ path: RelativePath, from root: UInt64, _ operation: StaticString) throws(FileError) -> Directory {
        guard let directory = nodes[try resolve(path, from: root, operation)]?.directory else {
            throw FileError(errno: FileError.notADirectory, operation: operation, path: path)
        }
        return directory
    }

    func status(_ inode: UInt64) -> FileStatus {
        guard let node = nodes[inode] else { return FileStatus(mode: FileMode(bits: 0)) }
        var status = FileStatus(
            mode: node.mode, mtime: node.time.seconds, nanoseconds: node.time.nanoseconds, uid: node.uid, gid: node.gid,
            device: device, inode: inode, linkCount: max(1, node.links))
        switch node.content {
        case .directory: status.size = 4096
        case .file(let bytes): status.size = Int64(bytes.count)
        case .symlink(let target): status.size = Int64(target.count)
        case .node(let device): status.rdev = device
        }
        return status
    }

    // MARK: Changing

    /// The directory that holds `path`, for a change in it.
    func parent(of path: RelativePath, from root: UInt64, _ operation: StaticString) throws(FileError) -> UInt64 {
        guard let parent = path.parent else { throw FileError(errno: 16, operation: operation, path: path) }
        let inode = try resolve(parent, from: root, operation)
        guard nodes[inode]?.directory != nil else {
            throw FileError(errno: FileError.notADirectory, operation: operation, path: path)
        }
        return inode
    }

    /// A new item under a name that is free.
    mutating func make(
        _ path: RelativePath, from root: UInt64, _ content: Content, _ mode: FileMode, _ operation: StaticString
    ) throws(FileError) -> UInt64 {
        let inode = nextInode
        let time = now()
        try addName(path, from: root, inode, operation)
        nextInode += 1
        nodes[inode] = Node(
            content: content, mode: mode, uid: owner.uid, gid: owner.gid, time: time, links: 1)
        return inode
    }

    mutating func addName(
        _ path: RelativePath, from root: UInt64, _ inode: UInt64, _ operation: StaticString
    ) throws(FileError) {
        let parent = try parent(of: path, from: root, operation)
        let name = path.lastComponent
        guard nodes[parent]?.directory?.inodes[name] == nil else {
            throw FileError(errno: FileError.exists, operation: operation, path: path)
        }
        changeDirectory(parent) {
            $0.names.append(name)
            $0.inodes[name] = inode
        }
    }

    /// Takes a name away, and what it stood for when that was its last.
    mutating func removeName(_ path: RelativePath, from root: UInt64, _ operation: StaticString) throws(FileError) {
        let parent = try parent(of: path, from: root, operation)
        let inode = try resolve(path, from: root, operation)
        let name = path.lastComponent
        changeDirectory(parent) {
            $0.names.removeAll { $0 == name }
            $0.inodes[name] = nil
        }
        nodes[inode]?.links -= 1
        forget(inode)
    }

    mutating func close(_ inode: UInt64) {
        nodes[inode]?.openings -= 1
        forget(inode)
    }

    private mutating func forget(_ inode: UInt64) {
        if let node = nodes[inode], node.links == 0, node.openings == 0 { nodes[inode] = nil }
    }

    private mutating func changeDirectory(_ inode: UInt64, _ change: (inout Directory) -> Void) {
        guard case .directory(var directory)? = nodes[inode]?.content else { return }
        // Not two owners of one array at a time, so that the change is in place.
        nodes[inode]?.content = .symlink([])
        change(&directory)
        nodes[inode]?.content = .directory(directory)
        let time = now()
        nodes[inode]?.time = time
    }

    mutating func write(_ bytes: ArraySlice<UInt8>, to inode: UInt64, at position: Int) {
        guard case .file(var content)? = nodes[inode]?.content else { return }
        nodes[inode]?.content = .file([])
        if content.count < position { content += [UInt8](repeating: 0, count: position - content.count) }
        content.replaceSubrange(position..<min(content.count, position + bytes.count), with: bytes)
        nodes[inode]?.content = .file(content)
        let time = now()
        nodes[inode]?.time = time
    }

    mutating func cut(_ inode: UInt64, to length: Int) {
        guard case .file(let content)? = nodes[inode]?.content else { return }
        nodes[inode]?.content = .file(
            content.prefix(length) + [UInt8](repeating: 0, count: max(0, length - content.count)))
    }

    mutating func apply(_ change: AttributeChange, to inode: UInt64) {
        if let uid = change.uid { nodes[inode]?.uid = uid }
        if let gid = change.gid { nodes[inode]?.gid = gid }
        if change.uid != nil || change.gid != nil, let mode = nodes[inode]?.mode, mode.isRegular {
            // As Linux does: a new owner ends what the old one allowed.
            nodes[inode]?.mode = FileMode(.regular, permissions: mode.permissions & ~0o6000)
        }
        if let time = change.mtime { nodes[inode]?.time = time }
        if let permissions = change.permissions, let type = nodes[inode]?.mode.type {
            nodes[inode]?.mode = FileMode(type, permissions: permissions)
        }
    }

    mutating func temporaryName(for target: RelativePath, from root: UInt64) throws(FileError) -> RelativePath {
        let directory = target.parent ?? .root
        nextTemporary += 1
        let name = [UInt8(ascii: ".")] + target.lastComponent + [UInt8](".t\(nextTemporary)".utf8)
        guard let path = try? directory.appending(name) else {
            throw FileError(errno: 36, operation: "mkstemp", path: target)
        }
        return path
    }
}
