import Foundation
import Testing

/// `ebb backup` before gates that are not what they should be.
@Suite(.serialized) struct AgentTests {
    /// What stands before the roots, and how the agent ends. `ROOT` is the root that was asked for.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let status: Int32
        var testDescription: String { lines.joined(separator: " ") }
    }

    static let hostile: [Hostile] = {
        func run(_ words: String...) -> [String] { ["EBB/1 RUN", "rsync", "--server", "--sender"] + words + [""] }
        func hostile(_ status: Int32, _ lines: [String]) -> Hostile {
            Hostile(lines: lines, status: status)
        }
        return [
            hostile(4, run("-re.iL", ".", "/etc")),
            hostile(4, run("-re.iL", ".", "ROOT", "/etc")),
            hostile(4, run("-re.iL", ".")),
            hostile(4, run("-re.iL", "ROOT")),
            hostile(4, run("-r", "--remove-source-files", ".", "ROOT")),
            hostile(4, run("-r", "--files-from=-", ".", "ROOT")),
            hostile(4, run("-rs", ".", "ROOT")),
            hostile(4, run("-rLe.iL", ".", "ROOT")),
            hostile(4, run("--rsh=sh", ".", "ROOT")),
            hostile(4, ["EBB/1 RUN", "rsync", "--server", "-re.iL", ".", "ROOT", ""]),
            hostile(4, ["EBB/1 RUN", "sh", "-c", "reboot", ""]),
            hostile(2, ["Welcome!", ""]),
            hostile(2, ["EBB/2 RUN", "rsync", "--server", "--sender", ".", ""]),
            hostile(2, ["EBB/1 RUN", "rsync", "--server", "--sender", "-r\r", ".", "ROOT", ""]),
        ]
    }()

    @Test(.timeLimit(.minutes(5)), arguments: hostile) func sendsNothingToAHostileGate(_ opening: Hostile) throws {
        let (outcome, sent) = try answer(opening.lines)
        #expect(outcome.status == opening.status, "\(outcome.errors)")
        #expect(sent.isEmpty, "\(sent.count) bytes were sent")
    }

    /// That the tests above would see it if anything were sent.
    @Test(.timeLimit(.minutes(5))) func beginsToSendOnceTheOpeningIsRight() throws {
        let (outcome, sent) = try answer(["EBB/1 RUN", "rsync", "--server", "--sender", "-re.iL", ".", "ROOT", ""])
        #expect(outcome.status == 12, "\(outcome.errors)")
        #expect(!sent.isEmpty)
    }

    /// What the agent does before a gate that says `lines` and nothing more, and what it sends there.
    private func answer(_ lines: [String]) throws -> (outcome: Outcome, sent: Data) {
        let stage = try Stage()
        try stage.write("secret", "content")
        let text = lines.map { $0 == "ROOT" ? stage.source : $0 }.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: stage.path + "/opening"))
        // The agent terminates what it does not trust: what it has sent until then must be written down all the same.
        let ssh = try stage.standIn("trap '' TERM; exec 3>\(stage.path)/sent; cat \(stage.path)/opening; exec cat >&3")
        let outcome = try stage.backup(stage.source, ssh: ssh)
        return (outcome, try Data(contentsOf: URL(fileURLWithPath: stage.path + "/sent")))
    }

    @Test(.timeLimit(.minutes(5)), arguments: [(5, "busy"), (25, "quota"), (1, "something-new")] as [(Int32, String)])
    func handsARefusalOn(_ status: Int32, _ code: String) throws {
        let stage = try Stage()
        try stage.write("f", "content")
        let ssh = try stage.standIn("printf 'EBB/1 REFUSED \(code) come back\\n'; exit \(status)")
        let outcome = try stage.backup(stage.source, ssh: ssh)
        #expect(outcome.status == status)
        #expect(outcome.errors.contains("come back") && outcome.errors.contains(code))
    }

    @Test(.timeLimit(.minutes(5))) func tellsABreakFromAFailureOfSSH() throws {
        let stage = try Stage()
        try stage.write("f", "content")
        #expect(try stage.backup(stage.source, ssh: try stage.standIn("exit 255")).status == 255)
        #expect(try stage.backup(stage.source, ssh: try stage.standIn("printf 'EBB/1 RUN\\nrsync\\n'")).status == 12)
        #expect(try stage.backup(stage.source, ssh: stage.path + "/no-such-program").status == 14)
    }

    /// A gate made of a stock rsync client: the opening from the words it gives its remote shell, bytes both ways then.
    private func stockGate(_ stage: Stage, _ options: String) throws -> String {
        let bridge = stage.path + "/bridge"
        try Data(
            """
            #!/bin/sh
            { printf 'EBB/1 RUN\\n'; shift; for word; do printf '%s\\n' "$word" | sed 's/\\\\//g'; done; echo; } >&6
            exec 7<&0; cat <&7 >&6 & cat <&5; kill $! 2>/dev/null; exit 0

            """.utf8
        ).write(to: URL(fileURLWithPath: bridge))
        try stage.shell("chmod 755 bridge; mkdir -p taken")
        return try stage.standIn(
            "exec 5<&0 6>&1; rsync -aHR --blocking-io \(options) -e \(bridge) gate:\(stage.source) \(stage.path)/taken/ </dev/null >&2")
    }

    @Test(.timeLimit(.minutes(5))) func keepsItsExcludesFromAGateThatForgetsThem() throws {
        let stage = try Stage()
        try stage.shell("echo 1 >source/public; echo 2 >source/secret")
        let outcome = try stage.backup(stage.source, "--exclude", "secret", ssh: try stockGate(stage, "--include='*'"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: stage.path + "/taken" + stage.source)
        #expect(names == ["public"])
    }

    @Test(.timeLimit(.minutes(5))) func refusesRulesThatMakeItReadFiles() throws {
        let stage = try Stage()
        try stage.shell("echo 1 >source/public; echo '- public' >source/.rules")
        let outcome = try stage.backup(stage.source, ssh: try stockGate(stage, "-f 'dir-merge .rules'"))
        #expect(outcome.status != 0)
        #expect(!stage.exists(stage.path + "/taken" + stage.source + "/public"))
    }

    @Test(.timeLimit(.minutes(5))) func refusesAWildcardInARootForAStockSender() throws {
        let stage = try Stage()
        try stage.shell("mkdir 'source/a*' source/ab")
        let outcome = try stage.backup("--rsync", "/usr/bin/rsync", stage.source + "/a*")
        #expect(outcome.status == 4, "\(outcome.errors)")
        // The built-in sender takes it for what it is.
        #expect(try stage.backup(stage.source + "/a*").status == 0)
        let snapshot = try #require(try stage.snapshots().first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: snapshot + stage.source) == ["a*"])
    }
}
