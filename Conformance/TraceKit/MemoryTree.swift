import RsyncEngine
import RsyncProtocol
import RsyncWire

/// A file system in memory: directories, files, hard links, symlinks and nodes, with an error wherever one is wanted.
///
/// Names come in the order in which they were made. A change to a directory sets its time, as a file system does, from
/// a clock of the tree's own that goes forward by a second at each change. Permissions are kept and never checked.
public final class MemoryTree: DestinationTree {
    let state: Monitor<MemoryFileSystem>
    /// Where this tree's root is.
    let root: UInt64

    /// Trees that are sent together and are not one file system need different devices, or their items look like hard
    /// links of each other.
    public convenience init(device: UInt64 = 0x801) {
        self.init(state: Monitor(MemoryFileSystem(device: device)), root: MemoryFileSystem.firstInode)
    }

    private init(state: Monitor<MemoryFileSystem>, root: UInt64) {
        self.state = state
        self.root = root
    }

    /// The directory at `path` as a tree of its own, in the same file system.
    public func subtree(_ path: String) throws(FileError) -> MemoryTree {
        let (path, inode) = try changing("change_dir", Self.path(path)) { system, path throws(FileError) in
            (path, try system.resolve(path, from: self.root, "change_dir"))
        }
        guard state.withLock({ $0.nodes[inode]?.directory != nil }) else {
            throw FileError(errno: FileError.notADirectory, operation: "change_dir", path: path)
        }
        return MemoryTree(state: state, root: inode)
    }

    /// A path as tests write it.
    public static func path(_ text: String) -> RelativePath {
        guard let path = try? RelativePath(cleaning: [UInt8](text.utf8)) else {
            preconditionFailure("no path inside a tree: \(text)")
        }
        return path
    }

    // MARK: Errors and hooks

    /// What a tree is asked to do.
    public enum Operation: Sendable, Hashable {
        case status, names, linkTarget, open, read
        case makeDirectory, makeSymlink, makeNode, makeLink, rename, removeFile, removeDirectory, apply
        case createTemporary, openInPlace, write, publish
    }

    /// Makes an operation on a path fail: `times` times, from then on.
    public func fail(_ operation: Operation, _ path: String, errno: Int32, times: Int = .max) {
        state.withLock { $0.failures[.init(operation, root, Self.path(path))] = (errno, times) }
    }

    /// Runs before the operation for the n-th time (from 1) on a path: the moment to change a file behind a session's
    /// back.
    public func before(_ operation: Operation, _ path: String, _ hook: @escaping @Sendable (MemoryTree, Int) -> Void) {
        state.withLock { $0.hooks[.init(operation, root, Self.path(path))] = (hook, 0) }
    }

    /// Every access that an error or a hook can meet goes through here.
    func meet(_ operation: Operation, _ path: RelativePath, _ words: StaticString) throws(FileError) {
        let key = MemoryFileSystem.Key(operation, root, path)
        let hook = state.withLock { system -> (() -> Void)? in
            guard let (hook, count) = system.hooks[key] else { return nil }
            system.hooks[key] = (hook, count + 1)
            return { hook(self, count + 1) }
        }
        hook?()
        let errno = state.withLock { system -> Int32? in
            guard let (errno, times) = system.failures[key], times > 0 else { return nil }
            system.failures[key] = (errno, times == .max ? times : times - 1)
            return errno
        }
        if let errno { throw FileError(errno: errno, operation: words, path: path) }
    }

    /// Runs under the lock.
    func changing<T>(
        _ operation: StaticString, _ path: RelativePath,
        _ body: (inout MemoryFileSystem, RelativePath) throws(FileError) -> T
    ) throws(FileError) -> T {
        let result: Result<T, FileError> = state.withLock { system in
            do throws(FileError) {
                return .success(try body(&system, path))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: SourceTree

    public func status(_ path: RelativePath) throws(FileError) -> FileStatus {
        try meet(.status, path, "readlink_stat")
        return try changing("readlink_stat", path) { system, path throws(FileError) in
            system.status(try system.resolve(path, from: self.root, "readlink_stat"))
        }
    }

    public func names(in directory: RelativePath) throws(FileError) -> [[UInt8]] {
        try meet(.names, directory, "opendir")
        return try changing("opendir", directory) { system, path throws(FileError) in
            try system.directory(path, from: self.root, "opendir").names
        }
    }

    public func linkTarget(_ path: RelativePath) throws(FileError) -> [UInt8] {
        try meet(.linkTarget, path, "readlink_stat")
        return try changing("readlink_stat", path) { system, path throws(FileError) in
            let inode = try system.resolve(path, from: self.root, "readlink_stat")
            guard case .symlink(let target) = system.nodes[inode]?.content else {
                throw FileError(errno: 22, operation: "readlink_stat", path: path)
            }
            return target
        }
    }

    public func open(_ path: RelativePath) throws(FileError) -> any ReadableFile {
        try meet(.open, path, "open")
        return try changing("open", path) { system, path throws(FileError) in
            let inode = try system.resolve(path, from: self.root, "open")
            guard system.nodes[inode]?.bytes != nil else { throw FileError(errno: 22, operation: "open", path: path) }
            system.nodes[inode]?.openings += 1
            return MemoryFile(tree: self, inode: inode, path: path)
        }
    }
}

/// A file of a `MemoryTree` held open. It stays readable when its name is gone.
final class MemoryFile: ReadableFile {
    private let tree: MemoryTree
    private let inode: UInt64
    private let path: RelativePath

    init(tree: MemoryTree, inode: UInt64, path: RelativePath) {
        self.tree = tree
        self.inode = inode
        self.path = path
    }

    var size: Int64 { tree.state.withLock { $0.status(inode).size } }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int {
        try tree.meet(.read, path, "read")
        let piece = tree.state.withLock { system -> ArraySlice<UInt8> in
            guard let bytes = system.nodes[inode]?.bytes, position < bytes.count else { return [] }
            return bytes[Int(position)..<min(bytes.count, Int(position) + count)]
        }
        buffer.replaceSubrange(offset..<(offset + piece.count), with: piece)
        return piece.count
    }

    func close() { tree.state.withLock { $0.close(inode) } }
}
