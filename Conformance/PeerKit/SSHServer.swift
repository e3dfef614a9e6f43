import CConform
import Glibc
import Synchronization
import TraceKit

/// A real sshd on a loopback port that nobody else can have taken: this fixture listens itself and starts
/// `sshd -i` on every connection it accepts. Everything it started, and its files, are gone after `stop()`.
public final class SSHServer: Sendable {
    /// What one client key may do: one line of authorized_keys.
    public struct Login: Sendable {
        /// Run instead of what the client asks for, which the command finds in SSH_ORIGINAL_COMMAND.
        public var forcedCommand: String?
        public var environment: [String: String]
        /// No forwarding of any kind and no terminal.
        public var isRestricted: Bool

        public init(forcedCommand: String? = nil, environment: [String: String] = [:], isRestricted: Bool = true) {
            self.forcedCommand = forcedCommand
            self.environment = environment
            self.isRestricted = isRestricted
        }

        func line(_ key: SSHKeyPair) -> String {
            var options: [String] = []
            if let forcedCommand { options.append("command=\"\(Self.escaped(forcedCommand))\"") }
            for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
                options.append("environment=\"\(name)=\(Self.escaped(value))\"")
            }
            if isRestricted { options.append("restrict") }
            return (options.isEmpty ? "" : options.joined(separator: ",") + " ") + key.publicLine + "\n"
        }

        private static func escaped(_ text: String) -> String {
            text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
        }
    }

    public let port: UInt16
    public let hostKey: SSHKeyPair
    /// One per login, in their order.
    public let clientKeys: [SSHKeyPair]
    public let user: String

    private struct State {
        var listener: Int32
        var thread: JoinableThread?
        var processes: ProcessTree
    }

    private let directory: TemporaryDirectory
    private let state: Monitor<State>

    public init(logins: [Login] = [Login()]) throws {
        directory = try TemporaryDirectory(prefix: "conform-sshd")
        hostKey = try SSHKeyPair(generatingAt: "\(directory.path)/host_key")
        let keys = try logins.indices.map { [directory] in try SSHKeyPair(generatingAt: "\(directory.path)/client_\($0)") }
        clientKeys = keys
        user = try Self.ownName()
        let tag = "CONFORM_FIXTURE=\(directory.path)"
        try FileBytes.write(
            [UInt8](zip(logins, keys).map { $0.line($1) }.joined().utf8), to: "\(directory.path)/authorized_keys",
            permissions: 0o600)
        try FileBytes.write([UInt8](Self.configuration(directory.path, tag).utf8), to: "\(directory.path)/sshd_config")
        if geteuid() == 0, unsafe mkdir("/run/sshd", 0o755) != 0, errno != EEXIST {
            throw FileBytes.Failure(path: "/run/sshd", errno: errno)
        }
        let (listener, port) = try Self.listen()
        self.port = port
        let state = Monitor(State(listener: listener, thread: nil, processes: ProcessTree(children: [], tag: tag)))
        self.state = state
        let path = directory.path
        let thread = JoinableThread { Self.serve(listener, path, state) }
        state.update { $0.thread = thread }
    }

    deinit { stop() }

    /// Ends every session and process, and removes the files. Any number of calls does what one does.
    public func stop() {
        let thread = state.update { state -> JoinableThread? in
            defer { state.thread = nil }
            if state.thread != nil { shutdown(state.listener, Int32(SHUT_RDWR)) }
            return state.thread
        }
        guard let thread else { return }
        thread.join()
        var processes = state.update { state in
            close(state.listener)
            return state.processes
        }
        processes.end()
        state.update { $0.processes.children = [] }
        directory.remove()
    }

    /// Processes of sessions that are alive now.
    public var processes: [pid_t] { state.update { $0.processes.alive() } }

    /// What the servers logged so far.
    public var log: String {
        (try? FileBytes.read("\(directory.path)/log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Where and as whom a session connects.
    public func endpoint(login: Int = 0) -> SSHEndpoint {
        SSHEndpoint(
            port: port, user: user, hostKey: hostKey.publicBlob, privateKey: .memory(clientKeys[login].privateKey))
    }

    /// Options for the `ssh` program to reach this server without asking anything.
    public func clientOptions(login: Int = 0) throws(FileBytes.Failure) -> [String] {
        let known = "\(directory.path)/known_hosts"
        try FileBytes.write([UInt8]("[127.0.0.1]:\(port) \(hostKey.publicLine)\n".utf8), to: known)
        return [
            "-F", "none", "-p", "\(port)", "-l", user, "-i", clientKeys[login].path, "-o", "UserKnownHostsFile=\(known)",
            "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        ]
    }

    private static func serve(_ listener: Int32, _ directory: String, _ state: Monitor<State>) {
        while true {
            let connection = conform_accept(listener)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            defer { close(connection) }
            // A connection that no sshd can be started for is closed; its client says so.
            guard
                let child = try? SpawnedProcess(
                    ["/usr/sbin/sshd", "-i", "-f", "\(directory)/sshd_config", "-E", "\(directory)/log"],
                    input: connection, output: connection, errors: connection)
            else { continue }
            state.update { $0.processes.children.append(child) }
        }
    }

    private static func listen() throws(SSHError) -> (descriptor: Int32, port: UInt16) {
        let descriptor = conform_stream_socket()
        guard descriptor >= 0 else { throw .system(operation: "socket", errno: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let generic = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return unsafe bind(descriptor, generic, size) != 0 || Glibc.listen(descriptor, 64) != 0
                || getsockname(descriptor, generic, &size) != 0
        }
        guard !failed else {
            defer { close(descriptor) }
            throw .system(operation: "listen", errno: errno)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func ownName() throws(SSHError) -> String {
        guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else {
            throw .system(operation: "getpwuid", errno: errno)
        }
        return unsafe String(cString: name)
    }

    private static func configuration(_ directory: String, _ tag: String) -> String {
        """
        HostKey \(directory)/host_key
        AuthorizedKeysFile \(directory)/authorized_keys
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin yes
        PermitUserEnvironment yes
        PermitUserRC no
        AcceptEnv *
        SetEnv \(tag)
        UseDNS no
        PrintMotd no
        LogLevel VERBOSE

        """
    }
}
