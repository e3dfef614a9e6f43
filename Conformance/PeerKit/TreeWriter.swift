import CConform
import Glibc
import RsyncProtocol
import TraceKit

/// Makes items below one directory. Every call says what it makes completely: type, content and attributes.
public struct TreeWriter {
    public struct Attributes {
        public var permissions: UInt32
        public var mtime: Int64
        public var nanoseconds = 0
        /// Applied as root alone.
        public var uid: UInt32 = 0
        public var gid: UInt32 = 0

        public init(permissions: UInt32, mtime: Int64, nanoseconds: Int = 0, uid: UInt32 = 0, gid: UInt32 = 0) {
            self.permissions = permissions
            self.mtime = mtime
            self.nanoseconds = nanoseconds
            self.uid = uid
            self.gid = gid
        }
    }

    public let root: [UInt8]
    let isRoot = geteuid() == 0

    public init(root: [UInt8]) { self.root = root }

    func path(_ name: [UInt8]) -> [UInt8] { root + [0x2f] + name }

    public func file(_ name: [UInt8], _ content: [UInt8], _ attributes: Attributes) throws(FileBytes.Failure) {
        let target = path(name)
        let descriptor = unsafe target.withCPath { unsafe open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw failure(name) }
        defer { close(descriptor) }
        var position = 0
        while position < content.count {
            let count = unsafe content.withUnsafeBytes { bytes in
                unsafe write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            }
            guard count > 0 else { throw failure(name) }
            position += count
        }
        try apply(attributes, name)
    }

    /// The time is to be set by `apply` once the content stands.
    public func directory(_ name: [UInt8]) throws(FileBytes.Failure) {
        try check(unsafe path(name).withCPath { unsafe mkdir($0, 0o700) }, name)
    }

    public func symlink(_ name: [UInt8], _ target: [UInt8], _ attributes: Attributes) throws(FileBytes.Failure) {
        let status = unsafe path(name).withCPath { link in
            unsafe target.withCPath { unsafe Glibc.symlink($0, link) }
        }
        try check(status, name)
        try apply(attributes, name, isSymlink: true)
    }

    public func link(_ name: [UInt8], to existing: [UInt8]) throws(FileBytes.Failure) {
        let status = unsafe path(existing).withCPath { old in
            unsafe path(name).withCPath { unsafe Glibc.link(old, $0) }
        }
        try check(status, name)
    }

    public func node(
        _ name: [UInt8], _ type: FileType, _ attributes: Attributes, device: DeviceNumber = .none
    ) throws(FileBytes.Failure) {
        let mode = FileMode(type, permissions: 0o600).bits
        try check(unsafe path(name).withCPath { unsafe conform_mknod($0, mode, device.major, device.minor) }, name)
        try apply(attributes, name)
    }

    /// Gives the item itself an extended attribute; an ACL is one.
    public func attribute(_ name: [UInt8], _ key: [UInt8], _ value: [UInt8]) throws(FileBytes.Failure) {
        let status = unsafe path(name).withCPath { item in
            unsafe key.withCPath { key in
                unsafe value.withUnsafeBytes { unsafe conform_lsetxattr(item, key, $0.baseAddress, $0.count) }
            }
        }
        try check(status, name)
    }

    /// A regular file that is one hole.
    public func hole(_ name: [UInt8], size: Int, _ attributes: Attributes) throws(FileBytes.Failure) {
        try file(name, [], attributes)
        try check(unsafe path(name).withCPath { unsafe truncate($0, size) }, name)
        try apply(attributes, name)
    }

    /// Owner first, as it takes set-uid away, then permissions, then times.
    public func apply(_ attributes: Attributes, _ name: [UInt8], isSymlink: Bool = false) throws(FileBytes.Failure) {
        let target = path(name)
        if isRoot { try check(unsafe target.withCPath { unsafe lchown($0, attributes.uid, attributes.gid) }, name) }
        if !isSymlink { try check(unsafe target.withCPath { unsafe chmod($0, attributes.permissions) }, name) }
        let time = timespec(tv_sec: Int(attributes.mtime), tv_nsec: attributes.nanoseconds)
        let times = [time, time]
        try check(unsafe target.withCPath { unsafe utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }, name)
    }

    public func content(_ name: [UInt8]) throws(FileBytes.Failure) -> [UInt8] { try FileBytes.read(bytes: path(name)) }

    /// Removes an item with everything in it.
    public func remove(_ name: [UInt8]) { RemoveTree.remove(path(name)) }

    private func check(_ status: Int32, _ name: [UInt8]) throws(FileBytes.Failure) {
        guard status == 0 else { throw failure(name) }
    }

    private func failure(_ name: [UInt8]) -> FileBytes.Failure {
        FileBytes.Failure(path: String(decoding: path(name), as: UTF8.self), errno: errno)
    }
}

/// Numbers that a seed determines.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let value = next()
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
        }
        return Array(bytes.prefix(count))
    }
}
