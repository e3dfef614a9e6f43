import Glibc
import PeerKit
import RsyncEngine
import Testing
import TraceKit

/// Real sshd, real libssh2, loopback.
struct SSHServerTests {
    @Test func echoesTwentyMegabytesInBothDirectionsAtOnce() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("cat", at: server.endpoint())
        let pattern = (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        var gathered: [UInt8] = []
        while gathered.count < 20 << 20 { gathered += pattern }
        let sent = gathered
        let writer = Worker { try session.write(sent, 0..<sent.count); session.closeWrite() }
        let received = try session.readToEnd()
        try writer.finish()
        #expect(received == sent)
        #expect(try session.exitStatus() == 0)
        #expect(session.stderr.isEmpty)
    }

    /// Nobody reads for as long as the writer can go on: it must be held back, and nothing may be lost.
    @Test func holdsTheWriterBackWhileNobodyReads() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("cat", at: server.endpoint(), timeoutSeconds: 1)
        let chunk = [UInt8](repeating: 7, count: 1 << 20)
        var written = 0
        #expect(throws: StreamError.timedOut(seconds: 1)) {
            while written < 1 << 30 {
                try session.write(chunk, 0..<chunk.count)
                written += chunk.count
            }
        }
        #expect(written < 64 << 20)
    }

    @Test func reportsTheExitStatusAndStandardError() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("printf out; printf err >&2; exit 7", at: server.endpoint())
        #expect(try session.readToEnd() == [UInt8]("out".utf8))
        #expect(try session.wait() == .exited(7))
        #expect(session.stderr == [UInt8]("err".utf8))
    }

    @Test func reportsTheSignalThatEndedTheCommand() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("kill -TERM $$", at: server.endpoint())
        #expect(try session.wait() == .signalled("TERM"))
        #expect(try session.exitStatus() == nil)
    }

    /// The command answers only to the end of its input: EOF must arrive before, and without, a close.
    @Test func sendsEOFBehindTheLastByteAndStillReadsTheAnswer() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("wc -c; echo done", at: server.endpoint())
        try session.write([UInt8](repeating: 1, count: 70000), 0..<70000)
        session.closeWrite()
        #expect(String(decoding: try session.readToEnd(), as: UTF8.self) == "70000\ndone\n")
        #expect(try session.exitStatus() == 0)
    }

    @Test func goesOnWritingAfterTheCommandHasClosedItsOutput() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let directory = try TemporaryDirectory()
        let session = try SSHSession("exec >&-; cat > \(directory.path)/kept; exit 3", at: server.endpoint())
        try session.write([UInt8]("late".utf8), 0..<4)
        session.closeWrite()
        #expect(try session.exitStatus() == 3)
        #expect(try FileBytes.read("\(directory.path)/kept") == [UInt8]("late".utf8))
    }

    @Test func tellsWhetherThereIsSomethingToRead() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("cat", at: server.endpoint())
        #expect(try !session.waitForInput(milliseconds: 20))
        try session.write([1], 0..<1)
        #expect(try session.waitForInput(milliseconds: 30_000))
        var byte: [UInt8] = [0]
        #expect(try session.read(into: &byte, at: 0, count: 1) == 1)
        session.closeWrite()
        #expect(try session.waitForInput(milliseconds: 30_000))
        #expect(try session.readToEnd().isEmpty)
    }

    @Test func refusesToWriteToACommandThatIsGone() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let session = try SSHSession("exit 0", at: server.endpoint())
        #expect(try session.wait() == .exited(0))
        #expect(throws: StreamError.writeFailed(errno: EPIPE)) { try session.write([1], 0..<1) }
    }

    @Test func aForcedCommandSeesWhatWasAskedFor() throws {
        let server = try SSHServer(logins: [
            SSHServer.Login(),
            SSHServer.Login(
                forcedCommand: "printf '%s|%s|%s' \"$SSH_ORIGINAL_COMMAND\" \"$FROM_KEY\" \"$FROM_CLIENT\"",
                environment: ["FROM_KEY": "say \"hi\""]),
        ])
        defer { server.stop() }
        let forced = try SSHSession("rsync --server .", at: server.endpoint(login: 1), environment: ["FROM_CLIENT": "c"])
        #expect(String(decoding: try forced.readToEnd(), as: UTF8.self) == "rsync --server .|say \"hi\"|c")
        let free = try SSHSession("echo $SSH_ORIGINAL_COMMAND", at: server.endpoint(login: 0))
        #expect(try free.readToEnd() == [0x0a])
    }

    @Test func takesTheKeyFromAFileToo() throws {
        let server = try SSHServer()
        defer { server.stop() }
        var endpoint = server.endpoint()
        endpoint.privateKey = .file(server.clientKeys[0].path)
        #expect(try SSHSession("exit 5", at: endpoint).exitStatus() == 5)
    }

    @Test func refusesAnotherHostKeyAndAnotherClientKey() throws {
        let server = try SSHServer(), other = try SSHServer()
        defer {
            server.stop()
            other.stop()
        }
        var endpoint = server.endpoint()
        endpoint.hostKey = other.hostKey.publicBlob
        #expect(throws: SSHError.wrongHostKey) { try SSHSession("true", at: endpoint) }
        endpoint = server.endpoint()
        endpoint.privateKey = other.endpoint().privateKey
        #expect(throws: SSHError.self) { try SSHSession("true", at: endpoint) }
    }

    @Test func servesManySessionsAtOnce() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let sessions = try (0..<6).map { try SSHSession("cat; exit \($0)", at: server.endpoint()) }
        for session in sessions { session.closeWrite() }
        #expect(try sessions.map { try $0.exitStatus() } == [0, 1, 2, 3, 4, 5])
    }

    @Test func leavesNoProcessAndNoFileAfterStop() throws {
        let server = try SSHServer()
        // Detached from everything: its own session, its parent gone.
        let session = try SSHSession(
            "setsid sh -c 'echo $$; exec >/dev/null 2>&1 </dev/null; exec tail -f /dev/null' & wait",
            at: server.endpoint())
        var line = [UInt8](repeating: 0, count: 64)
        let count = try session.read(into: &line, at: 0, count: 64)
        let detached = try #require(pid_t(String(decoding: line[..<(count - 1)], as: UTF8.self)))
        #expect(server.processes.contains(detached))
        #expect(kill(detached, 0) == 0)
        let directory = String(server.clientKeys[0].path.dropLast("/client_0".count))
        server.stop()
        server.stop()
        #expect(server.processes.isEmpty)
        #expect(unsafe access(directory, F_OK) != 0)
        #expect(throws: (any Error).self) { try SSHSession("true", at: server.endpoint()) }
    }

    @Test func theSSHProgramReachesItToo() throws {
        let server = try SSHServer()
        defer { server.stop() }
        let null = unsafe open("/dev/null", O_RDWR)
        defer { close(null) }
        let words = try ["ssh"] + server.clientOptions() + ["127.0.0.1", "exit 9"]
        let outcome = try SpawnedProcess(words, input: null, output: null, errors: null).wait()
        #expect(outcome == .exited(9))
    }
}

/// A piece of work on a thread of its own.
final class Worker: @unchecked Sendable {
    private var thread = pthread_t()
    private let work: () throws -> Void
    private var failure: (any Error)?

    init(_ work: @escaping @Sendable () throws -> Void) {
        self.work = work
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe pthread_create(
            &thread, nil,
            { context in
                let worker = unsafe Unmanaged<Worker>.fromOpaque(context!).takeRetainedValue()
                do { try worker.work() } catch { worker.failure = error }
                return nil
            }, context)
    }

    func finish() throws {
        pthread_join(thread, nil)
        if let failure { throw failure }
    }
}
