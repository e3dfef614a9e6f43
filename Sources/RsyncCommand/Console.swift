import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport
import Synchronization

/// Shows a client's user what its session tells (MET-165 to MET-183). Both threads of a receiving side call it.
public final class Console: SessionObserver {
    private struct State: Sendable {
        var pending: [UInt8] = []
        var listIsIncremental = false
        var current: [UInt8] = []
        var began: Int64 = 0
        /// The last item that was shown.
        var shown: [UInt8] = []
        var lastUpdate: Int64 = 0
        var total = TotalProgress()
        var flusher: WorkerThread?
        var isFinished = false
    }

    /// Lines that are collected leave after so many milliseconds at the latest: whoever reads them from a pipe follows the run.
    private static let longestHold: UInt32 = 100

    private let state = Mutex(State())
    private let items: RsyncReport.ItemReport
    private let listing: Listing
    private let escaping: NameEscaping
    private let arguments: ParsedArguments
    private let showsLists: Bool
    private let showsDeletions: Bool
    /// Lines leave at once.
    private let isUnbuffered: Bool
    private let log: LogFile?
    /// Both ends are here: the list is sent, whichever end shows it.
    private let isLocal: Bool
    private let events: EventWriter?
    private let started = SystemWords.milliseconds()

    init(_ arguments: ParsedArguments, isSender: Bool, isRemote: Bool, log: LogFile?, events: EventWriter? = nil) {
        self.events = events
        self.arguments = arguments
        self.log = log
        escaping = Self.escaping(arguments)
        items = RsyncReport.ItemReport(
            format: arguments.quiet ? nil : arguments.itemFormat.map { OutputFormat($0) },
            showsUnchanged: arguments.itemize > 1 || arguments.itemizeLevel > 0 && arguments.info[.name] > 1,
            formatter: ItemFormatter(
                arguments, sendsToRemote: isSender && isRemote, escaping: escaping))
        listing = Listing(
            humanReadable: arguments.humanReadable, escaping: escaping,
            showsLinkTargets: arguments.links, showsAccessTimes: arguments.accessTimes > 0, zone: { SystemWords.zoneOffset($0) })
        showsLists = !arguments.quiet && arguments.transfersDirectories && arguments.info[.flist] > 0
        // Whoever is told of files in any form is told of these.
        showsDeletions = !arguments.quiet && (arguments.info[.del] > 0 || arguments.info[.name] > 0 || items.format != nil)
        isUnbuffered =
            switch arguments.outputBuffering {
            case nil: SystemWords.isTerminal(1) || arguments.info[.progress] > 0
            case .block: false
            case .some: true
            }
        isLocal = !isRemote
    }

    private static func escaping(_ arguments: ParsedArguments) -> NameEscaping {
        arguments.showsHighBytes ? .highBytes : localeEscaping
    }

    static var localeEscaping: NameEscaping {
        // What is set to nothing counts as not set.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { SystemWords.variable($0) }.first { !$0.isEmpty }
        let name = (locale ?? "").lowercased()
        return name.contains("utf-8") || name.contains("utf8") ? .utf8 : .ascii
    }

    public func handle(_ event: SessionEvent) {
        state.withLock { state in
            if let events { return handle(event, events) }
            switch event {
            case .text(let kind, let text): show(kind, text, &state)
            case .fileList(let progress): show(progress, &state)
            case .forwarded: break
            case .item(let report): show(report, &state)
            case .deleted(let name, let isDirectory):
                if showsDeletions { print(items.deletionLine(name, isDirectory: isDirectory), &state) }
                log?.deletion(name, isDirectory: isDirectory)
            case .listed(let entry):
                let line = listing.line(entry)
                if !arguments.quiet { print(line, &state) }
                log?.write(line)
            case .progress(let report): show(report, &state)
            }
        }
    }

    /// Errors and warnings are said to people as well.
    private func handle(_ event: SessionEvent, _ events: EventWriter) {
        switch event {
        case .text(let kind, let text):
            events.text(kind, text)
            if kind != .info { SystemWords.write(escaping.escape(text) + [0x0a], to: 2) }
            log?.say(text)
        case .item(let report):
            let facts = ItemFacts(report)
            events.item(facts, report.stage)
            log?.item(facts, report.stage)
        case .deleted(let name, let isDirectory):
            events.deletion(name, isDirectory: isDirectory)
            log?.deletion(name, isDirectory: isDirectory)
        case .listed(let entry):
            events.listed(entry)
            log?.write(listing.line(entry))
        case .progress(let report):
            if arguments.info[.progress] > 0 || Signals.takeProgressWish() { events.progress(report) }
        case .fileList, .forwarded: break
        }
    }

    public func finish() {
        state.withLock {
            endTotal(&$0)
            flush(&$0)
            $0.isFinished = true
        }
    }

    func write(_ text: String) {
        if let log { for line in text.split(separator: "\n") { log.say(Array(line.utf8)) } }
        guard !arguments.quiet else { return }
        state.withLock { state in
            endTotal(&state)
            state.pending.append(contentsOf: text.utf8)
            flush(&state)
        }
    }

    private func show(_ report: RsyncEngine.ItemReport, _ state: inout State) {
        let facts = ItemFacts(report)
        let isDue: Bool
        switch report.stage {
        case .whole: isDue = true
        case .begins:
            isDue = items.format?.needsFigures != true
            // The line comes after the data, so what progress is shown of has to be said before.
            if !isDue, arguments.info[.progress] == 1, !arguments.quiet {
                print(escaping.escape(report.entry.name), &state)
            }
        case .complete: isDue = items.format?.needsFigures == true
        }
        if isDue, let line = items.line(facts) {
            print(line, &state)
            state.shown = report.entry.name
        }
        log?.item(facts, report.stage)
    }

    private func show(_ kind: SessionEvent.TextKind, _ text: [UInt8], _ state: inout State) {
        // One message, one line: whatever could do harm in it is shown as digits, newlines in names included (MET-170).
        let line = escaping.escape(text)
        log?.say(text)
        if kind != .info {
            flush(&state)
            SystemWords.write(line + [0x0a], to: 2)
        } else if !arguments.quiet {
            print(line, &state)
        }
    }

    static func harmless(_ text: [UInt8]) -> [UInt8] { localeEscaping.escape(text) }

    private func show(_ progress: SessionEvent.FileListProgress, _ state: inout State) {
        if case .begins(_, let sending) = progress {
            log?.write(Array((sending || isLocal ? "building file list" : "receiving file list").utf8))
        }
        guard showsLists else { return }
        switch progress {
        case .begins(let incremental, let sending):
            state.listIsIncremental = incremental
            state.pending += Array(Notices.listStart(isSender: sending || isLocal, isIncremental: incremental).utf8)
            if incremental { state.pending.append(0x0a) }
            // A count that runs, which the final one overwrites.
            if !incremental, sending || isLocal, arguments.info[.flist] > 1 {
                state.pending += Array("\n 0 files...\r".utf8)
            }
        case .ends(let count):
            if let end = Notices.listEnd(
                isIncremental: state.listIsIncremental, countsFiles: arguments.info[.flist] > 1, count: count)
            {
                state.pending += Array(end.utf8) + [0x0a]
            }
        }
        flush(&state)
    }

    private func show(_ report: ProgressReport, _ state: inout State) {
        guard !arguments.quiet else { return }
        guard arguments.info[.progress] > 0 else { return showOnce(report, &state) }
        let now = SystemWords.milliseconds()
        let isWhole = arguments.info[.progress] > 1
        let isFirst = isWhole ? state.began == 0 : state.current != report.entry.name
        if isFirst {
            state.current = report.entry.name
            state.began = now
        }
        guard report.isLast || isFirst || now - state.lastUpdate >= 1000 else { return }
        state.lastUpdate = now
        let seconds = Double(max(1, now - state.began)) / 1000
        let (done, size) = isWhole ? (report.totalBytes, report.totalSize) : (report.bytes, report.entry.length)
        let rate = Double(done) / seconds
        let line = ProgressLine(
            done: done, size: size, rate: rate,
            seconds: report.isLast ? seconds : rate > 0 ? Double(size - done) / rate : 0,
            end: report.isLast
                ? .finished(
                    transferred: report.transferred, remaining: max(0, report.known - report.position - 1),
                    known: report.known, isListing: report.listsPending)
                : .running)
        if isWhole {
            let text = state.total.text(line, humanReadable: arguments.humanReadable)
            state.pending += Array(text.utf8)
        } else {
            state.pending += Array(line.text(humanReadable: arguments.humanReadable).utf8)
            if report.isLast { state.current = [] }
        }
        flush(&state)
    }

    public var wantsProgress: Bool { Signals.isProgressWanted }

    /// Where a signal has asked for it: the state of the whole run behind the name of the file that has come last.
    private func showOnce(_ report: ProgressReport, _ state: inout State) {
        guard Signals.takeProgressWish() else { return }
        // A form of one's own need not have the name in it.
        if state.shown != report.entry.name || arguments.outFormat != nil { print(escaping.escape(report.entry.name), &state) }
        let seconds = Double(max(1, SystemWords.milliseconds() - started)) / 1000
        let line = ProgressLine(
            done: report.totalBytes, size: report.totalSize, rate: Double(report.totalBytes) / seconds, seconds: seconds,
            end: .finished(
                transferred: report.transferred, remaining: max(0, report.known - report.position - 1), known: report.known,
                isListing: report.listsPending))
        state.pending += Array(line.text(humanReadable: arguments.humanReadable).utf8)
        flush(&state)
    }

    /// The last state of `--info=progress2`: all that was known is done, also where nothing was to be transferred (MET-182).
    func finishTotal(_ figures: SessionStatistics) {
        guard arguments.info[.progress] > 1, !arguments.quiet, events == nil else { return }
        state.withLock { state in
            let seconds = state.began == 0 ? 0 : Double(max(1, SystemWords.milliseconds() - state.began)) / 1000
            let line = ProgressLine(
                done: figures.transferredSize, size: figures.totalSize, rate: seconds > 0 ? Double(figures.transferredSize) / seconds : 0,
                seconds: seconds,
                end: .finished(transferred: figures.transferredFiles, remaining: 0, known: figures.entries, isListing: false))
            state.pending += Array(state.total.text(line, humanReadable: arguments.humanReadable).utf8)
        }
    }

    /// What `--info=progress2` ends with: a line that nothing is written over (MET-182).
    private func endTotal(_ state: inout State) {
        guard state.total.isOpen else { return }
        state.pending.append(0x0a)
        state.total = TotalProgress()
    }

    private func print(_ line: [UInt8], _ state: inout State) {
        endTotal(&state)
        state.shown = []
        state.pending += line
        state.pending.append(0x0a)
        if isUnbuffered || state.pending.count > 8192 { return flush(&state) }
        guard state.flusher == nil, arguments.outputBuffering == nil else { return }
        state.flusher = WorkerThread { [weak self] in
            repeat { SystemWords.pause(milliseconds: Self.longestHold) } while self?.flushUnlessFinished() == true
        }
    }

    private func flushUnlessFinished() -> Bool {
        state.withLock { state in
            flush(&state)
            return !state.isFinished
        }
    }

    private func flush(_ state: inout State) {
        guard !state.pending.isEmpty else { return }
        SystemWords.write(state.pending, to: arguments.messageChannel == .all ? 2 : 1)
        state.pending.removeAll(keepingCapacity: true)
    }
}
