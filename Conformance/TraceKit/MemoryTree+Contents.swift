import RsyncEngine
import RsyncProtocol
import RsyncWire

// Filling a tree and looking at all of it.

extension MemoryTree {
    /// Attributes that a test gives to an item; times in seconds.
    public struct Attributes: Sendable {
        public var permissions: UInt32?
        public var mtime: Int64
        public var nanoseconds: UInt32
        public var uid: UInt32
        public var gid: UInt32

        public init(
            _ permissions: UInt32? = nil, mtime: Int64 = 1_000_000_000, nanoseconds: UInt32 = 0, uid: UInt32 = 0,
            gid: UInt32 = 0
        ) {
            self.permissions = permissions
            self.mtime = mtime
            self.nanoseconds = nanoseconds
            self.uid = uid
            self.gid = gid
        }
    }

    /// Makes or replaces a regular file; missing directories above it are made.
    public func file(_ path: String, _ bytes: [UInt8], _ attributes: Attributes = Attributes()) {
        put(path, attributes, 0o644) { system, path throws(FileError) in
            try system.make(path, from: self.root, .file(bytes), FileMode(.regular, permissions: 0o644), "open")
        }
    }

    public func file(_ path: String, _ text: String, _ attributes: Attributes = Attributes()) {
        file(path, [UInt8](text.utf8), attributes)
    }

    /// Makes a directory, or gives one its attributes: to be called last where the time matters.
    public func directory(_ path: String, _ attributes: Attributes = Attributes()) {
        let parsed = Self.path(path)
        makeParents(of: parsed)
        if (try? status(parsed)) == nil { try? makeDirectory(parsed, permissions: 0o755) }
        set(attributes, 0o755, parsed)
    }

    public func symlink(_ path: String, to target: String, _ attributes: Attributes = Attributes()) {
        put(path, attributes, 0o777) { system, path throws(FileError) in
            try system.make(
                path, from: self.root, .symlink([UInt8](target.utf8)), FileMode(.symlink, permissions: 0o777), "symlink")
        }
    }

    public func node(
        _ path: String, _ type: FileType, _ device: DeviceNumber = .none, _ attributes: Attributes = Attributes()
    ) {
        put(path, attributes, 0o600) { system, path throws(FileError) in
            try system.make(path, from: self.root, .node(device), FileMode(type, permissions: 0o600), "mknod")
        }
    }

    /// Another name for an item.
    public func link(_ path: String, to existing: String) {
        makeParents(of: Self.path(path))
        try? makeLink(Self.path(path), to: Self.path(existing), in: nil)
    }

    /// Gives an item an extended attribute, or takes it away.
    public func attribute(_ path: String, _ name: String, _ value: [UInt8]?) {
        state.withLock { system in
            guard let inode = try? system.resolve(Self.path(path), from: root, "setxattr") else { return }
            system.nodes[inode]?.attributes[[UInt8](name.utf8)] = value
        }
    }

    /// An item's extended attributes.
    public func attributes(_ path: String) -> [String: [UInt8]] {
        let found = (try? extendedAttributes(of: Self.path(path)) { _ in true }) ?? []
        return Dictionary(found.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }) { first, _ in first }
    }

    /// Changes bytes of a file where it stands: same inode, same time.
    public func overwrite(_ path: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { system in
            guard let inode = try? system.resolve(Self.path(path), from: root, "open"),
                case .file(var bytes)? = system.nodes[inode]?.content
            else { return }
            change(&bytes)
            system.nodes[inode]?.content = .file(bytes)
        }
    }

    public func remove(_ path: String) {
        state.withLock { try? $0.removeName(Self.path(path), from: root, "unlink") }
    }

    /// The content of a regular file; nil when there is none.
    public func bytes(_ path: String) -> [UInt8]? {
        state.withLock { system in
            guard let inode = try? system.resolve(Self.path(path), from: root, "open") else { return nil }
            return system.nodes[inode]?.bytes
        }
    }

    private func put(
        _ path: String, _ attributes: Attributes, _ permissions: UInt32,
        _ make: (inout MemoryFileSystem, RelativePath) throws(FileError) -> UInt64
    ) {
        let parsed = Self.path(path)
        makeParents(of: parsed)
        remove(path)
        _ = try? changing("make", parsed, make)
        set(attributes, permissions, parsed)
    }

    private func set(_ attributes: Attributes, _ permissions: UInt32, _ path: RelativePath) {
        let change = AttributeChange(
            uid: attributes.uid, gid: attributes.gid, permissions: attributes.permissions ?? permissions,
            mtime: FileTime(seconds: attributes.mtime, nanoseconds: attributes.nanoseconds))
        state.withLock { system in
            guard let inode = try? system.resolve(path, from: root, "make") else { return }
            system.apply(change, to: inode)
        }
    }

    private func makeParents(of path: RelativePath) {
        guard let parent = path.parent, !parent.isRoot else { return }
        makeParents(of: parent)
        state.withLock { system in
            _ = try? system.make(
                parent, from: root, .directory(.init()), FileMode(.directory, permissions: 0o755), "mkdir")
        }
    }

    // MARK: Looking at all of it

    /// Which attributes count when two trees are compared.
    public struct Aspects: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let permissions = Aspects(rawValue: 1)
        public static let owners = Aspects(rawValue: 2)
        public static let fileTimes = Aspects(rawValue: 4)
        public static let directoryTimes = Aspects(rawValue: 8)
        public static let linkTimes = Aspects(rawValue: 16)
        public static let nanoseconds = Aspects(rawValue: 32)
        public static let hardLinks = Aspects(rawValue: 64)
        public static let all = Aspects(rawValue: 127)
    }

    /// One line for every item, by name in byte order, with the aspects asked for.
    public func listing(_ aspects: Aspects = .all) -> [String] {
        let items = state.withLock { system in
            var items: [(path: [UInt8], inode: UInt64, node: MemoryFileSystem.Node)] = []
            var stack: [([UInt8], UInt64)] = [([UInt8(ascii: ".")], root)]
            while let (path, inode) = stack.popLast() {
                guard let node = system.nodes[inode] else { continue }
                items.append((path, inode, node))
                for (name, child) in node.directory?.inodes ?? [:] {
                    stack.append((path == [UInt8(ascii: ".")] ? name : path + [UInt8(ascii: "/")] + name, child))
                }
            }
            return items.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
        var first: [UInt64: String] = [:]
        return items.map { item in
            let name = String(decoding: item.path, as: UTF8.self)
            var line = "\(name) \(Self.describe(item.node))"
            if aspects.contains(.permissions) { line += " \(String(item.node.mode.permissions, radix: 8))" }
            if aspects.contains(.owners) { line += " \(item.node.uid):\(item.node.gid)" }
            let type = item.node.mode.type
            let timed: Aspects = type == .directory ? .directoryTimes : type == .symlink ? .linkTimes : .fileTimes
            if aspects.contains(timed) {
                line += " @\(item.node.time.seconds)"
                if aspects.contains(.nanoseconds) { line += ".\(item.node.time.nanoseconds)" }
            }
            if aspects.contains(.hardLinks), type != .directory {
                if let leader = first[item.inode] { line += " = \(leader)" } else { first[item.inode] = name }
            }
            return line
        }
    }

    private static func describe(_ node: MemoryFileSystem.Node) -> String {
        switch node.content {
        case .directory: return "directory"
        case .file(let bytes):
            // FNV-1a: enough to tell two contents apart in a message.
            let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            return "file \(bytes.count) \(String(hash, radix: 16))"
        case .symlink(let target): return "symlink -> \(String(decoding: target, as: UTF8.self))"
        case .node(let device): return "\(node.mode.type ?? .missing) \(device.major),\(device.minor)"
        }
    }
}
