import Glibc
import PeerKit
import RsyncOptions
import RsyncProtocol
import TraceKit

/// What every cell of a run has in common.
struct CellSetting {
    /// The target's words.
    var command: [[UInt8]]
    /// Added to the environment of the target alone.
    var targetEnvironment: [(name: String, value: [UInt8])]
    /// This suite's own program, which is the engine peer and the remote shell.
    var program: String
    var seed: UInt64
    var isStrict: Bool
    var timeoutFactor: Double
    /// The directory with `Cases`, `Spec`; `Vectors` stands beside it.
    var suite: String
    var stock: @Sendable (String?) -> Peer?
    /// Makes a peer of a case's script or trace; nil: this suite cannot.
    var scripted: @Sendable (Case, TargetRole, String) -> (any ScriptedPeer)?
    var hasKnobs: Bool
    /// Bytes; 0: none.
    var addressSpace: UInt
    /// How servers are reached; nil: they are started directly.
    var carrier: SecureShell?

    /// For a cell that is known to fail: many fail by going on for ever, and one that passes now does so early.
    mutating func shorten(_ one: Case) {
        timeoutFactor = min(timeoutFactor, max(timeoutFactor / 4, 5 / one.expect.seconds))
    }
}

/// Makes the session of one cell out of its case.
struct CellPreparation {
    let one: Case
    let role: TargetRole
    let protocolNumber: Int32
    let setting: CellSetting
    let sandbox: Sandbox

    enum Obstacle: Error { case skipped(String), trouble(String) }

    private var names: Placeholders { Placeholders(box: sandbox.box) }
    /// Whether the target sends.
    var targetSends: Bool { role == .restricted ? one.direction == .pull : role.isSender }
    private var clientSends: Bool { role.isServer ? !targetSends : targetSends }

    /// The client's options with the protocol, unless the case has one of its own.
    var options: [[UInt8]] {
        let own = one.options.map { names.expand($0) }
        let option = Self.bytes("--protocol=")
        return own.contains { $0.starts(with: option) } ? own : own + [option + Self.bytes("\(protocolNumber)")]
    }

    /// The same as this project reads them; nil when it does not take them.
    var parsed: ParsedArguments? { try? ParsedArguments(parsing: options + [Array("a".utf8), Array("b".utf8)]) }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    // MARK: Words

    private var sources: [[UInt8]] { one.paths.sources.map { Self.bytes("src/") + names.expand($0) } }
    private var destination: [UInt8] { Self.bytes("dst/") + names.expand(one.paths.destination) }

    private static let pathOption = bytes("--rsync-path=")

    /// A client's words behind the program.
    func clientWords() -> [[UInt8]] {
        // In front, so that a case may say otherwise.
        var words = [Self.bytes("-e"), Self.bytes(sandbox.shell), Self.pathOption + Self.bytes("rsync")] + options
        let remote = one.remote?.map { names.expand($0) } ?? (clientSends ? [destination] : sources)
        let reached = remote.enumerated().map { Self.bytes($0.offset == 0 ? "conform:" : ":") + $0.element }
        words += clientSends ? sources + reached : reached + [destination]
        return words
    }

    /// A server's arguments for a peer that is no client.
    func serverArguments() throws(Obstacle) -> [[UInt8]] {
        if case .trace(let path, _) = one.peer { return try arguments(ofTrace: path) }
        if let arguments = one.arguments { return arguments.map { names.expand($0) } }
        do throws(ArgumentError) {
            var parsed = try ParsedArguments(parsing: options + [Self.bytes("a"), Self.bytes("b")])
            // No shell is on the way.
            parsed.oldArguments = 2
            let role: ServerArguments.Role = clientSends ? .sender : .receiver
            let offers = ProtocolVersion(protocolNumber)?.offersCapabilities == true
            let incremental = ServerArguments.asksForIncrementalRecursion(parsed, role: role)
            let capabilities = offers ? Self.bytes(Capabilities.offered(incremental: incremental)) : []
            let remote = one.remote?.map { names.expand($0) } ?? (clientSends ? [destination] : sources)
            return try ServerArguments.compose(parsed, role: role, capabilities: capabilities, paths: remote).commandLine
        } catch {
            throw .trouble("the options cannot be composed, argv is needed: \(error)")
        }
    }

    /// Those that the recorded server had, unless the case has its own; in either case with the recorded seed, as every sum in
    /// the recording depends on it.
    private func arguments(ofTrace path: String) throws(Obstacle) -> [[UInt8]] {
        let trace: Trace
        do {
            trace = try TracePeer.trace(path, protocolNumber: protocolNumber, suite: setting.suite)
        } catch {
            throw .trouble("\(error)")
        }
        var arguments = one.arguments?.map { names.expand($0) } ?? trace.header.arguments
        let option = Self.bytes("--checksum-seed=")
        guard !arguments.contains(where: { $0.starts(with: option) }), let seed = TraceFeed.seed(trace),
            let dot = arguments.firstIndex(of: Self.bytes("."))
        else { return arguments }
        arguments.insert(option + Self.bytes("\(seed)"), at: dot)
        return arguments
    }

    // MARK: Processes

    private func environment(_ additions: [(name: String, value: [UInt8])]) -> [(name: String, value: [UInt8])] {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        var variables = [("LC_ALL", "C"), ("TZ", "UTC"), ("HOME", "\(sandbox.box)/home"), ("PATH", path)]
            .map { (name: $0.0, value: Self.bytes($0.1)) }
        for addition in additions {
            variables.removeAll { $0.name == addition.name }
            variables.append(addition)
        }
        return variables
    }

    private func targetLaunch() -> Launch {
        let additions = setting.targetEnvironment + one.variables.map { ($0.name, names.expand($0.value)) }
        var launch = Launch(
            words: setting.command.map { role == .restricted ? names.expand($0) : $0 },
            environment: environment(additions), directory: sandbox.box, umask: mode_t(one.umask))
        launch.user = one.isOrdinary && geteuid() == 0 ? Self.ordinaryUser : 0
        launch.addressSpace = setting.addressSpace
        return launch
    }

    static let ordinaryUser: uid_t = 65534

    /// Words before a client's or a server's own.
    private func peerLaunch() throws(Obstacle) -> Launch? {
        switch one.peer {
        case .engine(let knob):
            if knob != nil, !setting.hasKnobs { throw .skipped("this suite is built without knobs") }
            let additions = knob.map { [(name: "EBB_KNOB", value: Self.bytes($0))] } ?? []
            return Launch(
                words: [Self.bytes(setting.program), Self.bytes(Runner.engineWord)], environment: environment(additions),
                directory: sandbox.box)
        case .stock(let version):
            guard let peer = setting.stock(version) else { throw .skipped("rsync \(version ?? "") is not here") }
            guard peer.protocols.contains(protocolNumber) else {
                throw .skipped("\(peer) does not speak protocol \(protocolNumber)")
            }
            return Launch(words: [Self.bytes(peer.executable)], environment: environment([]), directory: sandbox.box)
        case .script, .trace, .nothing, .argumentsOnly: return nil
        }
    }

    func plan() throws(Obstacle) -> CellPlan {
        var target = targetLaunch()
        var serverArguments: [[UInt8]] = []
        let peer: CellPlan.Peer
        if var launch = try peerLaunch() {
            if role.isServer, one.request == nil { launch.words += clientWords() }
            peer = .process(launch)
        } else if case .script = one.peer {
            peer = try scripted()
        } else if case .trace = one.peer {
            peer = try scripted()
        } else {
            peer = .nobody
        }
        if !role.isServer {
            target.words += clientWords()
        } else if one.request == nil, case .process = peer {
            // A client's command line has them.
        } else if one.request == nil {
            serverArguments = try self.serverArguments()
        }
        if one.request != nil, case .process = peer {
            throw .trouble("a request of the case's own has no client: a script may speak to what it starts")
        }
        var plan = CellPlan(
            target: target, isTargetServer: role.isServer, peer: peer, serverArguments: serverArguments,
            shellDirectory: sandbox.shellDirectory, stream: one.stream,
            seconds: one.expect.seconds * setting.timeoutFactor)
        if let path = options.last(where: { $0.starts(with: Self.pathOption) }) {
            plan.program = Array(path.dropFirst(Self.pathOption.count))
        }
        plan.carrier = setting.carrier
        if setting.carrier != nil, role.isServer, target.user != 0 { throw .skipped("an ordinary user is not reached over ssh") }
        plan.isForced = role == .restricted
        plan.request = one.request.map { names.expand($0) }
        plan.input = names.expand(one.input)
        return plan
    }

    private func scripted() throws(Obstacle) -> CellPlan.Peer {
        var expanded = one
        if case .script(let steps) = one.peer { expanded.peer = .script(steps.map { names.expand($0) }) }
        guard let made = setting.scripted(expanded, role, setting.suite) else { throw .skipped("this suite has no such peer yet") }
        return .scripted(
            made,
            ScriptContext(
                isServer: !role.isServer, isSender: !targetSends, protocolNumber: protocolNumber, arguments: [],
                options: options, parsed: parsed, source: sandbox.source.exists ? sandbox.source.path : nil,
                destination: sandbox.destination.path, seed: setting.seed, isStrict: setting.isStrict,
                deadline: .now, clause: one.clauses[0],
                mustRefuse: one.expect.outcome == .refuses && one.stream.cut == nil))
    }
}
