import ArgumentParser
import Glibc
import TraceKit

struct TraceRecord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Runs a command and keeps what passes in both directions.",
        discussion: """
            Around a server:         rsync-conform trace record -o s.trace -- rsync --server --sender -logDtpre.iLsfxC . src/
            As a remote shell:       rsync -e 'rsync-conform trace record -o s.trace -- ssh' -a src/ host:dst/
            As a shell to this host: rsync -e 'rsync-conform trace record --here -o s.trace --' -a src/ here:dst/

            Exits as COMMAND does, when COMMAND's output ends.
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

    @Argument(parsing: .postTerminator, help: "The command and its arguments.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("There is no command to run behind --.") }
    }

    func run() throws {
        let words = Array(ProcessWords.all.drop { $0 != [UInt8]("--".utf8) }.dropFirst())
        let started = here ? try localCommand(words) : words
        let result = try TraceTap.run(started, signals: TraceTap.catchSignals())
        var header = SessionGuess(command: here ? words : started, recording: result.recording)
            .header(peer: peer, exitStatus: nil)
        header.options = options.split(separator: " ").map { [UInt8]($0.utf8) }
        header.sourceTree = source
        header.destinationTree = destination == "none" ? nil : destination
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
}
