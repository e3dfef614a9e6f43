import ArgumentParser
import TraceKit

struct TraceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Names every field of a trace, with its clause.",
        discussion: """
            One line a field: direction (> to the server, < to the client), offset, name, value, clause. A field stands
            where its last byte passed. Exits with 1 when bytes remain that it does not understand.
            """)

    @Argument(help: "The trace files.")
    var files: [String]

    func run() throws {
        var isComplete = true
        for file in files {
            let trace = try Trace(text: FileBytes.read(file))
            if files.count > 1 { print("== \(file)") }
            let dissection = Dissection(trace)
            for field in dissection.fields { print(field.line) }
            for gap in dissection.gaps {
                print("! \(gap)")
                isComplete = false
            }
        }
        if !isComplete { throw ExitCode(1) }
    }
}
