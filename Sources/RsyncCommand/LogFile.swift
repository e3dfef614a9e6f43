import RsyncEngine
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// What `--log-file` asks for (MET-175). Several threads write to it, whole lines each.
final class LogFile: Sendable {
    private let descriptor: Int32
    private let isServer: Bool
    /// A server that only tells what it would do logs no items.
    private let skipsItems: Bool
    /// Nothing moves and nothing goes: no file whose data would, and no deletion, is logged.
    private let isDry: Bool
    private let items: RsyncReport.ItemReport

    /// nil without the option, and for a file that cannot be opened.
    static func opened(_ arguments: ParsedArguments, sendsToRemote: Bool) -> LogFile? {
        guard let path = arguments.logFile else { return nil }
        switch SystemWords.openLog(path, arguments.pathRules(confined: false)) {
        case .success(let descriptor):
            return LogFile(descriptor, arguments, sendsToRemote: sendsToRemote)
        case .failure(let failure):
            let text: MessageText = "rsync: [\(arguments.isServer ? "server" : "client")] failed to open log-file \(path): \(SystemWords.text(failure.number))"
            RsyncProgram.warn(text)
            // No complaint, but what is said to people: on standard output.
            if !arguments.isServer, !arguments.json { SystemWords.write([UInt8]("Ignoring \"log file\" setting.\n".utf8), to: 1) }
            return nil
        }
    }

    private init(_ descriptor: Int32, _ arguments: ParsedArguments, sendsToRemote: Bool) {
        self.descriptor = descriptor
        isServer = arguments.isServer
        skipsItems = arguments.isServer && arguments.dryRun
        isDry = arguments.dryRun
        items = RsyncReport.ItemReport(
            format: arguments.itemLogFormat.map { OutputFormat($0) },
            showsUnchanged: arguments.itemize > 1 || arguments.reportHint.itemizesUnchanged || arguments.info[.name] > 1,
            formatter: ItemFormatter(arguments, sendsToRemote: sendsToRemote, escaping: .log))
    }

    /// What is said to people is logged as it was said, but for the escapes.
    func say(_ text: [UInt8]) { write(NameEscaping.log.escape(text)) }

    /// One line, already without anything that could do harm.
    func write(_ line: [UInt8]) {
        let now = items.formatter.now()
        let start = "\(LocalTime(now, offset: items.formatter.zone).text) [\(items.formatter.processId)] "
        SystemWords.write(Array(start.utf8) + line + [0x0a], to: descriptor)
    }

    /// Transfers are logged when they are through.
    func item(_ facts: ItemFacts, _ stage: RsyncEngine.ItemReport.Stage) {
        if stage == .begins || skipsItems || isDry && facts.flags.contains(.transfer) { return }
        if let line = isServer ? items.serverLogLine(facts) : items.line(facts) { write(line) }
    }

    func deletion(_ name: [UInt8], isDirectory: Bool) {
        guard items.format != nil, !isDry else { return }
        write(items.deletionLine(name, isDirectory: isDirectory))
    }

    /// How a run ends.
    func end(sent: Int64, received: Int64, totalSize: Int64) {
        write(Array("sent \(sent) bytes  received \(received) bytes  total size \(totalSize)".utf8))
    }
}

extension ItemFormatter {
    init(_ arguments: ParsedArguments, sendsToRemote: Bool, escaping: NameEscaping) {
        self.init(sendsToRemote: sendsToRemote, escaping: escaping)
        preservesTimes = arguments.times
        preservesOwner = arguments.owner
        preservesGroup = arguments.group
        processId = SystemWords.processId
        zone = { SystemWords.zoneOffset($0) }
        now = { SystemWords.seconds() }
    }
}

extension ItemFacts {
    public init(_ report: RsyncEngine.ItemReport) {
        self.init(entry: report.entry, flags: report.flags, operation: report.isSender ? .send : .receive)
        linkedTo = report.xname
        hasDetails = !report.detailsUnknown
        setsLinkTimes = report.setsLinkTimes
        directory = report.directory
        checksumLength = report.sumLength
        if case .complete(let figures) = report.stage {
            moved = figures.moved
            returned = figures.returned
            checksum = figures.checksum
        }
    }
}
