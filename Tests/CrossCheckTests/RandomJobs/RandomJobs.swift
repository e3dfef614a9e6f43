import Glibc
import PeerKit
import Testing

/// Random trees, options, roles, protocols and peers, each beside stock rsync. `EBB_JOBS` is how many; `EBB_JOB_SEED` the
/// seed of the first, or of the only one when no number is given. A long run is best made with an optimised program
/// (`EBB_PROGRAM`) in memory (`TMPDIR`).
struct RandomJobs {
    private static let standardCount = 1000
    private static let standardSeed: UInt64 = 1

    @Test func randomJobsEndAsWithStockRsync() throws {
        guard geteuid() == 0, let stock = PeerCatalogue.stock() else {
            print("| random jobs: need root and an rsync in PATH")
            return
        }
        let seed = Programs.variable("EBB_JOB_SEED").flatMap { UInt64($0) }
        let count = Programs.variable("EBB_JOBS").flatMap { UInt64($0) } ?? (seed == nil ? UInt64(Self.standardCount) : 1)
        let run = try RandomJobRun(
            first: seed ?? Self.standardSeed, count: count, stock: stock,
            old: PeerCatalogue.old(packageRoot: Programs.packageRoot))
        for failure in try run.failures() { Issue.record("\(failure)") }
    }
}
