import ArgumentParser
import Glibc
import PeerKit
import TraceKit

struct TraceRecord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Runs a command and keeps what passes in both directions.",
        discussion: """
            Around a server:         rsync-conform trace record -o s.trace -- rsync --server --sender -logDtpre.iLsfxC . src/
            As a remote shell:       rsync -e 'rsync-conform trace record -o s.trace -- ssh' -a src/ host:dst/
            As a shell to this host: rsync -e 'rsync-conform trace record --here -o s.trace --' -a src/ here:dst/

            Exits as COMMAND does, when COMMAND's output ends.

            --update TRACE… makes sessions again from the heads of their traces: it unpacks the trees, runs the peer (found in PATH,
            in .build/peers, where Debian keeps rsync_bpc) with itself as remote shell, and rewrites a trace only where the
            session came out different: inode numbers, sizes of directories, the order of a directory and durations are no
            difference. --scenarios FILE: the same for all that FILE lists, those that are not there yet among them. To be run as root
            in the package's root, for the owners of the trees. Exits with 1 when a session could not be made.
            """)

    @Option(name: .shortAndLong, help: "The trace file. Default: session-PID.trace in the current directory.")
    var output: String?

    @Flag(help: "COMMAND begins with the name of a host (and -l USER), to be left out; the rest is for this host's shell.")
    var here = false

    @Option(help: "Name and version of the program recorded, as NAME-VERSION.")
    var peer = "rsync-unknown"

    @Option(help: "The client's options, separated by spaces, to be noted in the trace.")
    var options = ""

    @Option(help: "The name of the archive with the tree that is sent, to be noted in the trace.")
    var source: String?

    @Option(help: "The name of the archive with what the destination holds before, or none.")
    var destination = "none"

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Make sessions again from the heads of these traces.", valueName: "trace"))
    var update: [String] = []

    @Flag(help: "With --update: say what differs, and leave the files as they are.")
    var dry = false

    @Option(help: "A list of scenarios, as Vectors/traces/scenarios.json, to be made again; its traces are beside it.")
    var scenarios: String?

    @Option(help: "With --update: only traces whose path contains this.")
    var only = ""

    @Option(help: "With --update: the directory with the trees' archives. Default: `trees` beside the trace or above it.")
    var trees: String?

    @Option(help: "Remove this file when the generator has written its first wish, before it is passed on.")
    var remove: String?

    @Option(help: "Change the first byte of this file when the generator has written its first wish, before it is passed on.")
    var alter: String?

    @Argument(parsing: .postTerminator, help: "The command and its arguments.")
    var command: [String] = []

    func validate() throws {
        if scenarios != nil || !update.isEmpty {
            guard command.isEmpty else { throw ValidationError("Either sessions are made again, or a command is run.") }
            return
        }
        guard !dry, only.isEmpty else { throw ValidationError("That goes with --update.") }
        guard !command.isEmpty else { throw ValidationError("There is no command to run behind --.") }
    }

    func run() throws {
        if scenarios != nil || !update.isEmpty { return try updateAll() }
        let words = Array(ProcessWords.all.drop { $0 != [UInt8]("--".utf8) }.dropFirst())
        let started = here ? try localCommand(words) : words
        let result = try TraceTap.run(started, signals: TraceTap.catchSignals(), meanwhile: interference.map { deed in { Self.interfere(deed) } })
        var header = SessionGuess(command: here ? words : started, recording: result.recording)
            .header(peer: peer, exitStatus: nil)
        header.options = options.split(separator: " ").map { [UInt8]($0.utf8) }
        header.sourceTree = source
        header.destinationTree = destination == "none" ? nil : destination
        header.interference = interference
        let path = output ?? "session-\(getpid()).trace"
        try FileBytes.write(Trace(header: header, recording: result.recording).text, to: path)
        throw ExitCode(result.outcome.shellStatus)
    }

    /// What a remote shell does with its arguments: joins them by spaces and gives them to a shell.
    private func localCommand(_ words: [[UInt8]]) throws -> [[UInt8]] {
        let rest = ProcessWords.withoutHost(words)
        guard !rest.isEmpty else { throw ValidationError("There is nothing to run behind the host's name.") }
        return [[UInt8]("/bin/sh".utf8), [UInt8]("-c".utf8), Array(rest.joined(separator: [0x20]))]
    }

    private var interference: TraceHeader.Interference? {
        remove.map { .init(.remove, $0) } ?? alter.map { .init(.alter, $0) }
    }

    private static func interfere(_ deed: TraceHeader.Interference) {
        switch deed.deed {
        case .remove: _ = unsafe unlink(deed.path)
        case .alter:
            var times = stat()
            guard unsafe stat(deed.path, &times) == 0, var bytes = try? FileBytes.read(deed.path), !bytes.isEmpty else { return }
            bytes[0] ^= 0xff
            try? FileBytes.write(bytes, to: deed.path)
            let kept = [times.st_atim, times.st_mtim]
            _ = unsafe utimensat(AT_FDCWD, deed.path, kept, 0)
        }
    }

    // MARK: Again

    private func updateAll() throws {
        let programs = try TraceRecipe.Programs.found(packageRoot: FileLinks.absolute("."))
        let recorder = try FileLinks.absolute("/proc/self/exe")
        var wanted: [(path: String, header: TraceHeader)] = []
        if let scenarios {
            let root = scenarios.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            wanted = try TraceScenarios(json: FileBytes.read(scenarios)).plans.map { ("\(root.isEmpty ? "." : root)/\($0.path)", $0.header) }
        }
        for path in update { wanted.append((path, try Trace(text: FileBytes.read(path)).header)) }
        var counts = (same: 0, new: 0, changed: 0, failed: 0, skipped: 0)
        for (path, header) in wanted where only.isEmpty || path.contains(only) {
            let archives = try FileLinks.absolute(ReplayFiles.directory(for: path, in: trees))
            let recipe = TraceRecipe(header, programs: programs, recorder: recorder, trees: archives)
            if let obstacle = recipe.obstacle {
                print("\(path): skipped: \(obstacle)")
                counts.skipped += 1
                continue
            }
            do {
                let fresh = try recipe.record()
                let old = try? Trace(text: FileBytes.read(path))
                let differences = old.map { TraceComparison.differences($0, fresh, .meaning) }
                switch differences?.count {
                case 0?: counts.same += 1
                case nil:
                    counts.new += 1
                    print("\(path): new, \(fresh.text.count) bytes, exit \(fresh.header.exitStatus ?? -1)")
                case let count?:
                    counts.changed += 1
                    print("\(path): \(count) differences")
                    for difference in differences?.prefix(3) ?? [] { print("  \(difference)") }
                }
                if differences?.isEmpty != true, !dry {
                    try TraceImport.makeDirectories(above: path)
                    try FileBytes.write(fresh.text, to: path)
                }
            } catch {
                print("\(path): failed: \(error)")
                counts.failed += 1
            }
        }
        print("\(counts.same) the same, \(counts.new) new, \(counts.changed) different, \(counts.skipped) skipped, \(counts.failed) failed")
        if counts.failed > 0 { throw ExitCode(1) }
    }
}

/// Paths as the kernel sees them.
enum FileLinks {
    static func absolute(_ path: String) throws -> String {
        guard let real = unsafe realpath(path, nil) else { throw FileBytes.Failure(path: path, errno: errno) }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
