/// How a cell's session is set up: the two ends, and what the suite does between them.
struct CellPlan {
    enum Peer {
        /// Of a client: everything; of a server: the words before `--server`.
        case process(Launch)
        case scripted(any ScriptedPeer, ScriptContext)
        /// Nobody: what the target starts gets an end of file at once.
        case nobody
    }

    var target: Launch
    /// What a client calls its server.
    var program = Array("rsync".utf8)
    var isTargetServer: Bool
    var peer: Peer
    /// Of a server that is started without a client's command line.
    var serverArguments: [[UInt8]]
    /// Given to a server as SSH_ORIGINAL_COMMAND instead of its arguments.
    var isForced = false
    /// The request of a forced command that no client composed.
    var request: [UInt8]?
    /// Where a client's remote shell and its socket are.
    var shellDirectory: String
    /// Standard input of a client target.
    var input: [UInt8] = []
    var stream: StreamFaults
    var cut: (lane: StreamFaults.Lane, at: Int)?
    var seconds: Double
    /// The server is started through this remote shell; nil: directly.
    var carrier: SecureShell?

    /// A client speaks to its remote shell; which of the two ends is the client.
    var hasClientProcess: Bool {
        if !isTargetServer { return true }
        if case .process = peer { return true }
        return false
    }
}
