import Foundation
import TestSupport

/// Who plays which part; in each but the last, one side is ours and the other a stock rsync.
enum Role: String, CaseIterable, Sendable {
    case wePush, wePull, weReceiveAsServer, weSendAsServer, localCopy

    var isPush: Bool { self == .wePush || self == .weReceiveAsServer }
    var weAreClient: Bool { self != .weReceiveAsServer && self != .weSendAsServer }
}

/// What a run left behind.
struct Outcome: Equatable {
    var status: Int32
    var tree: [String]
    var output: [String]
    var errors = ""

    static func == (left: Outcome, right: Outcome) -> Bool {
        left.status == right.status && left.tree == right.tree && left.output == right.output
    }

    /// What one has and the other has not, for a failure's message.
    func difference(from wanted: Outcome) -> String {
        func missing(_ these: [String], _ others: [String], _ sign: String) -> [String] {
            let known = Set(others)
            return these.filter { !known.contains($0) }.prefix(12).map { sign + $0 }
        }
        var lines = status == wanted.status ? [] : ["status \(status) instead of \(wanted.status)"]
        lines += missing(wanted.tree, tree, "- ") + missing(tree, wanted.tree, "+ ")
        lines += missing(wanted.output, output, "-> ") + missing(output, wanted.output, "+> ")
        return lines.joined(separator: "\n") + "\nstandard error: " + errors.prefix(400)
    }
}

/// The programs under comparison and a scratch directory. Stock rsync comes from PATH; `EBB_RSYNC_327` may name a
/// second one, an older release that then plays the peer in half of the runs.
struct DifferentialLab {
    let ours: String
    let stock: String
    let peers: [String]
    let root: String
    private let shell: String

    /// nil when there is no stock rsync here.
    init?() throws {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let stock = folders.map({ $0 + "/rsync" }).first(where: FileManager.default.isExecutableFile) else {
            return nil
        }
        let built = Bundle.allBundles.map { $0.bundlePath }.filter { $0.hasSuffix(".xctest") }
            + [CommandLine.arguments[0]]
        let programs = built.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/ebb" }
        guard let program = programs.first(where: FileManager.default.isExecutableFile) else { return nil }
        root = NSTemporaryDirectory() + "/ebb-diff-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: root + "/bin", withIntermediateDirectories: true)
        ours = root + "/bin/rsync"
        try FileManager.default.createSymbolicLink(atPath: ours, withDestinationPath: program)
        shell = root + "/bin/shell"
        // A remote shell on this machine: drops the host and lets a shell split the rest, as ssh does.
        try "#!/bin/sh\nshift\nexec sh -c \"$*\"\n".write(toFile: shell, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shell)
        self.stock = stock
        peers = [stock] + (environment["EBB_RSYNC_327"].map { [$0] } ?? [])
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    /// The same run twice: stock rsync on both sides, then with our program in the role's place.
    func compare(
        _ sample: DifferentialCase, role: Role, protocolNumber: Int, peer: String
    ) throws -> (wanted: Outcome, got: Outcome) {
        func pair(_ program: String) -> (client: String, server: String) {
            role.weAreClient ? (program, peer) : (peer, program)
        }
        let wanted = try run(sample, role, protocolNumber, pair(stock))
        return (wanted, try run(sample, role, protocolNumber, pair(ours)))
    }

    private func run(
        _ sample: DifferentialCase, _ role: Role, _ protocolNumber: Int, _ programs: (client: String, server: String)
    ) throws -> Outcome {
        let place = root + "/run"
        try sh("rm -rf \"$1\"; mkdir \"$1\"; cd \"$1\"; " + sample.fixture.script, [place])
        var words = [programs.client, "--protocol=\(protocolNumber)"] + sample.options
        var sources = sample.sources
        var destination = sample.destination.map { [$0] } ?? []
        if role != .localCopy {
            words += ["-e", shell, "--rsync-path=" + programs.server]
            if role.isPush {
                destination = destination.map { "host:" + $0 }
            } else {
                sources = sources.enumerated().map { ($0.offset == 0 ? "host:" : ":") + $0.element }
            }
        }
        let status = try sh(
            "cd \"$1\"; shift; exec timeout 60 \"$@\" </dev/null >../out 2>../err", [place] + words + sources + destination)
        // Independent of every rsync: names, types, modes, owners, times, link targets, link groups, contents.
        try sh(
            """
            cd "$1"
            find . -printf '%p|%y%m|%U:%G|%T@|%l|%n|\\n' | awk -F'|' -v OFS='|' '
              { split($4, t, "."); if (t[1] > 1700000000 && t[1] < 1900000000) $4 = "recently"; print }' >../tree
            find . -type f -exec cksum {} + >>../tree
            find . -type f -links +1 -printf '%i %p\\n' | sort | awk '$1 != i { i = $1; f = $2 } { print "link", f, $2 }' >>../tree
            """, [place])
        return Outcome(
            status: status, tree: lines("tree").sorted(),
            output: sample.comparesOutput ? Self.stable(lines("out")).sorted() : [], errors: lines("err").joined(separator: "\n"))
    }

    private func lines(_ file: String) -> [String] {
        let data = FileManager.default.contents(atPath: root + "/" + file) ?? Data()
        return data.split(separator: 0x0a).map { line in
            String(line.map { $0 < 0x80 ? Character(Unicode.Scalar($0)) : "?" })
        }
    }

    /// Without the lines that tell of time, of traffic, and of the programs' insides.
    private static func stable(_ lines: [String]) -> [String] {
        let passing = [
            "sent ", "total size is ", "Total bytes ", "File list ", "total: matches", "opening connection", "[sender] ",
            "[generator] ", "[receiver] ", "removing duplicate",
        ]
        return lines.filter { line in !passing.contains { line.hasPrefix($0) } }
    }

    @discardableResult
    private func sh(_ script: String, _ words: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh"] + words
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8", "TZ": "UTC"]) { $1 }
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
