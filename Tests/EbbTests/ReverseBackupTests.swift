import Foundation
import Testing

/// Whole reverse sessions between `ebb backup` and `ebb gate`, judged by stock rsync.
@Suite(.serialized) struct ReverseBackupTests {
    @Test(.timeLimit(.minutes(6))) func publishesASnapshotThatEqualsTheSource() throws {
        let stage = try Stage()
        try stage.fillSource()
        let outcome = try stage.backup(stage.source)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == "")
        let snapshot = try #require(try stage.snapshots().first)
        #expect(try stage.difference(stage.source, snapshot + stage.source) == "")
        #expect(!stage.exists(stage.incomplete))
        #expect(outcome.errors.contains("snapshot 2") && outcome.errors.contains("files transferred"))
        let record = try stage.journal()
        #expect(record["snapshot"] as? String == (snapshot as NSString).lastPathComponent)
        #expect(record["peer"] as? String == "192.0.2.7")
        #expect(record["exit"] as? Int == 0 && record["error"] == nil)
    }

    @Test(.timeLimit(.minutes(6)), arguments: [[], ["--rsync", "/usr/bin/rsync"]]) func
        linksUnchangedFilesToTheSnapshotBefore(_ sender: [String]) throws
    {
        let stage = try Stage()
        try stage.fillSource()
        let ssh = try stage.standIn()
        func backup() throws -> Outcome {
            try stage.run([Stage.ebb, "backup", "host", stage.source] + sender, environment: ["EBB_SSH": ssh])
        }
        #expect(try backup().status == 0)
        try stage.shell(
            """
            cp -a source before; echo more >>source/large; rm source/sub/file5; chmod 0640 source/sub/file6
            mv source/sub/deep source/moved; rm source/nothing; mkdir source/nothing; echo new >source/nothing/new
            """)
        let second = try backup()
        #expect(second.status == 0, "\(second.errors)")
        let snapshots = try stage.snapshots()
        try #require(snapshots.count == 2)
        #expect(try stage.difference(stage.source, snapshots[1] + stage.source) == "")
        // The older one is as it was, to the mode of the file whose mode changed.
        #expect(try stage.difference(stage.path + "/before", snapshots[0] + stage.source) == "")
        func inode(_ snapshot: String, _ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: snapshot + stage.source + "/" + name)[.systemFileNumber] as? Int
        }
        for name in ["sub/file1", "sub/file2", "sub/file3"] {
            #expect(try inode(snapshots[0], name) == inode(snapshots[1], name), "\(name)")
        }
        for name in ["large", "sub/file6"] {
            #expect(try inode(snapshots[0], name) != inode(snapshots[1], name), "\(name)")
        }
    }

    @Test(.timeLimit(.minutes(6))) func servesTheShellAgent() throws {
        let stage = try Stage()
        try stage.fillSource()
        let agent = Stage.root + "/Conformance/Spec/shell-agent.sh"
        let outcome = try stage.run(["sh", agent, "host", stage.source], environment: ["EBB_SSH": try stage.standIn()])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let snapshot = try #require(try stage.snapshots().first)
        #expect(try stage.difference(stage.source, snapshot + stage.source) == "")
    }

    @Test(.timeLimit(.minutes(6))) func keepsSeveralRootsApartAndDropsWhatIsNoLongerAskedFor() throws {
        let stage = try Stage()
        try stage.shell("mkdir -p source/a/same source/b/same; echo 1 >source/a/same/f; echo 2 >source/b/same/f")
        #expect(try stage.backup(stage.source + "/a/same", stage.source + "/b/same").status == 0)
        let first = try #require(try stage.snapshots().first)
        #expect(try stage.difference(stage.source + "/a/same", first + stage.source + "/a/same") == "")
        #expect(try stage.difference(stage.source + "/b/same", first + stage.source + "/b/same") == "")
        // As if a break had left something of another request, and of an older state of this one.
        try stage.shell("mkdir -p vault/desk/incomplete/etc vault/desk/incomplete\(stage.source)/b/same")
        try stage.shell("echo old >vault/desk/incomplete/etc/passwd; echo old >vault/desk/incomplete\(stage.source)/b/same/gone")
        let second = try stage.backup(stage.source + "/b/same")
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.errors.contains("going on with what an earlier session left"))
        let last = try #require(try stage.snapshots().last)
        #expect(try stage.difference(stage.source + "/b/same", last + stage.source + "/b/same") == "")
        #expect(!stage.exists(last + "/etc") && !stage.exists(last + stage.source + "/a"))
    }

    @Test(.timeLimit(.minutes(6)), arguments: [[], ["--rsync", "/usr/bin/rsync"]])
    func leavesOutWhatIsExcludedAlsoFromALeftover(_ sender: [String]) throws {
        let stage = try Stage()
        try stage.shell("mkdir source/d; for n in a.o b.o keep.o c; do echo $n >source/d/$n; done")
        try stage.shell("mkdir -p vault/desk/incomplete\(stage.source)/d; echo old >vault/desk/incomplete\(stage.source)/d/a.o")
        let outcome = try stage.run(
            [Stage.ebb, "backup", "host", stage.source, "--include", "keep.o", "--exclude=*.o"] + sender,
            environment: ["EBB_SSH": try stage.standIn()])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let snapshot = try #require(try stage.snapshots().last)
        let names = try FileManager.default.contentsOfDirectory(atPath: snapshot + stage.source + "/d").sorted()
        #expect(names == ["c", "keep.o"])
    }

    @Test(.timeLimit(.minutes(6))) func changesNothingInADryRun() throws {
        let stage = try Stage()
        try stage.fillSource()
        let first = try stage.backup("-n", stage.source)
        #expect(first.status == 0 && first.errors.contains("dry run"), "\(first.errors)")
        #expect(try stage.snapshots().isEmpty && !stage.exists(stage.incomplete))
        #expect(try stage.backup(stage.source).status == 0)
        try stage.shell("echo more >>source/large")
        let second = try stage.backup("-n", stage.source)
        #expect(second.errors.contains("\(stage.source.dropFirst())/large\n"), "\(second.errors)")
        #expect(!second.errors.contains("sub/file2"))
        #expect(try stage.snapshots().count == 1 && !stage.exists(stage.incomplete))
    }

    @Test(.timeLimit(.minutes(6))) func publishesNothingWhenNoRootIsThere() throws {
        let stage = try Stage()
        let outcome = try stage.backup(stage.source + "/missing")
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(try stage.snapshots().isEmpty)
    }

    /// What the agent may not read is left out, the rest is published and marked.
    @Test(.enabled(if: Stage.isRoot), .timeLimit(.minutes(6))) func publishesAPartialSnapshotAndSaysSo() throws {
        let stage = try Stage()
        try stage.shell("echo 1 >source/open; echo 2 >source/closed; chmod 0 source/closed; chmod 0755 .")
        let agent = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", Stage.ebb]
        // The stand-in regains what the agent lacks by way of a socket of its own: two fifos and a gate as root.
        try stage.shell("mkfifo -m 666 up down")
        let gate = try stage.standIn("exec $GATE <up >down")
        let outside = Process()
        outside.executableURL = URL(fileURLWithPath: gate)
        outside.arguments = ["host", "backup root=\(stage.source)"]
        outside.currentDirectoryURL = URL(fileURLWithPath: stage.path)
        outside.standardError = FileHandle.nullDevice
        try outside.run()
        let ssh = stage.path + "/relay"
        try stage.shell("printf '#!/bin/sh\\ncat down & exec cat >up\\n' >relay; chmod 755 relay")
        let outcome = try stage.run(agent + ["backup", "host", stage.source], environment: ["EBB_SSH": ssh])
        try Stage.wait(for: outside, "the gate outside")
        #expect(outside.terminationStatus == 23, "\(outcome.errors)")
        let snapshot = try #require(try stage.snapshots().first)
        #expect(stage.exists(snapshot + stage.source + "/open") && !stage.exists(snapshot + stage.source + "/closed"))
        let record = try stage.journal()
        #expect((record["error"] as? String)?.hasPrefix("partial") == true && record["exit"] as? Int == 23)
        let list = try stage.ebb("snapshots", "--vault", stage.vault)
        #expect(list.output.contains("partial"), "\(list.output)")
    }

    @Test(.enabled(if: Stage.isRoot), .timeLimit(.minutes(6))) func saysWhatItCannotKeepWithoutPrivilege() throws {
        let stage = try Stage()
        try stage.fillSource()
        try stage.shell("chmod 0755 .; chown -R 65534:65534 vault")
        stage.gatePrefix = "setpriv --reuid 65534 --regid 65534 --clear-groups"
        let outcome = try stage.backup(stage.source)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("owners and devices are not kept"))
        let snapshot = try #require(try stage.snapshots().first)
        #expect(!stage.exists(snapshot + stage.source + "/sub/null"))
        #expect(try stage.difference(stage.source, snapshot + stage.source, "--no-o", "--no-g", "--exclude=/sub/null") == "")
    }

    @Test(.enabled(if: Stage.isRoot), .timeLimit(.minutes(6))) func keepsOwnersAndDevicesWithFakeSuper() throws {
        let stage = try Stage()
        try stage.fillSource()
        try stage.shell("chmod 0755 .; chown -R 65534:65534 vault")
        stage.gatePrefix = "setpriv --reuid 65534 --regid 65534 --clear-groups"
        stage.gateOptions = "--fake-super"
        #expect(try stage.backup(stage.source).status == 0)
        try stage.shell("echo more >>source/large; chown 77:88 source/sub/file5")
        let outcome = try stage.backup(stage.source)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("not kept"))
        let snapshot = try #require(try stage.snapshots().last)
        #expect(try stage.difference(stage.source, snapshot + stage.source, "-M--fake-super") == "")
    }
}
