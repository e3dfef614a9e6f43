import CConform
import Glibc
import PeerKit
import RsyncEngine
import Synchronization
import TraceKit

/// Runs cases against a target.
public final class Runner: Sendable {
    /// The last part of the name that this program has as a client's remote shell.
    public static let shellName = "rsh"
    /// The first word of this program as the engine peer; the rest is rsync's.
    public static let engineWord = "engine"

    private let configuration: RunConfiguration
    private let setting: Mutex<CellSetting>
    public let expansion: CellExpansion

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private struct Progress {
        var next = 0
        var results: [Int: [CellResult]] = [:]
        var done = 0
        var isEnough = false
    }

    private let progress = Mutex(Progress())

    /// `cases`: those to run; nil = all of the suite.
    public convenience init(_ configuration: RunConfiguration, cases: [Case]? = nil) throws {
        let registry = try ClauseRegistry(directory: "\(configuration.suite)/Spec")
        let cases = try cases ?? CaseLibrary(suite: configuration.suite).cases
        try self.init(configuration, CellExpansion(cases, registry, configuration))
    }

    public init(_ configuration: RunConfiguration, _ expansion: CellExpansion) throws {
        self.expansion = expansion
        var configuration = configuration
        configuration.command = try Self.absolute(configuration.command)
        self.configuration = configuration
        let setting = CellSetting(
            command: configuration.command, targetEnvironment: configuration.targetEnvironment,
            program: configuration.program, seed: configuration.seed, isStrict: configuration.isStrict,
            timeoutFactor: configuration.timeoutFactor, suite: configuration.suite, stock: StockPeers().find,
            scripted: { PeerFactory.make($0, role: $1, suite: $2) }, hasKnobs: configuration.hasKnobs,
            addressSpace: configuration.addressSpace)
        self.setting = Mutex(setting)
    }

    /// A relative file is found from wherever a cell runs.
    static func absolute(_ command: [[UInt8]]) throws -> [[UInt8]] {
        guard let first = command.first else { throw Failure(description: "there is no command to run") }
        guard let file = Launch.find(first) else {
            throw Failure(description: "\(String(decoding: first, as: UTF8.self)) is not in PATH")
        }
        guard unsafe file.withCPath({ unsafe access($0, X_OK) }) == 0 else {
            throw Failure(description: "\(String(decoding: file, as: UTF8.self)): cannot be run")
        }
        guard file.first != 0x2f, let here = CaseLibrary.workingDirectory() else { return [file] + command.dropFirst() }
        return [Array("\(here)/".utf8) + file] + command.dropFirst()
    }

    /// Runs every cell. What the suite has started and made is gone afterwards.
    public func run() throws -> RunReport {
        let begun = ContinuousClock.now
        var date = time(nil), parts = unsafe tm()
        _ = unsafe gmtime_r(&date, &parts)
        signal(SIGPIPE, SIG_IGN)
        _ = conform_become_reaper()
        let scratch = try ScratchDirectory(configuration.scratch)
        var fixture: SecureShell.Fixture?
        if configuration.isOverSSH {
            fixture = try SecureShell.Fixture(in: scratch.path)
            let carrier = fixture.map { SecureShell(program: configuration.program, endpoint: $0.endpoint) }
            setting.withLock { $0.carrier = carrier }
        }
        let workers = (0..<max(1, min(configuration.jobs, expansion.units.count))).map { index in
            WorkerThread { [self] in work(in: "\(scratch.path)/\(index)") }
        }
        let shells = fixture
        try Interruptions.install {
            // Their processes are gone, so they have little left to do.
            for worker in workers { worker.join(milliseconds: 5000) }
            shells?.stop()
            scratch.remove()
        }
        for worker in workers { worker.join() }
        fixture?.stop()
        scratch.remove()
        let results = resultsByUnit.flatMap(\.self)
        return RunReport(
            target: RunReport.Target(
                name: configuration.features.name, version: configuration.features.version,
                command: configuration.command.map { EscapedText.text($0) }),
            roles: TargetRole.allCases.filter { configuration.roles.contains($0) && configuration.features.roles.contains($0) },
            date: unsafe Self.iso8601(parts), seed: configuration.seed, isStrict: configuration.isStrict,
            results: configuration.review(results), seconds: (ContinuousClock.now - begun) / .seconds(1))
    }

    /// After a run: those of each of the expansion's units.
    public var resultsByUnit: [[CellResult]] {
        progress.withLock { progress in expansion.units.indices.map { progress.results[$0] ?? [] } }
    }

    private static func iso8601(_ parts: tm) -> String {
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday].map(two).joined(separator: "-")
        let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
        return "\(day)T\(time)Z"
    }

    private func work(in root: String) {
        while true {
            let index = progress.withLock { progress in
                defer { progress.next += 1 }
                return progress.next
            }
            guard index < expansion.units.count, !LiveGroups.isOver else { break }
            let results = run(expansion.units[index], root)
            progress.withLock { $0.results[index] = results }
        }
        RemoveTree.remove([UInt8](root.utf8))
    }

    private func run(_ unit: CellExpansion.Unit, _ root: String) -> [CellResult] {
        var one = unit.one
        if let seconds = unit.seconds { one.expect.seconds = seconds }
        var setting = setting.withLock { $0 }
        setting.targetEnvironment += unit.environment
        var maker = TreeMaker(seed: configuration.seed, archives: "\(configuration.suite)/../Vectors/traces/trees")
        if one.isOrdinary, geteuid() == 0 { maker.owner = CellPreparation.ordinaryUser }
        let obstacle: (Verdict, String)? =
            if let lacking = configuration.features.lacking(one.needs) {
                (.unsupported, "the target does not have \(lacking)")
            } else if one.needs.contains(TargetFeatures.root), geteuid() != 0 {
                (.skipped, "the suite is not root")
            } else {
                nil
            }
        var runner: CellRunner?
        var trouble: String?
        if obstacle == nil {
            do {
                runner = CellRunner(
                    one: one, level: unit.level, setting: setting,
                    sandbox: try Sandbox(root, one, maker, program: configuration.program), maker: maker)
            } catch {
                trouble = "\(error)"
            }
        }
        return unit.cells.compactMap { cell in
            if progress.withLock({ $0.isEnough }) { return nil }
            var result: CellResult
            if var runner, !LiveGroups.isOver {
                if configuration.isKnownToFail(cell) { runner.setting.shorten(one) }
                result = runner.run(cell)
            } else {
                result = CellResult(
                    caseID: one.id, title: one.title, clauses: one.clauses, level: unit.level, flags: one.flags, role: cell.role,
                    protocolNumber: cell.protocolNumber, verdict: obstacle?.0 ?? .error, reason: obstacle?.1 ?? trouble ?? "")
            }
            result.rerun = rerun(cell)
            let isEnough = configuration.isEnough(result)
            progress.withLock { progress in
                if isEnough {
                    progress.isEnough = true
                    progress.next = expansion.units.count
                }
                progress.done += 1
                configuration.progress(result, progress.done, expansion.cellCount)
            }
            return result
        }
    }

    private func rerun(_ cell: CellID) -> String {
        var words = ["rsync-conform", "run", "'\(cell)'"]
        if configuration.seed != 1 { words += ["--seed", "\(configuration.seed)"] }
        if configuration.isStrict { words.append("--strict") }
        words.append("--")
        return words.joined(separator: " ") + " " + String(decoding: ShellWords.line(configuration.command), as: UTF8.self)
    }
}

/// The real programs that cases ask for, looked for once.
final class StockPeers: Sendable {
    private let known = Mutex<[String: Peer?]>([:])

    func find(_ version: String?) -> Peer? {
        known.withLock { known in
            if let peer = known[version ?? ""] { return peer }
            let peer = version == nil ? PeerCatalogue.stock() : PeerCatalogue.all().first { $0.version == version }
            let placed = peer.map { Peer(name: $0.name, version: $0.version, executable: Self.absolute($0.executable), newestProtocol: $0.newestProtocol) }
            known[version ?? ""] = placed
            return placed
        }
    }
}

extension StockPeers {
    /// Cells run elsewhere.
    fileprivate static func absolute(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

/// Where sandboxes are: in memory where that can be had.
struct ScratchDirectory: Sendable {
    let path: String

    init(_ chosen: String?) throws {
        let bases = chosen.map { [$0] } ?? ["/dev/shm", unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"]
        for base in bases {
            var template = "\(base)/rsync-conform-XXXXXX".utf8CString.map { $0 }
            guard unsafe mkdtemp(&template) != nil else { continue }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // A target that is an ordinary user comes through.
            _ = unsafe chmod(path, 0o755)
            return
        }
        throw Runner.Failure(description: "no sandbox can be made in \(bases.joined(separator: ", ")): errno \(errno)")
    }

    func remove() { RemoveTree.remove([UInt8](path.utf8)) }
}
