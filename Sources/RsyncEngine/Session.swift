import RsyncFilter
import RsyncProtocol
import RsyncWire

/// How a session ended.
public struct SessionResult: Sendable {
    /// SES-159; 0 when everything went as asked.
    public var exitCode: Int32
    /// What ended it early, if anything did.
    public var error: SessionError?
    public var statistics: SessionStatistics
    /// nil when the handshake did not get that far.
    public var traits: SessionTraits?
    /// An item failed on this side, rather than on the other one: what is here is not what was sent.
    public var failedHere = false
    /// The client has been told of `error`, and so has the observer: nobody need say it again (SES-98).
    public var isTold = false
}

/// One end of one rsync session over one stream, from the first byte to the last.
///
/// `runSender` and `runReceiver` block until the session is over and never throw: the result says how it ended.
public final class Session {
    let configuration: SessionConfiguration
    var options: TransferOptions
    let observer: any SessionObserver
    let environment: SessionEnvironment
    let input: ProtocolInput
    let output: ProtocolOutput
    private var connection: Connection?
    private var statistics = SessionStatistics()
    private var ledger = ErrorLedger()
    /// Errors from before the session, not told yet.
    private var complaints: [MessageText] = []
    /// From the goodbye on, ERROR_EXIT is not sent any more (SES-142).
    private var sentGoodbye = false
    private var receiverThread: WorkerThread?
    /// From the handshake on.
    private(set) var early: EarlyTexts?
    private var forwarder: NameForwarder?
    private var recorder: StreamRecorder?
    /// How long a failed session waits for the peer to close, in milliseconds: its own files are cleared away then.
    private static let patience: Int64 = 1000

    public init(
        configuration: SessionConfiguration, options: TransferOptions, stream: any ByteStream,
        observer: any SessionObserver, environment: SessionEnvironment
    ) {
        self.configuration = configuration
        self.options = options
        self.options.filters.deletesExcluded = options.deleteExcluded
        self.observer = observer
        self.environment = environment
        input = ProtocolInput(stream: stream)
        if configuration.isSender { input.role = "sender" }
        output = ProtocolOutput(stream: stream)
    }

    /// An error found before the session or while names come from the peer: told where errors go (SES-98), which only the
    /// handshake decides.
    public func complain(_ text: MessageText) { complaints.append(text) }

    /// Serves or pushes the source arguments.
    public func runSender(_ arguments: [SourceArgument]) -> SessionResult {
        var sources = OpenedSources()
        sources.arguments = arguments
        return runSender(sources)
    }

    public func runSender(_ sources: OpenedSources) -> SessionResult {
        note(sources.trouble)
        return run { () throws(SessionError) in try self.send { _ throws(SessionError) in sources.arguments } }
    }

    private func note(_ trouble: OpenedSources.Trouble) {
        if trouble != .none { ledger.noteFailure() }
        if trouble == .unreachable { ledger.add(.general) }
    }

    /// The same with names that the other side forwards; `open` makes arguments of them (SES-120).
    public func runSender(
        namesFromPeer open: @escaping ([[UInt8]]) -> OpenedSources
    ) -> SessionResult {
        run { () throws(SessionError) in
            try self.send { connection throws(SessionError) in
                let opened = open(try self.readNames(connection))
                self.note(opened.trouble)
                return opened.arguments
            }
        }
    }

    /// Receives into what `opener` opens. `requested` is what a client asked for (FLS-95); nil on a server.
    /// `names`: what is to be forwarded, in the form of the wire (SES-120).
    public func runReceiver(
        _ opener: any DestinationOpener, requested: RequestedNames? = nil, names: [UInt8]? = nil
    ) -> SessionResult {
        run { () throws(SessionError) in try self.receive(opener, requested, names) }
    }

    /// Ends what cannot be served once the other side can be told why (SES-98).
    public func refuse(_ error: SessionError) -> SessionResult {
        let early = EarlyMessages(observer: observer, isServer: configuration.isServer)
        input.onMessage = { code, payload throws(SessionError) in try early.handle(code, payload) }
        return run { () throws(SessionError) in
            _ = try self.start()
            throw error
        }
    }

    private func run(_ body: () throws(SessionError) -> Void) -> SessionResult {
        do throws(SessionError) {
            try body()
            output.close()
            try recorder?.flush()
            return SessionResult(
                exitCode: ledger.exitCode, error: nil, statistics: statistics, traits: connection?.traits,
                failedHere: ledger.failedHere)
        } catch {
            for text in complaints { observer.handle(.text(.error, text.bytes)) }
            var isTold = false
            // Names that nobody reads keep the output to themselves.
            if forwarder?.isOver(within: Self.patience) != false {
                isTold = tell(error)
                announce(error)
                if isTold { linger() }
                output.close()
            }
            receiverThread?.join(milliseconds: Self.patience)
            return SessionResult(
                exitCode: error.exitCode, error: error, statistics: statistics, traits: connection?.traits, isTold: isTold)
        }
    }

    /// A server ends with the reason and its closing line, through the protocol where its errors go there (SES-98, SES-160). Before the
    /// other side is told to end: a client that started us ends us too. Not when the connection itself is what failed: nobody
    /// would see them.
    private func tell(_ error: SessionError) -> Bool {
        guard let connection, configuration.isServer, !error.announcedByPeer, !sentGoodbye,
            ExitCode(rawValue: error.exitCode).isAnnounced
        else { return false }
        var lines = ([error.message] + error.details).map(\.bytes)
        if let line = configuration.closingLine?(error.exitCode) { lines.append(Array(line.utf8)) }
        lines.removeAll(where: \.isEmpty)
        guard connection.channel == .protocol else {
            // Nobody waits for what is said of that, and a client that has spoken has ended us by the time. A signal ends both sides of
            // a local copy, and one of them says so.
            if input.wasClosedTooEarly || configuration.isLocalCopy && error.exitCode == 20 { return false }
            for line in lines { observer.handle(.text(.error, line)) }
            return true
        }
        let code: MessageCode = connection.traits.hasErrorAndWarningMessages ? .error : .errorXfer
        do throws(SessionError) {
            for line in lines { try output.sendText(code, line + [0x0a]) }
            try output.flush()
            for line in lines { observer.handle(.forwarded(line)) }
            return true
        } catch {
            return false
        }
    }

    /// A stock client that finds the stream closed does not look at the messages before its end any more. Above 30 they are told
    /// from the end by ERROR_EXIT.
    private func linger() {
        guard let connection, connection.channel == .protocol, !connection.traits.hasErrorExit,
            receiverThread?.join(milliseconds: Self.lastWords) ?? true
        else { return }
        input.discard(milliseconds: Self.lastWords, environment.milliseconds)
    }

    /// How long a client gets to read an error before the stream ends, in milliseconds.
    private static let lastWords: Int64 = 100

    /// SES-115, SES-116: the other side ends with the same code.
    private func announce(_ error: SessionError) {
        guard let connection, !sentGoodbye else { return }
        tellEnd(by: error, connection)
        guard connection.traits.hasErrorExit else { return }
        if error.announcedByPeer {
            _ = try? output.send(.errorExit, [])
        } else if ExitCode(rawValue: error.exitCode).isAnnounced {
            try? output.send(.errorExit, error.exitCode)
        }
        try? output.flush()
    }

    // MARK: Start

    private func start() throws(SessionError) -> Connection {
        let handshake = Handshake(
            configuration: configuration, options: options, input: input, output: output,
            tell: { [observer] text in observer.handle(.text(.info, text.bytes)) })
        if !configuration.isServer { input.timeLimits = .adopted(own: options.timeout) }
        let connection = try handshake.perform()
        self.connection = connection
        tellMessages(connection)
        if options.timeout > 0 {
            // Any number of seconds may come from the peer's arguments (HOS-32).
            input.idleMilliseconds = Int32(clamping: (Int64(options.timeout) + 1) / 2 * 1000)
        }
        early = EarlyTexts(diagnostics(connection))
        try exchangeFilters(connection)
        record(connection)
        return connection
    }

    /// From the first list on (XFR-139).
    private func record(_ connection: Connection) {
        guard let file = configuration.recording else { return }
        let header = BatchHeader(
            options: BatchOptions(options, connection), version: connection.traits.version,
            compat: connection.traits.compat, seed: connection.seed)
        let recorder = StreamRecorder(file, header)
        self.recorder = recorder
        if configuration.isSender { output.recorder = recorder } else { input.recorder = recorder }
    }

    // MARK: Sending

    private func send(_ sources: (Connection) throws(SessionError) -> [SourceArgument]) throws(SessionError) {
        input.onMessage = { [unowned self] code, payload throws(SessionError) in try handleAsSender(code, payload) }
        let connection = try start()
        let arguments = try sources(connection)
        let sender = Sender(
            connection: connection, options: options, arguments: arguments, observer: observer,
            environment: environment, initialErrors: ledger)
        for text in early?.take() ?? [] { try sender.diagnostics.info(text) }
        for text in complaints { try sender.diagnostics.error(text) }
        complaints = []
        input.onIdle = { [output] () throws(SessionError) in try output.sendKeepAlive() }
        if options.sourceRemoval != nil {
            input.onMessage = { [unowned self, unowned sender] code, payload throws(SessionError) in
                guard code == .success else { return try handleAsSender(code, payload) }
                try sender.removeSource(confirmedBy: payload)
            }
        }
        do throws(SessionError) {
            try sender.run()
        } catch {
            statistics = sender.statistics
            try explain(error)
            throw error
        }
        sentGoodbye = true
        ledger.merge(sender.scanner.ledger)
        statistics = sender.statistics
        if let deletions = sender.deletions { statistics.deleted = ItemCounts(deletions) }
        statistics.sent = output.bytesWritten
        statistics.received = input.bytesRead
        if !configuration.isServer {
            output.close()
            try input.drain()
        }
    }

    /// A peer that no longer reads may have said why: its code is the one that counts (SES-162).
    private func explain(_ error: SessionError) throws(SessionError) {
        guard error.exitCode == 10 else { return }
        // Nothing can be written any more, so nothing is to be tried before reading.
        input.beforeBlocking = { () throws(SessionError) in }
        input.onIdle = { () throws(SessionError) in }
        do throws(SessionError) {
            try input.skipToEnd()
        } catch {
            if error.announcedByPeer { throw error }
        }
    }

    /// What the receiving side may say to a sender (SES-88).
    private func handleAsSender(_ code: MessageCode, _ payload: [UInt8]) throws(SessionError) {
        switch code {
        case .errorXfer, .error, .warning, .info:
            if code == .errorXfer { ledger.notePeerFailure() }
            guard let kind = SessionEvent.TextKind(code) else { return }
            if configuration.isServer {
                try output.sendText(code, payload)
            } else {
                observer.handle(.text(kind, trimmed(payload)))
            }
        case .deleted where !configuration.isServer:
            let isDirectory = payload.last == 0
            observer.handle(
                .deleted(name: isDirectory ? [UInt8](payload.dropLast()) : payload, isDirectory: isDirectory))
        case .errorExit:
            throw peerExit(payload)
        case .success:
            guard payload.count == 4 else { throw Sender.badConfirmation(payload) }
        case .noop:
            break
        default:
            throw SessionError(exitCode: 12, "invalid multi-message \(code.rawValue):\(payload.count) (sender)")
        }
    }

    // MARK: Receiving

    private func receive(
        _ opener: any DestinationOpener, _ requested: RequestedNames?, _ names: [UInt8]?
    ) throws(SessionError) {
        let early = EarlyMessages(observer: observer, isServer: configuration.isServer)
        input.onMessage = { code, payload throws(SessionError) in try early.handle(code, payload) }
        let connection = try start()
        if configuration.isServer { try tellReceiving(connection, "server_recv(2) starting pid=\(environment.processId)") }
        if let names { forwarder = try NameForwarder(names, connection) }
        let mapper = IdentityMapper(
            identities: environment.identities, options: options, traits: connection.traits)
        let attributes = options.preserveXattrs ? ReceivedAttributes(options) : nil
        let accessLists = options.preserveAccessLists ? ReceivedAccessLists(options, mapper) : nil
        let lists = FileListReceiver(
            connection: connection, options: options, mapper: mapper, attributes: attributes,
            accessLists: accessLists, requested: requested, observer: observer)
        if let held = self.early { lists.texts.tell = { text throws(SessionError) in try held.info(text) } }
        let indexes = IndexReader(connection)
        if options.reportsItems {
            observer.handle(.fileList(.begins(incremental: connection.traits.incrementalRecursion, sending: false)))
        }
        limitStalls { true }
        let firstLists = try readFirstLists(lists, indexes)
        try forwarder?.finish()
        if options.reportsItems { observer.handle(.fileList(.ends(entries: lists.entryCount))) }
        ledger.merge(early.ledger)
        ledger.merge(lists.ledger)
        if lists.entryCount == 0, !configuration.isServer {
            try finishEmpty(lists)
            return
        }
        let plan = AttributePlan(options: options, mapper: mapper, umask: environment.umask, attributes: attributes,
            accessLists: accessLists)
        try transfer(connection, lists, firstLists, indexes, plan, opener)
    }

    /// With a timeout in force, signs of life alone do not keep a session going for ever (HOS-8). Sums of whole files
    /// (`-c`) may take any time before a list comes, so there is no limit then.
    private func limitStalls(_ isDue: @escaping () -> Bool) {
        guard options.timeout > 0, !options.compareChecksums else { return input.limitStalls(to: nil) }
        let limit = max(Self.longestStall, Int64(options.timeout) * 1000)
        input.limitStalls(
            to: ProtocolInput.StallLimit(limit: limit, milliseconds: environment.milliseconds, isDue: isDue))
    }

    /// B20, in milliseconds.
    private static var longestStall: Int64 { 600_000 }

    /// The first list and, when that holds a single entry, what comes next (FLS-118).
    private func readFirstLists(
        _ lists: FileListReceiver, _ indexes: IndexReader
    ) throws(SessionError) -> [LiveList] {
        var live = [try lists.readFirstList()]
        if !lists.listsEnded, live[0].list.count <= 1 {
            let index = try indexes.read()
            switch index {
            case FileIndex.fileListEOF: try lists.endOfLists()
            case ...FileIndex.fileListOffset: live.append(try lists.readNextList(announcedBy: index))
            default:
                throw .protocolViolation("index \(index) where a file list or their end was due [FLS-118]")
            }
        }
        return live
    }

    /// SES-139: a serving sender has nothing more to say.
    private func finishEmpty(_ lists: FileListReceiver) throws(SessionError) {
        sentGoodbye = true
        output.close()
        if configuration.replay == nil { try input.drain() }
        statistics.sent = output.bytesWritten
        statistics.received = input.bytesRead
    }

    private func transfer(
        _ connection: Connection, _ lists: FileListReceiver, _ firstLists: [LiveList], _ indexes: IndexReader,
        _ plan: AttributePlan, _ opener: any DestinationOpener
    ) throws(SessionError) {
        let first = firstLists[0].list
        let entryCount = firstLists.reduce(0) { $0 + $1.list.count }
        try tellReceiving(connection, "get_local_name count=\(entryCount) \(opener.words)")
        let destination = try opener.open(
            entryCount: entryCount,
            first: first.count > 0 ? first.entry(at: 0) : nil)
        var plan = plan
        plan.creation = CreationMask(destination: destination, umask: environment.umask)
        let mailbox = Mailbox()
        let receiver = Receiver(
            connection: connection, options: options, destination: destination, lists: lists,
            firstLists: firstLists, indexes: indexes, plan: plan, observer: observer, mailbox: mailbox,
            environment: environment)
        lists.texts.role = "receiver"
        for text in early?.take() ?? [] { receiver.say(.info, text) }
        lists.texts.tell = { [unowned receiver] text throws(SessionError) in receiver.say(.info, text) }
        input.onMessage = { [unowned receiver] code, payload throws(SessionError) in
            try receiver.handleMessage(code, payload)
        }
        input.beforeBlocking = { [unowned receiver] () throws(SessionError) in receiver.deliver() }
        input.role = "receiver"
        input.idleMilliseconds = 0
        limitStalls { mailbox.outstanding.count > 0 }
        let generator = Generator(
            connection: connection, options: options, destination: destination, plan: plan, firstLists: firstLists,
            listsEnded: lists.listsEnded, observer: observer, mailbox: mailbox, environment: environment,
            ledger: ledger)
        let thread = WorkerThread { receiver.run() }
        receiverThread = thread
        do throws(SessionError) {
            try generator.run()
        } catch {
            // The receiver discards or keeps the file it is at; only a read that nothing ends holds it up.
            mailbox.outstanding.cancel()
            // Where writing failed the peer has gone, and may have left word why.
            let word = error.exitCode == 10 ? generator.receiverError(within: Self.patience) : nil
            if word == nil, !generator.receiverHasEnded { thread.join(milliseconds: Self.receiverGrace) }
            generator.closeOpenedDirectories()
            throw word ?? error
        }
        thread.join()
        sentGoodbye = true
        ledger.merge(generator.ledger)
        ledger.merge(receiver.ledger)
        // HOS-541: what was asked for and did not come is no success, even if nobody says why.
        if receiver.notSent > 0, ledger.exitCode == 0 { ledger.noteFailure() }
        collect(receiver, generator, lists)
        if !configuration.isServer, configuration.replay == nil {
            output.close()
            try input.drain()
            ledger.merge(receiver.ledger)
        }
    }

    /// How long a failed session waits for its receiver, in milliseconds.
    private static var receiverGrace: Int64 { 2000 }

    private func collect(_ receiver: Receiver, _ generator: Generator, _ lists: FileListReceiver) {
        statistics = receiver.statistics
        statistics.files = lists.counts
        statistics.entries = lists.entryCount
        statistics.totalSize = lists.totalSize
        statistics.listSize = lists.listSize
        statistics.deleted = generator.deletedCounts
        statistics.sent = output.bytesWritten
        statistics.received = input.bytesRead
        if let figures = receiver.senderFigures {
            // For display only, and any number may come (HOS-531): none that overflows when added to another.
            func plausible(_ value: Int64) -> Int64 { min(max(0, value), 1 << 60) }
            statistics.sent = plausible(figures.bytesRead)
            statistics.received = plausible(figures.bytesWritten)
            statistics.totalSize = plausible(figures.totalSize)
            statistics.listBuildMilliseconds = plausible(figures.listBuildMilliseconds)
            statistics.listTransferMilliseconds = plausible(figures.listTransferMilliseconds)
        }
    }
}

/// Messages that come before the receiving side has split (SES-116): texts and errors of the handshake and of the
/// first list.
private final class EarlyMessages {
    private let observer: any SessionObserver
    private let isServer: Bool
    private(set) var ledger = ErrorLedger()

    init(observer: any SessionObserver, isServer: Bool) {
        self.observer = observer
        self.isServer = isServer
    }

    func handle(_ code: MessageCode, _ payload: [UInt8]) throws(SessionError) {
        switch code {
        case .errorXfer, .error, .warning, .info:
            if code == .errorXfer { ledger.notePeerFailure() }
            if let kind = SessionEvent.TextKind(code) { observer.handle(.text(kind, trimmed(payload))) }
        case .ioError:
            if let bits = int32(payload) { ledger.add(ErrorBits(rawValue: bits).intersection([.general, .vanished, .deleteLimit])) }
        case .errorExit:
            throw peerExit(payload)
        case .noop:
            break
        default:
            throw SessionError(exitCode: 12, "invalid multi-message \(code.rawValue):\(payload.count) (Receiver)")
        }
    }
}

extension ItemCounts {
    init(_ counts: DeletionStatistics) {
        self.init()
        regular = Int(counts.files)
        directories = Int(counts.directories)
        symlinks = Int(counts.symlinks)
        devices = Int(counts.devices)
        specials = Int(counts.specials)
    }
}
