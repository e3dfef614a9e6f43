import RsyncEngine
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// What `--json` prints: one object a line on standard output (Documentation/json-events.md).
struct EventWriter: Sendable {
    private let formatter: ItemFormatter
    private static let itemized = OutputFormat(Array("%i".utf8))

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
        write(object)
    }

    /// Transfers are told when they are through.
    func item(_ facts: ItemFacts, _ stage: RsyncEngine.ItemReport.Stage) {
        if stage == .begins { return }
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

    func text(_ kind: SessionEvent.TextKind, _ text: [UInt8]) {
        let event =
            switch kind {
            case .info: "message"
            case .warning: "warning"
            case .error: "error"
            }
        var object = JSONObject(event: event)
        object.add("text", text: text)
        write(object)
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
        if let result {
            let figures = result.statistics
            object.add("files", Self.counts(figures.files))
            if result.traits?.hasItemFlags != false { object.add("created", Self.counts(figures.created)) }
            if result.traits?.hasDeletionStatistics != false { object.add("deleted", Self.counts(figures.deleted)) }
            object.add("transferredFiles", figures.transferredFiles)
            object.add("totalSize", figures.totalSize)
            object.add("transferredSize", figures.transferredSize)
            object.add("literal", figures.literal)
            object.add("matched", figures.matched)
            object.add("sent", figures.sent)
            object.add("received", figures.received)
        }
        write(object)
    }

    /// The end of a run without a session.
    func failed(_ error: any Error, elapsedMilliseconds: Int64) {
        let code: Int32
        switch error {
        case let error as SessionError:
            if !error.message.bytes.isEmpty { text(.error, error.message.bytes) }
            code = error.exitCode
        case let error as ArgumentError:
            text(.error, Array(error.text.utf8))
            code = error.exitCode
        default: code = 14
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

    private func write(_ object: JSONObject) { SystemWords.write(object.line + [0x0a], to: 1) }
}
