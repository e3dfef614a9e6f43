import Foundation
import TestSupport
import Testing

/// The connection is cut at seeded places, in either direction, or the gate is killed, and the work is taken up again.
@Suite(.serialized) struct BreakTests {
    static let seed: UInt64 = 20_261_121
    static let cutsOfData = 14
    static let cutsOfAnswers = 6
    static let kills = 6

    @Test(.timeLimit(.minutes(5))) func neverLeavesAWrongFileAndResumes() throws {
        let stage = try Stage()
        try stage.shell(
            """
            mkdir -p source/a source/b
            for n in $(seq 40); do head -c $((n * 1500)) /dev/urandom >source/a/f$n; done
            head -c 700000 /dev/urandom >source/b/large; cp source/b/large source/b/copy; ln source/a/f1 source/b/link
            """)
        #expect(try stage.backup(stage.source).status == 0)
        try stage.shell(
            """
            cp -a source before; cp -a vault vault.kept
            for n in 3 7 11 20 33 40; do head -c $((n * 1700)) /dev/urandom >source/a/f$n; done
            printf changed | dd of=source/b/large bs=1 seek=350000 conv=notrunc status=none; touch -d 2001-02-03 source/b/large; rm source/a/f5
            for n in $(seq 20); do head -c 20000 /dev/urandom >source/b/n$n; done
            """)
        // How much there is to send in one go.
        #expect(try stage.backup(stage.source).status == 0)
        let record = try stage.journal()
        let whole = (data: try #require(record["received"] as? Int), answers: try #require(record["sent"] as? Int))
        var random = SplitMix64(seed: Self.seed)
        var finalFiles = 0
        var resumptions = 0
        for cut in 0..<(Self.cutsOfData + Self.cutsOfAnswers + Self.kills) {
            let isKill = cut >= Self.cutsOfData + Self.cutsOfAnswers
            let isData = cut < Self.cutsOfData || isKill
            let bytes = Int.random(in: 1..<(isData ? whole.data : whole.answers), using: &random)
            let place = "\(isKill ? "kill" : "cut") \(cut) of \(isData ? "data" : "answers") behind byte \(bytes), seed \(Self.seed)"
            try stage.shell("rm -rf vault; cp -a vault.kept vault")
            // Unbuffered, and the shell keeps no end of the connection: a cut is the end for both sides.
            let cut = "stdbuf -o0 head -c \(bytes)"
            let pipeline = isData ? "\(cut) <&4 4<&- | $GATE 4<&-" : "$GATE <&4 4<&- | \(cut) 4<&-"
            let fifo = stage.path + "/fifo"
            let ssh = try stage.standIn(
                isKill
                    ? "rm -f \(fifo); mkfifo \(fifo); exec 4<&0; $GATE <\(fifo) 4<&- & { \(cut) <&4; kill -9 $!; wait $!; } >\(fifo); exit 12"
                    : "exec 4<&0; \(pipeline) & exec <&- >&- 4<&-; wait $! || exit $?; exit 12")
            let broken = try stage.backup(stage.source, ssh: ssh)
            #expect(broken.status != 0, "\(place)")
            #expect(try stage.snapshots().count == 1, "\(place)")
            finalFiles += try checkFinalFiles(stage, place)
            let resumed = try stage.backup(stage.source)
            #expect(resumed.status == 0, "\(place): \(resumed.errors)")
            let snapshots = try stage.snapshots()
            try #require(snapshots.count == 2, "\(place)")
            #expect(try stage.difference(stage.source, snapshots[1] + stage.source) == "", "\(place)")
            #expect(try stage.difference(stage.path + "/before", snapshots[0] + stage.source) == "", "\(place)")
            #expect(!stage.exists(stage.incomplete), "\(place)")
            if isData, bytes > whole.data / 2 {
                let received = try #require(try stage.journal()["received"] as? Int)
                #expect(received < whole.data - bytes / 4, "\(place): nothing was kept")
                resumptions += 1
            }
        }
        #expect(finalFiles > 100 && resumptions > 2, "\(finalFiles) files looked at, \(resumptions) resumptions, seed \(Self.seed)")
    }

    /// Whatever has its final name has its final content; what has not is called as temporary files are. How many
    /// there were.
    private func checkFinalFiles(_ stage: Stage, _ place: String) throws -> Int {
        let top = stage.incomplete + stage.source
        guard let names = FileManager.default.enumerator(atPath: top) else { return 0 }
        var count = 0
        for case let name as String in names {
            let last = (name as NSString).lastPathComponent
            if last.hasPrefix(".") { continue }
            guard (try? FileManager.default.attributesOfItem(atPath: top + "/" + name)[.type] as? FileAttributeType) == .typeRegular
            else { continue }
            #expect(
                FileManager.default.contentsEqual(atPath: top + "/" + name, andPath: stage.source + "/" + name),
                "\(place): \(name)")
            count += 1
        }
        return count
    }

    /// What has come of a file is not sent again.
    @Test(.timeLimit(.minutes(5))) func aLargeFileCutInTheMiddleIsResumed() throws {
        let stage = try Stage()
        try stage.shell("mkdir -p source/d source/e; head -c 3000000 /dev/urandom >source/d/large; echo other >source/e/large")
        let ssh = try stage.standIn(
            "exec 4<&0; stdbuf -o0 head -c 2000000 <&4 4<&- | $GATE 4<&- & exec <&- >&- 4<&-; wait $! || exit $?; exit 12")
        #expect(try stage.backup(stage.source, ssh: ssh).status != 0)
        #expect(try stage.snapshots().isEmpty)
        #expect(!stage.exists(stage.incomplete + stage.source + "/d/large"))
        let parts = try stage.shell("find vault/desk/parts -type f").split(separator: "\n")
        #expect(parts.count == 1 && parts.first?.hasSuffix("/source/d/large") == true, "\(parts)")
        #expect(try stage.backup(stage.source).status == 0)
        let received = try #require(try stage.journal()["received"] as? Int)
        #expect(received < 1_500_000, "\(received) bytes came again")
        let snapshot = try #require(try stage.snapshots().first)
        #expect(try stage.difference(stage.source, snapshot + stage.source) == "")
        #expect(try stage.shell("find vault/desk -name 'parts*'") == "")
    }

    @Test(.timeLimit(.minutes(5))) func aTerminatedGateLeavesNoTemporaryFile() throws {
        let stage = try Stage()
        try stage.shell("head -c 4000000 /dev/urandom >source/large; mkfifo fifo")
        // The connection stays open behind the cut: the gate waits for more when the signal comes.
        let ssh = try stage.standIn(
            """
            exec 4<&0; $GATE <\(stage.path)/fifo 4<&- & gate=$!
            {
                stdbuf -o0 head -c 2000000 <&4
                until find \(stage.incomplete) -name '.large.*' | grep . >\(stage.path)/seen; do kill -0 $gate || break; done
                kill $gate; wait $gate; echo $? >\(stage.path)/status
            } >\(stage.path)/fifo
            exit 20
            """)
        let ended = try stage.backup(stage.source, ssh: ssh)
        #expect(ended.status == 20, "\(ended.errors)")
        #expect(try stage.shell("cat status") == "20\n")
        #expect(try stage.shell("cat seen").contains("/.large."))
        #expect(try stage.shell("find \(stage.incomplete) -name '.large*'") == "")
        #expect(try stage.backup(stage.source).status == 0)
        let snapshot = try #require(try stage.snapshots().first)
        #expect(try stage.difference(stage.source, snapshot + stage.source) == "")
    }

    @Test(.timeLimit(.minutes(5))) func aTerminatedGateLeavesItsWorkAndItsLock() throws {
        let stage = try Stage()
        try stage.write("f", "content")
        let gate = Process()
        gate.executableURL = URL(fileURLWithPath: try stage.standIn())
        gate.arguments = ["host", "backup root=\(stage.source)"]
        let input = Pipe()
        let output = Pipe()
        gate.standardInput = input
        gate.standardOutput = output
        gate.standardError = FileHandle.nullDevice
        try gate.run()
        // It has begun once it answers.
        #expect(output.fileHandleForReading.availableData.starts(with: Data("EBB/1 RUN\n".utf8)))
        // The stand-in has become the gate.
        let status = try String(contentsOfFile: "/proc/\(gate.processIdentifier)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1"), "confined before it hears the peer")
        let busy = try stage.backup(stage.source)
        #expect(busy.status == 5)
        gate.terminate()
        try Stage.wait(for: gate, "a gate told to end")
        #expect(gate.terminationStatus == 20)
        #expect(try stage.journal()["exit"] as? Int == 20)
        #expect(stage.exists(stage.incomplete))
        try input.fileHandleForWriting.close()
        #expect(try stage.backup(stage.source).status == 0)
    }

    /// A vault on a file system that is too small: nothing is published, no temporary file stays, the lock is free, and the
    /// message says which file. Where mounts are not for us there is nothing to try.
    @Test(.timeLimit(.minutes(5))) func saysThatTheVaultIsFull() throws {
        let stage = try Stage()
        try stage.shell("head -c 3000000 /dev/urandom >source/a; cp source/a source/b")
        let script = """
            mount --make-rprivate / && mount -t tmpfs -o size=4000k tmpfs vault 2>/dev/null || { echo unable; exit 0; }
            \(Stage.ebb) enrol --client desk --vault vault key.pub >/dev/null
            \(Stage.ebb) backup host \(stage.source); echo "status $?"
            ls vault/desk/snapshots; find vault -name '.*'; flock -n vault/desk/lock echo free
            """
        let outcome = try stage.run(
            ["unshare", "-m", "sh", "-c", script], environment: ["EBB_SSH": try stage.standIn()])
        guard outcome.status == 0, outcome.output != "unable\n" else { return }
        #expect(outcome.output == "status 11\nfree\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("/source/b\": No space left on device (28)"))
        #expect(outcome.errors.contains("the work is kept for the next session"))
    }
}
