import RsyncFilter
import RsyncProtocol

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
    /// Of a session that failed: `sent` and `received` are all that went over the stream.
    public var knowsTraffic = false
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
    var statistics = SessionStatistics()
    var ledger = ErrorLedger()
    /// Errors from before the session, not told yet.
    var complaints: [MessageText] = []
    /// From the goodbye on, ERROR_EXIT is not sent any more (SES-142).
    var sentGoodbye = false
    var receiverThread: WorkerThread?
    /// From the handshake on.
    private(set) var early: EarlyTexts?
    var forwarder: NameForwarder?
    private var recorder: StreamRecorder?
    /// How long a failed session waits for the peer to close, in milliseconds: its own files are cleared away then.
    static let patience: Int64 = 1000

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
        output = ProtocolOutput(stream: stream, role: configuration.isSender ? "sender" : "generator")
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
            if error.exitCode == 30, !error.announcedByPeer { output.giveUp(error) }
            var isTold = false
            // Names that nobody reads keep the output to themselves.
            if forwarder?.isOver(within: Self.patience) != false {
                isTold = tell(error)
                announce(error)
                if isTold { linger() }
                // A sender in the middle of a file reads why this ends when that is written, unless it finds the stream closed before.
                let answers = isTold && connection?.traits.hasErrorExit == true
                if answers { receiverThread?.join(milliseconds: Self.patience) }
                if !configuration.endsWithProcess { output.close() }
                // A client that has not been told waits for the end of the stream, and our receiver for that of the client's.
                receiverThread?.join(milliseconds: answers || configuration.endsWithProcess ? Self.lastWords : Self.patience)
            } else {
                receiverThread?.join(milliseconds: Self.patience)
            }
            // A thread that still reads or writes would count on.
            let knowsTraffic = receiverThread?.join(milliseconds: 1) != false && forwarder?.isOver(within: 1) != false
            if knowsTraffic {
                statistics.sent = output.bytesWritten
                statistics.received = input.bytesRead
            }
            var result = SessionResult(
                exitCode: error.exitCode, error: error, statistics: statistics, traits: connection?.traits, isTold: isTold)
            result.knowsTraffic = knowsTraffic
            return result
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

    func start() throws(SessionError) -> Connection {
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
        let recorder = StreamRecorder(file, header, role: configuration.isSender ? "sender" : "receiver")
        self.recorder = recorder
        if configuration.isSender { output.recorder = recorder } else { input.recorder = recorder }
    }
}
