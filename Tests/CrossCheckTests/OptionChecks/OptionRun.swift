import Glibc
import PeerKit
import RsyncEngine
import Synchronization

/// A case in one role at one protocol.
struct OptionCell: Sendable {
    let subject: OptionCase
    let role: OptionRole
    let number: Int32

    var name: String { "\(subject.slug)/\(role.rawValue)/\(number)" }
}

/// Runs the cases, two for each core, for many wait. Each direction at a protocol is one piece of work: stock's own run, then those in which ours is a
/// side, which are compared with it.
final class OptionRun: Sendable {
    private let directory: TemporaryDirectory
    private let programs: OptionPrograms
    /// The newest stock rsync, where another one is compared with: what that one does alike is a difference between versions.
    private let newest: String?
    /// `EBB_OPTION`: cells by name, as `CellSelection` reads it.
    private let pattern: [Substring]
    private let state = Mutex(State())

    private struct State {
        var waiting: [Piece] = []
        var cells = 0
        var failures: [String] = []
        /// Cells in which ours and the newest stock differ alike, and pieces in which the one compared with does not end.
        var alike = 0
        var endless = 0
        /// Pieces done, of `pieces`.
        var done = 0
        var pieces = 0
        /// By the index in `KnownDifference.all`: whether a cell that it holds for was run, and whether one differed.
        var known: [Int: Bool] = [:]

        /// A full run takes long: what it finds is shown at once.
        mutating func failed(_ text: String) {
            failures.append(text)
            print(text)
            fflush(nil)
        }

        mutating func toldProgress() {
            done += 1
            guard done % 500 == 0 else { return }
            print("| options: \(done) of \(pieces) runs of stock compared with ours, \(failures.count) failed")
            fflush(nil)
        }
    }

    private struct Piece: Sendable {
        let subject: OptionCase
        let direction: OptionRole.Direction
        let number: Int32
        let roles: [OptionRole]
        /// Whether it is also proved here that the case would notice if its options did nothing.
        let provesWeight: Bool
    }

    init(stock: String, newest: String?) throws {
        self.newest = newest == stock ? nil : newest
        directory = try TemporaryDirectory(prefix: "ebb-options")
        // Another user may have to start what is there.
        unsafe chmod(directory.path, 0o755)
        programs = try OptionPrograms(at: directory.path, stock: stock, newest: newest)
        pattern = (Programs.variable("EBB_OPTION") ?? "").split(separator: "/")
    }

    struct Result {
        var cells = 0
        var failures: [String] = []
        /// What there is besides: empty where nothing but the newest stock is compared with.
        var remarks = ""
    }

    func run(_ cases: [OptionCase]) -> Result {
        let isFull = !pattern.isEmpty || Programs.variable("EBB_OPTIONS_FULL") == "1"
        let pieces = cases.flatMap { work(of: $0, isFull: isFull) }
        state.withLock {
            $0.waiting = pieces.reversed()
            $0.pieces = pieces.count
        }
        let workers = (0..<2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in
            WorkerThread {
                while let piece = self.state.withLock({ $0.waiting.popLast() }) {
                    self.run(piece)
                    self.state.withLock { $0.toldProgress() }
                }
            }
        }
        for worker in workers { worker.join() }
        return state.withLock { state in
            let stale = state.known.filter { !$0.value }.keys.sorted().map {
                "\(KnownDifference.all[$0].slug) no longer differs: take it off the list KnownDifferences"
            }
            let remarks = newest == nil
                ? "" : ", \(state.alike) cells in which the newest rsync differs alike, \(state.endless) runs of stock without end"
            return Result(cells: state.cells, failures: state.failures + (newest == nil ? stale : []), remarks: remarks)
        }
    }

    private func isChosen(_ cell: OptionCell) -> Bool {
        let names = cell.name.split(separator: "/")
        return pattern.count <= names.count && zip(pattern, names).allSatisfy { $0 == "*" || $0 == $1 }
    }

    /// Unless everything is asked for, a direction takes one of the protocols, another one for each case and direction.
    private func work(of subject: OptionCase, isFull: Bool) -> [Piece] {
        guard !subject.needsRoot || geteuid() == 0 else { return [] }
        var provesWeight = subject.unobservable == nil
        var pieces: [Piece] = []
        for direction in OptionRole.Direction.allCases {
            guard direction != .push || subject.destination != nil, direction == .local || !subject.sources.isEmpty else { continue }
            let turn = Int(Self.hash(subject.slug) % UInt64(subject.protocols.count)) + direction.rawValue * 2
            let numbers = isFull ? subject.protocols : [subject.protocols[turn % subject.protocols.count]]
            for number in numbers {
                let roles = OptionRole.allCases.filter { role in
                    role.direction == direction && subject.roles.contains(role)
                        && isChosen(OptionCell(subject: subject, role: role, number: number))
                }
                guard !roles.isEmpty else { continue }
                pieces.append(
                    Piece(
                        subject: subject, direction: direction, number: number, roles: roles, provesWeight: provesWeight))
                provesWeight = false
            }
        }
        return pieces
    }

    /// FNV-1a, so that the choice is the same in every run.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    // MARK: One piece

    private func run(_ piece: Piece) {
        func job(client: String, server: String) -> OptionJob {
            OptionJob(
                subject: piece.subject, direction: piece.direction, number: piece.number, client: client, server: server)
        }
        let (ours, stock) = (programs.ours, programs.stock)
        do {
            let own = job(client: stock, server: stock)
            let reference = try own.run(programs)
            guard newest == nil || reference.status != CommandResult.timedOut else {
                state.withLock { $0.endless += 1 }
                return
            }
            if piece.provesWeight { try proveWeight(own, reference) }
            for role in piece.roles {
                let cell = OptionCell(subject: piece.subject, role: role, number: piece.number)
                func attempt(_ role: OptionRole, _ ours: String) -> OptionJob {
                    switch role {
                    case .local: job(client: ours, server: ours)
                    case .wePull, .wePush: job(client: ours, server: stock)
                    case .stockPulls, .stockPushes: job(client: stock, server: ours)
                    }
                }
                let tried = attempt(role, ours)
                let outcome = try tried.run(programs)
                let differences = outcome.differences(from: reference, comparing: piece.subject.comparing)
                if !differences.isEmpty, let newest {
                    let other = try attempt(role, newest).run(programs)
                    if outcome.differences(from: other, comparing: piece.subject.comparing).isEmpty {
                        state.withLock { $0.alike += 1 }
                        continue
                    }
                }
                report(cell, tried, outcome, differences)
            }
        } catch {
            state.withLock { $0.failed("\(piece.subject.slug)/\(piece.number): \(error)") }
        }
    }

    private func proveWeight(_ own: OptionJob, _ reference: OptionOutcome) throws {
        let rest = OptionCover.without(own.subject.covers, own.subject.arguments)
        let without = try own.run(programs, arguments: rest)
        guard without.differences(from: reference, comparing: .everything).isEmpty else { return }
        state.withLock {
            $0.failed("\(own.subject.slug) proves nothing: stock does the same with \(rest.joined(separator: " "))")
        }
    }

    private func report(_ cell: OptionCell, _ job: OptionJob, _ outcome: OptionOutcome, _ differences: [String]) {
        let known = KnownDifference.all.indices.filter { KnownDifference.all[$0].holds(cell) }
        state.withLock { state in
            state.cells += 1
            for index in known { state.known[index] = state.known[index, default: false] || !differences.isEmpty }
            guard known.isEmpty, !differences.isEmpty else { return }
            let shown = differences.prefix(40).map { "    \($0)" }
            let said = outcome.said.split(separator: "\n").suffix(12).map { "    it said: \($0)" }
            state.failed(
                (["FAIL \(cell.name): rsync \(job.words(programs).joined(separator: " "))"] + shown + said
                    + ["    alone: EBB_OPTION=\(cell.name) swift test --filter OptionChecks"]).joined(separator: "\n"))
        }
    }
}
