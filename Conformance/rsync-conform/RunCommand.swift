import ArgumentParser
import ConformanceKit
import Glibc
import RsyncWire
import TraceKit

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the cases against a program.",
        discussion: """
            rsync-conform run -- rsync                             everything, in all roles that COMMAND can take
            rsync-conform run --role server-sender 'FLS-*/*' -- ./mine
            rsync-conform run 'hostile/*' 'p29/*' -- ebb rsync
            rsync-conform run --html report.html --junit report.xml -- ./mine

            COMMAND gets the arguments of a server behind its own (`--server …`), or those of a client with `-e`. GLOBS are
            ids, flags and protocols. Exits with 0 when nothing failed, 1 after a failure or an unexpected pass, 2 when the
            suite itself did not work, 64 when its own command line is wrong.
            """)

    @OptionGroup var suite: SuitePlace
    @OptionGroup var choice: RunChoice
    @OptionGroup var target: TargetOptions
    @OptionGroup var outputs: ReportOutputs

    @Argument(help: ArgumentHelp("Which cases; behind -- the program under test and its first arguments.", valueName: "globs"))
    var words: [String] = []

    /// The parser has one list for what stands before `--` and behind it.
    static func command() -> [[UInt8]] { Array(ProcessWords.all.drop { $0 != [UInt8]("--".utf8) }.dropFirst()) }

    func validate() throws {
        guard !Self.command().isEmpty else { throw ValidationError("There is no COMMAND behind --.") }
    }

    func run() throws {
        let command = Self.command()
        let globs = Array(words.dropLast(command.count))
        let console = RunConsole(isQuiet: choice.quiet, isVerbose: choice.verbose)
        let run: TargetRun
        do {
            let configuration = try choice.configuration(suite: suite.directory(), command: command, globs: globs)
            let isWhole = globs.isEmpty && configuration.shard.count == 1 && !choice.quick && choice.role.isEmpty && choice.protocol == "27-32"
            run = try TargetRun(
                configuration, target: target, hasFeatures: choice.features != nil, isWhole: isWhole, console: console)
            try outputs.write([run.report], suite: configuration.suite)
        } catch {
            complain("\(error)")
            throw ExitCode(2)
        }
        if run.status != 0 { throw ExitCode(run.status) }
    }

    private func complain(_ text: String) {
        let bytes = Array("rsync-conform run: \(text)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}

/// What is chosen for a run, whichever command starts it.
struct RunChoice: ParsableArguments {
    @Option(help: "Only this role of the target; may be given again. server and client are two each.")
    var role: [String] = []

    @Option(help: "Only these protocols: 27-32, 30-, 28,31.")
    var `protocol`: String = "27-32"

    @Option(help: "What the target can do, as probe writes it. Default: found out by trying.")
    var features: String?

    @Option(help: "Cells at once. Default: four for each processor.")
    var jobs: Int?

    @Option(help: "This of so many parts of the cases: 1/4.")
    var shard: String = "1/1"

    @Option(help: "Every time limit times this.")
    var timeout: Double = 1

    @Option(help: "Of all that is made by chance.")
    var seed: UInt64 = 1

    @Flag(help: "A broken SHOULD is a failure.")
    var strict = false

    @Flag(help: "One protocol for each case and role instead of all.")
    var quick = false

    @Option(help: "How servers are reached: pipe, or ssh (a loopback sshd, over libssh2).")
    var via: Carrier = .pipe

    enum Carrier: String, ExpressibleByArgument, CaseIterable { case pipe, ssh }

    @Option(help: "Address space of the target in MiB.")
    var addressSpace: UInt = 0

    @Option(help: "Where sandboxes are made. Default: /dev/shm.")
    var scratch: String?

    @Flag(name: .shortAndLong, help: "Only the last line.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "A line for every cell.")
    var verbose = false

    func configuration(suite: String, command: [[UInt8]], globs: [String]) throws -> RunConfiguration {
        guard let program = CaseLibrary.executable else { throw Failure("this program's own file is not known") }
        var found = TargetFeatures()
        found.name = command.first.map { String(decoding: $0.split(separator: 0x2f).last ?? [], as: UTF8.self) } ?? found.name
        if let features { found = try TargetFeatures(JSONValue(FileBytes.read(features)), path: features) }
        var configuration = RunConfiguration(
            suite: suite, command: command, features: found, roles: try roles(), jobs: jobs ?? Self.usualJobs,
            program: program)
        guard let protocols = ProtocolSet(self.protocol) else { throw Failure("--protocol=\(self.protocol): no range") }
        configuration.protocols = protocols
        configuration.selection = CaseSelection(globs)
        let parts = shard.split(separator: "/").map { Int($0) ?? 0 }
        guard parts.count == 2, parts[0] >= 1, parts[0] <= parts[1] else { throw Failure("--shard=\(shard): 1/4 is the form") }
        configuration.shard = (parts[0], parts[1])
        configuration.timeoutFactor = timeout
        configuration.seed = seed
        configuration.isStrict = strict
        configuration.isQuick = quick
        configuration.isOverSSH = via == .ssh
        configuration.addressSpace = addressSpace << 20
        configuration.scratch = scratch
        #if KNOBS
            configuration.hasKnobs = true
        #endif
        return configuration
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// A cell is mostly one process that waits for another, or a target that has to show that it waits: four at once keep a
    /// processor busy.
    private static var usualJobs: Int { 4 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private func roles() throws -> [TargetRole] {
        if role.isEmpty { return TargetRole.allCases.filter { $0 != .restricted } }
        return try role.flatMap { word -> [TargetRole] in
            guard let roles = TargetRole.named(word) else { throw Failure("--role=\(word): there is none") }
            return roles
        }
    }
}
