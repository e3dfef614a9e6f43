import Glibc
import PeerKit
import Testing
import TraceKit

@testable import ConformanceKit

/// Whole runs: this suite's own program against the shim of the examples, and against ones that break the rules.
@Suite struct ShimRunTests {
    private static let suite = packageRoot + "/Conformance"
    private static let sender = suite + "/examples/tiny-sender.py"

    private static var hasPython: Bool {
        ["/usr/bin", "/usr/local/bin", "/bin"].contains { unsafe access("\($0)/python3", X_OK) == 0 }
    }

    private func run(_ shim: [String], features: TargetFeatures, options: [String]) throws -> [CellResult] {
        let words = shim.map { [UInt8]($0.utf8) }
        let configuration = RunConfiguration(
            suite: Self.suite, command: try ShimSession.command(words, program: builtProgram), features: features, roles: features.roles,
            jobs: 1, program: builtProgram)
        let one = try Case(
            id: "SES-1/shim", path: "shim",
            .object([
                ("title", .string("a tree arrives")), ("clauses", .texts(["SES-1"])), ("roles", .texts(["server-sender", "client-sender"])),
                ("protocols", .string("27-32")), ("options", .texts(options)),
                ("source", .object([
                    ("a", .object([("file", .string("one\n"))])), ("d/b", .object([("file", .object([("size", .integer(70000))]))])),
                    ("d-", .object([("symlink", .string("a"))])), ("d/e", .object([("file", .string(""))])),
                ])),
            ]))
        return try Runner(configuration, cases: [one]).run().results
    }

    @Test(.enabled(if: ShimRunTests.hasPython)) func theSenderOfTheExamplesSendsATree() throws {
        let features = try ShimSession.features([[UInt8](Self.sender.utf8)])
        #expect(features.name == "tiny-sender")
        #expect(features.protocols == ProtocolSet("27-29"))
        let results = try run([Self.sender], features: features, options: ["-rltp"])
        #expect(results.map(\.verdict) == [.pass, .pass, .pass], "\(results.map(\.reason))")
    }

    @Test(.enabled(if: ShimRunTests.hasPython)) func whatALibraryDoesNotDoIsUnsupported() throws {
        let features = try ShimSession.features([[UInt8](Self.sender.utf8)])
        let results = try run([Self.sender], features: features, options: ["-rH"])
        #expect(results.map(\.verdict) == [.unsupported, .unsupported, .unsupported], "\(results.map(\.reason))")
    }

    private let broken = TargetFeatures(protocols: ProtocolSet([29]), roles: [.serverSender, .clientSender])

    @Test(arguments: [
        "read l", "echo '{}'", "read l; echo nonsense", #"read l; echo '{"hello": {}}'; read l; echo '{"hello": {}}'"#,
        #"read l; echo '{"hello": {}}'; read l; echo '{"start": 1}'"#,
    ])
    func aShimThatBreaksTheRulesFails(_ script: String) throws {
        let results = try run(["/bin/sh", "-c", script], features: broken, options: ["-r"])
        #expect(results.count == 2)
        #expect(results.allSatisfy { $0.verdict == .fail && $0.reason.contains("125") }, "\(results.map(\.reason))")
    }

    @Test func aShimThatCrashesIsATargetThatCrashes() throws {
        let results = try run(["/bin/sh", "-c", "kill -SEGV $$"], features: broken, options: ["-r"])
        #expect(results.count == 2)
        for result in results {
            #expect(result.verdict == .fail)
            #expect(result.findings.contains { $0.field == "exit" && $0.text.contains("signal 11") }, "\(result.findings)")
        }
    }

    /// A client's shim that is a stock client with the suite's streams as its server: the bytes of both ways go through.
    @Test func aClientsShimSpeaksToTheServerThatItAsksFor() throws {
        // It has no library, so it says what server it wants and leaves at once; the server reads an end of file.
        let script = #"""
            read l; echo '{"hello": {}}'; read l
            echo '{"start": {"arguments": ["--server", "-r", "--protocol=29", ".", "dst/"]}}'
            head -c 4 <&3 >/dev/null; exec 4>&-
            echo '{"result": {"exit": 12, "errors": "left\n"}}'
            """#
        let results = try run(["/bin/sh", "-c", script], features: TargetFeatures(protocols: ProtocolSet([29]), roles: [.clientSender]), options: ["-r"])
        #expect(results.count == 1)
        #expect(results[0].verdict == .fail)
        #expect(results[0].reason.contains("ended with 12"), "\(results[0].reason)")
    }
}
