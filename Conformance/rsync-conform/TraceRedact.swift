import ArgumentParser
import TraceKit

struct TraceRedact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Takes names, contents and owners out of a trace, so that it can be shown to others.",
        discussion: """
            Every byte stays where it is. Names of files are replaced by stand-ins of the same length that part and sort as the names
            do, and are the same wherever a name occurs; names of users and groups likewise. Contents, targets of symlinks, rules,
            texts, extended attributes become x, sums zeros; the paths in the head too. Kept are numbers (ids, modes, sizes,
            times, devices), options, and the shape of the tree. Sums cannot be right any more and compressed data cannot be
            unpacked: the trace can be shown, compared and shrunk, not replayed. A trace with a gap is refused, as
            nobody knows what is in it: shrink it first. Look at the result before you send it.
            """)

    @Option(name: .shortAndLong, help: "Where the redacted trace goes.")
    var output: String

    @Argument(help: "The trace.")
    var file: String

    func run() throws {
        try FileBytes.write(TraceRedaction.redact(Trace(text: FileBytes.read(file))).text, to: output)
    }
}
