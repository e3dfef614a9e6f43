import PeerKit

/// What stock rsync makes of a column's jobs in one direction, both of its ends being stock, over a remote shell that
/// stays on this machine: the trees, statuses and listed changes.
struct References {
    struct Result {
        let status: Int32
        let tree: TreeSnapshot
        let changes: [String]
    }

    /// By the step's index.
    let results: [Result]
    private let place: String
    private let direction: String

    /// Runs all steps below the directory `place`, each on a copy of what the one before it left. `shell` is the
    /// remote shell.
    init(_ column: Column, isPull: Bool, at place: String, sources: String, shell: String) throws {
        let direction = isPull ? "pulled" : "pushed"
        self.place = place
        self.direction = direction
        results = try Step.allCases.map { step in
            let name = "\(direction)-\(step.index)"
            if step.index > 0 { try Shell.run("cp -a \(direction)-\(step.index - 1) \(name)", at: place) }
            let source = "\(sources)/source\(step.source)/"
            let destination = "\(place)/\(name)/"
            let paths = isPull ? ["fixture:\(source)", destination] : [source, "fixture:\(destination)"]
            let result = try CommandResult(
                [column.peer.executable] + column.options(step)
                    + ["-i", "-e", shell, "--rsync-path=\(column.peer.executable)"] + paths, scratch: "\(place)/run")
            guard [0, 23].contains(result.status) else {
                throw Shell.Failure(line: step.rawValue, status: result.status, said: result.errors)
            }
            return Result(
                status: result.status, tree: try TreeSnapshot(destination),
                changes: Self.changes(result.output, column, place: "\(place)/\(name)"))
        }
    }

    /// Makes `destination` as it is at the beginning of a step.
    func prepare(_ destination: String, for step: Step) throws {
        try Shell.run("rm -rf '\(destination)'", at: place)
        if step.index > 0 { try Shell.run("cp -a \(direction)-\(step.index - 1) '\(destination)'", at: place) }
    }

    /// The lines of an output, in an order that does not depend on when a deletion was told, with the destination's
    /// own name taken out, and without what need not be the same twice.
    static func changes(_ output: String, _ column: Column, place: String) -> [String] {
        output.split(separator: "\n").compactMap { line in
            // Below protocol 29 a stock server tells of deletions by text, and under -i forgets the names.
            if column.number < 29, line.hasPrefix("*deleting") { return nil }
            if line.hasSuffix(place) { return line.dropLast(place.count) + "DESTINATION" }
            return column.incremental ? withoutLeader(line) : String(line)
        }.sorted()
    }

    /// Under incremental recursion it depends, with ours, on how soon the lists come which name of a new group is transferred and
    /// which are linked to it.
    private static func withoutLeader(_ line: Substring) -> String {
        let isNew = ["<f+++++++++ ", ">f+++++++++ ", "hf+++++++++ "].contains { line.hasPrefix($0) }
        guard isNew else { return String(line) }
        let name = line.dropFirst(12)
        guard line.hasPrefix("h"), let arrow = name.firstRange(of: " => ") else { return "new file \(name)" }
        return "new file \(name[..<arrow.lowerBound])"
    }
}
