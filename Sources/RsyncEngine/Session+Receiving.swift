import RsyncFilter
import RsyncProtocol

// A session that receives: the first lists, then generator and receiver side by side.

extension Session {
    func receive(
        _ opener: any DestinationOpener, _ requested: RequestedNames?, _ names: [UInt8]?
    ) throws(SessionError) {
        let early = EarlyMessages(observer: observer, isServer: configuration.isServer)
        input.onMessage = { code, payload throws(SessionError) in try early.handle(code, payload) }
        let connection = try start()
        for pattern in requested?.patternTexts ?? [] { try diagnostics(connection).info("[Receiver] add_implied_include(\(pattern))") }
        if configuration.isServer { try tellReceiving(connection, "server_recv(2) starting pid=\(environment.processId)") }
        if let names { forwarder = try NameForwarder(names, connection) }
        let mapper = IdentityMapper(
            identities: environment.identities, options: options, traits: connection.traits)
        let attributes = options.preserveXattrs ? ReceivedAttributes(options) : nil
        let accessLists = options.preserveAccessLists ? ReceivedAccessLists(options, mapper) : nil
        let lists = FileListReceiver(
            connection: connection, options: options, mapper: mapper, attributes: attributes,
            accessLists: accessLists, requested: requested, observer: observer, workingDirectory: environment.workingDirectory)
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
        lists.place = destination.place
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
        ledger.merge(lists.ledger)
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
