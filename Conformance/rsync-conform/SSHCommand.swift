import ArgumentParser
import Glibc
import PeerKit
import RsyncEngine
import RsyncHost
import TraceKit

/// A remote shell for rsync over libssh2: what the cross-checks give to a stock client's `-e`.
struct SSHCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Runs a command on a fixture's ssh server, as rsync's remote shell.",
        discussion: """
            rsync -e 'rsync-conform ssh --endpoint FILE' -a src/ fixture:dst/

            FILE says where to connect (port, user, host-key, private-key; one a line); HOST is there because rsync
            gives one. Ends when the command's output ends, with its exit status; 255 when a signal ended the command
            or the connection was lost.
            """)

    @Option(help: "The file that says where to connect.")
    var endpoint: String

    @Option(help: "Seconds without an answer until the connection counts as lost.")
    var timeout: Int32 = 60

    @Argument(parsing: .captureForPassthrough, help: "HOST and the command.")
    var words: [String] = []

    /// What a broken connection makes of a remote shell, as ssh does it.
    private static let lost: Int32 = 255

    func run() throws {
        let words = ProcessWords.withoutHost(Array(ProcessWords.all.suffix(self.words.count)))
        guard !words.isEmpty else { throw ValidationError("There is nothing to run behind the host's name.") }
        guard let command = String(validating: Array(words.joined(separator: [0x20])), as: UTF8.self) else {
            throw ValidationError("The command is not UTF-8, which libssh2 is given.")
        }
        let place = try SSHEndpoint(text: String(decoding: FileBytes.read(endpoint), as: UTF8.self))
        // A reader that is gone is an error of write, not the end of this process.
        signal(SIGPIPE, SIG_IGN)
        let session = try SSHSession(command, at: place, timeoutSeconds: timeout)
        let local = try FileDescriptorStream(reading: 0, writing: 1)
        let status = Self.bridge(local, session)
        // The thread that reads standard input may wait there for ever: leaving ends it.
        throw ArgumentParser.ExitCode(status)
    }

    private static func bridge(_ local: FileDescriptorStream, _ session: SSHSession) -> Int32 {
        _ = WorkerThread { Self.forwardInput(local, session) }
        var shown = 0
        func showErrors() {
            let errors = session.stderr
            guard errors.count > shown else { return }
            _ = unsafe errors.withUnsafeBytes { unsafe write(2, $0.baseAddress! + shown, errors.count - shown) }
            shown = errors.count
        }
        do throws(StreamError) {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = try session.read(into: &buffer, at: 0, count: buffer.count), count > 0 {
                showErrors()
                try local.write(buffer, 0..<count)
            }
            local.closeWrite()
            let outcome = try session.wait()
            showErrors()
            if case .exited(let status) = outcome { return status }
            complain("the command was ended by a signal: \(outcome)")
        } catch {
            showErrors()
            complain("connection lost: \(error)")
        }
        return lost
    }

    private static func forwardInput(_ local: FileDescriptorStream, _ session: SSHSession) {
        do throws(StreamError) {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = try local.read(into: &buffer, at: 0, count: buffer.count), count > 0 {
                try session.write(buffer, 0..<count)
            }
        } catch {
            // A command that has ended reads no more, which its status tells; a local reader that is gone writes no
            // more, which the end of input tells the command.
        }
        session.closeWrite()
    }

    private static func complain(_ text: String) {
        let bytes = [UInt8]("rsync-conform ssh: \(text)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
