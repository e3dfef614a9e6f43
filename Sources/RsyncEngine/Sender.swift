import RsyncCompress
import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

/// The sender: writes the file lists, then answers requests in the order in which they come (XFR-1 to XFR-6).
///
/// One thread does it all. It blocks in writing only while the receiving side does not read, and a proper receiver
/// reads whatever its generator is doing (SES-4), so it cannot deadlock.
final class Sender {
    let connection: Connection
    let options: TransferOptions
    let observer: any SessionObserver
    let environment: SessionEnvironment
    let scanner: SourceScanner
    let diagnostics: Diagnostics
    /// The receiving side hears something while directories are scanned and files compared (SES-150).
    let alive: KeepAlive
    private let lists: FileListSender
    let indexesOut: IndexWriter
    private let indexesIn: IndexReader
    var window = ListWindow()
    /// Phases ended so far (SES-129).
    private(set) var phase = 0
    /// How often each entry was asked for, by the start of its list; only for lists that were asked about.
    var requests: [Int32: [UInt8]] = [:]
    /// Indexes of what has been sent, where only that may be removed.
    var sentFiles: Set<Int32> = []
    var statistics = SessionStatistics()
    var deletions: DeletionStatistics?
    /// nil in a session without compression.
    let encoder: TokenEncoder?
    var matchedBlocks: Int64 = 0
    var falseAlarms: Int64 = 0
    var hashHits: Int64 = 0
    /// The search's window, kept from file to file.
    var windowStorage: [UInt8] = []
    var hasPendingLists: Bool { lists.hasPendingLists }

    /// FLS-123: how far the lists run ahead of the requests.
    static let lookAhead = 4000

    init(
        connection: Connection, options: TransferOptions, arguments: [SourceArgument],
        observer: any SessionObserver, environment: SessionEnvironment, initialErrors: ErrorLedger
    ) throws(SessionError) {
        self.connection = connection
        self.options = options
        self.observer = observer
        self.environment = environment
        encoder = try connection.makeEncoder(options.compression)
        let output = connection.output
        diagnostics = Diagnostics(observer: observer, connection: connection, logs: options.reportsItems)
        alive = KeepAlive(output, timeout: options.timeout, milliseconds: environment.milliseconds)
        scanner = SourceScanner(
            arguments: arguments, options: options, connection: connection, diagnostics: diagnostics, alive: alive,
            environment: environment)
        scanner.ledger.merge(initialErrors)
        indexesOut = IndexWriter(connection)
        indexesIn = IndexReader(connection)
        lists = FileListSender(
            scanner: scanner, options: options, connection: connection, environment: environment,
            indexes: indexesOut)
    }

    func run() throws(SessionError) {
        let output = connection.output
        connection.input.beforeBlocking = { () throws(SessionError) in try output.flush() }
        if connection.isServer { try tellSending("server_sender starting pid=\(environment.processId)") }
        if options.reportsItems {
            observer.handle(.fileList(.begins(incremental: connection.traits.incrementalRecursion, sending: true)))
        }
        try sendFirstList()
        if options.reportsItems { observer.handle(.fileList(.ends(entries: lists.entryCount))) }
        // SES-139: a serving sender with nothing to send is done.
        if connection.isServer, lists.entryCount == 0, !lists.hasPendingLists {
            try output.flush()
            return
        }
        try tellSending("send_files starting")
        try answerRequests()
        try tellSending("send files finished")
        if debug.search > 0 {
            try diagnostics.info(
                "total: matches=\(matchedBlocks)  hash_hits=\(hashHits)  false_alarms=\(falseAlarms) data=\(statistics.literal)")
        }
        try finish()
    }

    private func sendFirstList() throws(SessionError) {
        let before = environment.milliseconds()
        let list = try lists.sendFirstList()
        window.append(list)
        statistics.listBuildMilliseconds = max(1, environment.milliseconds() - before)
        statistics.totalSize = lists.totalSize
        statistics.entries = lists.entryCount
        statistics.files = lists.counts
        errorsOfFirstList = scanner.ledger.bits
    }

    // MARK: The request loop

    private func answerRequests() throws(SessionError) {
        while true {
            try sendListsAhead()
            let index = try indexesIn.read()
            switch index {
            case FileIndex.done:
                if try endOfPhase() { return }
            case FileIndex.deletionStatistics where connection.traits.hasDeletionStatistics:
                try readDeletions()
            case ..<0 where !Knob.senderIgnoresBadIndex.isOn:
                throw .protocolViolation("index \(index), which no receiving side writes [FLS-125]")
            default:
                try answer(index)
            }
        }
    }

    /// Sends lists until enough entries are ahead of the requests, and never waits with just one list alive while
    /// directories remain (FLS-123, FLS-156).
    private func sendListsAhead() throws(SessionError) {
        guard connection.traits.incrementalRecursion, !lists.sentEndOfLists else { return }
        while lists.hasPendingLists {
            guard window.entriesAhead < Self.lookAhead || window.lists.count <= 1 else { break }
            window.append(try lists.sendNextList())
            statistics.totalSize = lists.totalSize
            statistics.entries = lists.entryCount
            statistics.files = lists.counts
        }
        try lists.reportErrorsByMessage()
        if !lists.hasPendingLists { try lists.sendEndOfLists() }
    }

    /// SES-132. True when the loop is over.
    private func endOfPhase() throws(SessionError) -> Bool {
        if connection.traits.incrementalRecursion, phase == 0, !window.lists.isEmpty {
            let isLast = window.lists.count == 1
            if isLast, lists.hasPendingLists || !lists.sentEndOfLists {
                throw .protocolViolation("the end of a phase while file lists are still to come [FLS-155]")
            }
            if !isLast {
                requests[window.lists[0].list.startIndex] = nil
                window.releaseOldest()
                try indexesOut.write(FileIndex.done)
                return false
            }
        }
        phase += 1
        if phase <= connection.traits.lastLoopPhase {
            try tellSending("send_files phase=\(phase)")
            try indexesOut.write(FileIndex.done)
            return false
        }
        return true
    }

    private func readDeletions() throws(SessionError) {
        let counts = try connection.input.parse { reader throws(WireError) in try DeletionStatistics(reading: &reader) }
        if connection.isServer, !Knob.deletionCountsAreNotEchoed.isOn {
            try indexesOut.write(FileIndex.deletionStatistics)
            try connection.output.write { counts.write(to: &$0) }
        }
        deletions = counts
    }

    // MARK: The end

    /// SES-132 step 3, SES-140 to SES-143.
    private func finish() throws(SessionError) {
        let traits = connection.traits
        if traits.hasIOErrorMessage, !Knob.lateErrorsMissing.isOn, scanner.ledger.bits != errorsOfFirstList {
            try connection.output.send(.ioError, scanner.ledger.bits.rawValue)
        }
        try indexesOut.write(FileIndex.done)
        // A client that records keeps them for who reads the batch (XFR-142).
        if connection.isServer && !Knob.statisticsMissing.isOn || connection.output.recorder != nil {
            connection.output.isDiverted = !connection.isServer
            let figures = TransferStatistics(
                bytesRead: connection.input.bytesRead, bytesWritten: connection.output.bytesWritten,
                totalSize: lists.totalSize, listBuildMilliseconds: statistics.listBuildMilliseconds,
                listTransferMilliseconds: statistics.listTransferMilliseconds)
            try connection.output.write { figures.write(to: &$0, traits: traits) }
            connection.output.isDiverted = false
        }
        try readGoodbye()
        if traits.hasEchoedGoodbye, !Knob.goodbyeIsNotEchoed.isOn {
            try indexesOut.write(FileIndex.done)
            try readGoodbye()
        }
        try connection.output.flush()
    }

    private var errorsOfFirstList: ErrorBits = []

    private func readGoodbye() throws(SessionError) {
        while true {
            let index = try indexesIn.read()
            if index == FileIndex.done { return }
            if index == FileIndex.deletionStatistics, connection.traits.hasDeletionStatistics {
                try readDeletions()
                continue
            }
            throw .protocolViolation("Invalid packet at end of run (\(index)) [sender] [SES-143]")
        }
    }
}
