import Glibc
import TraceKit

/// A fresh directory of this user alone, gone with the value.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init(prefix: String = "conform") throws(FileBytes.Failure) {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = "\(base)/\(prefix)-XXXXXX".utf8CString.map { $0 }
        guard unsafe mkdtemp(&template) != nil else { throw FileBytes.Failure(path: base, errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// Removes the directory with everything in it; a second call finds nothing to do.
    public func remove() {
        RemoveTree.remove([UInt8](path.utf8))
    }
}

/// Removal of a whole tree that follows no symlink.
public enum RemoveTree {
    public static func remove(_ path: [UInt8]) {
        var status = stat()
        guard unsafe path.withCPath({ unsafe lstat($0, &status) }) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            // A directory of odd mode must be opened up before an unprivileged user can empty it.
            _ = unsafe path.withCPath { unsafe chmod($0, 0o700) }
            for name in DirectoryNames.list(path) ?? [] { remove(path + [0x2f] + name) }
            _ = unsafe path.withCPath { unsafe rmdir($0) }
        } else {
            _ = unsafe path.withCPath { unsafe unlink($0) }
        }
    }
}

/// Names in a directory, in byte order, without `.` and `..`; nil when it cannot be read.
public enum DirectoryNames {
    public static func list(_ path: [UInt8]) -> [[UInt8]]? {
        guard let directory = unsafe path.withCPath({ unsafe opendir($0) }) else { return nil }
        defer { unsafe closedir(directory) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe [UInt8](bytes.prefix { $0 != 0 })
            }
            if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension [UInt8] {
    /// Calls `body` with these bytes as a C string. Precondition: no NUL among them.
    public func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let text = self + [0]
        return unsafe text.withUnsafeBytes { bytes in
            unsafe body(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
    }
}
