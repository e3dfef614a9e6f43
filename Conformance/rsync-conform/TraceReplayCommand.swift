import ArgumentParser
import TraceKit

struct TraceReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Puts our engine in the place of a recorded client.",
        discussion: """
            The recorded server's bytes are given to our engine from memory, on trees in memory, in chunks of 1, 7 and
            4096 bytes and whole; what it says is compared with what the recorded client said, item by item. Trees are
            looked for in TREES, or in the directory `trees` beside the trace or above it. Exits with 1 on a difference.
            """)

    @Option(help: "The directory with the trees' archives.")
    var trees: String?

    @Argument(help: "The trace files.")
    var files: [String]

    func run() throws {
        var isSame = true
        var skipped = 0
        for file in files {
            let replay = try TraceReplay(Trace(text: FileBytes.read(file))) { name in
                try TreeArchive.unpack(ReplayFiles.tree(name, for: file, in: trees))
            }
            if let obstacle = replay.obstacle {
                print("\(file): skipped: \(obstacle)")
                skipped += 1
                continue
            }
            for chunk in TraceReplay.chunks {
                let size = chunk.map { String($0) } ?? "whole"
                switch try replay.run(chunk: chunk).verdict {
                case .same: print("\(file) \(size): same")
                case .skipped(let reason): print("\(file) \(size): skipped: \(reason)")
                case .different(let differences):
                    isSame = false
                    print("\(file) \(size): \(differences.count) differences")
                    for difference in differences.prefix(20) { print("  \(difference)") }
                }
            }
        }
        if skipped > 0 { print("\(skipped) of \(files.count) skipped") }
        if !isSame { throw ExitCode(1) }
    }
}
