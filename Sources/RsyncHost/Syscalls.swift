import CSyscalls
import Glibc
import RsyncEngine
import RsyncProtocol

// The only files of this module that name the C library are Syscalls*.swift. Everything here retries what a signal
// interrupted, turns errno into a typed error and takes names as whole values, so that no pointer leaves this file.

/// The error number of a refused system call.
struct SystemError: Error, Equatable, Sendable {
    let number: Int32

    static let noEntry = SystemError(number: ENOENT)
    static let notPermitted = SystemError(number: EPERM)
    static let access = SystemError(number: EACCES)
    static let exists = SystemError(number: EEXIST)
    static let invalid = SystemError(number: EINVAL)
    static let notDirectory = SystemError(number: ENOTDIR)
    static let loop = SystemError(number: ELOOP)
    static let crossDevice = SystemError(number: EXDEV)
    static let wouldBlock = SystemError(number: EAGAIN)
    static let noSuchDevice = SystemError(number: ENXIO)
    static let noDeviceDriver = SystemError(number: ENODEV)
    static let badDescriptor = SystemError(number: EBADF)
    static let isDirectory = SystemError(number: EISDIR)
    static let fileTooBig = SystemError(number: EFBIG)
    static let nameTooLong = SystemError(number: ENAMETOOLONG)
    static let brokenPipe = SystemError(number: EPIPE)
    static let noData = SystemError(number: ENODATA)
    static let notSupported = SystemError(number: EOPNOTSUPP)

    /// Calls the kernel lacks, or that an old container filter answers with EPERM (RSH-302).
    var mayMeanMissingCall: Bool { number == ENOSYS || number == EPERM || number == EINVAL || number == EOPNOTSUPP }
}

/// A NUL-terminated name for the kernel.
struct SystemName: Sendable, Equatable {
    let characters: [CChar]

    /// Neither a slash nor a NUL may be in `bytes`; `RelativePath` has seen to both.
    init(component bytes: ArraySlice<UInt8>) { self.init(bytes.span) }
    init(component bytes: [UInt8]) { self.init(bytes.span) }

    /// One name is made for nearly every system call: a single pass over plain memory.
    private init(_ component: Span<UInt8>) {
        var isPlain = true
        for index in 0..<component.count {
            let byte = component[index]
            if byte == 0x2f || byte == 0 { isPlain = false }
        }
        precondition(isPlain, "a component has no slash and no NUL")
        // Not by `repeating`: for that the runtime looks the array's type up each time.
        var terminated: [CChar] = []
        terminated.reserveCapacity(component.count + 1)
        unsafe component.withUnsafeBytes { bytes in
            unsafe terminated.append(contentsOf: bytes.assumingMemoryBound(to: CChar.self))
        }
        terminated.append(0)
        characters = terminated
    }

    /// Several components, for openat2 with RESOLVE_BENEATH and for trusted local paths alone.
    init(anything bytes: some Collection<UInt8>) {
        characters = bytes.map { CChar(bitPattern: $0) } + [0]
    }

    static let itself = SystemName(component: [0x2e])
    static let parent = SystemName(component: [0x2e, 0x2e])
    /// With AT_EMPTY_PATH: the descriptor itself.
    static let empty = SystemName(component: [])
}

/// A descriptor closed when its last user lets go, so that a cache may forget one that is still in use.
final class Descriptor: Sendable {
    let raw: Int32
    init(owning raw: Int32) { self.raw = raw }
    deinit { Glibc.close(raw) }
}

enum Open {
    static let writeOnly = O_WRONLY | O_CLOEXEC
    /// For holding only: needs search permission on the parents and none on the item, and opens no device.
    static let handle: Int32 = 0o10000000 | O_NOFOLLOW | O_CLOEXEC
    static let trustedRoot: Int32 = 0o10000000 | O_DIRECTORY | O_CLOEXEC
    static let trustedFile: Int32 = 0o10000000 | O_CLOEXEC
    static let directoryHandle: Int32 = handle | O_DIRECTORY
    static let listing = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    /// Of a fifo or a device this does not wait for a partner.
    static let content = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    static let noFollow: Int32 = O_NOFOLLOW
    static let noAccessTime: Int32 = 0o1000000
    /// A file written in place: of a fifo this does not wait for a partner.
    static let update = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    static let createNew = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
}

enum System {
    static let atEmptyPath: Int32 = 0x1000
    static let atNoFollow: Int32 = 0x100
    /// UTIME_OMIT: leave this time alone.
    static let omitTime = (1 << 30) - 2

    @inline(__always)
    static func retrying<R: SignedInteger>(_ call: () -> R) throws(SystemError) -> R {
        while true {
            let result = call()
            if result >= 0 { return result }
            let number = errno
            if number != EINTR { throw SystemError(number: number) }
        }
    }

    // MARK: Opening

    static func open(trustedPath: SystemName, flags: Int32, mode: UInt32 = 0) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { unsafe ebb_openat(AT_FDCWD, trustedPath.characters, flags, mode) })
    }

    static func isOnProcessFileSystem(_ directory: Descriptor) -> Bool { ebb_is_on_procfs(directory.raw) == 1 }

    static func duplicate(_ file: Descriptor) throws(SystemError) -> Int32 {
        try retrying { fcntl(file.raw, F_DUPFD_CLOEXEC, 0) }
    }

    static func open(
        _ directory: Descriptor, _ name: SystemName, flags: Int32, mode: UInt32 = 0
    ) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { unsafe ebb_openat(directory.raw, name.characters, flags, mode) })
    }

    static func openBeneath(_ directory: Descriptor, _ path: SystemName, flags: Int32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { unsafe ebb_openat2_beneath(directory.raw, path.characters, flags) })
    }

    /// As `openBeneath`, following symlinks that do not lead out; EXDEV for those that do.
    static func followBeneath(_ directory: Descriptor, _ path: SystemName, flags: Int32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { unsafe ebb_openat2_following(directory.raw, path.characters, flags) })
    }

    static func adviseSequential(_ file: Descriptor) {
        // Advice: a refusal changes nothing but speed.
        _ = posix_fadvise(file.raw, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    // MARK: Status

    static func status(_ directory: Descriptor, _ name: SystemName) throws(SystemError) -> FileStatus {
        var found = ebb_status()
        _ = try retrying { unsafe ebb_fstatat(directory.raw, name.characters, atNoFollow, &found) }
        return FileStatus(found)
    }

    /// For every item of a tree: the last component of a path as it stands there, without a copy on the heap.
    static func status(_ directory: Descriptor, component bytes: [UInt8], from start: Int) throws(SystemError) -> FileStatus {
        var found = ebb_status()
        _ = try retrying {
            unsafe bytes.withUnsafeBufferPointer { all in
                unsafe ebb_fstatat_component(directory.raw, all.baseAddress! + start, all.count - start, atNoFollow, &found)
            }
        }
        return FileStatus(found)
    }

    /// The same for a name that ends with a NUL where it lies.
    @unsafe static func status(_ directory: Descriptor, _ name: UnsafePointer<CChar>) throws(SystemError) -> FileStatus {
        var found = ebb_status()
        _ = try retrying { unsafe ebb_fstatat(directory.raw, name, atNoFollow, &found) }
        return FileStatus(found)
    }

    static func followedStatus(_ directory: Descriptor, _ path: SystemName) throws(SystemError) -> FileStatus {
        var found = ebb_status()
        _ = try retrying { unsafe ebb_fstatat(directory.raw, path.characters, 0, &found) }
        return FileStatus(found)
    }

    static func status(of file: Descriptor) throws(SystemError) -> FileStatus {
        var found = ebb_status()
        _ = try retrying { unsafe ebb_fstatat(file.raw, SystemName.empty.characters, atEmptyPath, &found) }
        return FileStatus(found)
    }

    static func linkTarget(_ directory: Descriptor, _ name: SystemName) throws(SystemError) -> [UInt8] {
        // Linux bounds a target at PATH_MAX - 1 bytes; a full buffer could mean a cut one.
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = try retrying { unsafe readlinkat(directory.raw, name.characters, &buffer, buffer.count) }
        guard count < buffer.count else { throw SystemError(number: ENAMETOOLONG) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    // MARK: Making and removing

    static func makeDirectory(_ directory: Descriptor, _ name: SystemName, mode: UInt32) throws(SystemError) {
        _ = try retrying { unsafe mkdirat(directory.raw, name.characters, mode) }
    }

    static func makeSymlink(_ directory: Descriptor, _ name: SystemName, target: SystemName) throws(SystemError) {
        _ = try retrying { unsafe symlinkat(target.characters, directory.raw, name.characters) }
    }

    static func makeNode(
        _ directory: Descriptor, _ name: SystemName, mode: UInt32, device: DeviceNumber
    ) throws(SystemError) {
        _ = try retrying { unsafe ebb_mknodat(directory.raw, name.characters, mode, device.major, device.minor) }
    }

    static func makeLink(
        _ directory: Descriptor, _ name: SystemName, to other: Descriptor, _ otherName: SystemName
    ) throws(SystemError) {
        _ = try retrying { unsafe linkat(other.raw, otherName.characters, directory.raw, name.characters, 0) }
    }

    static func rename(
        _ from: Descriptor, _ fromName: SystemName, to: Descriptor, _ toName: SystemName
    ) throws(SystemError) {
        _ = try retrying { unsafe renameat(from.raw, fromName.characters, to.raw, toName.characters) }
    }

    static func renameWithoutReplacing(
        _ from: Descriptor, _ fromName: SystemName, to: Descriptor, _ toName: SystemName
    ) throws(SystemError) {
        _ = try retrying { unsafe ebb_rename_noreplace(from.raw, fromName.characters, to.raw, toName.characters) }
    }

    static func remove(_ directory: Descriptor, _ name: SystemName, isDirectory: Bool) throws(SystemError) {
        _ = try retrying { unsafe unlinkat(directory.raw, name.characters, isDirectory ? AT_REMOVEDIR : 0) }
    }

    // MARK: Content

    static func read(
        _ file: Descriptor, into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64
    ) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count, "a read stays in its buffer")
        return try retrying { unsafe ebb_pread(file.raw, &buffer, offset, count, position) }
    }

    /// Writes all of `bytes[range]` to a regular file at its current position.
    static func write(_ file: Descriptor, _ bytes: [UInt8], _ range: Range<Int>) throws(SystemError) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a write stays in its buffer")
        var at = range.lowerBound
        while at < range.upperBound {
            let count = try retrying { unsafe ebb_write(file.raw, bytes, at, range.upperBound - at) }
            guard count > 0 else { throw SystemError(number: EIO) }
            at += count
        }
    }

    /// The place in an open file moves by `count`; says where it is then.
    static func advance(_ file: Descriptor, by count: Int64) throws(SystemError) -> Int64 {
        Int64(try retrying { lseek(file.raw, off_t(count), SEEK_CUR) })
    }

    static func seekEnd(_ file: Descriptor) throws(SystemError) -> Int64 {
        Int64(try retrying { lseek(file.raw, 0, SEEK_END) })
    }

    static func cut(_ file: Descriptor, to length: Int64) throws(SystemError) {
        _ = try retrying { ftruncate(file.raw, off_t(length)) }
    }

    static func allocate(_ file: Descriptor, _ length: Int64) throws(SystemError) {
        _ = try retrying { ebb_allocate(file.raw, length) }
    }

    /// What lies there reads as zeros from then on.
    static func punch(_ file: Descriptor, at position: Int64, _ length: Int64) throws(SystemError) {
        _ = try retrying { ebb_punch(file.raw, position, length) }
    }

    static func synchronize(_ file: Descriptor) throws(SystemError) { _ = try retrying { fsync(file.raw) } }

    /// Fills with random bytes from the kernel.
    static func random(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try retrying { unsafe ebb_getrandom(&bytes, count) }
        guard got == count else { throw SystemError(number: EIO) }
        return bytes
    }

    static var processID: Int32 { getpid() }
    static var effectiveUserID: UInt32 { geteuid() }
    static var effectiveGroupID: UInt32 { getegid() }
}

extension FileStatus {
    fileprivate init(_ found: ebb_status) {
        self.init(
            mode: FileMode(bits: found.mode), size: found.size, mtime: found.mtime, nanoseconds: found.nanoseconds, atime: found.atime,
            uid: found.uid, gid: found.gid,
            rdev: DeviceNumber(major: found.rdev_major, minor: found.rdev_minor),
            device: found.device, inode: found.inode, linkCount: found.link_count)
    }

    func isSameItem(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
