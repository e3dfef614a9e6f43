import CConform
import Glibc
import RsyncEngine
import TraceKit

/// Where and as whom to connect, on the loopback interface.
public struct SSHEndpoint: Sendable {
    public enum PrivateKey: Sendable {
        case memory([UInt8])
        case file(String)
    }

    public var port: UInt16
    public var user: String
    /// The public host key that the server must show.
    public var hostKey: [UInt8]
    public var privateKey: PrivateKey

    public init(port: UInt16, user: String, hostKey: [UInt8], privateKey: PrivateKey) {
        self.port = port
        self.user = user
        self.hostKey = hostKey
        self.privateKey = privateKey
    }
}

/// One command on an ssh server, driven by libssh2, as a stream of bytes.
///
/// A libssh2 session is not thread-safe, and an answer to one direction can be swallowed while the other waits for
/// it. So one thread owns the session and never blocks in it: it moves bytes between the channel and two bounded
/// buffers, and sleeps in poll on the socket and on a pipe by which readers and writers wake it. The buffers fill and
/// empty independently, so full-duplex flows cannot lock each other.
public final class SSHSession: ByteStream {
    /// How the remote command ended.
    public enum Outcome: Sendable, Equatable {
        case exited(Int32)
        /// The signal's name without SIG, as in `TERM`.
        case signalled(String)
    }

    private let pump: SSHPump
    private let thread: JoinableThread
    private let timeout: Int32

    /// Connects, checks the host key, logs in and starts `command`. `environment` is sent before it. The timeout
    /// holds for the opening and then for every single read and write.
    public init(
        _ command: String, at endpoint: SSHEndpoint, environment: [String: String] = [:], timeoutSeconds: Int32 = 60
    ) throws(SSHError) {
        timeout = timeoutSeconds
        let link = try SSHLink(endpoint, command: command, environment: environment, timeoutSeconds: timeoutSeconds)
        let pump = SSHPump(link)
        self.pump = pump
        thread = JoinableThread { pump.run() }
    }

    deinit {
        pump.abort()
        thread.join()
    }

    public func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        let received = pump.take(count, timeout: timeout)
        let bytes = try received.get()
        buffer.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return bytes.count
    }

    public func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        var rest = bytes[range]
        while !rest.isEmpty {
            let accepted = try pump.give(rest, timeout: timeout).get()
            rest = rest.dropFirst(accepted)
        }
    }

    public func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        pump.waitForInput(milliseconds: milliseconds)
    }

    /// Sends EOF behind everything written.
    public func closeWrite() { pump.closeWrite() }

    /// What the command has written to its standard error so far.
    public var stderr: [UInt8] { pump.errorOutput }

    /// Waits for the command's end. Its output must be read to the end first, or by another thread.
    public func wait() throws(StreamError) -> Outcome { try pump.wait(timeout: timeout).get() }

    /// The exit status; nil when a signal ended the command.
    public func exitStatus() throws(StreamError) -> Int32? {
        if case .exited(let status) = try wait() { status } else { nil }
    }

    /// Drops the connection as it stands, without EOF or close. Reads and writes fail from here on.
    public func disconnect() { pump.abort() }

    /// Reads to the end of the command's output.
    public func readToEnd() throws(StreamError) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = try read(into: &buffer, at: 0, count: buffer.count), count > 0 {
            all.append(contentsOf: buffer[..<count])
        }
        return all
    }
}
