import CSyscalls
import Glibc
import RsyncEngine
import RsyncWire

// The system calls that only the vault needs: a lock, an append that is on disk, a flush of the whole file system.
// The one file of this module that names the C library.

/// A small file directly below a client's directory, held open.
final class VaultFile: Sendable {
    private let descriptor: Int32
    private let path: RelativePath

    /// Opens for reading, writing and appending; created with mode 0600 where it is missing. A symlink is refused.
    init(_ path: RelativePath, below directory: Int32, appending: Bool, creating: Bool = true) throws(FileError) {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (appending ? O_APPEND : 0) | (creating ? O_CREAT : 0)
        let name = String(decoding: path.bytes, as: UTF8.self)
        let opened = unsafe openat(directory, name, flags, 0o600)
        guard opened >= 0 else { throw FileError(errno: errno, operation: "open", path: path) }
        descriptor = opened
        self.path = path
    }

    deinit { close(descriptor) }

    /// An advisory lock on the open file: it ends with the descriptor, whatever becomes of the process (REV-41). False
    /// if somebody else holds it.
    func tryLock() throws(FileError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw refused("lock") }
        }
        return true
    }

    /// Bytes from the start, at most `limit`.
    func contents(limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = unsafe pread(descriptor, &buffer, min(buffer.count, limit - bytes.count), off_t(bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw refused("read") }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// The last byte; nil if the file is empty.
    func lastByte() throws(FileError) -> UInt8? {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw refused("lseek") }
        if size == 0 { return nil }
        var byte: UInt8 = 0
        guard unsafe pread(descriptor, &byte, 1, size - 1) == 1 else { throw refused("read") }
        return byte
    }

    func truncate() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0 else { throw refused("truncate") }
    }

    /// Appends with one call, as far as the system takes it, and waits until it is on disk.
    func append(_ bytes: [UInt8]) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe write(descriptor, rest, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw refused("write") }
            rest.removeFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw refused("fsync") }
    }

    private func refused(_ operation: StaticString) -> FileError {
        FileError(errno: errno, operation: operation, path: path)
    }
}

/// Waits until everything written to the file system of `directory` is on disk (syncfs reports write errors since
/// Linux 5.8). One call, where fsync of every file of a snapshot would be hundreds of thousands.
func synchronizeFileSystem(of directory: Int32) throws(FileError) {
    let opened = unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw FileError(errno: errno, operation: "open", path: .root) }
    defer { close(opened) }
    guard ebb_syncfs(opened) == 0 else { throw FileError(errno: errno, operation: "syncfs", path: .root) }
}

/// This process, for the lock's text.
var currentProcess: Int32 { getpid() }
