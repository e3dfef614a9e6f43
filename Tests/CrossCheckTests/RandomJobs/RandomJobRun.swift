import Glibc
import PeerKit
import RsyncEngine
import Synchronization

/// The jobs of consecutive seeds, on all cores.
final class RandomJobRun: Sendable {
    private static let mostShrunk = 8
    /// A line is printed after so many jobs.
    private static let step: UInt64 = 1000

    private let directory: TemporaryDirectory
    private let first: UInt64
    private let end: UInt64
    private let newer: OptionPrograms
    private let older: OptionPrograms?
    private let state: Mutex<State>

    private struct State {
        var next: UInt64
        var done: UInt64 = 0
        var failed: [RandomJob] = []
        /// Jobs in which stock with itself breaks down or does not end: nothing was compared.
        var broken = 0
        var errors: [String] = []
    }

    /// `old` plays the peer in some of the jobs.
    init(first: UInt64, count: UInt64, stock: Peer, old: Peer?) throws {
        directory = try TemporaryDirectory(prefix: "ebb-jobs")
        newer = try OptionPrograms(at: directory.path, stock: stock.executable)
        older = old.map { [newer] in
            var programs = newer
            programs.stock = $0.executable
            return programs
        }
        self.first = first
        end = first + count
        state = Mutex(State(next: first))
    }

    /// The text of every failure, the first few as the smallest job that still fails.
    func failures() throws -> [String] {
        let clock = ContinuousClock()
        let began = clock.now
        let workers = (0..<max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in
            WorkerThread { self.work { began.duration(to: clock.now) / .seconds(1) } }
        }
        for worker in workers { worker.join() }
        let (failed, errors, broken) = state.withLock { ($0.failed.sorted { $0.seed < $1.seed }, $0.errors, $0.broken) }
        var texts: [String] = []
        for job in failed.prefix(Self.mostShrunk) { texts.append(try explanation(of: job)) }
        if failed.count > Self.mostShrunk {
            texts.append("and the seeds \(failed.dropFirst(Self.mostShrunk).map { String($0.seed) }.joined(separator: " "))")
        }
        print("| random jobs: seeds \(first) to \(end - 1), \(failed.count) failed, in \(broken) stock breaks down")
        return texts + errors
    }

    private func programs(for job: RandomJob) -> OptionPrograms { job.isOld ? older ?? newer : newer }

    /// `seconds` since the run began.
    private func work(seconds: () -> Double) {
        while let seed = state.withLock({ state -> UInt64? in
            guard state.next < end else { return nil }
            state.next += 1
            return state.next - 1
        }) {
            do {
                try attempt(seed)
            } catch {
                state.withLock { $0.errors.append("seed \(seed): \(error)") }
            }
            state.withLock { state in
                state.done += 1
                guard state.done % Self.step == 0 else { return }
                let rate = Double(state.done) / seconds()
                print(
                    "| random jobs: \(state.done) of \(end - first) from seed \(first) on, \(state.failed.count) failed so far, "
                        + "\((rate * 10).rounded() / 10) a second")
                fflush(nil)
            }
        }
    }

    private func attempt(_ seed: UInt64) throws {
        let job = RandomJob(seed: seed, hasOld: older != nil)
        let programs = programs(for: job)
        let (found, _, breakdown) = try job.differences(programs)
        if let breakdown {
            print("| stock breaks down with \(breakdown): seed \(seed)")
            fflush(nil)
            state.withLock { $0.broken += 1 }
        }
        guard !found.isEmpty else { return }
        // What differs once counts, unless stock differs from itself.
        if try job.differences(programs).lines.isEmpty, try job.isMatterOfChance(programs) {
            print("| stock does one thing or another: seed \(seed)")
        } else {
            for line in found.prefix(6) { print("| seed \(seed): \(line)") }
            print("| differs: seed \(seed)")
            state.withLock { $0.failed.append(job) }
        }
        fflush(nil)
    }

    private func explanation(of job: RandomJob) throws -> String {
        let programs = programs(for: job)
        let smallest = try job.shrunk(programs)
        let found = try smallest.differences(programs)
        return (["FAIL seed \(job.seed): \(job.role.rawValue)/\(job.number)/\(programs.stock) \(smallest.units.flatMap { $0 }.joined(separator: " "))"]
            + found.lines.prefix(15).map { "    \($0)" }
            + found.said.split(separator: "\n").suffix(8).map { "    it said: \($0)" }
            + ["    drawn: \(job.units.flatMap { $0 }.joined(separator: " ")) \(job.sources.joined(separator: " "))"]
            + (try job.differences(programs).lines.prefix(6).map { "    at first: \($0)" })
            + ["    alone: EBB_JOB_SEED=\(job.seed) swift test --filter RandomJobs", smallest.script(programs)]).joined(separator: "\n")
    }
}
