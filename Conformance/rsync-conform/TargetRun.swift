import ArgumentParser
import ConformanceKit
import Glibc
import TraceKit

/// How the target of a run is met, whichever command starts the run.
struct TargetOptions: ParsableArguments {
    @Option(help: "The target's name in reports. Default: what --version says.")
    var name: String?

    @Option(help: "Known failures. Default: known-failures/NAME-VERSION.json or NAME.json of the suite; none = none.")
    var known: String?

    @Flag(help: "Take the target for one that can do everything, instead of finding out by trying.")
    var noProbe = false

    @Flag(help: "COMMAND is a shim in front of a library (shim.md), not a program with rsync's arguments.")
    var shim = false
}

/// One target, run and judged.
struct TargetRun {
    var report: RunReport
    /// Rules of the known failures that were about nothing; only where everything was run.
    let unusedRules: [KnownFailures.Rule]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What was chosen has no cell in the roles and at the protocols of this target.
    struct NoCell: Error, CustomStringConvertible {
        var description: String { "no cell is chosen" }
    }

    /// `isWhole`: no case was left out by choice.
    init(_ given: RunConfiguration, target: TargetOptions, hasFeatures: Bool, isWhole: Bool, console: RunConsole) throws {
        var configuration = given
        if target.shim {
            configuration = try Shim.configuration(configuration, takesFeatures: !hasFeatures)
        } else if !hasFeatures {
            configuration.features = try Self.findFeatures(configuration, target, console)
        }
        if let name = target.name { configuration.features.name = name }
        let known = try Self.knownFailures(target.known, configuration)
        configuration.review = { known.applied(to: $0) }
        configuration.isKnownToFail = { known.covers($0) }
        configuration.progress = { console.show($0, $1, of: $2) }
        let runner = try Runner(configuration)
        guard runner.expansion.cellCount > 0 else { throw NoCell() }
        report = try runner.run()
        unusedRules = isWhole ? known.unused(in: report.results) : []
        console.finish(report, registry: try ClauseRegistry(directory: "\(configuration.suite)/Spec"))
        for rule in unusedRules { console.complain("known failure \(rule.id) is about nothing that was run") }
    }

    /// 0, 1 after a failure or an unexpected pass, 2 when the suite itself did not work.
    var status: Int32 { report.count(.error) > 0 ? 2 : report.isGood ? 0 : 1 }

    static func version(_ command: [[UInt8]]) -> ProgramVersion {
        if let said = ProgramVersion(command: command + [Array("--version".utf8)]) { return said }
        return fileName(command)
    }

    private static func fileName(_ command: [[UInt8]]) -> ProgramVersion {
        let file = command.first?.split(separator: 0x2f).last.map { String(decoding: $0, as: UTF8.self) }
        return ProgramVersion(name: file ?? "target", version: "unknown")
    }

    private static func findFeatures(
        _ configuration: RunConfiguration, _ target: TargetOptions, _ console: RunConsole
    ) throws -> TargetFeatures {
        // A forced command is no rsync, and is not asked for anything; what stands behind it is one.
        let isForced = configuration.roles == [.restricted]
        let version = isForced ? fileName(configuration.command) : version(configuration.command)
        guard !target.noProbe, !isForced else { return TargetFeatures(name: version.name, version: version.version) }
        console.status("finding out what the target can do")
        let outcome = try FeatureProbe(configuration, onlyForSelection: true)
            .run(name: version.name, version: version.version, roles: configuration.roles)
        for note in outcome.notes { console.remark("probe: \(note)") }
        guard !outcome.features.roles.isEmpty else {
            throw Failure(
                description: "the target completes no plain transfer: \(outcome.notes.joined(separator: "; ")) (--no-probe to go on)")
        }
        var features = outcome.features
        if configuration.roles.contains(.restricted) { features.roles.append(.restricted) }
        return features
    }

    private static func knownFailures(_ path: String?, _ configuration: RunConfiguration) throws -> KnownFailures {
        if path == "none" { return KnownFailures(rules: []) }
        if let path { return try KnownFailures(JSONValue(FileBytes.read(path)), path: path) }
        let name = configuration.features.name
        for file in ["\(name)-\(configuration.features.version)", name] {
            let path = "\(configuration.suite)/known-failures/\(file).json"
            if unsafe access(path, R_OK) == 0 { return try KnownFailures(JSONValue(FileBytes.read(path)), path: path) }
        }
        return KnownFailures(rules: [])
    }
}

/// A target that is a library behind a shim.
enum Shim {
    /// The same run with this program in front of the shim, which says itself what it can do.
    static func configuration(_ given: RunConfiguration, takesFeatures: Bool) throws -> RunConfiguration {
        var configuration = given
        if takesFeatures { configuration.features = try ShimSession.features(given.command) }
        configuration.command = try ShimSession.command(given.command, program: given.program)
        return configuration
    }
}
