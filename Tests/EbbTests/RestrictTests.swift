import Foundation
import PeerKit
import Testing

/// Stock clients through a real sshd at keys that `ebb restrict` guards.
@Suite(.serialized) struct RestrictTests {
    static let clients: [String] = {
        let older = ProcessInfo.processInfo.environment["EBB_RSYNC_327"] ?? Stage.root + "/.build/peers/rsync-3.2.7/usr/bin/rsync"
        return ["rsync"] + (FileManager.default.isExecutableFile(atPath: older) ? [older] : [])
    }()

    /// One key for each list of words; `ROOT` in them is the directory that is served.
    private final class Keys {
        let stage: Stage
        let server: SSHServer
        var root: String { stage.path + "/root" }
        private let shells: [String]

        init(_ words: [String]) throws {
            stage = try Stage()
            let path = stage.path
            let server = try SSHServer(
                logins: words.map {
                    SSHServer.Login(
                        forcedCommand: "\(Stage.ebb) restrict " + $0.replacingOccurrences(of: "ROOT", with: path + "/root"))
                })
            self.server = server
            shells = try words.indices.map { index in
                let file = path + "/ssh-\(index)"
                let options = try server.clientOptions(login: index).map { "'\($0)'" }.joined(separator: " ")
                try Data("#!/bin/sh\nexec ssh \(options) \"$@\"\n".utf8).write(to: URL(fileURLWithPath: file))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
                return file
            }
            try stage.shell("mkdir root")
        }

        deinit { server.stop() }

        func copy(_ client: String, key: Int = 0, _ words: String...) throws -> Outcome {
            try stage.run([client, "-e", shells[key]] + words)
        }

        func command(_ text: String, key: Int = 0) throws -> Outcome { try stage.run([shells[key], "127.0.0.1", text]) }
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func copiesBothWays(_ client: String) throws {
        let keys = try Keys(["ROOT"])
        let stage = keys.stage
        try stage.fillSource()
        try stage.shell("rm source/sub/fifo source/sub/null || true; printf 1 >source/'a;b $(id)'; printf 2 >\"source/it's\"")
        for options in [["-aH"], ["-aH", "-s"]] {
            try stage.shell("rm -rf root/up taken")
            let pushed = try stage.run([client, "-e", stage.path + "/ssh-0"] + options + ["--delete", stage.source + "/", "127.0.0.1:up/"])
            #expect(pushed.status == 0, "\(pushed.errors)")
            #expect(try stage.difference(stage.source, keys.root + "/up") == "")
            let pulled = try stage.run([client, "-e", stage.path + "/ssh-0"] + options + ["127.0.0.1:/up/", stage.path + "/taken/"])
            #expect(pulled.status == 0, "\(pulled.errors)")
            #expect(try stage.difference(stage.source, stage.path + "/taken") == "")
            try stage.shell("rm -rf taken; mkdir taken")
            let some = try stage.run(
                [client, "-e", stage.path + "/ssh-0"] + options + ["127.0.0.1:up/a;b $(id)", "127.0.0.1:up/l*", "127.0.0.1:up/it's", stage.path + "/taken/"])
            #expect(some.status == 0, "\(some.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: stage.path + "/taken").sorted() == ["a;b $(id)", "it's", "large"])
        }
    }

    /// What converts names is outside of the directory, and may be read.
    @Test(.timeLimit(.minutes(5)), arguments: clients) func convertsNames(_ client: String) throws {
        let keys = try Keys(["ROOT"])
        try keys.stage.shell("printf x >source/$(printf 'caf\\303\\251')")
        let pushed = try keys.copy(client, "-a", "--iconv=utf8,latin1", keys.stage.source + "/", "127.0.0.1:up/")
        #expect(pushed.status == 0, "\(pushed.errors)")
        #expect(try keys.stage.shell("ls root/up | od -An -tx1").contains("63 61 66 e9"))
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func keepsTheDirection(_ client: String) throws {
        let keys = try Keys(["-ro ROOT", "-wo ROOT"])
        let stage = keys.stage
        try stage.shell("echo kept >root/f; echo new >source/f; mkdir taken")
        let pushed = try keys.copy(client, key: 0, "-a", stage.source + "/", "127.0.0.1:")
        #expect(pushed.status == 12 && pushed.errors.contains("rrsync: refused: sending to read-only server is not allowed"))
        let removed = try keys.copy(client, key: 0, "-a", "--remove-source-files", "127.0.0.1:f", "taken/")
        #expect(removed.status == 12 && removed.errors.contains("--remove-source-files has been disabled"), "\(removed.errors)")
        #expect(try stage.shell("cat root/f") == "kept\n")
        let pulled = try keys.copy(client, key: 1, "-a", "127.0.0.1:f", "taken/")
        #expect(pulled.status == 12 && pulled.errors.contains("rrsync: refused: reading from write-only server is not allowed"))
        #expect(try keys.copy(client, key: 0, "-a", "127.0.0.1:f", "taken/").status == 0)
        #expect(try keys.copy(client, key: 1, "-aI", stage.source + "/f", "127.0.0.1:g").status == 0)
        #expect(try stage.shell("cat taken/f root/g") == "kept\nnew\n")
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func storesLinksThatLeadNowhere(_ client: String) throws {
        let keys = try Keys(["-munge ROOT"])
        let stage = keys.stage
        try stage.shell("ln -s /etc/passwd source/out; mkdir taken")
        #expect(try keys.copy(client, "-a", stage.source + "/", "127.0.0.1:").status == 0)
        #expect(try stage.shell("readlink root/out") == "/rsyncd-munged//etc/passwd\n")
        #expect(try keys.copy(client, "-a", "127.0.0.1:", "taken/").status == 0)
        #expect(try stage.shell("readlink taken/out") == "/etc/passwd\n")
        let against = try keys.copy(client, "-a", "-M--no-munge-links", stage.source + "/", "127.0.0.1:")
        #expect(against.status == 12 && against.errors.contains("rrsync: refused"), "\(against.errors)")
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func keepsWhatIsThere(_ client: String) throws {
        let keys = try Keys(["-no-del ROOT", "-no-overwrite ROOT"])
        let stage = keys.stage
        try stage.shell("echo old >root/f; echo extra >root/e; echo newer >source/f; echo 2 >source/g")
        for option in ["--delete", "--delete-after", "--delete-excluded"] {
            let refused = try keys.copy(client, key: 0, "-a", option, stage.source + "/", "127.0.0.1:")
            #expect(refused.status == 12 && refused.errors.contains("has been disabled on this server"), "\(option) \(refused.errors)")
        }
        #expect(try stage.shell("cat root/e root/f") == "extra\nold\n")
        #expect(try keys.copy(client, key: 1, "-a", stage.source + "/", "127.0.0.1:").status == 0)
        #expect(try stage.shell("cat root/e root/f root/g") == "extra\nold\n2\n")
        #expect(try keys.copy(client, key: 0, "-a", stage.source + "/", "127.0.0.1:").status == 0)
        #expect(try stage.shell("cat root/e root/f") == "extra\nnewer\n")
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func letsNothingOut(_ client: String) throws {
        let keys = try Keys(["ROOT"])
        let stage = keys.stage
        try stage.shell(
            "mkdir outside taken; echo secret >outside/f; ln -s ../outside root/esc; ln -s \"$PWD/outside/f\" root/absesc; echo mine >source/f; touch -d @1 outside")
        for name in ["esc/", "esc/f", "../outside/f", "/../outside", "\(stage.path)/outside/f"] {
            let pulled = try keys.copy(client, "-a", "127.0.0.1:" + name, "taken/")
            #expect(pulled.status == 12 || pulled.status == 23, "\(name)")
            #expect(!pulled.errors.contains(stage.path + "/root"), "where the directory lies is not for the client: \(pulled.errors)")
            let pushed = try keys.copy(client, "-a", stage.source + "/f", "127.0.0.1:" + name)
            #expect(pushed.status != 0, "\(name)")
        }
        for name in ["esc/", "esc/f", "absesc/f"] {
            let pulled = try keys.copy(client, "-a", "127.0.0.1:" + name, "taken/")
            #expect(pulled.status == 12 && pulled.errors.contains("rrsync: refused"), "\(name) \(pulled.errors)")
        }
        let elsewhere = try keys.copy(client, "-a", "--temp-dir=/tmp", stage.source + "/f", "127.0.0.1:new")
        #expect(elsewhere.status == 12 && elsewhere.errors.contains("rrsync: refused"), "\(elsewhere.errors)")
        // Of one file that gets a name of its own, the directory above counts.
        let beside = try keys.copy(client, "-a", "--temp-dir=tmp", stage.source + "/f", "127.0.0.1:own")
        #expect(beside.status == 12 && beside.errors.contains("The temp-dir does not exist"), "\(beside.errors)")
        _ = try stage.shell("mkdir root/tmp")
        #expect(try keys.copy(client, "-a", "--temp-dir=tmp", stage.source + "/f", "127.0.0.1:own").status == 0)
        let misused = try stage.ebb("restrict", "-bogus", keys.root)
        #expect(misused.status == 1 && misused.errors.contains("rrsync: refused: unknown option: -bogus"))
        // The links themselves go over as what they are.
        #expect(try keys.copy(client, "-a", "127.0.0.1:*esc", "taken/").status == 0)
        #expect(try stage.shell("find taken -type f; readlink taken/esc; cat outside/f; stat -c %Y outside") == "../outside\nsecret\n1\n")
        // A link of an earlier push leads nowhere in the next, as a destination and as a place for what is put aside.
        for option in ["--link-dest=/esc", "--link-dest=../esc", "--link-dest=\(stage.path)/outside"] {
            let pushed = try keys.copy(client, "-a", option, stage.source + "/", "127.0.0.1:new/")
            if option.contains("esc") { #expect(pushed.status == 12 && pushed.errors.contains("rrsync: refused"), "\(option) \(pushed.errors)") }
            #expect(try stage.shell("stat -c %h outside/f") == "1\n")
        }
        #expect(try keys.copy(client, "-a", "--link-dest=../../..", stage.source + "/", "127.0.0.1:new/").status == 12)
    }

    /// `current -> releases/7` is a name like any other, as long as it stays inside (RSH-240).
    @Test(.timeLimit(.minutes(5)), arguments: clients) func followsLinksInNamesThatStayInside(_ client: String) throws {
        let keys = try Keys(["ROOT"])
        let stage = keys.stage
        try stage.shell(
            """
            mkdir -p root/releases/7 outside taken; ln -s releases/7 root/current; ln -s ../outside root/out; ln -s 7 root/releases/last
            echo 1 >source/f; echo 2 >root/releases/7/g; touch -d @5 source/f
            """)
        for name in ["current", "current/", "releases/last/"] {
            #expect(try keys.copy(client, "-a", stage.source + "/f", "127.0.0.1:" + name).status == 0, "\(name)")
            #expect(try stage.shell("cat root/releases/7/f; rm root/releases/7/f; readlink root/current") == "1\nreleases/7\n", "\(name)")
        }
        for name in ["current/", "current/g", "releases/last/g"] {
            #expect(try keys.copy(client, "-a", "127.0.0.1:" + name, "taken/").status == 0, "\(name)")
            #expect(try stage.shell("cat taken/g; rm taken/g") == "2\n", "\(name)")
        }
        for name in ["out", "out/", "out/new"] {
            let pushed = try keys.copy(client, "-a", stage.source + "/f", "127.0.0.1:" + name)
            #expect(pushed.status == 12 && pushed.errors.contains("rrsync: refused"), "\(name): \(pushed.status) \(pushed.errors)")
        }
        #expect(try stage.shell("readlink root/out; ls outside") == "../outside\n")
        #expect(try keys.copy(client, "-a", "--link-dest=../../current", stage.source + "/", "127.0.0.1:releases/8/").status == 0)
        try stage.shell("cp -p source/f root/releases/7/f")
        #expect(try keys.copy(client, "-a", "--link-dest=../../current", stage.source + "/", "127.0.0.1:releases/9/").status == 0)
        #expect(try stage.shell("stat -c %h root/releases/7/f") == "2\n")
    }

    @Test(.timeLimit(.minutes(5)), arguments: clients) func knowsTheOwnNameOfTheDirectory(_ client: String) throws {
        let keys = try Keys(["-absolute ROOT", "ROOT"])
        let stage = keys.stage
        try stage.shell("echo 1 >source/f; mkdir taken")
        #expect(try keys.copy(client, key: 0, "-a", stage.source + "/", "127.0.0.1:\(keys.root)/up/").status == 0)
        #expect(try keys.copy(client, key: 0, "-a", "127.0.0.1:\(keys.root)/up/f", "taken/").status == 0)
        #expect(try stage.shell("cat root/up/f taken/f") == "1\n1\n")
        #expect(try keys.copy(client, key: 1, "-a", "127.0.0.1:\(keys.root)/up/f", "taken/").status == 23)
    }

    @Test(.timeLimit(.minutes(5))) func makesNoDevices() throws {
        let keys = try Keys(["ROOT"])
        let stage = keys.stage
        try stage.shell("mkfifo source/a-pipe; echo 1 >source/f")
        if Stage.isRoot { try stage.shell("mknod source/null c 1 3") }
        let pushed = try keys.copy("rsync", "-a", stage.source + "/", "127.0.0.1:")
        #expect(pushed.status == 0, "\(pushed.errors)")
        #expect(try stage.shell("ls root") == "f\n")
    }

    @Test(.timeLimit(.minutes(5))) func excludesASecondWriterAndNoReader() throws {
        let keys = try Keys(["ROOT", "-no-lock ROOT", "--lock-wait 20 ROOT"])
        let stage = keys.stage
        try stage.shell("echo 1 >source/f; echo 2 >root/g; mkdir taken")
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = ["flock", keys.root, "sh", "-c", "echo held; cat >/dev/null"]
        let input = Pipe()
        let output = Pipe()
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        let busy = try keys.copy("rsync", key: 0, "-a", stage.source + "/", "127.0.0.1:")
        #expect(busy.status == 12 && busy.errors.contains("Another instance of rrsync is already accessing this directory."))
        #expect(try keys.copy("rsync", key: 0, "-a", "127.0.0.1:g", "taken/").status == 0)
        #expect(try keys.copy("rsync", key: 1, "-a", stage.source + "/", "127.0.0.1:").status == 0)
        try input.fileHandleForWriting.close()
        #expect(try keys.copy("rsync", key: 2, "-aI", stage.source + "/", "127.0.0.1:").status == 0)
        try Stage.wait(for: holder, "flock")
    }

    /// A client that announces arguments and sends none, or sends them ever so slowly, is sent away and locks nobody out.
    @Test(.timeLimit(.minutes(5))) func waitsForArgumentsOnlyForAWhileAndUnlocked() throws {
        let stage = try Stage()
        try stage.shell("mkdir root")
        let outcome = try stage.run([
            "sh", "-c",
            """
            mkfifo in; sleep 20 >in & quiet=$!
            SSH_ORIGINAL_COMMAND='rsync --server -s' \(Stage.ebb) restrict --timeout 2 root <in & slow=$!
            flock -n root true; echo "lock $?"; wait $slow; echo "status $?"; kill $quiet
            """,
        ])
        #expect(outcome.output == "lock 0\nstatus 30\n", "\(outcome)")
        #expect(outcome.errors == "rrsync: refused: no arguments within 2 seconds\n")
    }

    @Test(.timeLimit(.minutes(5))) func answersWhatIsNoTransfer() throws {
        let keys = try Keys(["--log ROOT/../log ROOT", "--log ROOT/log ROOT", "ROOT/missing"])
        #expect(try keys.command("true").status == 0)
        for text in ["exit", "id", "rsync --server --daemon .", "rsync --version", "rsync --server . x; touch \(keys.root)/x"] {
            let refused = try keys.command(text)
            #expect(refused.status == 1 && refused.output == "" && refused.errors.contains("rrsync: refused: "), "\(text): \(refused)")
        }
        try keys.stage.shell("echo 1 >source/f")
        #expect(try keys.copy("rsync", "-a", keys.stage.source + "/", "127.0.0.1:").status == 0)
        #expect(try keys.stage.shell("ls root") == "f\n")
        let lines = try keys.stage.shell("cat log").split(separator: "\n")
        let events = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(events.map { $0["event"] as? String } == ["probe", "refused", "refused", "refused", "refused", "refused", "start", "end"])
        #expect(events.allSatisfy { $0["peer"] as? String == "127.0.0.1" && ($0["time"] as? String)?.hasSuffix("Z") == true })
        #expect(events.last?["exit"] as? Int == 0)
        // A log that the client could overwrite, and nothing to serve.
        let inside = try keys.copy("rsync", key: 1, "-a", keys.stage.source + "/", "127.0.0.1:")
        #expect(inside.status == 12 && inside.errors.contains("the log must not lie"))
        let missing = try keys.command("true", key: 2)
        #expect(missing.status == 1 && missing.errors.contains("Restricted directory does not exist!"))
        #expect(!missing.errors.contains(keys.root))
    }

    @Test(.timeLimit(.minutes(5))) func isWrittenRightOrRefused() throws {
        let stage = try Stage()
        for words in [["-ro", "-wo", "."], [], [".", "."], ["--nonsense", "."], ["--allow", "daemon", "."], ["--lock-wait", "x", "."], ["-r", "."]] {
            let outcome = try stage.run([Stage.ebb, "restrict"] + words, environment: ["SSH_ORIGINAL_COMMAND": "true"])
            #expect(outcome.status == 1 && outcome.output == "", "\(words)")
        }
        #expect(try stage.ebb("restrict", "--help").output.contains("authorized_keys"))
        let home = try stage.run(
            [Stage.ebb, "restrict", stage.path],
            environment: ["HOME": stage.source, "SSH_ORIGINAL_COMMAND": "rsync --server -r . x"])
        #expect(home.status != 0 && home.errors.contains("home directory"))
    }
}
