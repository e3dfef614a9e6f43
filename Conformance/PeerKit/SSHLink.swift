import CConform
import CLibSSH2
import Glibc

/// A libssh2 session with one channel on which a command runs. One thread at a time.
@safe final class SSHLink {
    let socket: Int32
    private let session: OpaquePointer
    private(set) var channel: OpaquePointer?

    /// libssh2 sets up its libraries once for the process.
    private static let library: Int32 = libssh2_init(0)
    private static let window: UInt32 = 2 << 20
    private static let packet: UInt32 = 32768

    init(
        _ endpoint: SSHEndpoint, command: String, environment: [String: String], timeoutSeconds: Int32
    ) throws(SSHError) {
        precondition(Self.library == 0, "libssh2 can be set up")
        let socket = try Self.connect(endpoint.port)
        guard let session = unsafe libssh2_session_init_ex(nil, nil, nil, nil) else {
            close(socket)
            throw .library(operation: "session", code: LIBSSH2_ERROR_ALLOC, message: "")
        }
        self.socket = socket
        unsafe self.session = session
        unsafe libssh2_session_set_blocking(session, 1)
        unsafe libssh2_session_set_timeout(session, Int(timeoutSeconds) * 1000)
        try check("handshake", unsafe libssh2_session_handshake(session, socket))
        try verifyHostKey(endpoint.hostKey)
        try authenticate(endpoint)
        try start(command, environment)
        unsafe libssh2_session_set_blocking(session, 0)
    }

    deinit {
        // Non-blocking, and best effort: the other side learns of the end from the socket if not from here.
        if let channel = unsafe channel { unsafe libssh2_channel_free(channel) }
        unsafe libssh2_session_free(session)
        close(socket)
    }

    /// Whether the last refused call waits to send: it must then be the next one made, with the same arguments.
    var isBlockedSending: Bool {
        unsafe libssh2_session_block_directions(session) & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0
    }

    /// Whether data of the channel, of either stream, was received and not read yet.
    var hasQueuedInput: Bool {
        var queued: UInt = 0
        _ = unsafe libssh2_channel_window_read_ex(channel, &queued, nil)
        return queued > 0
    }

    private static func connect(_ port: UInt16) throws(SSHError) -> Int32 {
        let socket = conform_stream_socket()
        guard socket >= 0 else { throw .system(operation: "socket", errno: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let failed = unsafe withUnsafeBytes(of: &address) { bytes in
            let generic = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return unsafe Glibc.connect(socket, generic, socklen_t(bytes.count)) != 0
        }
        guard !failed else {
            defer { close(socket) }
            throw .system(operation: "connect", errno: errno)
        }
        return socket
    }

    private func check(_ operation: String, _ code: Int32) throws(SSHError) {
        guard code != 0 else { return }
        var text: UnsafeMutablePointer<CChar>?
        unsafe libssh2_session_last_error(session, &text, nil, 0)
        let message = unsafe text.map { unsafe String(cString: $0) } ?? ""
        throw .library(operation: operation, code: code, message: message)
    }

    private func verifyHostKey(_ expected: [UInt8]) throws(SSHError) {
        var length = 0
        var type: Int32 = 0
        guard let key = unsafe libssh2_session_hostkey(session, &length, &type) else { throw .wrongHostKey }
        let shown = unsafe [UInt8](UnsafeRawBufferPointer(start: key, count: length))
        guard shown == expected else { throw .wrongHostKey }
    }

    private func authenticate(_ endpoint: SSHEndpoint) throws(SSHError) {
        let user = endpoint.user
        switch endpoint.privateKey {
        case .memory(let key):
            let code = unsafe key.withUnsafeBytes { bytes in
                unsafe libssh2_userauth_publickey_frommemory(
                    session, user, user.utf8.count, nil, 0, bytes.baseAddress!.assumingMemoryBound(to: CChar.self),
                    bytes.count, nil)
            }
            try check("authentication", code)
        case .file(let path):
            try check(
                "authentication",
                unsafe libssh2_userauth_publickey_fromfile_ex(
                    session, user, UInt32(user.utf8.count), path + ".pub", path, nil))
        }
    }

    private func start(_ command: String, _ environment: [String: String]) throws(SSHError) {
        let opened = unsafe libssh2_channel_open_ex(session, "session", 7, Self.window, Self.packet, nil, 0)
        guard let opened = unsafe opened else {
            try check("channel", unsafe libssh2_session_last_errno(session))
            throw .library(operation: "channel", code: 0, message: "")
        }
        unsafe channel = opened
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            try check(
                "setenv \(name)",
                unsafe libssh2_channel_setenv_ex(
                    opened, name, UInt32(name.utf8.count), value, UInt32(value.utf8.count)))
        }
        try check(
            "exec",
            unsafe libssh2_channel_process_startup(opened, "exec", 4, command, UInt32(command.utf8.count)))
    }

    /// How the command ended; to be asked once the channel is closed by the other side.
    var outcome: SSHSession.Outcome {
        var name: UnsafeMutablePointer<CChar>?
        var length = 0
        unsafe libssh2_channel_get_exit_signal(channel, &name, &length, nil, nil, nil, nil)
        if let signal = unsafe name {
            defer { unsafe libssh2_free(session, signal) }
            return .signalled(unsafe String(decoding: UnsafeRawBufferPointer(start: signal, count: length), as: UTF8.self))
        }
        return .exited(unsafe libssh2_channel_get_exit_status(channel))
    }
}
