import Foundation
import Testing

/// What the gate says before any session, and that nothing else comes on standard output.
@Suite(.serialized) struct GateAnswerTests {
    private func ask(_ stage: Stage, _ request: String?, _ options: String...) throws -> Outcome {
        var environment = ["SSH_CONNECTION": "192.0.2.7 1 192.0.2.8 22"]
        environment["SSH_ORIGINAL_COMMAND"] = request
        return try stage.run(
            [Stage.ebb, "gate", "--client", "desk", "--vault", stage.vault] + options, environment: environment)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [
        nil, "", "backup", "rsync --server --sender . /", "backup root=relative", "backup root=/a/../b", "backup  root=/a",
        "backup root=/a want=everything", "backup root=/a name=desk2", "backup root=/a timeout=x", "backup root=/a;reboot",
    ] as [String?])
    func refusesWhatIsNoRequest(_ request: String?) throws {
        let stage = try Stage()
        let outcome = try ask(stage, request)
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("EBB/1 REFUSED bad-request "))
        #expect(outcome.output.filter { $0 == "\n" }.count == 1)
        #expect(!outcome.output.contains(stage.path), "no path of the server")
        #expect((try stage.journal()["error"] as? String)?.hasPrefix("refused") == true)
    }

    @Test(.timeLimit(.minutes(5))) func saysThatItIsBusyAndSinceWhen() throws {
        let stage = try Stage()
        try stage.write("f", "content")
        try stage.shell("printf 'pid 4711 since 2026-11-21T02:15:30Z peer 192.0.2.9\\n' >vault/desk/lock")
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = ["flock", stage.vault + "/desk/lock", "sh", "-c", "echo held; cat >/dev/null"]
        let input = Pipe()
        let output = Pipe()
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        let outcome = try stage.backup(stage.source)
        #expect(outcome.status == 5)
        #expect(outcome.errors.contains("busy") && outcome.errors.contains("2026-11-21T02:15:30Z"), "\(outcome.errors)")
        #expect(!stage.exists(stage.incomplete))
        try input.fileHandleForWriting.close()
        try Stage.wait(for: holder, "flock")
        #expect(try stage.backup(stage.source).status == 0)
    }

    @Test(.timeLimit(.minutes(5))) func refusesAClientThatWasNeverEnrolled() throws {
        let stage = try Stage()
        try stage.shell("rm -rf vault/desk")
        let outcome = try ask(stage, "backup root=/etc")
        #expect(outcome.status == 11)
        #expect(outcome.output.hasPrefix("EBB/1 REFUSED failed "))
        #expect(!stage.exists(stage.vault + "/desk"))
    }

    /// The person at the server reads which directory it is, the one at the client machine only what is wrong with it.
    @Test(.timeLimit(.minutes(5)), arguments: [("missing", "No such file or directory (2)"), ("file", "Not a directory (20)")])
    func saysWhatIsWrongWithAVault(_ name: String, _ reason: String) throws {
        let stage = try Stage()
        try stage.shell("rm -rf vault; echo 1 >file; rm authorized")
        let vault = stage.path + "/" + name
        let gate = try stage.run(
            [Stage.ebb, "gate", "--client", "desk", "--vault", vault], environment: ["SSH_ORIGINAL_COMMAND": "backup root=/etc"])
        #expect(gate.status == 11)
        #expect(gate.output == "EBB/1 REFUSED failed the vault cannot be opened: \(reason)\n")
        let list = try stage.ebb("snapshots", "--vault", vault)
        #expect(list.status == 11 && list.errors == "ebb: cannot read the vault \(vault): \(reason)\n")
        let enrolled = try stage.ebb("enrol", "--client", "desk", "--vault", vault, stage.path + "/key.pub")
        #expect(enrolled.status == 11 && enrolled.output == "")
        #expect(enrolled.errors == "ebb: cannot enrol desk in the vault \(vault): \(reason)\n")
    }

    @Test(.timeLimit(.minutes(5))) func takesNoOtherWordsThanItsOwn() throws {
        let stage = try Stage()
        for words in [["--client", "../desk", "--vault", stage.vault], ["--client", "desk"], ["--shell"]] {
            let outcome = try stage.run([Stage.ebb, "gate"] + words)
            #expect(outcome.status == 1 && outcome.output == "", "\(words)")
        }
    }

    /// A client machine whose sender sends a name that was not asked for.
    @Test(.timeLimit(.minutes(5))) func refusesNamesThatWereNotAskedFor() throws {
        let stage = try Stage()
        try stage.shell("mkdir source/asked source/other; echo secret >source/other/f")
        let ssh = try stage.standIn("exec $GATE")
        let script = """
            mkfifo up down; \(ssh) host 'backup root=\(stage.source)/asked' <up >down & exec 3>up 4<down
            while IFS= read -r word <&4; do [ -n "$word" ] || break; done
            rsync --server --sender -lHogDtprRe.iLfxCIvu --numeric-ids . \(stage.source)/other <&4 >&3 3>&-
            exec 4<&-; wait $! || exit $?
            """
        let outcome = try stage.run(["sh", "-c", script])
        #expect(outcome.status != 0)
        #expect(try stage.snapshots().isEmpty)
        #expect(!stage.exists(stage.incomplete + stage.source + "/other"))
    }
}
