import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// `--server`: one session over standard input and output.
struct ServerRun {
    private let arguments: ParsedArguments
    private let interruption: Interruption
    private let places: Places
    private let log: LogFile?
    private let isConfined: Bool

    /// `root`: where all paths begin; nil: on this machine.
    init(_ arguments: ParsedArguments, _ interruption: Interruption, root: ConfinedTree? = nil) {
        self.arguments = arguments
        self.interruption = interruption
        isConfined = root != nil
        places = root.map { .beneath($0) } ?? .machine(arguments.pathRules(confined: true))
        log = LogFile.opened(arguments, sendsToRemote: arguments.isSender)
    }

    /// Milliseconds that a server which has told its peer of an error still reads: as long as stock rsync waits.
    private static let lastRead: Int32 = 100

    func run() throws -> Int32 {
        let result = try serve()
        let status = RsyncProgram.conclude(result, role: arguments.isSender ? "sender" : "receiver", isServer: true, log: log)
        // A stock client that ends the server by a signal looks a moment later whether that has ended by itself, and would take over
        // its status.
        if status == 19 { SystemWords.pause(milliseconds: UInt32(Self.lastRead)) }
        if let error = result.error, !error.announcedByPeer, ExitCode(rawValue: status).isAnnounced {
            FileDescriptorStream.discardInput(of: 0, milliseconds: Self.lastRead)
        }
        return status
    }

    /// What has to be done before any file is looked at. A client that sends can be told through the protocol what stands against
    /// it, and ends with our status: that comes back. One that receives learns it from standard error.
    private func prepare(_ options: inout TransferOptions) throws(SessionError) -> SessionError? {
        guard !arguments.isSender else {
            try CopyAs.become(arguments.copyAs)
            return nil
        }
        do throws(SessionError) {
            try options.addIdentityMaps(arguments)
            try CopyAs.become(arguments.copyAs)
            return nil
        } catch {
            return error
        }
    }

    func serve() throws -> SessionResult {
        var options = try TransferOptions(arguments, isLocal: false, readFile: RsyncProgram.fileReader(in: places, role: "server"))
        // A client's rules for attributes need not reach us (FLT-72), and what they let through has been chosen. A stranger's
        // choice is none of ours.
        options.takesSystemAttributes = !isConfined
        // No more of this machine than one thread, and its libraries are out of reach.
        if isConfined { options.compression.threads = 0 }
        RsyncProgram.sayDropped(options, role: "server")
        for name in arguments.droppedOptions { RsyncProgram.complain("ignoring --\(name) option sent to server") }
        let paths = try ServerPaths(arguments)
        let nameFile = try RsyncProgram.nameFile(arguments, in: places)
        let names = try Charsets.converter(arguments.ownCharset)
        if arguments.debug[.iconv] > 0, let line = Charsets.line(arguments.isSender ? "sender" : "Receiver", arguments.ownCharset) {
            RsyncProgram.complain(MessageText(line))
        }
        let refusal = try prepare(&options)
        let stream = try FileDescriptorStream(
            reading: 0, writing: 1, timeoutSeconds: arguments.timeout, interruption: interruption)
        RsyncProgram.limit(stream, arguments, try RsyncProgram.secondsLeft(arguments))
        let capabilities = Capabilities(optionValue: arguments.capabilities)
        var configuration = SessionConfiguration(
            isServer: true, isSender: arguments.isSender,
            version: ProtocolVersion(capabilities.advertised(own: try RsyncProgram.ownVersion(arguments).number)) ?? .oldest,
            capabilities: capabilities,
            seed: RsyncProgram.seed(arguments)
        ).withNamesFromEnvironment().with(names: names).with(closingLine: { [isSender = arguments.isSender] code in
            Notices.exitLine(code: code, role: isSender ? "sender" : "receiver", version: RsyncProgram.version)
        })
        configuration.excessiveVersion = RsyncProgram.excessiveVersion(arguments)
        configuration.endsWithProcess = true
        let session = Session(
            configuration: configuration, options: options, stream: stream, observer: ServerObserver(log: log, listing: listing), environment: .current(ruleFiles: places))
        let forwarded = ForwardedNames(arguments, names)
        let result: SessionResult
        switch paths {
        case .sending(let directory, let sources):
            let start = arguments.filesFrom == nil ? Self.useful(directory) : Self.base(directory, sources)
            let opener = SourceOpener(
                directory: start, relative: options.relative, fakeSuper: options.rootMode == .fake,
                keepsAccessTimes: options.keepsAccessTimes, places: places.under(.trusting), listed: places,
                ignoresMissing: arguments.ignoresMissing, deletesMissing: arguments.deletesMissing,
                links: options.followsLinks ? .anywhere : .none, opensDevices: options.copiesDevices,
                report: { session.complain($0) })
            if arguments.filesFrom != nil { try opener.checkDirectory() } else { try opener.check(sources) }
            if arguments.filesFrom == .peer {
                result = session.runSender(namesFromPeer: { opener.open(names: forwarded.local($0)) })
            } else {
                let opened = nameFile.map {
                    opener.open(names: NameList.words($0, nulTerminated: arguments.nulTerminated))
                } ?? opener.open(sources)
                result = session.runSender(opened)
            }
        case .receiving(let directory, let destination):
            let opener = LocalDestination(
                directory: Self.useful(directory), argument: destination,
                linkDestinations: arguments.alternateDirectories, options: options,
                sides: SideDirectories(arguments), places: places.under(arguments.pathRules(confined: false)),
                sidePlaces: places)
            result =
                refusal.map { session.refuse($0) }
                ?? session.runReceiver(opener, names: nameFile.map { forwarded.wireForm($0) })
        }
        if result.error == nil {
            let figures = result.statistics
            log?.end(sent: figures.sent, received: figures.received, totalSize: figures.totalSize)
        }
        return result
    }

    /// Names are left as they are: the client escapes what it shows.
    private var listing: Listing? {
        guard arguments.listOnlyOption, !arguments.isSender else { return nil }
        return Listing(
            humanReadable: arguments.humanReadable, escaping: .none, showsLinkTargets: arguments.links, showsAccessTimes: arguments.accessTimes > 0,
            zone: { SystemWords.zoneOffset($0) })
    }

    /// What the names of `--files-from` start from.
    private static func base(_ directory: [UInt8]?, _ sources: [[UInt8]]) -> [UInt8] {
        let source = useful(sources.first)
        let above = useful(directory)
        guard !above.isEmpty, source.first != UInt8(ascii: "/") else { return source }
        return source.isEmpty ? above : above + [UInt8(ascii: "/")] + source
    }

    private static func useful(_ directory: [UInt8]?) -> [UInt8] {
        guard let directory, directory != Array(".".utf8) else { return [] }
        return directory
    }
}

extension RsyncProgram {
    /// The highest number to speak (SES-33): the newest, or the one `--protocol` forces, which must not be below all that this
    /// implementation speaks (SES-37).
    static func ownVersion(_ arguments: ParsedArguments) throws(ArgumentError) -> ProtocolVersion {
        guard let number = arguments.protocolNumber, excessiveVersion(arguments) == nil else { return .newest }
        guard ProtocolVersion.mayBeAProtocol(number) else {
            throw ArgumentError(
                "protocol version mismatch -- is your shell clean?", exitCode: 2, advice: "(see the rsync manpage for an explanation)")
        }
        guard let version = ProtocolVersion(number) else {
            throw ArgumentError(
                "--protocol must be at least \(ProtocolVersion.oldest) on the \(arguments.isServer ? "Server" : "Client").", exitCode: 2)
        }
        return version
    }

    /// A forced number above the newest, which counts only when the peer's is above it too (SES-37).
    static func excessiveVersion(_ arguments: ParsedArguments) -> Int32? {
        arguments.protocolNumber.flatMap { $0 > ProtocolVersion.newest.number ? $0 : nil }
    }

    /// How long `--stop-after` or `--stop-at` leaves; nil for ever.
    static func secondsLeft(_ arguments: ParsedArguments) throws(ArgumentError) -> Int64? {
        switch arguments.stop {
        case nil: return nil
        case .after(let minutes): return minutes * 60
        case .at(let time, let text):
            guard let left = SystemWords.secondsUntil(time), left > 0 else {
                throw ArgumentError("rsync: --stop-at time is not in the future: \(text)")
            }
            return left
        }
    }

    /// `--bwlimit` and the end of the run, on this side of the connection.
    static func limit(_ stream: FileDescriptorStream, _ arguments: ParsedArguments, _ secondsLeft: Int64?) {
        if arguments.bandwidthLimit > 0 { stream.limitWrites(kibibytesPerSecond: arguments.bandwidthLimit) }
        if let secondsLeft { stream.stop(afterSeconds: secondsLeft) }
    }

    /// SES-74.
    static func seed(_ arguments: ParsedArguments) -> Int32 {
        arguments.checksumSeed != 0 ? arguments.checksumSeed : SystemWords.seed()
    }

    /// The content of the file of `--files-from`, if that is on this side.
    static func nameFile(_ arguments: ParsedArguments, in places: Places? = nil) throws(SessionError) -> [UInt8]? {
        let places = places ?? .machine(arguments.pathRules(confined: false))
        guard case .here(let path) = arguments.filesFrom else { return nil }
        var problem = SystemWords.invalid
        do throws(FileError) {
            if !path.isEmpty, let content = try places.contents(of: path) { return content }
        } catch {
            problem = error.errno
        }
        if !path.isEmpty, case .machine(let rules) = places {
            switch SystemWords.contents(of: path, rules) {
            case .success(let content): return content
            case .failure(let failure): problem = failure.number
            }
        }
        throw SessionError(exitCode: 1, "rsync: failed to open files-from file \(path): \(errorWords(problem))")
    }

    static func fileReader(in places: Places, role: String) -> RuleFileReader {
        { path, holdsIncludes throws(SessionError) in
            func failed(_ number: Int32) -> SessionError {
                SessionError(
                    exitCode: 11,
                    "rsync: [\(role)] failed to open \(holdsIncludes ? "include" : "exclude") file \(path): \(SystemWords.text(number))")
            }
            do throws(FileError) {
                if let content = try places.contents(of: path) { return content }
            } catch {
                throw failed(error.errno)
            }
            guard case .machine(let rules) = places else { return [] }
            switch SystemWords.contents(of: path, rules) {
            case .success(let content): return content
            case .failure(let failure): throw failed(failure.number)
            }
        }
    }

    /// For the files that a client names.
    static func fileReader(_ arguments: ParsedArguments) -> RuleFileReader {
        fileReader(in: .machine(arguments.pathRules(confined: false)), role: "client")
    }

    /// What was taken out of the rules.
    static func sayDropped(_ options: TransferOptions, role: String) {
        for error in options.filters.dropped { warn(MessageText(error.text(role: role))) }
    }

    /// The closing words of a side, and its exit status (SES-160).
    static func conclude(_ result: SessionResult, role: String, isServer: Bool = false, log: LogFile? = nil) -> Int32 {
        if let error = result.error {
            if error.announcedByPeer || result.isTold { return result.exitCode }
            complain(error, log: log)
        } else if isServer {
            // The client says how a job ended that was not broken off.
            if let line = Notices.exitLine(code: result.exitCode, role: role, version: version) { log?.say(Array(line.utf8)) }
            return result.exitCode
        }
        complain(Notices.exitLine(code: result.exitCode, role: role, version: version), log: log)
        return result.exitCode
    }
}
