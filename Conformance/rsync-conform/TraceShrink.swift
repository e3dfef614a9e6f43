import ArgumentParser
import TraceKit

struct TraceShrink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink", abstract: "Makes a trace smaller and keeps what it shows.",
        discussion: """
            What is kept: with --against, the first difference from that trace; else the first gap, where `trace show` finds bytes
            that it does not understand; else, of a trace without a gap, every field. What is done: each literal is cut to
            its first byte; both directions are cut behind the last frame that is needed (not of a trace without a gap).
            What is not done: compressed data, lists, wishes and filters stay as they are, nothing in the middle is left out,
            names stay (see `trace redact`). A step that would change what is kept is left out. The head says what was lost.
            """)

    @Option(help: "Keep the first difference from this trace.")
    var against: String?

    @Option(name: .shortAndLong, help: "Where the smaller trace goes.")
    var output: String

    @Argument(help: "The trace.")
    var file: String

    func run() throws {
        let trace = try Trace(text: FileBytes.read(file))
        let other = try against.map { try Trace(text: FileBytes.read($0)) }
        guard let property = TraceShrinking.Property(of: trace, against: other) else {
            throw ValidationError("The two traces do not differ.")
        }
        let smaller = TraceShrinking.shrink(trace, keeping: property)
        try FileBytes.write(smaller.text, to: output)
        let counts = [trace, smaller].map { trace in Trace.Direction.allCases.map { trace.bytes($0).count } }
        print("to the server \(counts[0][0]) -> \(counts[1][0]) bytes, to the client \(counts[0][1]) -> \(counts[1][1])")
    }
}
