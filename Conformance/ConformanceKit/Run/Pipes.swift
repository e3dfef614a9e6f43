import CConform
import Glibc

/// Descriptors of this process's own side.
enum Pipes {
    struct Failure: Error, CustomStringConvertible {
        let errno: Int32
        var description: String { "no pipe: errno \(errno)" }
    }

    /// Close-on-exec; of some capacity where one is asked for, at least a page.
    static func make(capacity: Int? = nil) throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe conform_pipe(&ends) == 0 else { throw Failure(errno: errno) }
        if let capacity { _ = conform_resize_pipe(ends[1], Int32(clamping: capacity)) }
        return (ends[0], ends[1])
    }

    static func localPair() throws(Failure) -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe conform_local_pair(&ends) == 0 else { throw Failure(errno: errno) }
        return (ends[0], ends[1])
    }

    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
}

/// A descriptor that is closed once, by whoever comes first.
final class Held {
    private(set) var descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close() }

    var isOpen: Bool { descriptor >= 0 }

    /// The descriptor, for somebody else to close.
    func release() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
