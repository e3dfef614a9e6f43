import RsyncProtocol
import RsyncWire

/// The receiver: reads what the sender writes and builds the files (XFR-113 to XFR-129).
///
/// It has a thread of its own and never writes to the connection; what the generator must know goes into the
/// mailbox. `@unchecked Sendable`: made on one thread, then used by its own alone.
final class Receiver: @unchecked Sendable {
    let connection: Connection
    let options: TransferOptions
    let destination: Destination
    let observer: any SessionObserver
    let plan: AttributePlan
    let side: SideFiles
    /// Finished files that are still in the partial directory (MET-87).
    var delayed: [(index: Int32, place: SideFiles.Place)] = []
    let mailbox: Mailbox
    let workingDirectory: [UInt8]
    let localTime: @Sendable (Int64) -> String
    /// What the generator is to hear before the next wait for the sender: it is not woken for every single file.
    private var unposted: [ReceiverEvent] = []
    private let lists: FileListReceiver
    private let indexes: IndexReader
    let tokens: TokenInput
    private(set) var window = ListWindow()
    /// Files that have failed once (XFR-115).
    var redone: Set<Int32> = []
    private var mark = 0
    var ledger = ErrorLedger()
    /// Files that the sender said it cannot send.
    var notSent = 0
    var statistics = SessionStatistics()
    private(set) var senderFigures: TransferStatistics?
    private(set) var deletions: DeletionStatistics?
    /// One block of a basis, kept from token to token.
    var blockBuffer: [UInt8] = []
    var listsPending: Bool { !lists.listsEnded }
    var knownEntries: Int { lists.entryCount }
    var knownSize: Int64 { lists.totalSize }

    /// `indexes` may have read something before the receiver existed (FLS-118).
    init(
        connection: Connection, options: TransferOptions, destination: Destination, lists: FileListReceiver,
        firstLists: [LiveList], indexes: IndexReader, plan: AttributePlan, observer: any SessionObserver,
        mailbox: Mailbox, environment: SessionEnvironment
    ) {
        self.connection = connection
        self.options = options
        self.destination = destination
        self.lists = lists
        self.plan = plan
        side = SideFiles(
            options: options, destination: destination, umask: plan.umask,
            hasNanoseconds: connection.traits.hasNanoseconds)
        self.observer = observer
        self.mailbox = mailbox
        workingDirectory = environment.workingDirectory
        localTime = environment.localTime
        self.indexes = indexes
        tokens = TokenInput(connection)
        for list in firstLists { window.append(list) }
    }

    /// The whole of the receiver's life; its end reaches the generator as `ended`.
    func run() {
        do throws(SessionError) {
            try receive()
            post(.ended(nil))
        } catch {
            post(.ended(error))
            deliver()
            // A sender in the middle of a file does not listen: only when its bytes go on being taken can it come to
            // read why this session ends.
            connection.input.discardUntilEnd()
        }
        deliver()
    }

    /// Whether the generator has given up, so that the file in work is not to be finished.
    var isCancelled: Bool { mailbox.outstanding.isCancelled }

    func post(_ event: ReceiverEvent) {
        if debug.messages > 0 { tellMessage(event) }
        unposted.append(event)
        if unposted.count >= Self.mostUnposted { deliver() }
    }

    /// To be called before each read of the stream, which may have to wait for what the generator does next.
    func deliver() {
        guard !unposted.isEmpty else { return }
        mailbox.post(unposted)
        unposted.removeAll(keepingCapacity: true)
    }

    private static let mostUnposted = 256

    private func receive() throws(SessionError) {
        tellReceiving("recv_files(\(window.lists.first?.list.count ?? 0)) starting")
        while true {
            let index = try indexes.read()
            switch index {
            case FileIndex.done:
                if try endOfList() { return }
            case FileIndex.fileListEOF:
                try lists.endOfLists()
                post(.endOfLists)
            case FileIndex.deletionStatistics where connection.traits.hasDeletionStatistics:
                deletions = try connection.input.parse { reader throws(WireError) in
                    try DeletionStatistics(reading: &reader)
                }
            case ...FileIndex.fileListOffset:
                let live = try lists.readNextList(announcedBy: index)
                window.append(live)
                guard window.liveEntries <= FileListReceiver.largestList else {
                    throw SessionError(
                        exitCode: 22, "more than \(FileListReceiver.largestList) entries are waiting to be finished")
                }
                post(.list(live))
            default:
                try receiveItem(index)
            }
        }
    }

    // MARK: Marks

    /// SES-134 and FLS-126. True when nothing more will come.
    private func endOfList() throws(SessionError) -> Bool {
        if connection.isReplay {
            try awaitMark()
        } else {
            guard mailbox.outstanding.takeMark() else {
                throw .protocolViolation("the end of a list or phase that was not ended here [SES-133]")
            }
        }
        if connection.traits.incrementalRecursion, mark == 0, window.lists.count > 1 {
            window.releaseOldest()
            return false
        }
        mark += 1
        tellPhase(mark)
        if mark == 2, options.delaysUpdates { putDelayedInPlace() }
        let traits = connection.traits
        let statisticsMark = traits.lastLoopPhase + 1
        if mark == statisticsMark, !connection.isServer {
            senderFigures = try connection.input.parse { reader throws(WireError) in
                try TransferStatistics(reading: &reader, traits: traits)
            }
        }
        post(.mark(mark))
        return mark == statisticsMark + (traits.hasEchoedGoodbye ? 1 : 0)
    }

    // MARK: Items

    private func receiveItem(_ index: Int32) throws(SessionError) {
        let traits = connection.traits
        let attributes = try connection.input.parse { reader throws(WireError) in
            try ItemAttributes(reading: &reader, traits: traits)
        }
        if traits.hasIndexKeepAlive, attributes.flags == .isNew, Int(index) == window.lists.first?.list.count {
            return
        }
        guard let item = window.resolve(index, incremental: traits.incrementalRecursion) else {
            if Knob.receiverIgnoresBadIndex.isOn { return }
            throw .protocolViolation("File-list index \(index) not in the file list (receiver) [FLS-120]")
        }
        if case .entry(let slot, let position) = item, !window.lists[slot].list.isActive(position) {
            throw .protocolViolation("File-list index \(index) is that of a dropped entry (receiver) [HOS-303]")
        }
        let entry = window.entry(item)
        tellReceiving("recv_files(\(entry.name))")
        let hasValues = (!options.dryRun || dataComesAnyway) && attributes.carriesXattrs(traits)
        if hasValues, let received = plan.attributes { try received.readReply(entry.attributeSet, connection) }
        guard attributes.flags.contains(.transfer) else {
            if hasValues, plan.attributes != nil, !attributes.isLinkReport, !options.dryRun {
                if connection.isReplay {
                    deliver()
                    mailbox.outstanding.awaitPass(index)
                }
                try setExtended(entry)
            }
            report(entry, attributes)
            return
        }
        guard mark < 2 || Knob.receiverTakesLate.isOn else {
            throw .protocolViolation("got transfer request in phase \(mark) [receiver] [SES-135]")
        }
        guard case .entry = item, entry.isRegular else {
            throw .protocolViolation("data for \(quoted(entry.name)), which is no regular file [XFR-13]")
        }
        if connection.isReplay { return try replay(entry, index, attributes) }
        guard let request = mailbox.outstanding.take(index) ?? (Knob.receiverTakesUnasked.isOn ? Outstanding.Request(head: .null, basis: .destination, xname: []) : nil) else {
            throw .protocolViolation("data for \(quoted(entry.name)), which was not asked for [HOS-302]")
        }
        guard attributes.basis == request.basis && attributes.xname == request.xname || !traits.hasBasisTypes || Knob.receiverTakesAnyBasis.isOn else {
            throw .protocolViolation(
                "basis type \(attributes.basis.rawValue) for \(quoted(entry.name)), which was not asked for [XFR-119]")
        }
        statistics.transferredFiles += 1
        // A peer's lengths may have any sum.
        statistics.transferredSize &+= entry.length
        if options.dryRun {
            if options.isBatchOnly, !connection.isServer { try discardData() }
            report(entry, attributes)
            post(.finished(index, .stored))
            return
        }
        try receiveFile(entry, index, attributes, request, isRedo: redone.contains(index))
    }

    /// The sender of a pull knows nothing of `--only-write-batch`, and a batch holds what it holds.
    private var dataComesAnyway: Bool { connection.isReplay || options.isBatchOnly && !connection.isServer }

    // MARK: Reading a batch (XFR-145)

    /// What is wanted is used, what is not is skipped.
    private func replay(
        _ entry: FileEntry, _ index: Int32, _ attributes: ItemAttributes
    ) throws(SessionError) {
        statistics.transferredFiles += 1
        statistics.transferredSize &+= entry.length
        deliver()
        let isRedo = redone.contains(index)
        let request = mailbox.outstanding.awaitRequest(index, isCertain: isRedo)
        guard !isCancelled else { throw SessionError(exitCode: 20, "the session was ended") }
        guard let request else {
            try discardData()
            if !options.listOnly { say(.info, "(Skipping batched update for \(quoted(entry.name)))") }
            return
        }
        guard !options.dryRun else {
            try discardData()
            report(entry, attributes)
            post(.finished(index, .stored))
            return
        }
        try receiveFile(entry, index, attributes, request, isRedo: isRedo)
    }

    /// The batch goes on behind a list or phase: what it did not hold will not come.
    private func awaitMark() throws(SessionError) {
        let list = connection.traits.incrementalRecursion && mark == 0 ? window.lists.first?.list : nil
        let range = list.map { $0.startIndex..<($0.startIndex + Int32($0.count)) }
        while true {
            deliver()
            switch mailbox.outstanding.awaitMark(ofList: range) {
            case .ended: return
            case .cancelled: throw SessionError(exitCode: 20, "the session was ended")
            case .missing(let indexes):
                for index in indexes { missing(index) }
            }
        }
    }

    private func missing(_ index: Int32) {
        guard let item = window.resolve(index, incremental: connection.traits.incrementalRecursion) else { return }
        let entry = window.entry(item)
        if redone.contains(index) {
            fail(index, "ERROR: \(entry.name) failed verification -- the batch was not made for the file that is here.")
        } else {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "(No batched update for \(quoted(entry.name)))")
            post(.finished(index, .failed))
        }
    }
}
