import CConform
import Glibc
import RsyncEngine
import Synchronization

/// What one process says on one of its streams.
struct Capture {
    enum Kind { case targetOutput, targetErrors, peerOutput, peerErrors, nobody }

    let pipe: Held
    let kind: Kind
    private(set) var bytes: [UInt8] = []

    /// What is kept; the rest is read and forgotten, so that nobody waits for a reader.
    static let limit = 4 << 20

    init(_ pipe: Int32, _ kind: Kind) {
        self.pipe = Held(pipe)
        self.kind = kind
        Pipes.setNonBlocking(pipe)
    }

    mutating func step() {
        guard pipe.isOpen else { return }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe read(pipe.descriptor, &chunk, chunk.count)
            if count > 0 {
                if bytes.count < Self.limit { bytes += chunk[..<count] }
                if count < chunk.count { return }
            } else if count < 0, errno == EAGAIN || errno == EINTR {
                return
            } else {
                pipe.close()
                return
            }
        }
    }
}

/// What a client reads on its standard input.
final class InputFeed {
    private let bytes: [UInt8]
    private var position = 0
    private let pipe: Held

    init(_ bytes: [UInt8], _ pipe: Int32) {
        self.bytes = bytes
        self.pipe = Held(pipe)
        Pipes.setNonBlocking(pipe)
    }

    var waiting: Int32? { pipe.isOpen ? pipe.descriptor : nil }

    func step() {
        guard pipe.isOpen else { return }
        let count = unsafe bytes.withUnsafeBytes { unsafe write(pipe.descriptor, $0.baseAddress! + position, $0.count - position) }
        if count > 0 { position += count } else if errno != EAGAIN, errno != EINTR { pipe.close() }
        if position == bytes.count { pipe.close() }
    }
}

/// The socket beside a client's remote shell, and the one call that it takes.
final class ShellListener {
    struct Call {
        let words: [[UInt8]]
        /// What the client writes, and what it reads.
        let input: Int32
        let output: Int32
    }

    private let listener: Held
    private let path: String
    private var link: Held?
    private var streams: (Held, Held)?
    private var text: [UInt8] = []
    private var isTaken = false

    init(_ directory: String) throws {
        path = "\(directory)/socket"
        _ = unsafe unlink(path)
        let descriptor = unsafe conform_local_listener(path)
        guard descriptor >= 0 else { throw CellTrouble("\(path): errno \(errno)") }
        listener = Held(descriptor)
        // Whoever the client runs as.
        _ = unsafe chmod(path, 0o666)
    }

    /// What to wait for, while the call is not complete.
    var waiting: Int32? {
        if isTaken { return nil }
        return link?.descriptor ?? (listener.isOpen ? listener.descriptor : nil)
    }

    /// The call once it is complete. A second one finds nobody.
    func step() throws -> Call? {
        guard !isTaken else { return nil }
        guard let link else {
            let descriptor = conform_accept(listener.descriptor)
            guard descriptor >= 0 else { return nil }
            let held = Held(descriptor)
            var ends: [Int32] = [-1, -1]
            guard unsafe conform_receive_streams(descriptor, &ends) == 0 else {
                throw CellTrouble("the remote shell handed nothing over: errno \(errno)")
            }
            streams = (Held(ends[0]), Held(ends[1]))
            self.link = held
            listener.close()
            Pipes.setNonBlocking(descriptor)
            return nil
        }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe read(link.descriptor, &chunk, chunk.count)
        if count > 0 { text += chunk[..<count] }
        guard count == 0, let streams else { return nil }
        isTaken = true
        let words = text.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { [UInt8]($0) }
        return Call(words: words, input: streams.0.release(), output: streams.1.release())
    }

    /// Ends the remote shell with that status.
    func answer(_ status: UInt8) {
        guard let link, link.isOpen, isTaken else { return }
        _ = unsafe withUnsafePointer(to: status) { unsafe send(link.descriptor, $0, 1, Int32(MSG_NOSIGNAL)) }
        link.close()
    }

    func close() {
        link?.close()
        listener.close()
        _ = unsafe unlink(path)
    }
}

/// A peer made of data, on its own thread.
final class ScriptThread {
    private let far: Held
    private let note: Held
    private let thread: WorkerThread
    private let shared: Shared
    /// Polls readable once it has ended.
    var ended: Int32 { note.descriptor }
    private(set) var outcome: ScriptOutcome?

    private final class Shared: Sendable {
        let outcome = Mutex<ScriptOutcome?>(nil)
    }

    init(_ peer: any ScriptedPeer, _ context: ScriptContext, _ socket: Int32) throws {
        far = Held(socket)
        let pipe = try Pipes.make()
        note = Held(pipe.read)
        let shared = Shared()
        self.shared = shared
        let lanes = ScriptLanes(reading: socket, writing: socket) { isWriteOnly in
            shutdown(socket, isWriteOnly ? Int32(SHUT_WR) : Int32(SHUT_RDWR))
        }
        let end = pipe.write
        thread = WorkerThread {
            let outcome = peer.run(context, lanes)
            shared.outcome.withLock { $0 = outcome }
            Glibc.close(end)
            // The target reads its end of file now; what it still writes is read, so that it can be recorded.
            shutdown(socket, Int32(SHUT_WR))
            var unused = [UInt8](repeating: 0, count: 16 << 10)
            while unsafe read(socket, &unused, unused.count) > 0 {}
        }
    }

    func collect() {
        if outcome == nil { outcome = shared.outcome.withLock { $0 } }
    }

    /// Waits for its end. Its streams must have ended before.
    func join() {
        thread.join()
        collect()
        far.close()
    }
}
