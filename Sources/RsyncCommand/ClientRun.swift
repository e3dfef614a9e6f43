import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol

/// A run that a user started: push, pull, or a copy between two local paths.
struct ClientRun {
    let arguments: ParsedArguments
    private let endpoints: Endpoints
    let interruption: Interruption
    let options: TransferOptions
    let isLocal: Bool
    let log: LogFile?
    let names: CharsetConverter?
    let events: EventWriter?
    /// The file of `--files-from`, when it is on this side.
    let nameFile: [UInt8]?
    let startedAt = SystemWords.milliseconds()
    /// Seconds left to the run (XFR-151).
    let secondsLeft: Int64?

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
                for line in changes {
                    if arguments.json { EventWriter.tell(.info, Array(line.utf8)) } else { SystemWords.write(Array(line.utf8) + [0x0a], to: 1) }
                }
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
            try BatchFile.recording(arguments, words: words, rules: rules)
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

    func makeSession(
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

    var ruleFiles: Places { .machine(arguments.pathRules(confined: true)) }

    // MARK: From a batch file (XFR-145)

    private func run(_ stream: BatchFile) throws -> Int32 {
        guard case .local(_, let destination) = endpoints else { return 1 }
        defer { stream.end() }
        try CopyAs.become(arguments.copyAs)
        let console = Console(arguments, isSender: false, isRemote: true, log: log, events: events)
        let session = try makeSession(stream, console, isSender: false, Capabilities(optionValue: []))
        return finish(session.runReceiver(localDestination(destination)), console, role: "receiver", nil)
    }

    // MARK: Parts

    func openSources(
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
    func sourceOpener(from words: [[UInt8]]) throws(SessionError) -> SourceOpener {
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
    func localDestination(
        _ argument: [UInt8]?, _ served: TransferOptions? = nil, _ remote: ParsedArguments? = nil
    ) -> LocalDestination {
        let arguments = remote ?? arguments
        return LocalDestination(
            argument: argument, linkDestinations: arguments.alternateDirectories, options: served ?? options,
            sides: SideDirectories(arguments), places: .machine(arguments.pathRules(confined: false)),
            sidePlaces: .machine(arguments.pathRules(confined: true)))
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
