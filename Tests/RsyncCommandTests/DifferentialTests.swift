import Foundation
import TestSupport
import Testing

/// Our program in every role against stock rsync, compared with stock rsync on both sides.
///
/// By default each case runs once, in a role and a protocol chosen by a seed (`EBB_DIFF_SEED`, printed; fixed unless given);
/// `EBB_DIFF_FULL=1` runs all of them.
@Suite(.serialized)
struct DifferentialTests {
    private struct Run {
        var sample: DifferentialCase
        var role: Role
        var protocolNumber: Int
        var peer: String
    }

    @Test func agreesWithStockRsync() throws {
        guard let lab = try DifferentialLab() else {
            // Nothing to compare with is an answer on somebody's machine, and none in CI.
            if ProcessInfo.processInfo.environment["CI"] == "true" {
                Issue.record("no rsync in PATH, or our program is not built")
            }
            print("no rsync in PATH: nothing to compare with")
            return
        }
        defer { lab.remove() }
        for run in runs(lab) {
            let (wanted, got) = try lab.compare(
                run.sample, role: run.role, protocolNumber: run.protocolNumber, peer: run.peer)
            if wanted != got, KnownDifference.reason("\(run.sample)", run.role, run.protocolNumber) == nil {
                Issue.record(
                    """
                    \(run.sample) [\(run.role.rawValue), protocol \(run.protocolNumber), peer \(run.peer)]
                    \(got.difference(from: wanted))
                    """)
            }
        }
    }

    private func runs(_ lab: DifferentialLab) -> [Run] {
        let environment = ProcessInfo.processInfo.environment
        if environment["EBB_DIFF_FULL"] == "1" {
            return DifferentialCase.all.flatMap { sample in
                Self.roles(of: sample).flatMap { role in
                    (27...32).flatMap { number in
                        lab.peers.map { Run(sample: sample, role: role, protocolNumber: number, peer: $0) }
                    }
                }
            }
        }
        let seed = environment["EBB_DIFF_SEED"].flatMap { UInt64($0) } ?? 20_261_121
        print("EBB_DIFF_SEED=\(seed)")
        var random = SplitMix64(seed: seed)
        return DifferentialCase.all.map { sample in
            Run(
                sample: sample, role: Self.roles(of: sample).randomElement(using: &random) ?? .localCopy,
                protocolNumber: [27, 29, 30, 31, 32].randomElement(using: &random) ?? 31,
                peer: lab.peers.randomElement(using: &random) ?? lab.stock)
        }
    }

    /// Without a destination there is nothing to push to.
    private static func roles(of sample: DifferentialCase) -> [Role] {
        Role.allCases.filter { sample.destination != nil || !$0.isPush }
    }
}
