import ArgumentParser
import TraceKit

struct TraceDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows where two traces part, field by field.",
        discussion: """
            Fields of the first trace have a minus, those of the second a plus, each with its offset, clause and bytes. How data
            is cut into frames and how the two directions interleave is no difference. Exits with 1 when there is one.
            """)

    @Flag(help: "Leave out what two sessions of one recipe may differ in: inode numbers, sizes of directories, their order, durations.")
    var meaning = false

    @Option(help: "How many differences are shown.")
    var first = 20

    @Argument(help: "The first trace.")
    var old: String

    @Argument(help: "The second trace.")
    var new: String

    func run() throws {
        let traces = try [old, new].map { try Trace(text: FileBytes.read($0)) }
        let differences = TraceComparison.differences(traces[0], traces[1], meaning ? .meaning : .exact)
        for difference in differences.prefix(max(0, first)) { print(difference) }
        if differences.count > first { print("… and \(differences.count - first) more") }
        if !differences.isEmpty { throw ExitCode(1) }
    }
}
