import ArgumentParser
import ConformanceKit
import Glibc
import TraceKit

struct MatrixCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix", abstract: "Runs the cases against several implementations and puts the results together.",
        discussion: """
            rsync-conform matrix --peers Conformance/peers.json --out results

            Writes OUT/NAME.json and OUT/NAME.xml (JUnit) for each peer, OUT/conformance.md and OUT/index.html for all. A peer
            that is not on this machine is told and left out. Exits as run does, with the worst of its peers.
            """)

    @OptionGroup var suite: SuitePlace
    @OptionGroup var choice: RunChoice

    @Option(help: "The list of peers. Default: peers.json of the suite.")
    var peers: String?

    @Option(help: "The directory for the results; made if it is not there.")
    var out: String

    @Option(help: "Only the peer of this name; may be given again.")
    var only: [String] = []

    @Argument(help: "Which cases; all if none is given.")
    var globs: [String] = []

    func run() throws {
        let directory = try suite.directory()
        let path = peers ?? "\(directory)/peers.json"
        let programs = CaseLibrary.executable.map { $0.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } } ?? "."
        let list = try PeerList(JSONValue(FileBytes.read(path)), path: path, programs: programs)
        for name in only where !list.entries.contains(where: { $0.name == name }) {
            throw ValidationError("\(path) has no peer \(name).")
        }
        guard unsafe mkdir(out, 0o755) == 0 || errno == EEXIST else { throw FileBytes.Failure(path: out, errno: errno) }
        var reports: [RunReport] = []
        var status: Int32 = 0
        for entry in list.entries where only.isEmpty || only.contains(entry.name) {
            let console = RunConsole(isQuiet: choice.quiet, isVerbose: choice.verbose)
            guard Self.isHere(entry.command[0]) else {
                console.complain("\(entry.name): \(entry.command[0]) is not here")
                continue
            }
            print("== \(entry.name)")
            do {
                let run = try self.run(entry, suite: directory, console)
                status = max(status, run.status)
                reports.append(run.report)
                try ReportOutputs.write(ReportFile.json(run.report).indentedText, to: "\(out)/\(entry.name).json")
                try ReportOutputs.write(JUnitReport.xml(run.report), to: "\(out)/\(entry.name).xml")
            } catch let error as TargetRun.NoCell {
                console.complain("\(entry.name): \(error)")
            } catch {
                console.complain("\(entry.name): \(error)")
                status = 2
            }
        }
        let context = try ReportPage.Context(suite: directory)
        try ReportOutputs.write(MarkdownReport.text(reports, context: context), to: "\(out)/conformance.md")
        try ReportOutputs.write(ReportPage.html(reports, context: context), to: "\(out)/index.html")
        if status != 0 { throw ExitCode(status) }
    }

    private func run(_ entry: PeerList.Entry, suite: String, _ console: RunConsole) throws -> TargetRun {
        let command = entry.command.map { Array($0.utf8) }
        var choice = choice
        choice.features = entry.features ?? choice.features
        var configuration = try choice.configuration(suite: suite, command: command, globs: globs)
        configuration.roles = choice.role.isEmpty ? entry.roles : configuration.roles.filter(entry.roles.contains)
        var target = TargetOptions()
        target.name = nil
        target.known = entry.known ?? Self.knownFailures(entry.name, suite)
        target.noProbe = false
        target.shim = entry.isShim
        let isWhole = globs.isEmpty && configuration.shard.count == 1 && choice.role.isEmpty
        var run = try TargetRun(
            configuration, target: target, hasFeatures: choice.features != nil, isWhole: isWhole, console: console)
        if !entry.version.isEmpty, let said = ProgramVersion(command: entry.version.map { Array($0.utf8) }) {
            run.report.target.version = said.version
        }
        if let label = entry.label { run.report.target.name = label }
        return run
    }

    /// The file of the peer's name; nil: that of what the program calls itself.
    private static func knownFailures(_ name: String, _ suite: String) -> String? {
        let path = "\(suite)/known-failures/\(name).json"
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    private static func isHere(_ program: String) -> Bool {
        if program.contains("/") { return unsafe access(program, X_OK) == 0 }
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
    }
}
