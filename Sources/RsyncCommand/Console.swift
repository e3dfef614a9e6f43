import RsyncEngine
import RsyncOptions
import RsyncProtocol
import RsyncReport
import Synchronization

/// Shows a client's user what its session tells (MET-165 to MET-183). Both threads of a receiving side call it.
public final class Console: SessionObserver {
    private struct State: Sendable {
        var pending: [UInt8] = []
        var lineIsOpen = false
        var listIsIncremental = false
        var current: [UInt8] = []
        var began: Int64 = 0
        var lastUpdate: Int64 = 0
    }

    private let state = Mutex(State())
    private let items: RsyncReport.ItemReport
    private let listing: Listing
    private let escaping: NameEscaping
    private let arguments: ParsedArguments
    private let showsLists: Bool
    private let showsDeletions: Bool
    /// Both ends are here: the list is sent, whichever end shows it.
    private let isLocal: Bool

    public init(_ arguments: ParsedArguments, isSender: Bool, isRemote: Bool) {
        self.arguments = arguments
        escaping = Self.localeEscaping
        let style: RsyncReport.ItemReport.Style =
            arguments.itemize > 0 ? .itemized : arguments.verbosity > 0 || arguments.progress ? .names : .none
        let context = ItemizedString.Context(
            sendsToRemote: isSender && isRemote, preservesTimes: arguments.times, setsLinkTimes: true)
        items = RsyncReport.ItemReport(
            style: arguments.quiet ? .none : style,
            showsUnchanged: arguments.itemize > 1 || (arguments.itemize > 0 && arguments.verbosity > 1),
            context: context, escaping: escaping)
        listing = Listing(
            humanReadable: arguments.humanReadable, escaping: escaping,
            showsLinkTargets: arguments.links, zone: { SystemWords.zoneOffset($0) })
        showsLists =
            !arguments.quiet && (arguments.recurses || arguments.transfersDirectories) && (arguments.verbosity > 0 || arguments.progress)
        showsDeletions = !arguments.quiet && (arguments.verbosity > 0 || arguments.itemize > 0)
        isLocal = !isRemote
    }

    private static var localeEscaping: NameEscaping {
        let locale = SystemWords.variable("LC_ALL") ?? SystemWords.variable("LC_CTYPE") ?? SystemWords.variable("LANG")
        let name = (locale ?? "").lowercased()
        return name.contains("utf-8") || name.contains("utf8") ? .utf8 : .ascii
    }

    public func handle(_ event: SessionEvent) {
        state.withLock { state in
            switch event {
            case .text(let kind, let text): show(kind, text, &state)
            case .fileList(let progress): show(progress, &state)
            case .item(let report):
                var items = items
                items.context.setsLinkTimes = report.setsLinkTimes
                if let line = items.line(
                    report.flags, report.entry, linkedTo: report.flags.contains(.localChange) ? report.xname : [], hasDetails: !report.detailsUnknown)
                {
                    print(line, &state)
                }
            case .deleted(let name, let isDirectory):
                if showsDeletions { print(items.deletionLine(name, isDirectory: isDirectory), &state) }
            case .listed(let entry):
                if !arguments.quiet { print(listing.line(entry), &state) }
            case .progress(let report): show(report, &state)
            }
        }
    }

    public func finish() {
        state.withLock { flush(&$0) }
    }

    public func write(_ text: String) {
        state.withLock { state in
            state.pending.append(contentsOf: text.utf8)
            flush(&state)
        }
    }

    private func show(_ kind: SessionEvent.TextKind, _ text: [UInt8], _ state: inout State) {
        guard kind == .info else {
            flush(&state)
            SystemWords.write(escapeLines(text) + [0x0a], to: 2)
            return
        }
        if !arguments.quiet { print(escapeLines(text), &state) }
    }

    /// One message, one line: whatever could do harm in it is shown as digits, newlines in names included (MET-170).
    private func escapeLines(_ text: [UInt8]) -> [UInt8] { escaping.escape(text) }

    static func harmless(_ text: [UInt8]) -> [UInt8] { localeEscaping.escape(text) }

    private func show(_ progress: SessionEvent.FileListProgress, _ state: inout State) {
        guard showsLists else { return }
        switch progress {
        case .begins(let incremental, let sending):
            state.listIsIncremental = incremental
            state.pending += Array(Notices.listStart(isSender: sending || isLocal, isIncremental: incremental).utf8)
            if incremental { state.pending.append(0x0a) }
        case .ends(let count):
            if let end = Notices.listEnd(
                isIncremental: state.listIsIncremental, countsFiles: arguments.progress, count: count)
            {
                state.pending += (arguments.progress ? [0x0d] : []) + Array(end.utf8) + [0x0a]
            }
        }
        flush(&state)
    }

    private func show(_ report: ProgressReport, _ state: inout State) {
        guard !arguments.quiet else { return }
        let now = SystemWords.milliseconds()
        let isFirst = state.current != report.entry.name
        if isFirst {
            state.current = report.entry.name
            state.began = now
        }
        guard report.isLast || isFirst || now - state.lastUpdate >= 1000 else { return }
        state.lastUpdate = now
        let seconds = Double(max(1, now - state.began)) / 1000
        let rate = Double(report.bytes) / seconds
        let left = report.entry.length - report.bytes
        let line = ProgressLine(
            done: report.bytes, size: report.entry.length, rate: rate,
            seconds: report.isLast ? seconds : rate > 0 ? Double(left) / rate : nil,
            end: report.isLast
                ? .finished(
                    transferred: report.transferred, remaining: max(0, report.known - report.position - 1),
                    known: report.known, isListing: report.listsPending)
                : .running)
        state.pending += Array(line.text(humanReadable: arguments.humanReadable).utf8)
        if report.isLast { state.current = [] }
        flush(&state)
    }

    private func print(_ line: [UInt8], _ state: inout State) {
        state.pending += line
        state.pending.append(0x0a)
        if state.pending.count > 8192 || arguments.progress { flush(&state) }
    }

    private func flush(_ state: inout State) {
        guard !state.pending.isEmpty else { return }
        SystemWords.write(state.pending, to: 1)
        state.pending.removeAll(keepingCapacity: true)
    }
}

/// A server's own standard error: what does not travel in frames (SES-98).
public final class ServerErrors: SessionObserver {
    private let role: String

    public init(isSender: Bool) { role = isSender ? "sender" : "receiver" }

    public func handle(_ event: SessionEvent) {
        guard case .text(let kind, let text) = event else { return }
        // A warning is only a line, whoever says it.
        SystemWords.write(Array((kind == .warning ? "" : "rsync: [\(role)] ").utf8) + NameEscaping.utf8.escape(text) + [0x0a], to: 2)
    }
}
