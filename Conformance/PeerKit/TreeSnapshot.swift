import CConform
import Glibc
import RsyncProtocol
import TraceKit

/// A directory tree as lstat and read show it, root directory included, to be compared with another.
public struct TreeSnapshot: Sendable, Equatable {
    /// One item. What a type does not have keeps its empty value.
    public struct Item: Sendable, Equatable {
        public var type: FileType
        public var permissions: UInt32
        public var uid: UInt32
        public var gid: UInt32
        public var mtime: Int64
        public var nanoseconds: UInt32
        /// Of a regular file.
        public var content: [UInt8] = []
        public var linkTarget: [UInt8] = []
        public var rdev = DeviceNumber.none
        /// The first path, in byte order, that leads to the same file; nil without hard links inside the tree.
        public var linkGroup: [UInt8]?
        /// Extended attributes, ACLs among them in the kernel's form. Empty where the file system has none.
        public var attributes: [[UInt8]: [UInt8]] = [:]
    }

    /// What a comparison leaves out.
    public struct Relaxation: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let nanoseconds = Relaxation(rawValue: 1)
        public static let owners = Relaxation(rawValue: 2)
        public static let directoryTimes = Relaxation(rawValue: 4)
        public static let symlinkTimes = Relaxation(rawValue: 8)
        public static let linkGroups = Relaxation(rawValue: 16)
        public static let permissions = Relaxation(rawValue: 32)
        public static let times = Relaxation(rawValue: 64)
        /// The root directory's own attributes.
        public static let root = Relaxation(rawValue: 128)
    }

    /// By path below the root; `.` is the root.
    public var items: [[UInt8]: Item]

    /// Of nothing.
    public init() { items = [:] }

    /// Reads the tree at `path`. Nothing is followed; fifos and devices are not opened.
    ///
    /// `excluded`: names right below the root that are left out with everything in them.
    public init(_ path: String, excluding excluded: Set<[UInt8]> = []) throws(FileBytes.Failure) {
        items = [:]
        var identities: [Identity: [[UInt8]]] = [:]
        try Self.read([UInt8](path.utf8), as: [0x2e], excluding: excluded, into: &items, &identities)
        for group in identities.values where group.count > 1 {
            let first = group.min { $0.lexicographicallyPrecedes($1) }
            for path in group { items[path]?.linkGroup = first }
        }
    }

    /// One line for every difference, `self` being the expected tree; empty when there is none.
    public func differences(from expected: TreeSnapshot, ignoring: Relaxation = []) -> [String] {
        let paths = Set(items.keys).union(expected.items.keys).sorted { $0.lexicographicallyPrecedes($1) }
        return paths.flatMap { path -> [String] in
            let shown = TreeSnapshot.shown(path)
            switch (expected.items[path], items[path]) {
            case (let wanted?, let found?):
                return Self.compare(wanted, found, path == [0x2e] ? ignoring.union(.forRoot(ignoring)) : ignoring)
                    .map { "\(shown): \($0)" }
            case (let wanted?, nil): return ["\(shown): is missing (\(wanted.type))"]
            case (nil, let found?): return ["\(shown): should not exist (\(found.type))"]
            case (nil, nil): return []
            }
        }
    }

    private static func compare(_ wanted: Item, _ found: Item, _ ignoring: Relaxation) -> [String] {
        guard wanted.type == found.type else { return ["type \(found.type), expected \(wanted.type)"] }
        var lines: [String] = []
        if wanted.content != found.content {
            let offset = zip(wanted.content, found.content).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            lines.append(
                "content of \(found.content.count) bytes, expected \(wanted.content.count), differs from byte "
                    + "\(offset ?? min(wanted.content.count, found.content.count)) on")
        }
        if !ignoring.contains(.permissions), wanted.type != .symlink, wanted.permissions != found.permissions {
            lines.append("mode \(octal(found.permissions)), expected \(octal(wanted.permissions))")
        }
        if !ignoring.contains(.owners), (wanted.uid, wanted.gid) != (found.uid, found.gid) {
            lines.append("owner \(found.uid):\(found.gid), expected \(wanted.uid):\(wanted.gid)")
        }
        let skipsTime =
            ignoring.contains(.times) || wanted.type == .directory && ignoring.contains(.directoryTimes)
            || wanted.type == .symlink && ignoring.contains(.symlinkTimes)
        if !skipsTime {
            let isFine = !ignoring.contains(.nanoseconds)
            if wanted.mtime != found.mtime || isFine && wanted.nanoseconds != found.nanoseconds {
                lines.append(
                    "mtime \(found.mtime)+\(found.nanoseconds) ns, expected \(wanted.mtime)+\(wanted.nanoseconds) ns")
            }
        }
        if wanted.linkTarget != found.linkTarget {
            lines.append("leads to \(shown(found.linkTarget)), expected \(shown(wanted.linkTarget))")
        }
        for name in Set(wanted.attributes.keys).union(found.attributes.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let (left, right) = (wanted.attributes[name], found.attributes[name])
            guard left != right else { continue }
            lines.append(
                "attribute \(shown(name)) is \(right.map { "\(shown($0))" } ?? "absent"), expected \(left.map { shown($0) } ?? "none")")
        }
        if wanted.rdev != found.rdev {
            lines.append(
                "device \(found.rdev.major):\(found.rdev.minor), expected \(wanted.rdev.major):\(wanted.rdev.minor)")
        }
        if !ignoring.contains(.linkGroups), wanted.linkGroup != found.linkGroup {
            lines.append(
                "hard-linked with \(found.linkGroup.map(shown) ?? "nothing"), expected \(wanted.linkGroup.map(shown) ?? "nothing")")
        }
        return lines
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private static func read(
        _ path: [UInt8], as name: [UInt8], excluding excluded: Set<[UInt8]> = [], into items: inout [[UInt8]: Item], _ identities: inout [Identity: [[UInt8]]]
    ) throws(FileBytes.Failure) {
        var status = stat()
        let text = String(decoding: path, as: UTF8.self)
        guard unsafe path.withCPath({ unsafe lstat($0, &status) }) == 0 else {
            throw FileBytes.Failure(path: text, errno: errno)
        }
        let mode = FileMode(bits: status.st_mode)
        var item = Item(
            type: mode.type ?? .missing, permissions: mode.permissions, uid: status.st_uid, gid: status.st_gid,
            mtime: Int64(status.st_mtim.tv_sec), nanoseconds: UInt32(status.st_mtim.tv_nsec))
        switch item.type {
        case .regular: item.content = try FileBytes.read(bytes: path)
        case .symlink: item.linkTarget = try linkTarget(path)
        case .blockDevice, .characterDevice:
            item.rdev = DeviceNumber(major: conform_major(status.st_rdev), minor: conform_minor(status.st_rdev))
        default: break
        }
        item.attributes = attributes(path)
        items[name] = item
        guard item.type == .directory else {
            if status.st_nlink > 1 {
                identities[Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)), default: []].append(name)
            }
            return
        }
        guard let names = DirectoryNames.list(path) else { throw FileBytes.Failure(path: text, errno: errno) }
        for child in names where !excluded.contains(child) {
            try read(path + [0x2f] + child, as: name == [0x2e] ? child : name + [0x2f] + child, into: &items, &identities)
        }
    }

    /// Of the item itself.
    private static func attributes(_ path: [UInt8]) -> [[UInt8]: [UInt8]] {
        var names = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe path.withCPath { unsafe conform_llistxattr($0, &names, names.count) }
        guard count > 0 else { return [:] }
        var found: [[UInt8]: [UInt8]] = [:]
        var value = [UInt8](repeating: 0, count: 64 << 10)
        for name in names[..<count].split(separator: 0) {
            let size = unsafe path.withCPath { item in
                unsafe [UInt8](name).withCPath { name in unsafe conform_lgetxattr(item, name, &value, value.count) }
            }
            if size >= 0 { found[[UInt8](name)] = [UInt8](value[..<size]) }
        }
        return found
    }

    private static func linkTarget(_ path: [UInt8]) throws(FileBytes.Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe path.withCPath { link in
            unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe readlink(link, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        guard count >= 0 else { throw FileBytes.Failure(path: String(decoding: path, as: UTF8.self), errno: errno) }
        return Array(buffer[..<count])
    }

    private static func octal(_ value: UInt32) -> String { "0" + String(value, radix: 8) }

    /// A path for the eye: anything outside printable ASCII as an escape.
    public static func shown(_ path: [UInt8]) -> String {
        path.map { (0x21..<0x7f).contains($0) && $0 != 0x5c ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }
            .joined()
    }
}

extension TreeSnapshot.Relaxation {
    fileprivate static func forRoot(_ chosen: Self) -> Self {
        chosen.contains(.root) ? [.owners, .permissions, .times] : []
    }
}
