import Foundation
import RsyncOptions
import Testing

/// Every word of `--debug` tells something of a job that has something of everything, or is declared to be silent.
struct DebugWordTests {
    private static let options = [
        "-aHy", "--backup", "--delete", "--no-whole-file", "--iconv=latin1,utf8", "--exclude=*.o", "--timeout=60",
    ]

    @Test func everyWordTellsSomethingOrIsDeclaredSilent() throws {
        let quiet = try run(["--debug=none"])
        for word in DebugWord.allCases {
            let said = try run(["--debug=\(word.rawValue)4"]).subtracting(quiet)
            #expect(said.isEmpty == word.isSilent, "\(word.name): \(said.sorted())")
        }
    }

    @Test func threeTimesVerboseTellsWhatItsWordsTell() throws {
        let words = DebugWord.allCases.filter { $0.level(atVerbosity: 3) > 0 }
            .map { "\($0.rawValue)\($0.level(atVerbosity: 3))" }.joined(separator: ",")
        let asked = try run(["--debug=\(words)"])
        let verbose = try run(["-vvv"])
        #expect(asked.count > DebugWord.allCases.count / 2)
        #expect(asked.subtracting(verbose).isEmpty)
    }

    @Test func aServerTellsItsClient() throws {
        let said = try run(["-M--debug=genr,recv,own2"], pushes: true)
        for line in ["recv_generator(d/f,", "recv_files(d/f)", "uid 0(root) maps to 0", "server_recv(2) starting "] {
            #expect(said.contains { $0.hasPrefix(line) }, "\(line) in \(said.sorted())")
        }
    }

    /// Nothing that a name holds reaches a terminal as it is.
    @Test func namesAreShownHarmless() throws {
        let said = try run(["--debug=send,genr,recv,flist2"])
        #expect(said.contains { $0.contains("e\\#033[31m") })
        #expect(!said.contains { $0.contains("\u{1b}") })
    }

    /// The lines that are printed, without process numbers and what a temporary name ends in.
    private func run(_ words: [String], pushes: Bool = false) throws -> Set<String> {
        let root = FileManager.default.temporaryDirectory.path + "/ebb-debug-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let script = #"""
            cd "$1" && program=$2 && shift 2 && mkdir -p src/d more dst/d dst/gone/sub && seq 1 900 >src/a && ln src/a src/b &&
            (seq 1 400; echo x; seq 401 900) >dst/a && echo 1 >src/d/f && echo 2 >more/a && echo 3 >dst/gone/sub/g && : >dst/keep.o &&
            seq 1 500 >src/d/report-2024 && seq 1 499 >dst/d/report-2023 && echo 4 >"src/$(printf 'e\033[31m')" &&
            find src dst -exec touch -h -d 2020-01-01 {} + && printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' >here && chmod +x here &&
            ln -s "$program" rsync && exec ./rsync "$@" 2>&1
            """#
        var arguments = Self.options + words
        arguments += pushes ? ["-e", "./here", "--rsync-path=./rsync", "src/", "more/", "x:dst/"] : ["src/", "more/", "dst/"]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", root, try program()] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: data, as: UTF8.self))")
        let lines = String(decoding: data, as: UTF8.self).replacing(root, with: "").split(separator: "\n").map { line in
            String(line).replacing(#/pid=\d+|waiting on \d+/#, with: "N").replacing(#/\.[A-Za-z0-9]{6} (to|from) /#, with: { " \($0.1) " })
                .replacing(#/, \(\d+\) \S+ \S+$/#, with: ", now")
        }
        return Set(lines)
    }

    private func program() throws -> String {
        let built = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") } + [CommandLine.arguments[0]]
        return try #require(
            built.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/ebb" }
                .first(where: FileManager.default.isExecutableFile))
    }
}
