import RsyncEngine
import RsyncProtocol
import RsyncWire

// DestinationTree: what changes a tree.

extension MemoryTree {
    public func makeDirectory(_ path: RelativePath, permissions: UInt32) throws(FileError) {
        try meet(.makeDirectory, path, "mkdir")
        try make(path, .directory(.init()), FileMode(.directory, permissions: permissions), "mkdir")
    }

    public func makeSymlink(_ path: RelativePath, target: [UInt8]) throws(FileError) {
        try meet(.makeSymlink, path, "symlink")
        try make(path, .symlink(target), FileMode(.symlink, permissions: 0o777), "symlink")
    }

    public func makeNode(_ path: RelativePath, mode: FileMode, device: DeviceNumber) throws(FileError) {
        try meet(.makeNode, path, "mknod")
        try make(path, .node(device), mode, "mknod")
    }

    private func make(
        _ path: RelativePath, _ content: MemoryFileSystem.Content, _ mode: FileMode, _ operation: StaticString
    ) throws(FileError) {
        _ = try changing(operation, path) { system, path throws(FileError) in
            try system.make(path, from: self.root, content, mode, operation)
        }
    }

    /// `tree` must be part of the same file system: anything else is another device.
    public func makeLink(
        _ path: RelativePath, to existing: RelativePath, in tree: (any DestinationTree)?
    ) throws(FileError) {
        try meet(.makeLink, path, "link")
        var start = root
        if let tree {
            guard let other = tree as? MemoryTree, other.state === state else {
                throw FileError(errno: FileError.crossDevice, operation: "link", path: path)
            }
            start = other.root
        }
        try changing("link", path) { system, path throws(FileError) in
            let inode = try system.resolve(existing, from: start, "link")
            guard system.nodes[inode]?.directory == nil else {
                throw FileError(errno: 1, operation: "link", path: path)
            }
            try system.addName(path, from: self.root, inode, "link")
            system.nodes[inode]?.links += 1
        }
    }

    public func rename(_ from: RelativePath, to: RelativePath) throws(FileError) {
        try rename(from, to: to, in: self)
    }

    public func rename(_ from: RelativePath, to: RelativePath, in tree: any DestinationTree) throws(FileError) {
        guard let other = tree as? MemoryTree, other.state === state else {
            throw FileError(errno: FileError.crossDevice, operation: "rename", path: from)
        }
        try other.meet(.rename, to, "rename")
        try replace(from, to, in: other.root, "rename")
    }

    private func replace(
        _ from: RelativePath, _ to: RelativePath, in root: UInt64, _ operation: StaticString
    ) throws(FileError) {
        try changing(operation, to) { system, to throws(FileError) in
            let inode = try system.resolve(from, from: self.root, operation)
            if let old = try? system.resolve(to, from: root, operation) {
                // Two names of one file: nothing happens, as POSIX has it.
                if old == inode { return }
                guard system.nodes[old]?.directory == nil else {
                    throw FileError(errno: FileError.isADirectory, operation: operation, path: to)
                }
                try system.removeName(to, from: root, operation)
            }
            system.nodes[inode]?.links += 1
            try system.removeName(from, from: self.root, operation)
            try system.addName(to, from: root, inode, operation)
        }
    }

    public func removeFile(_ path: RelativePath) throws(FileError) {
        try meet(.removeFile, path, "unlink")
        try changing("unlink", path) { system, path throws(FileError) in
            let inode = try system.resolve(path, from: self.root, "unlink")
            guard system.nodes[inode]?.directory == nil else {
                throw FileError(errno: FileError.isADirectory, operation: "unlink", path: path)
            }
            try system.removeName(path, from: self.root, "unlink")
        }
    }

    public func removeDirectory(_ path: RelativePath) throws(FileError) {
        try meet(.removeDirectory, path, "rmdir")
        try changing("rmdir", path) { system, path throws(FileError) in
            guard try system.directory(path, from: self.root, "rmdir").names.isEmpty else {
                throw FileError(errno: FileError.directoryNotEmpty, operation: "rmdir", path: path)
            }
            try system.removeName(path, from: self.root, "rmdir")
        }
    }

    public func apply(_ change: AttributeChange, to path: RelativePath, type: FileType) throws(FileError) -> [AttributeFailure] {
        if let failure = refusal(path) { return [failure] }
        try changing("set attributes", path) { system, path throws(FileError) in
            system.apply(change, to: try system.resolve(path, from: self.root, "set attributes"))
        }
        return []
    }

    /// A failure that was asked for is that of the owner.
    fileprivate func refusal(_ path: RelativePath) -> AttributeFailure? {
        do throws(FileError) {
            try meet(.apply, path, "set attributes")
            return nil
        } catch {
            return AttributeFailure(.owner, errno: error.errno)
        }
    }

    public func createTemporary(for target: RelativePath) throws(FileError) -> any WritableFile {
        try meet(.createTemporary, target, "mkstemp")
        let (path, inode) = try changing("mkstemp", target) { system, target throws(FileError) in
            let path = try system.temporaryName(for: target, from: self.root)
            let inode = try system.make(
                path, from: self.root, .file([]), FileMode(.regular, permissions: 0o600), "mkstemp")
            system.nodes[inode]?.openings += 1
            return (path, inode)
        }
        return MemoryTemporary(tree: self, inode: inode, path: path, target: target)
    }

    public func createTemporary(named name: [UInt8]) throws(FileError) -> any WritableFile {
        guard let target = try? RelativePath.root.appending(name) else {
            throw FileError(errno: 22, operation: "mkstemp", path: .root)
        }
        return try createTemporary(for: target)
    }

    public func openInPlace(_ path: RelativePath, allowsDevices: Bool) throws(FileError) -> any WritableFile {
        try meet(.openInPlace, path, "open")
        let inode = try changing("open", path) { system, path throws(FileError) in
            let inode: UInt64
            if let found = try? system.resolve(path, from: self.root, "open") {
                guard system.nodes[found]?.bytes != nil else { throw FileError(errno: 22, operation: "open", path: path) }
                inode = found
            } else {
                inode = try system.make(
                    path, from: self.root, .file([]), FileMode(.regular, permissions: 0o600), "open")
            }
            system.nodes[inode]?.openings += 1
            return inode
        }
        return MemoryTemporary(tree: self, inode: inode, path: path, target: path, isInPlace: true)
    }

    public func temporaryName(for target: RelativePath) throws(FileError) -> RelativePath {
        try changing("mkstemp", target) { system, target throws(FileError) in
            try system.temporaryName(for: target, from: self.root)
        }
    }

    func publish(
        _ inode: UInt64, _ temporary: RelativePath, as target: RelativePath, in tree: any DestinationTree
    ) throws(FileError) {
        guard let other = tree as? MemoryTree, other.state === state else {
            throw FileError(errno: FileError.crossDevice, operation: "rename", path: target)
        }
        try other.meet(.publish, target, "rename")
        try replace(temporary, target, in: other.root, "rename")
        state.withLock { $0.close(inode) }
    }
}

private final class MemoryTemporary: WritableFile {
    let path: RelativePath
    private let tree: MemoryTree
    private let inode: UInt64
    private let target: RelativePath
    private let isInPlace: Bool
    private let position = Monitor(0)

    init(tree: MemoryTree, inode: UInt64, path: RelativePath, target: RelativePath, isInPlace: Bool = false) {
        self.tree = tree
        self.inode = inode
        self.path = path
        self.target = target
        self.isInPlace = isInPlace
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError) {
        try tree.meet(.write, target, "write")
        position.withLock { position in
            tree.state.withLock { $0.write(bytes[range], to: inode, at: position) }
            position += range.count
        }
    }

    func skip(_ count: Int64) throws(FileError) { position.withLock { $0 += Int(count) } }

    func punch(_ count: Int64) throws(FileError) {
        let zeros = [UInt8](repeating: 0, count: Int(count))
        try write(zeros, 0..<zeros.count)
    }

    func cut() throws(FileError) {
        position.withLock { position in tree.state.withLock { $0.cut(inode, to: position) } }
    }

    func allocate(_ length: Int64) throws(FileError) {}

    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int {
        let piece = tree.state.withLock { system -> ArraySlice<UInt8> in
            guard let bytes = system.nodes[inode]?.bytes, position < bytes.count else { return [] }
            return bytes[Int(position)..<min(bytes.count, Int(position) + count)]
        }
        buffer.replaceSubrange(offset..<(offset + piece.count), with: piece)
        return piece.count
    }

    func apply(_ change: AttributeChange) throws(FileError) -> [AttributeFailure] {
        if let failure = tree.refusal(target) { return [failure] }
        tree.state.withLock { $0.apply(change, to: inode) }
        return []
    }

    func status() throws(FileError) -> FileStatus { tree.state.withLock { $0.status(inode) } }

    func extendedAttributes(where wanted: (_ name: [UInt8]) -> Bool) throws(FileError) -> [ExtendedAttribute] {
        tree.state.withLock { $0.nodes[inode]?.attributes ?? [:] }.filter { wanted($0.key) }
            .map { ExtendedAttribute(name: $0.key, value: $0.value) }
    }

    func synchronize() throws(FileError) {}

    func publish(as target: RelativePath, in other: (any DestinationTree)?) throws(FileError) {
        guard !isInPlace else { return tree.state.withLock { $0.close(inode) } }
        try tree.publish(inode, path, as: target, in: other ?? tree)
    }

    func discard() {
        if !isInPlace { try? tree.removeFile(path) }
        tree.state.withLock { $0.close(inode) }
    }
}
