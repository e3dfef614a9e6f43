import Glibc

/// Whole files in and out of memory.
public enum FileBytes {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let path: String
        public let errno: Int32

        public init(path: String, errno: Int32) {
            self.path = path
            self.errno = errno
        }

        public var description: String { "\(path): errno \(errno)" }
    }

    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        try read(bytes: [UInt8](path.utf8))
    }

    /// The same for a path that need not be text.
    public static func read(bytes name: [UInt8]) throws(Failure) -> [UInt8] {
        let path = String(decoding: name, as: UTF8.self)
        let descriptor = unsafe (name + [0]).withUnsafeBytes { bytes in
            unsafe open(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw Failure(path: path, errno: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(path: path, errno: errno)
            }
            content.append(contentsOf: chunk[..<count])
        }
    }

    /// Creates or replaces the file.
    public static func write(_ content: [UInt8], to path: String, permissions: mode_t = 0o644) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw Failure(path: path, errno: errno) }
        defer { close(descriptor) }
        var position = 0
        while position < content.count {
            let count = unsafe content.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(path: path, errno: errno)
            }
            position += count
        }
    }
}
