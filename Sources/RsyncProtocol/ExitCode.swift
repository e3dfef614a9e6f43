/// The exit codes of a side (SES-159).
public struct ExitCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let success = ExitCode(rawValue: 0)
    public static let syntax = ExitCode(rawValue: 1)
    public static let protocolIncompatibility = ExitCode(rawValue: 2)
    public static let fileSelection = ExitCode(rawValue: 3)
    public static let unsupported = ExitCode(rawValue: 4)
    public static let startClient = ExitCode(rawValue: 5)
    public static let socketIO = ExitCode(rawValue: 10)
    public static let fileIO = ExitCode(rawValue: 11)
    public static let streamIO = ExitCode(rawValue: 12)
    public static let messageIO = ExitCode(rawValue: 13)
    public static let ipc = ExitCode(rawValue: 14)
    public static let crashed = ExitCode(rawValue: 15)
    public static let terminated = ExitCode(rawValue: 16)
    public static let userSignal = ExitCode(rawValue: 19)
    public static let signal = ExitCode(rawValue: 20)
    public static let waitChild = ExitCode(rawValue: 21)
    public static let allocation = ExitCode(rawValue: 22)
    public static let partialTransfer = ExitCode(rawValue: 23)
    public static let vanished = ExitCode(rawValue: 24)
    public static let deleteLimit = ExitCode(rawValue: 25)
    public static let timeout = ExitCode(rawValue: 30)
    public static let connectTimeout = ExitCode(rawValue: 35)
    public static let remoteShellFailed = ExitCode(rawValue: 124)
    public static let remoteShellKilled = ExitCode(rawValue: 125)
    public static let remoteShellNotRun = ExitCode(rawValue: 126)
    public static let remoteShellNotFound = ExitCode(rawValue: 127)

    /// The words of SES-159; nil for a code that has none.
    public var meaning: String? { Self.meanings[rawValue] }

    /// Whether a side that ends with this code announces it by ERROR_EXIT (SES-115).
    public var isAnnounced: Bool { ![0, 10, 12, 19, 30].contains(rawValue) }

    private static let meanings: [Int32: String] = [
        0: "success",
        1: "syntax or usage error",
        2: "protocol incompatibility",
        3: "errors selecting input/output files, dirs",
        4: "requested action not supported",
        5: "error starting client-server protocol",
        10: "error in socket IO",
        11: "error in file IO",
        12: "error in rsync protocol data stream",
        13: "errors with program diagnostics",
        14: "error in IPC code",
        15: "sibling process crashed",
        16: "sibling process terminated abnormally",
        19: "received SIGUSR1",
        20: "received SIGINT, SIGTERM, or SIGHUP",
        21: "waitpid() failed",
        22: "error allocating core memory buffers",
        23: "some files/attrs were not transferred (see previous errors)",
        24: "some files vanished before they could be transferred",
        25: "the --max-delete limit stopped deletions",
        30: "timeout in data send/receive",
        35: "timeout waiting for daemon connection",
        124: "remote shell failed",
        125: "remote shell killed",
        126: "remote command could not be run",
        127: "remote command not found",
    ]
}
