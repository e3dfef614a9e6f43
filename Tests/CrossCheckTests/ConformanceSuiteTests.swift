import PeerKit
import RsyncWire
import Testing
import TraceKit

/// The conformance suite as whoever packages an rsync runs it: against our own engine, and against programs that are wrong.
///
/// The part that every run of the tests takes has one protocol of each case and role, and of these every fourth case;
/// EBB_CONFORM=all takes them all.
@Suite struct ConformanceSuiteTests {
    private func run(_ words: [String], _ command: [String]) throws -> CommandResult {
        let scratch = try TemporaryDirectory(prefix: "ebb-conform")
        return try CommandResult(
            [Programs.conform, "run", "--suite", "\(Programs.packageRoot)/Conformance"] + words + ["--"] + command,
            scratch: "\(scratch.path)/run", longest: 3600)
    }

    @Test func ebbHasNoFailure() throws {
        let isAll = Programs.variable("EBB_CONFORM") == "all"
        // A machine that tests many things at once is slow, not wrong.
        let result = try run((isAll ? [] : ["--quick", "--shard", "1/4"]) + ["--timeout", "4"], [Programs.ebb, "rsync"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        // Creation times, and what was recorded with fewer capabilities than ours: nothing else is lacking.
        let words = result.output.split(whereSeparator: \.isWhitespace)
        if let place = words.firstIndex(where: { $0.hasPrefix("unsupported") }) {
            #expect((Int(words[place - 1]) ?? .max) <= (isAll ? 12 : 6), "\(result.output)")
        }
        print("| conformance of ebb: \(result.output.split(separator: "\n").last ?? "")")
    }

    /// The suite can fail: with each single fault that the engine of a debug build can be told to have, a cell that passes
    /// without it does not.
    @Test(.enabled(if: Knob.areBuilt && Programs.variable("EBB_PROGRAM") == nil)) func eachFaultOfTheEngineIsNoticed() throws {
        let scratch = try TemporaryDirectory(prefix: "ebb-conform")
        let result = try CommandResult(
            [Programs.conform, "knobs", "prove", "--suite", "\(Programs.packageRoot)/Conformance", "--timeout", "4", "--", Programs.ebb, "rsync"],
            scratch: "\(scratch.path)/run", longest: 3600)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        print("| faults of ebb: \(result.output.split(separator: "\n").last ?? "")")
    }

    @Test func aProgramThatEndsWithoutAWordFails() throws {
        let result = try run(["--no-probe", "XFR-24/delta-over-a-basis", "p31/*"], ["true"])
        #expect(result.status == 1)
        #expect(result.output.contains("fail: XFR-24/delta-over-a-basis"), "\(result.output)")
    }

    @Test func aProgramThatSaysSoIsUnsupported() throws {
        let result = try run(["--no-probe", "XFR-24/delta-over-a-basis", "p31/*"], ["sh", "-c", "exit 89"])
        #expect(result.status == 0 && result.output.contains("4 unsupported"), "\(result.output)")
    }

    @Test func anOptionRefusedByNameIsUnsupported() throws {
        let refuses = "echo 'rsync: on remote machine: --append: unknown option' >&2; exit 1"
        let asked = try run(["--no-probe", "--role", "server-receiver", "MET-81/append"], ["sh", "-c", refuses])
        #expect(asked.status == 0 && asked.output.hasPrefix("0 pass, 0 fail, 3 unsupported"), "\(asked.output)\(asked.errors)")
        let other = try run(["--no-probe", "XFR-24/delta-over-a-basis", "p31/*"], ["sh", "-c", refuses])
        #expect(other.status == 1 && !other.output.contains("unsupported"), "\(other.output)")
    }

    @Test func aServerReachedOverSSHIsJudgedTheSame() throws {
        let result = try run(["--no-probe", "--via", "ssh", "--timeout", "4", "XFR-24/delta-over-a-basis", "p30/*"], [Programs.ebb, "rsync"])
        #expect(result.status == 0 && result.output.contains("4 pass"), "\(result.output)\(result.errors)")
    }

    @Test func aCellIsRunAgainByItsLine() throws {
        let result = try run(["--no-probe", "XFR-24/delta-over-a-basis@server-receiver/p29"], [Programs.ebb, "rsync"])
        #expect(result.output.contains("1 pass, 0 fail"), "\(result.output)")
    }

    @Test func aRunThatIsInterruptedLeavesNothing() throws {
        let scratch = try TemporaryDirectory(prefix: "ebb-conform")
        // The target tells that it runs, and would go on for long; whoever hears it ends the run.
        try Shell.run(
            """
            mkfifo told; mkdir sandboxes
            '\(Programs.conform)' run --suite '\(Programs.packageRoot)/Conformance' --no-probe --scratch "$PWD/sandboxes" \
                --role server XFR-24/delta-over-a-basis 'p31/*' \\
                -- sh -c "case \\$0 in --server) echo >'$PWD/told'; exec sleep 600;; esac" >out 2>&1 &
            run=$!
            read line <told
            ls -d sandboxes/rsync-conform-*
            kill -TERM $run
            status=0; wait $run || status=$?
            [ $status = 143 ] || { echo "status $status" >&2; cat out >&2; exit 1; }
            [ -z "$(ls sandboxes)" ] || { find sandboxes >&2; exit 1; }
            """, at: scratch.path)
    }
}
