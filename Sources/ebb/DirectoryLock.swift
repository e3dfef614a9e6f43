import Glibc
import RsyncHost

/// The lock of a restricted key: on the directory itself, as rrsync has it, so that both exclude each other (RSH-28).
final class DirectoryLock {
    struct Busy: Error, CustomStringConvertible {
        var description: String { "Another instance of rrsync is already accessing this directory." }
    }

    private let descriptor: Int32

    /// Opens what `take` locks: that may be after the confinement, which leaves directories elsewhere out of reach.
    init(_ path: [UInt8]) {
        descriptor = unsafe open(path.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    /// Waits at most so many seconds. A directory that cannot be opened or locked is used without.
    func take(waiting seconds: Int32, _ interruption: Interruption) throws(Busy) {
        guard descriptor >= 0 else { return }
        let end = ContinuousClock.now + .seconds(Int64(seconds))
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return }
            guard ContinuousClock.now < end, !interruption.isTripped else { throw Busy() }
            usleep(50_000)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
