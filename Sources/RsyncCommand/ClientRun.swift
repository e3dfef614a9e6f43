import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// A run that a user started: push, pull, or a copy between two local paths.
struct ClientRun {
    let arguments: ParsedArguments
    private let endpoints: Endpoints
    private let interruption: Interruption
    let options: TransferOptions
    let isLocal: Bool
    let log: LogFile?
    private let names: CharsetConverter?
    let events: EventWriter?
    /// The file of `--files-from`, when it is on this side.
    private let nameFile: [UInt8]?
    private let startedAt = SystemWords.milliseconds()
    /// Seconds left to the run (XFR-151).
    private let secondsLeft: Int64?

    /// Where to record what the sender sends.
    private let recording: BatchFile?
    /// What takes the sender's place.
    private let replay: (header: BatchHeader, stream: BatchFile)?

    /// `words`: the command line, for who records it.
    init(_ arguments: inout ParsedArguments, _ interruption: Interruption, words: [[UInt8]] = []) throws {
        if let path = arguments.readBatch {
            endpoints = try Self.replayed(arguments)
            let batch = try Self.telling(arguments, endpoints) {
                try BatchFile.replaying(
                    path, arguments.pathRules(confined: false), newest: arguments.protocolNumber ?? ProtocolVersion.newest.number,
                    interruption)
            }
            let changes = try arguments.adopt(batch.header)
            if arguments.info[.misc] > 0 {
                for line in changes { SystemWords.write(Array(line.utf8) + [0x0a], to: 1) }
            }
            replay = batch
        } else {
            endpoints = try arguments.endpoints()
            replay = nil
        }
        self.arguments = arguments
        self.interruption = interruption
        secondsLeft = try RsyncProgram.secondsLeft(arguments)
        if case .local = endpoints { isLocal = true } else { isLocal = false }
        var sendsToRemote = false
        if case .push = endpoints { sendsToRemote = true }
        log = LogFile.opened(arguments, sendsToRemote: sendsToRemote)
        events = EventWriter(arguments, sendsToRemote: sendsToRemote)
        nameFile = try Self.telling(arguments, endpoints) { try RsyncProgram.nameFile(arguments) }
        let isLocal = self.isLocal
        // A wrong value is found here, too: that is a refused command line.
        var options = try Self.telling(arguments, endpoints, refusal: 1) {
            try TransferOptions(arguments, isLocal: isLocal, readFile: RsyncProgram.fileReader(arguments))
        }
        RsyncProgram.sayDropped(options, role: "client")
        if case .push = endpoints {} else { try options.addIdentityMaps(arguments) }
        self.options = options
        names = try Self.telling(arguments, endpoints) { try Charsets.converter(arguments.ownCharset) }
        let form = FilterWireForm(
            clientIsReceiver: false, hasFullSyntax: true, hasPerishable: true, isSentWithDeleteExcluded: true, deletes: true,
            prunesEmptyDirectories: false)
        var rules: [[UInt8]] = []
        if arguments.writeBatch != nil {
            do throws(FilterError) {
                rules = try options.filters.wireTexts(form: form)
            } catch {
                throw SessionError(exitCode: error.exitCode, MessageText(error.text(role: "client")))
            }
        }
        recording = try Self.telling(arguments, endpoints) {
            try BatchFile.recording(arguments, words: words, rules: rules, interruption)
        }
    }

    /// A run that fails in `work`, before there is one, is told from start to end. One with the status `refusal` is none.
    private static func telling<Result>(
        _ arguments: ParsedArguments, _ endpoints: Endpoints, refusal: Int32? = nil, _ work: () throws -> Result
    ) throws -> Result {
        do {
            return try work()
        } catch {
            if let error = error as? SessionError, error.exitCode != refusal, let events = EventWriter(arguments, sendsToRemote: false) {
                events.start(
                    direction: endpoints.direction, dryRun: arguments.dryRun || arguments.onlyWritesBatch,
                    listOnly: arguments.lists || arguments.listOnlyOption)
                events.failed(error, elapsedMilliseconds: 0)
            }
            throw error
        }
    }

    /// The destination is all that counts (XFR-145).
    private static func replayed(_ arguments: ParsedArguments) throws(ArgumentError) -> Endpoints {
        guard let destination = arguments.positional.last else { throw ArgumentError("no destination given") }
        guard try HostSpecification(destination) == nil else {
            throw ArgumentError("remote destination is not allowed with --read-batch")
        }
        return .local(sources: [], destination: destination)
    }

    func run() throws -> Int32 {
        guard let events else {
            do {
                return try runSession()
            } catch {
                let code = (error as? SessionError)?.exitCode ?? (error as? ArgumentError)?.exitCode ?? 14
                sayEntered("client", code)
                sayEnd("client", code, status: code)
                throw error
            }
        }
        events.start(direction: endpoints.direction, dryRun: options.dryRun, listOnly: options.listOnly)
        do {
            return try runSession()
        } catch {
            // Thrown before there was a session: what follows a session's end is told by `finish`.
            events.failed(error, elapsedMilliseconds: SystemWords.milliseconds() - startedAt)
            throw error
        }
    }

    private func runSession() throws -> Int32 {
        if arguments.debug[.iconv] > 1 { say(Array("msg checking charset: ".utf8) + CharsetConverter.ownName) }
        sayRules()
        if let replay { return try run(replay.stream) }
        switch endpoints {
        case .push(let sources, let destination):
            return try push(sources, destination)
        case .pull(let user, let host, let paths, let destination):
            return try pull(user, host, paths, destination)
        case .local(let sources, let destination):
            return try copy(sources, options.listOnly ? nil : destination)
        }
    }

    // MARK: Over a remote shell

    private func push(_ sources: [[UInt8]], _ destination: HostSpecification) throws -> Int32 {
        let (child, capabilities) = try connect(
            user: destination.user, host: destination.host, role: .sender, paths: [destination.path])
        let console = Console(arguments, isSender: true, isRemote: true, log: log, events: events)
        let session = try makeSession(child.stream, console, isSender: true, capabilities)
        let result: SessionResult
        if case .remote = arguments.filesFrom {
            let opener = try sourceOpener(from: sources)
            let forwarded = ForwardedNames(arguments, names)
            result = session.runSender(namesFromPeer: { opener.open(names: forwarded.local($0)) })
        } else {
            let opened = try openSources(sources)
            result = session.runSender(opened)
        }
        return finish(result, console, role: "sender", child)
    }

    private func pull(
        _ user: [UInt8]?, _ host: [UInt8], _ paths: [[UInt8]], _ destination: [UInt8]?
    ) throws -> Int32 {
        let (child, capabilities) = try connect(user: user, host: host, role: .receiver, paths: paths)
        let console = Console(arguments, isSender: false, isRemote: true, log: log, events: events)
        let session = try makeSession(child.stream, console, isSender: false, capabilities)
        let result = session.runReceiver(
            localDestination(destination), requested: requestedNames(paths),
            names: nameFile.map { ForwardedNames(arguments, names).wireForm($0) })
        return finish(result, console, role: "receiver", child)
    }

    /// ARG-37.
    private func requestedNames(_ paths: [[UInt8]]) -> RequestedNames? {
        guard arguments.checksNames else { return nil }
        // What the server makes of a name that climbs is what was asked for.
        let names =
            nameFile.map {
                NameList.forwarded($0, nulTerminated: arguments.nulTerminated)
                    .map { NameList.confined($0, relative: options.relative) }
            }
            ?? paths.map { $0.isEmpty ? Array(".".utf8) : $0 }
        return RequestedNames(
            arguments: names,
            options: RequestedNames.Options(
                relative: options.relative, recursive: options.recursive, directories: options.listDirectories))
    }

    private func connect(
        user: [UInt8]?, host: [UInt8], role: ServerArguments.Role, paths: [[UInt8]]
    ) throws -> (ChildProcess, Capabilities) {
        let version = try RsyncProgram.ownVersion(arguments)
        let offered = Array(
            Capabilities.offered(
                incremental: ServerArguments.asksForIncrementalRecursion(arguments, role: role)
            ).utf8)
        let capabilities = version.offersCapabilities ? offered : []
        let server = try ServerArguments.compose(arguments, role: role, capabilities: capabilities, paths: paths)
        let command = try RemoteShell.command(arguments, user: user, host: host, server: server.commandLine)
        if arguments.debug[.cmd] > 1 { sayParts(command, user: user, host: host, path: paths.first ?? []) }
        if arguments.debug[.cmd] > 0 { sayCommand(command) }
        let child: ChildProcess
        do throws(StreamSetupError) {
            child = try ChildProcess(
                arguments: command, timeoutSeconds: arguments.timeout, interruption: interruption)
        } catch {
            throw SessionError(
                exitCode: 14,
                "rsync: [\(role == .sender ? "sender" : "Receiver")] Failed to exec \(command.first ?? []): \(SystemWords.text(error.errno))")
        }
        RsyncProgram.limit(child.stream, arguments, secondsLeft)
        if let words = server.secluded {
            // ARG-41; what cannot be converted goes as it is.
            let bytes = SecludedArguments.encode(words.map { names?.toWire($0) ?? $0 })
            // One that does not want them shows it by not answering.
            try? child.stream.write(bytes, 0..<bytes.count)
        }
        try CopyAs.become(arguments.copyAs)
        return (child, Capabilities(optionValue: capabilities))
    }

    private func makeSession(
        _ stream: any ByteStream, _ observer: any SessionObserver, isSender: Bool, _ capabilities: Capabilities
    ) throws -> Session {
        var configuration = SessionConfiguration(
            isServer: false, isSender: isSender, version: try RsyncProgram.ownVersion(arguments),
            capabilities: capabilities, seed: 0, isLocalCopy: isLocal
        ).withNamesFromEnvironment().with(names: names)
        configuration.excessiveVersion = RsyncProgram.excessiveVersion(arguments)
        configuration.recording = recording
        configuration.replay = replay?.header
        sayCharsets(isSender: isSender)
        return Session(
            configuration: configuration, options: options, stream: stream, observer: observer, environment: .current(ruleFiles: ruleFiles))
    }

    private var ruleFiles: Places { .machine(arguments.pathRules(confined: true)) }

    // MARK: From a batch file (XFR-145)

    private func run(_ stream: BatchFile) throws -> Int32 {
        guard case .local(_, let destination) = endpoints else { return 1 }
        try CopyAs.become(arguments.copyAs)
        let console = Console(arguments, isSender: false, isRemote: true, log: log, events: events)
        let session = try makeSession(stream, console, isSender: false, Capabilities(optionValue: []))
        return finish(session.runReceiver(localDestination(destination)), console, role: "receiver", nil)
    }

    // MARK: Between two local paths (SES-7)

    /// Both roles in this process, each with its own session, over two pipes.
    private func copy(_ sources: [[UInt8]], _ destination: [UInt8]?) throws -> Int32 {
        if arguments.debug[.cmd] > 1 { sayParts(nil, user: nil, host: nil, path: destination ?? [0x2e]) }
        try CopyAs.become(arguments.copyAs)
        let opened = try openSources(sources)
        let (near, far) = try FileDescriptorStream.pair(interruption: interruption)
        // What stops is the client; its end takes the server along.
        RsyncProgram.limit(near, arguments, secondsLeft)
        RsyncProgram.limit(far, arguments, nil)
        let console = Console(arguments, isSender: destination != nil, isRemote: false, log: log, events: events)
        let capabilities = Capabilities(
            optionValue: Array(
                Capabilities.offered(incremental: options.allowsIncrementalRecursion(isSender: false)).utf8))
        // What the server of a local copy has to tell of items the client knows.
        let remote = try arguments.withRemoteOptions()
        var served = options
        var serverLog: LogFile?
        if !arguments.remoteOptions.isEmpty {
            served = try TransferOptions(remote, isLocal: true, readFile: RsyncProgram.fileReader(arguments))
            try served.addIdentityMaps(remote)
            served.listOnly = options.listOnly
            if remote.logFile != arguments.logFile {
                var server = remote
                server.isServer = true
                serverLog = LogFile.opened(server, sendsToRemote: false)
            }
        }
        served.reportsItems = serverLog != nil
        served.reportsCompletion = serverLog != nil
        // Each side munges for itself (MET-48).
        served.mungesLinks = arguments.remoteOptions.contains(Array("--munge-links".utf8))
        var configuration = SessionConfiguration(
            isServer: true, isSender: destination == nil, version: try RsyncProgram.ownVersion(arguments),
            capabilities: capabilities, seed: RsyncProgram.seed(arguments), isLocalCopy: true
        ).withNamesFromEnvironment().with(names: try farNames()).with(closingLine: { [isSender = destination == nil] code in
            Notices.exitLine(code: code, role: isSender ? "sender" : "receiver", version: RsyncProgram.version)
        })
        configuration.excessiveVersion = RsyncProgram.excessiveVersion(arguments)
        let server = Session(
            configuration: configuration, options: served, stream: far, observer: ServerObserver(log: serverLog), environment: .current(ruleFiles: ruleFiles))
        let client = try makeSession(near, console, isSender: destination != nil, capabilities)
        let place = localDestination(destination, served, remote)
        let job = FarSide(server, opened, destination == nil ? nil : place)
        let thread = WorkerThread { job.run() }
        let result =
            destination == nil
            ? client.runReceiver(place)
            : client.runSender(opened)
        thread.join()
        if let figures = job.result?.statistics, job.result?.error == nil {
            serverLog?.end(sent: figures.sent, received: figures.received, totalSize: figures.totalSize)
        }
        var merged = result
        // What ended this side itself is the cause; a connection that fails may be the other's doing.
        let isOwn = result.error.map { !$0.announcedByPeer && ![10, 12].contains($0.exitCode) } ?? false
        if !isOwn, let far = job.result, far.error?.announcedByPeer != true {
            merged.exitCode = Self.worse(result.exitCode, far.exitCode)
            if let error = far.error, result.error == nil || result.error?.announcedByPeer == true {
                merged.error = error
                merged.isTold = far.isTold
                if far.isTold, serverLog == nil { logEnd(error, role: destination == nil ? "sender" : "receiver") }
            }
        }
        return finish(merged, console, role: destination == nil ? "receiver" : "sender", nil)
    }

    /// What the far side of a local copy has told, for the log that is this side's.
    private func logEnd(_ error: SessionError, role: String) {
        for line in [error.message] + error.details { log?.say(line.bytes) }
        if let line = Notices.exitLine(code: error.exitCode, role: role, version: RsyncProgram.version) { log?.say(Array(line.utf8)) }
    }

    /// A far side without a charset ends before it says anything (SES-161).
    private func farNames() throws -> CharsetConverter? {
        do throws(SessionError) {
            return try Charsets.converter(arguments.remoteCharset)
        } catch {
            RsyncProgram.complain(error)
            throw SessionError(exitCode: 12, "rsync: connection unexpectedly closed (0 bytes received so far) [\(arguments.listOnlyOption ? "Receiver" : "sender")]")
        }
    }

    /// The server of a local copy. `@unchecked Sendable`: one thread runs it, and the result is read after its end.
    private final class FarSide: @unchecked Sendable {
        private let session: Session
        private let sources: OpenedSources
        private let destination: LocalDestination?
        private(set) var result: SessionResult?

        init(
            _ session: Session, _ sources: OpenedSources,
            _ destination: LocalDestination?
        ) {
            self.session = session
            self.sources = sources
            self.destination = destination
        }

        func run() {
            if let destination {
                result = session.runReceiver(destination)
            } else {
                result = session.runSender(sources)
            }
        }
    }

    // MARK: Parts

    private func openSources(
        _ words: [[UInt8]]
    ) throws(SessionError) -> OpenedSources {
        let opener = try sourceOpener(from: words)
        guard let nameFile else {
            try opener.check(words)
            return opener.open(words)
        }
        return opener.open(names: NameList.words(nameFile, nulTerminated: arguments.nulTerminated))
    }

    /// With `--files-from` the one source is where the names start.
    private func sourceOpener(from words: [[UInt8]]) throws(SessionError) -> SourceOpener {
        let opener = SourceOpener(
            directory: arguments.filesFrom == nil ? [] : words.first ?? [], relative: options.relative,
            fakeSuper: options.rootMode == .fake, keepsAccessTimes: options.keepsAccessTimes,
            listed: .machine(arguments.pathRules(confined: true)), ignoresMissing: arguments.ignoresMissing,
            deletesMissing: arguments.deletesMissing, links: options.followsLinks ? .anywhere : .none, opensDevices: options.copiesDevices,
            report: { [log, events] text in
                events?.text(.error, text.bytes)
                RsyncProgram.complain(text, log: log)
            })
        try opener.checkDirectory()
        return opener
    }

    /// `served` and `remote`: what the far side of a local copy was told.
    private func localDestination(
        _ argument: [UInt8]?, _ served: TransferOptions? = nil, _ remote: ParsedArguments? = nil
    ) -> LocalDestination {
        let arguments = remote ?? arguments
        return LocalDestination(
            argument: argument, linkDestinations: arguments.alternateDirectories, options: served ?? options,
            sides: SideDirectories(arguments), places: .machine(arguments.pathRules(confined: false)),
            sidePlaces: .machine(arguments.pathRules(confined: true)))
    }

    private func finish(_ result: SessionResult, _ console: Console, role: String, _ child: ChildProcess?) -> Int32 {
        if result.error == nil, !options.listOnly { console.finishTotal(result.statistics) }
        if result.error == nil, events == nil { summarize(result, console) }
        console.finish()
        if result.error == nil, let child { sayWaiting(for: child, isSender: role == "sender") }
        var code = result.exitCode
        if let child {
            // SES-161: a client that failed does not wait for the shell, and what ends by its hand says nothing.
            let hadEnded = hasEnded(child, result)
            if result.error != nil, result.error?.announcedByPeer != true, !hadEnded { child.terminate() }
            // What failed here, and not the connection, is what happened; a broken stream is all that the other side saw of it.
            let failedHere = result.error.map { !$0.announcedByPeer && ![10, 12].contains($0.exitCode) } ?? false
            if let outcome = try? child.wait(), case .exited(let status) = outcome, result.error == nil || hadEnded,
                !(failedHere && [10, 12].contains(status))
            {
                code = Self.worse(code, status)
            }
        }
        var shown = result
        shown.exitCode = code
        // What has come through the protocol is among the events already.
        if let events, let error = result.error, !error.announcedByPeer, !(result.isTold && arguments.messageChannel == .client) {
            events.text(.error, error.message.bytes)
        }
        let end = finalRole(role, result)
        // A sender knows only then what was left out.
        let known = end == "sender" && result.error == nil ? 0 : code
        sayEntered(end, known)
        defer {
            sayEnd(end, known, status: code)
            // The last line of all (json-events.md).
            events?.summary(result, exitCode: code, elapsedMilliseconds: SystemWords.milliseconds() - startedAt)
        }
        return RsyncProgram.conclude(shown, role: role, log: log)
    }

    /// Of two statuses the one to end with: what is missing outweighs what has vanished.
    private static func worse(_ own: Int32, _ other: Int32) -> Int32 {
        Set([own, other]) == [23, 24] ? 23 : max(own, other)
    }

    /// When the connection broke, the command is at its end or nearly so: its status says more than ours.
    private func hasEnded(_ child: ChildProcess, _ result: SessionResult) -> Bool {
        let deadline = SystemWords.milliseconds() + (result.error.map { [10, 12].contains($0.exitCode) } == true ? 400 : 0)
        while true {
            if (try? child.poll()) != nil { return true }
            guard SystemWords.milliseconds() < deadline else { return false }
            SystemWords.pause(milliseconds: 10)
        }
    }

    private func summarize(_ result: SessionResult, _ console: Console) {
        let level = arguments.info[.stats]
        guard level > 0 else {
            let figures = result.statistics
            log?.end(sent: figures.sent, received: figures.received, totalSize: figures.totalSize)
            return
        }
        let summary = TransferSummary(
            result, elapsedMilliseconds: SystemWords.milliseconds() - startedAt, options)
        if level > 1 { console.write(summary.statisticsBlock(humanReadable: arguments.humanReadable)) }
        console.write(summary.closingLines(humanReadable: arguments.humanReadable))
    }
}

extension Endpoints {
    /// As `start` names it.
    fileprivate var direction: String {
        switch self {
        case .push: "push"
        case .pull: "pull"
        case .local: "local"
        }
    }
}
