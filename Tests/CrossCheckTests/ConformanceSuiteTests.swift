import PeerKit
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
        print("| conformance of ebb: \(result.output.split(separator: "\n").last ?? "")")
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

    @Test func aServerReachedOverSSHIsJudgedTheSame() throws {
        let result = try run(["--no-probe", "--via", "ssh", "--timeout", "4", "XFR-24/delta-over-a-basis", "p30/*"], [Programs.ebb, "rsync"])
        #expect(result.status == 0 && result.output.contains("4 pass"), "\(result.output)\(result.errors)")
    }

    @Test func aCellIsRunAgainByItsLine() throws {
        let result = try run(["--no-probe", "XFR-24/delta-over-a-basis@server-receiver/p29"], [Programs.ebb, "rsync"])
        #expect(result.output.contains("1 pass, 0 fail"), "\(result.output)")
    }
}
