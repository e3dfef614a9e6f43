import ArgumentParser
import ConformanceKit
import TraceKit

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Finds out by trying what a program can do, and writes a features file.",
        discussion: """
            rsync-conform probe --output mine.json -- ./mine

            A plain transfer in each role and at each protocol, then one small session for each feature (probes.json). Remarks
            on what did not complete go to standard error. Exits with 1 when no plain transfer completes in any role.
            """)

    @OptionGroup var suite: SuitePlace
    @OptionGroup var choice: RunChoice

    @Option(name: .shortAndLong, help: "The file to write. Default: standard output.")
    var output = "-"

    @Argument(parsing: .captureForPassthrough, help: "-- and the program with its first arguments.")
    var words: [String] = []

    func validate() throws {
        guard !RunCommand.command().isEmpty else { throw ValidationError("There is no COMMAND behind --.") }
    }

    func run() throws {
        let command = RunCommand.command()
        let configuration = try choice.configuration(suite: suite.directory(), command: command, globs: [])
        let version = TargetRun.version(command)
        let outcome = try FeatureProbe(configuration, onlyForSelection: false)
            .run(name: version.name, version: version.version, roles: configuration.roles)
        let console = RunConsole(isQuiet: choice.quiet, isVerbose: true)
        for note in outcome.notes where !choice.quiet { console.remark(note) }
        try ReportOutputs.write(outcome.features.json.indentedText, to: output)
        if outcome.features.roles.isEmpty { throw ExitCode(1) }
    }
}
