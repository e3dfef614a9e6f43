import CConform
import Glibc
import PeerKit
import RsyncEngine
import Synchronization

/// The groups of processes that cells have running, so that they end with this program whatever ends it.
enum LiveGroups {
    private static let state = Mutex((groups: Set<pid_t>(), isOver: false))

    static func add(_ group: pid_t) {
        state.withLock { state in
            state.groups.insert(group)
            if state.isOver { _ = Glibc.kill(-group, SIGKILL) }
        }
    }

    /// Whether nothing is to be started any more.
    static var isOver: Bool { state.withLock { $0.isOver } }

    static func remove(_ group: pid_t) { state.withLock { _ = $0.groups.remove(group) } }

    /// All of them, and every one that is still to come.
    static func kill() {
        state.withLock { state in
            state.isOver = true
            for group in state.groups { _ = Glibc.kill(-group, SIGKILL) }
        }
    }
}

/// What a signal does to a run: processes and sandboxes go, then this program, with the status of a shell.
enum Interruptions {
    /// From here on. `undo` is what is left to do for a run; the last one given counts.
    static func install(undo: @escaping @Sendable () -> Void) throws {
        let isFirst = work.withLock { work in
            defer { work = undo }
            return work == nil
        }
        guard isFirst else { return }
        let pipe = try Pipes.make()
        guard conform_catch_signals(pipe.write) == 0 else { throw Pipes.Failure(errno: errno) }
        _ = WorkerThread {
            var number: UInt8 = 0
            while unsafe read(pipe.read, &number, 1) != 1 {}
            LiveGroups.kill()
            work.withLock { $0 }?()
            _exit(128 + Int32(number))
        }
    }

    private static let work = Mutex<(@Sendable () -> Void)?>(nil)
}
