import CSyscalls
import Glibc
import RsyncEngine
import RsyncWire

/// Reads an open directory. Names stay where the kernel put them until they are asked for, and lstat takes them from
/// there: no allocation but the one for the name.
@safe final class DirectoryReader: DirectoryListing {
    private let directory: Descriptor
    private let path: RelativePath
    /// Not cleared: that would cost more than reading a small directory.
    private let buffer: UnsafeMutableRawBufferPointer
    private var end = 0
    /// Where the record after the one that came last begins.
    private var following = 0
    /// The name that came last, without its NUL.
    private var name = 0..<0

    // Records of linux_dirent64: inode 8, offset 8, length 2, type 1, then the name and its NUL.
    private static let nameOffset = 19

    /// `directory` is open for listing.
    init(_ directory: Descriptor, path: RelativePath) {
        self.directory = directory
        self.path = path
        unsafe buffer = .allocate(byteCount: 32 << 10, alignment: 8)
    }

    deinit { unsafe buffer.deallocate() }

    func next(behind prefix: [UInt8]) throws(FileError) -> [UInt8]? {
        do throws(SystemError) {
            return try nextName(behind: prefix)
        } catch {
            throw FileError(errno: error.number, operation: "opendir", path: path)
        }
    }

    func nextName(behind prefix: [UInt8] = []) throws(SystemError) -> [UInt8]? {
        guard try advance() else { return nil }
        // Not by an array of unset bytes: for that the runtime looks the array's type up each time.
        var whole: [UInt8] = []
        whole.reserveCapacity(prefix.count + name.count)
        whole.append(contentsOf: prefix)
        unsafe whole.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[name]))
        return whole
    }

    func status() throws(FileError) -> FileStatus {
        precondition(!name.isEmpty, "a status is that of an item")
        do throws(SystemError) {
            return try unsafe System.status(
                directory, buffer.baseAddress!.advanced(by: name.lowerBound).assumingMemoryBound(to: CChar.self))
        } catch {
            throw FileError(errno: error.number, operation: "readlink_stat", path: path)
        }
    }

    /// To the next name that is neither `.` nor `..`; false after the last.
    private func advance() throws(SystemError) -> Bool {
        while true {
            if following == end {
                end = try System.retrying { unsafe ebb_getdents(directory.raw, buffer.baseAddress!, buffer.count) }
                following = 0
                if end == 0 { return false }
            }
            let start = following + Self.nameOffset
            guard start < end else { throw SystemError(number: EIO) }
            let length = Int(unsafe buffer.loadUnaligned(fromByteOffset: following + 16, as: UInt16.self))
            following += length
            guard length > Self.nameOffset, following <= end else { throw SystemError(number: EIO) }
            let used = unsafe strnlen(
                buffer.baseAddress!.advanced(by: start).assumingMemoryBound(to: CChar.self), following - start)
            guard used > 0, start + used < following else { throw SystemError(number: EIO) }
            name = start..<(start + used)
            let isDots = unsafe used < 3 && buffer[start] == 0x2e && (used == 1 || buffer[start + 1] == 0x2e)
            if !isDots { return true }
        }
    }
}
