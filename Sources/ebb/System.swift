import BackupVault
import Glibc
import RsyncEngine
import RsyncHost
import RsyncReport
import RsyncWire

/// What the commands ask of the system beside the layers below. The one file of this program that names the C library,
/// but for its start.
enum System {
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&ready, 1, -1)
                continue
            }
            guard count > 0 else { return }
            done += count
        }
    }

    /// For people; what could steer a terminal is made harmless (HOS-560).
    static func complain(_ text: String, by name: String = "ebb") {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            NameEscaping.utf8.escape(Array($0.utf8)) + [0x0a]
        }
        write(Array("\(name): ".utf8) + lines.joined(), to: 2)
    }

    /// Bytes of a path, for `complain`.
    static func named(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }

    /// Without the path below the vault where that is the vault itself.
    static func reason(_ error: VaultError) -> String {
        guard case .file(let error) = error else { return error.description }
        return error.path.isRoot ? errorText(error.errno) : "\(error.operation) \"\(error.path)\": \(errorText(error.errno))"
    }

    static func now() -> UTCTime { UTCTime(seconds: Int64(time(nil))) }

    /// The bytes of an environment variable.
    static func variable(_ name: String) -> [UInt8]? {
        let prefix = Array("\(name)=".utf8)
        return ChildProcess.inheritedEnvironment.first { $0.starts(with: prefix) }.map { [UInt8]($0[prefix.count...]) }
    }

    /// The file this program was started from.
    static func ownPath() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe buffer.withUnsafeMutableBytes { space in
            unsafe readlink("/proc/self/exe", space.baseAddress!.assumingMemoryBound(to: CChar.self), space.count)
        }
        return count > 0 ? [UInt8](buffer[..<count]) : nil
    }

    static var processID: Int32 { getpid() }

    /// Where a held directory lies now, all symlinks resolved.
    static func path(ofDescriptor descriptor: Int32) -> [UInt8]? {
        resolved(Array("/proc/self/fd/\(descriptor)".utf8))
    }

    static func resolved(_ path: [UInt8]) -> [UInt8]? {
        guard let found = unsafe realpath(characters(path), nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: found, count: strlen(found)))
    }

    /// Whether `path` is `directory` or lies in it, by their resolved names. What is not there yet counts by its parent.
    static func isBeneath(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        var path = path
        while let cut = path.lastIndex(of: slash), resolved(path) == nil { path = [UInt8](path[..<cut]) }
        let place = resolved(path) ?? [slash]
        let end = directory.last == slash ? directory : directory + [slash]
        return (place + [slash]).starts(with: end)
    }

    /// A log that is only added to; a symlink in its place is not followed. Negative when it cannot be.
    static func openLog(_ path: [UInt8]) -> Int32 {
        unsafe open(characters(path), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0o600)
    }

    static func absolute(_ path: [UInt8]) -> [UInt8]? {
        guard path.first != UInt8(ascii: "/") else { return path }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return nil }
        return buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } + [UInt8(ascii: "/")] + path
    }

    /// Whole content of a small file; standard input for `-`. nil when it cannot be read.
    static func contents(of path: [UInt8], limit: Int) -> [UInt8]? {
        let descriptor = path == [UInt8(ascii: "-")] ? 0 : unsafe open(characters(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { if descriptor != 0 { close(descriptor) } }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while content.count <= limit {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return content }
            content += buffer[..<count]
        }
        return nil
    }

    /// Adds to a file, made with mode 0600 where it is missing; the error number of a failure.
    static func append(_ bytes: [UInt8], to path: [UInt8]) -> Int32? {
        let descriptor = unsafe open(characters(path), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var last: UInt8 = 0x0a
        let size = lseek(descriptor, 0, SEEK_END)
        if size > 0 { _ = unsafe pread(descriptor, &last, 1, size - 1) }
        write((last == 0x0a ? [] : [0x0a]) + bytes, to: descriptor)
        return fsync(descriptor) == 0 ? nil : errno
    }

    private static func characters(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }
}
