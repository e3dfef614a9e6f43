import Glibc
import PeerKit
import RsyncEngine
import Synchronization
import Testing

/// Random trees, options, roles, protocols and peers, each beside stock rsync. `EBB_JOBS` is how many; `EBB_JOB_SEED` the
/// seed of the first, or of the only one when no number is given.
struct RandomJobs {
    private static let standardCount = 600
    private static let standardSeed: UInt64 = 1
    private static let mostShrunk = 8

    private struct State {
        var next: UInt64
        var failed: [RandomJob] = []
        var errors: [String] = []
    }

    @Test func randomJobsEndAsWithStockRsync() throws {
        guard geteuid() == 0, let stock = PeerCatalogue.stock() else {
            print("| random jobs: need root and an rsync in PATH")
            return
        }
        let old = PeerCatalogue.old(packageRoot: Programs.packageRoot)
        let directory = try TemporaryDirectory(prefix: "ebb-jobs")
        let programs = try OptionPrograms(at: directory.path, stock: stock.executable)
        var oldPrograms = programs
        if let old { oldPrograms.stock = old.executable }
        let seed = Programs.variable("EBB_JOB_SEED").flatMap { UInt64($0) }
        let count = Programs.variable("EBB_JOBS").flatMap { UInt64($0) } ?? (seed == nil ? UInt64(Self.standardCount) : 1)
        let first = seed ?? Self.standardSeed
        let shared = Shared(first: first, end: first + count, peers: [programs, oldPrograms], hasOld: old != nil)
        let workers = (0..<max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in WorkerThread { shared.work() } }
        for worker in workers { worker.join() }
        let (failed, errors) = shared.result
        for job in failed.prefix(Self.mostShrunk) {
            Issue.record("\(try Self.explanation(job, job.isOld ? oldPrograms : programs))")
        }
        if failed.count > Self.mostShrunk {
            Issue.record("and the seeds \(failed.dropFirst(Self.mostShrunk).map { String($0.seed) }.joined(separator: " "))")
        }
        for error in errors { Issue.record("\(error)") }
        print("| random jobs: seeds \(first) to \(first + count - 1), \(failed.count) failed")
    }

    private static func explanation(_ job: RandomJob, _ programs: OptionPrograms) throws -> String {
        let smallest = try job.shrunk(programs)
        let found = try smallest.differences(programs)
        return (["FAIL seed \(job.seed): \(job.role.rawValue)/\(job.number)/\(programs.stock) \(smallest.units.flatMap { $0 }.joined(separator: " "))"]
            + found.lines.prefix(15).map { "    \($0)" }
            + found.said.split(separator: "\n").suffix(8).map { "    it said: \($0)" }
            + ["    drawn: \(job.units.flatMap { $0 }.joined(separator: " ")) \(job.sources.joined(separator: " "))"]
            + (try job.differences(programs).lines.prefix(6).map { "    at first: \($0)" })
            + ["    alone: EBB_JOB_SEED=\(job.seed) swift test --filter RandomJobs", smallest.script(programs)]).joined(separator: "\n")
    }

    /// What the workers have in common.
    private final class Shared: Sendable {
        private let state: Mutex<State>
        private let end: UInt64
        private let peers: [OptionPrograms]
        private let hasOld: Bool

        init(first: UInt64, end: UInt64, peers: [OptionPrograms], hasOld: Bool) {
            state = Mutex(State(next: first))
            self.end = end
            self.peers = peers
            self.hasOld = hasOld
        }

        var result: ([RandomJob], [String]) {
            state.withLock { ($0.failed.sorted { $0.seed < $1.seed }, $0.errors) }
        }

        func work() {
            while let seed = state.withLock({ state -> UInt64? in
                guard state.next < end else { return nil }
                state.next += 1
                return state.next - 1
            }) {
                let job = RandomJob(seed: seed, hasOld: hasOld)
                do {
                    let peer = peers[job.isOld ? 1 : 0]
                    guard try !job.differences(peer).lines.isEmpty else { continue }
                    state.withLock { $0.failed.append(job) }
                } catch {
                    state.withLock { $0.errors.append("seed \(seed): \(error)") }
                }
            }
        }
    }
}
