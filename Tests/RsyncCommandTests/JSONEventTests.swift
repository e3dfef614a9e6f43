import Foundation
import Testing

/// Every line of `--json` is an object of the documented kind, whatever the run does.
struct JSONEventTests {
    private struct Run {
        var events: [[String: Any]]
        var status: Int32

        func all(_ event: String) -> [[String: Any]] { events.filter { $0["event"] as? String == event } }
    }

    @Test func everyLineOfACopyIsAnEvent() throws {
        let run = try run(["-a", "--progress", "src/", "dst"])
        #expect(run.status == 0)
        #expect(run.all("file").contains { $0["name"] as? String == "a\"b\n" && $0["type"] as? String == "file" })
        #expect(run.all("file").contains { $0["nameBase64"] as? String == "/w==" && $0["name"] == nil })
        #expect(run.all("file").contains { $0["target"] as? String == "f" })
        #expect(!run.all("progress").isEmpty)
        #expect(run.all("summary").first?["transferredFiles"] as? Int == 3)
    }

    @Test func deletionsAreTold() throws {
        for options in [["-a", "--delete"], ["-an", "--delete"]] {
            let run = try run(options + ["src/", "old"])
            #expect(run.status == 0)
            let names = run.all("delete").compactMap { $0["name"] as? String }
            #expect(names.sorted() == ["gone", "gone/x"])
            #expect(run.events.first?["dryRun"] as? Bool == options.contains("-an"))
        }
    }

    @Test func errorsAndTheExitCodeAreTold() throws {
        for (words, status) in [(["-a", "nope", "dst"], 23), (["-a", "src/", "no/such/place"], 11)] {
            let run = try run(words)
            #expect(run.status == Int32(status))
            #expect(!run.all("error").isEmpty)
            #expect(run.all("summary").first?["exitCode"] as? Int == status)
        }
    }

    @Test(arguments: [
        (["--read-batch=nope", "dst"], 11), (["-a", "--exclude-from=nope", "src/", "dst"], 11),
        (["-a", "--files-from=nope", "src/", "dst"], 1), (["-a", "--write-batch=no/such", "src/", "dst"], 3),
        (["-a", "--cc=nope", "src/", "dst"], 4), (["--read-batch=src", "dst"], 11),
    ])
    func aRunThatCannotBeginIsTold(_ words: [String], _ status: Int) throws {
        let run = try run(words)
        #expect(run.status == Int32(status))
        #expect(run.events.map { $0["event"] as? String } == ["start", "error", "summary"])
        #expect(run.events.last?["exitCode"] as? Int == status)
    }

    @Test(arguments: [["--chmod=x", "src/", "dst"], ["-f", "nope", "src/", "dst"], ["--max-size=1x", "src/", "dst"], ["h:a", "h:b"]])
    func aRefusedCommandLineIsNoRun(_ words: [String]) throws {
        let run = try run(words)
        #expect(run.status == 1 && run.events.isEmpty)
    }

    /// What the far side of a local copy says, and what is found out before there is a session.
    @Test(arguments: [
        (["-a", "--delete", "--max-delete=0", "src/", "old"], 25, "warning", "Deletions stopped due to --max-delete limit (1 skipped)"),
        (["-a", "--log-file=no/such", "src/", "dst"], 0, "warning", "failed to open log-file"),
        (["-a", "--usermap=1:no-such-user", "src/", "dst"], 0, "warning", "Unknown --usermap name on receiver: no-such-user"),
        (["-a", "--link-dest=nope", "src/", "dst"], 0, "warning", "--link-dest arg does not exist"),
        (["-a", "src/", "no/such/place"], 11, "error", "mkdir"),
        (["-a", "-e", "no-such-shell", "src/", "h:dst"], 14, "error", "Failed to exec"),
    ])
    func whatIsSaidIsToldOnce(_ words: [String], _ status: Int, _ event: String, _ text: String) throws {
        let run = try run(words)
        #expect(run.status == Int32(status))
        let found = run.all(event).compactMap { $0["text"] as? String }
        #expect(found.count == 1 && found.first?.contains(text) == true, "\(found)")
    }

    @Test func withoutASessionThereAreNoFigures() throws {
        let run = try run(["-a", "-e", "false", "src/", "h:dst"])
        #expect(Set(run.events.last?.keys.map { $0 } ?? []) == ["event", "exitCode", "elapsedMilliseconds"])
    }

    /// What is through is counted, and the file that is not is none.
    @Test func figuresOfABrokenRunAreTrue() throws {
        let run = try run(
            ["-a", "--bwlimit=500", "src/", "dst"], before: "head -c 9000000 /dev/zero >src/z", signalling: true)
        #expect(run.status == 20)
        #expect(!run.all("error").isEmpty)
        let summary = try #require(run.events.last)
        #expect(summary["transferredFiles"] as? Int ?? 0 == run.all("file").count { $0["moved"] != nil })
        #expect(summary["literal"] == nil && summary["created"] == nil && summary["files"] == nil)
        if let sent = summary["sent"] as? Int { #expect(sent > 0) }
    }

    @Test func listsAreTold() throws {
        let run = try run(["-r", "--list-only", "-v", "src/"])
        #expect(run.status == 0)
        #expect(run.all("file").allSatisfy { $0["listed"] as? Bool == true })
        #expect(run.all("file").count == 5)
    }

    @Test(arguments: [["--out-format=%n"], ["-q"], ["--stderr=all"]])
    func refusesWhatAsksForAnotherOutput(_ options: [String]) throws {
        let run = try run(["-a"] + options + ["src/", "dst"])
        #expect(run.status == 1 && run.events.isEmpty)
    }

    private func run(_ words: [String], before: String = ":", signalling: Bool = false) throws -> Run {
        let root = NSTemporaryDirectory() + "/ebb-json-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let script = #"""
            cd "$1" && shift && mkdir -p src old/gone && echo 1 >src/f && echo 3 >"src/$(printf '\377')" &&
            ln -s f src/l && : >old/gone/x && echo 2 >'src/a"b
            ' && \#(before) && \#(signalling ? Self.stopped : #"exec "$@""#)
            """#
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", root, try program(), "rsync", "--json"] + words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let events = try data.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
        if !events.isEmpty {
            #expect(events.first?["event"] as? String == "start")
            #expect(events.last?["event"] as? String == "summary")
        }
        let known: Set<String> = ["start", "file", "delete", "message", "warning", "error", "progress", "summary"]
        for event in events {
            #expect(known.contains(event["event"] as? String ?? ""))
            #expect(event["text"] as? String != "")
        }
        return Run(events: events, status: process.terminationStatus)
    }

    /// Once a file is through, and so before the one that takes longest.
    private static let stopped = #"{ "$@" >told & client=$!; until grep -q '"moved"' told; do kill -0 $client || exit 99; done; kill -TERM $client; wait $client; status=$?; cat told; exit $status; }"#

    private func program() throws -> String {
        let built = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") } + [CommandLine.arguments[0]]
        return try #require(
            built.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/ebb" }
                .first(where: FileManager.default.isExecutableFile))
    }
}
