import ArgumentParser
import ConformanceKit
import TraceKit

/// Where reports go: `run`, `matrix` and `report` take these options.
struct ReportOutputs: ParsableArguments {
    @Option(help: "Write the results as JSON (schema/results.schema.json).")
    var json: String?

    @Option(help: "Write a report in the form of JUnit.")
    var junit: String?

    @Option(help: "Write a summary with everything that does not pass, in Markdown.")
    var markdown: String?

    @Option(help: "Write one page of HTML that needs nothing else.")
    var html: String?

    var isEmpty: Bool { json == nil && junit == nil && markdown == nil && html == nil }

    /// Writes what is asked for. JSON and JUnit are about one run: of several each has the target's name before the file's.
    func write(_ reports: [RunReport], suite: String) throws {
        for report in reports {
            if let json { try Self.write(ReportFile.json(report).indentedText, to: Self.path(json, report, among: reports)) }
            if let junit { try Self.write(JUnitReport.xml(report), to: Self.path(junit, report, among: reports)) }
        }
        guard markdown != nil || html != nil else { return }
        let context = try ReportPage.Context(suite: suite)
        if let markdown { try Self.write(MarkdownReport.text(reports, context: context), to: markdown) }
        if let html { try Self.write(ReportPage.html(reports, context: context), to: html) }
    }

    /// `-` is standard output.
    static func write(_ text: String, to path: String) throws {
        if path == "-" { print(text, terminator: "") } else { try FileBytes.write([UInt8](text.utf8), to: path) }
    }

    private static func path(_ path: String, _ report: RunReport, among reports: [RunReport]) -> String {
        guard reports.count > 1, path != "-" else { return path }
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return "\(path[..<slash])\(report.fileName)-\(path[slash...])"
    }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Makes other reports of the JSON of one or more runs.",
        discussion: "rsync-conform report --html all.html --markdown all.md ebb.json rsync.json")

    @OptionGroup var suite: SuitePlace
    @OptionGroup var outputs: ReportOutputs

    @Argument(help: "Files that run --json or matrix wrote.")
    var files: [String]

    func validate() throws {
        if outputs.isEmpty { throw ValidationError("Say what to write: --html, --markdown, --junit or --json.") }
    }

    func run() throws {
        let reports = try files.map { try ReportFile.read(JSONValue(FileBytes.read($0)), path: $0) }
        try outputs.write(reports, suite: suite.directory())
    }
}
