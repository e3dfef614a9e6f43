import Foundation
import Synchronization
import Testing

/// What a command left behind.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String
}

/// A directory with a vault, a source and a stand-in for ssh that runs the gate at once, over the pipes it was given.
final class Stage {
    let path: String
    var vault: String { path + "/vault" }
    var source: String { path + "/source" }
    /// More words for the gate, and a command in front of it.
    var gateOptions = ""
    var gatePrefix = ""

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL.path

    /// The program built beside these tests.
    static let ebb: String = {
        if let named = ProcessInfo.processInfo.environment["EBB_PROGRAM"] { return named }
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = bundle.appendingPathComponent("ebb").path
        return FileManager.default.isExecutableFile(atPath: beside) ? beside : root + "/.build/debug/ebb"
    }()

    static let isRoot = geteuid() == 0

    init() throws {
        path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/ebb-reverse-\(UUID().uuidString)"
        for directory in [path, path + "/vault", path + "/source"] {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        }
        try shell("ssh-keygen -q -t ed25519 -N '' -C 'test key' -f key")
        let enrolled = try ebb("enrol", "--client", "desk", "--vault", vault, "--to", path + "/authorized", path + "/key.pub")
        #expect(enrolled.status == 0, "\(enrolled.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    // MARK: Commands

    func run(
        _ words: [String], environment: [String: String] = [:], input: FileHandle = .nullDevice
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        // Files, not pipes: neither can fill up while the other is read.
        let name = UUID().uuidString
        let files = ["out", "err"].map { path + "/.\(name).\($0)" }
        for file in files { FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        try Self.wait(for: process, words.joined(separator: " "))
        let texts = files.map { String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self) }
        for file in files { try FileManager.default.removeItem(atPath: file) }
        return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// A command that never ends becomes a failure of its test: a time limit cannot end a wait for a process.
    static func wait(for process: Process, _ name: String, seconds: Int = 120) throws {
        let end = DispatchSemaphore(value: 0)
        let isLate = Mutex(false)
        let identifier = process.processIdentifier
        Thread.detachNewThread {
            guard end.wait(timeout: .now() + .seconds(seconds)) == .timedOut else { return }
            isLate.withLock { $0 = true }
            kill(identifier, SIGKILL)
        }
        process.waitUntilExit()
        end.signal()
        try #require(!isLate.withLock { $0 }, "still running after \(seconds) s: \(name)")
    }

    func ebb(_ words: String...) throws -> Outcome { try run([Self.ebb] + words) }

    @discardableResult
    func shell(_ script: String) throws -> String {
        let outcome = try run(["sh", "-euc", script])
        #expect(outcome.status == 0, "\(script): \(outcome.errors)")
        return outcome.output
    }

    /// `ebb backup HOST …` with the ordinary gate at the other end, or with `ssh` in its place.
    func backup(_ words: String..., ssh: String? = nil) throws -> Outcome {
        try run([Self.ebb, "backup", "host"] + words, environment: ["EBB_SSH": try ssh ?? standIn()])
    }

    /// A stand-in for ssh: `$1` is the host, `$2` the request. The script may use `$GATE`, the whole command of the gate.
    func standIn(_ script: String = "exec $GATE") throws -> String {
        let file = path + "/ssh-\(UUID().uuidString)"
        let text = """
            #!/bin/sh
            export SSH_ORIGINAL_COMMAND="$2" SSH_CONNECTION='192.0.2.7 1 192.0.2.8 22'
            GATE='\(gatePrefix) \(Self.ebb) gate --client desk --vault \(vault) \(gateOptions)'
            \(script)
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        return file
    }

    // MARK: What there is

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: source + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Paths, oldest first.
    func snapshots() throws -> [String] {
        let directory = vault + "/desk/snapshots"
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }.map { directory + "/" + $0 }
    }

    var incomplete: String { vault + "/desk/incomplete" }
    func exists(_ path: String) -> Bool { (try? FileManager.default.attributesOfItem(atPath: path)) != nil }

    /// The newest line of the journal.
    func journal() throws -> [String: Any] {
        let text = try String(contentsOfFile: vault + "/desk/journal.jsonl", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").last)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    /// What stock rsync finds different between a directory and its copy; nothing, if all is well.
    func difference(_ directory: String, _ copy: String, _ options: String...) throws -> String {
        let outcome = try run(["rsync", "-nacHi", "--delete"] + options + [directory + "/", copy + "/"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    /// A small tree with one of everything that needs no privilege.
    func fillSource() throws {
        try shell(
            """
            mkdir -p source/sub/deep source/empty
            for n in 1 2 3 4 5 6; do seq $n 3000 >source/sub/file$n; done
            seq 1 60000 >source/large; : >source/nothing
            ln source/sub/file1 source/sub/deep/same; ln -s ../large source/sub/link; mkfifo source/sub/fifo
            chmod 0600 source/sub/file2; chmod 0750 source/sub; touch -d '2001-02-03 04:05:06.789' source/sub/file3
            printf x >"source/sub/name with  spaces and a *"
            """)
        if Self.isRoot { try shell("chown 1234:4321 source/sub/file4; mknod source/sub/null c 1 3") }
    }
}
