import RsyncEngine
import RsyncOptions
import RsyncProtocol
import RsyncReport
import Synchronization

/// What `--json` prints: one object a line on standard output (Documentation/json-events.md).
struct EventWriter: Sendable {
    private let formatter: ItemFormatter
    private static let itemized = OutputFormat(Array("%i".utf8))

    /// What stands on standard output. Of the process, since much that is to be told is found out by whoever has no writer.
    private struct Output: Sendable {
        var hasBegun = false
        /// What `start` has to come before.
        var held: [UInt8] = []
        var transferredFiles: Int64 = 0
        var transferredSize: Int64 = 0
    }

    private static let output = Mutex(Output())

    /// More is not kept: no run has as much to say before it begins.
    private static let mostHeld = 64 << 10

    /// nil without the option.
    init?(_ arguments: ParsedArguments, sendsToRemote: Bool) {
        guard arguments.json else { return nil }
        formatter = ItemFormatter(arguments, sendsToRemote: sendsToRemote, escaping: .none)
    }

    func start(direction: String, dryRun: Bool, listOnly: Bool) {
        var object = JSONObject(event: "start")
        object.add("schema", 1)
        object.add("version", text: Array(RsyncProgram.version.utf8))
        object.add("direction", text: Array(direction.utf8))
        object.add("dryRun", dryRun)
        object.add("listOnly", listOnly)
        Self.output.withLock { output in
            output.hasBegun = true
            SystemWords.write(object.line + [0x0a] + output.held, to: 1)
            output.held = []
        }
    }

    /// Transfers are told when they are through.
    func item(_ facts: ItemFacts, _ stage: RsyncEngine.ItemReport.Stage) {
        if stage == .begins { return }
        if facts.flags.contains(.transfer) {
            Self.output.withLock {
                $0.transferredFiles += 1
                $0.transferredSize &+= facts.entry.length
            }
        }
        var object = JSONObject(event: "file")
        describe(facts.entry, in: &object)
        object.add("change", text: formatter.line(Self.itemized, facts))
        if !facts.linkedTo.isEmpty { object.add("linkedTo", text: facts.linkedTo) }
        if case .complete = stage {
            object.add("moved", facts.moved)
            object.add("returned", facts.returned)
        }
        write(object)
    }

    func listed(_ entry: FileEntry) {
        var object = JSONObject(event: "file")
        describe(entry, in: &object)
        object.add("listed", true)
        write(object)
    }

    func deletion(_ name: [UInt8], isDirectory: Bool) {
        var object = JSONObject(event: "delete")
        object.add("name", text: name)
        object.add("type", text: Array((isDirectory ? "directory" : "other").utf8))
        write(object)
    }

    func text(_ kind: SessionEvent.TextKind, _ text: [UInt8]) { Self.tell(kind, text) }

    /// For whoever has no writer; without `--json` nobody sees it.
    static func tell(_ kind: SessionEvent.TextKind, _ text: [UInt8]) {
        guard !text.isEmpty else { return }
        let event =
            switch kind {
            case .info: "message"
            case .warning: "warning"
            case .error: "error"
            }
        var object = JSONObject(event: event)
        object.add("text", text: text)
        Self.write(object)
    }

    func progress(_ report: ProgressReport) {
        var object = JSONObject(event: "progress")
        object.add("name", text: report.entry.name)
        object.add("bytes", report.bytes)
        object.add("size", report.entry.length)
        object.add("isLast", report.isLast)
        object.add("totalBytes", report.totalBytes)
        object.add("totalSize", report.totalSize)
        write(object)
    }

    /// The last line of every run that began.
    func summary(_ result: SessionResult?, exitCode: Int32, elapsedMilliseconds: Int64) {
        var object = JSONObject(event: "summary")
        object.add("exitCode", exitCode)
        object.add("elapsedMilliseconds", elapsedMilliseconds)
        if let result, let traits = result.traits {
            let figures = result.statistics
            if result.error == nil {
                object.add("files", Self.counts(figures.files))
                if traits.hasItemFlags { object.add("created", Self.counts(figures.created)) }
                if traits.hasDeletionStatistics { object.add("deleted", Self.counts(figures.deleted)) }
                object.add("transferredFiles", figures.transferredFiles)
                object.add("totalSize", figures.totalSize)
                object.add("transferredSize", figures.transferredSize)
                object.add("literal", figures.literal)
                object.add("matched", figures.matched)
            } else {
                // The session's own figures count what has begun.
                let through = Self.output.withLock { ($0.transferredFiles, $0.transferredSize) }
                object.add("transferredFiles", through.0)
                object.add("transferredSize", through.1)
            }
            if result.error == nil || result.knowsTraffic {
                object.add("sent", figures.sent)
                object.add("received", figures.received)
            }
        }
        write(object)
    }

    /// What ended a run, with all that is said of it; the words of the status where that is nothing.
    func failure(_ error: SessionError) {
        let lines = ([error.message] + error.details).map(\.bytes).filter { !$0.isEmpty }
        for line in lines { text(.error, line) }
        if lines.isEmpty { text(.error, Array((ExitCode(rawValue: error.exitCode).meaning ?? "unexplained error").utf8)) }
    }

    /// The end of a run without a session.
    func failed(_ error: any Error, elapsedMilliseconds: Int64) {
        let code: Int32
        switch error {
        case let error as SessionError:
            failure(error)
            code = error.exitCode
        case let error as ArgumentError:
            text(.error, Array(error.text.utf8))
            text(.error, Array((error.advice ?? "").utf8))
            code = error.exitCode
        default:
            text(.error, Array("\(error)".utf8))
            code = 14
        }
        summary(nil, exitCode: code, elapsedMilliseconds: elapsedMilliseconds)
    }

    private static func counts(_ counts: RsyncEngine.ItemCounts) -> [(String, Int64)] {
        [
            ("regular", Int64(counts.regular)), ("directories", Int64(counts.directories)),
            ("symlinks", Int64(counts.symlinks)), ("devices", Int64(counts.devices)),
            ("specials", Int64(counts.specials)),
        ]
    }

    private func describe(_ entry: FileEntry, in object: inout JSONObject) {
        object.add("name", text: entry.name)
        let type =
            switch ModeString.text(entry.mode).first {
            case "d": "directory"
            case "l": "symlink"
            case "b", "c": "device"
            case "p", "s": "special"
            default: "file"
            }
        object.add("type", text: Array(type.utf8))
        object.add("size", entry.length)
        object.add("modified", entry.mtime)
        object.add("mode", text: Array(String(entry.mode.bits & 0o7777, radix: 8).utf8))
        if entry.mode.isSymlink, !entry.linkTarget.isEmpty { object.add("target", text: entry.linkTarget) }
    }

    private func write(_ object: JSONObject) { Self.write(object) }

    private static func write(_ object: JSONObject) {
        let line = object.line + [0x0a]
        output.withLock { output in
            if output.hasBegun {
                SystemWords.write(line, to: 1)
            } else if output.held.count + line.count <= mostHeld {
                output.held += line
            }
        }
    }
}
