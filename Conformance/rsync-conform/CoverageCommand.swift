import ArgumentParser
import ConformanceKit

struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage", abstract: "Says of every clause whether a case looks at it, or why none can.",
        discussion: """
            Exits with 1 when a clause has neither a case nor a vector nor a reason (Cases/unobserved/PREFIX.json), or when a case
            or a reason names a clause that there is not.
            """)

    @OptionGroup var suite: SuitePlace

    @Flag(help: "List the clauses that cannot be observed as well, with their reasons.")
    var reasons = false

    func run() throws {
        let directory = try suite.directory()
        let coverage = try Self.coverage(suite: directory)
        Self.printTable(coverage)
        for problem in coverage.problems { print("problem: \(problem)") }
        for clause in coverage.uncovered { print("uncovered: \(clause.id) \(clause.mark) \(clause.summary(limit: 80))") }
        if reasons {
            for entry in coverage.entries where entry.state == .unobserved {
                print("unobserved: \(entry.clause.id) \(entry.clause.mark) \(entry.reason)")
            }
        }
        if !coverage.isComplete { throw ExitCode(1) }
    }

    static func coverage(suite: String) throws -> Coverage {
        let library = try CaseLibrary(suite: suite)
        return Coverage(
            registry: try ClauseRegistry(directory: "\(suite)/Spec"),
            cases: library.cases.map { Coverage.Subject(id: $0.id, clauses: $0.clauses, flags: $0.flags) },
            vectors: try VectorSubjects.read(directory: "\(suite)/../Vectors/wire"),
            unobserved: try UnobservedClauses(directory: "\(suite)/Cases/unobserved"))
    }

    private static func printTable(_ coverage: Coverage) {
        var documents: [String] = []
        for entry in coverage.entries where documents.last != entry.clause.document { documents.append(entry.clause.document) }
        let head = ["document", "clauses"] + Coverage.State.allCases.map(\.rawValue)
        var rows = documents.map { document in
            [document, "\(coverage.entries.count { $0.clause.document == document })"]
                + Coverage.State.allCases.map { "\(coverage.count($0, in: document))" }
        }
        rows.append(["all", "\(coverage.entries.count)"] + Coverage.State.allCases.map { "\(coverage.count($0))" })
        let table = [head] + rows
        let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        for row in table {
            print(
                row.indices.map { column in
                    let padding = String(repeating: " ", count: widths[column] - row[column].count)
                    return column == 0 ? row[column] + padding : padding + row[column]
                }.joined(separator: "  "))
        }
        print("\(coverage.caseCount) cases, \(coverage.hostileCount) of them hostile; \(coverage.vectorCount) wire vectors")
    }
}

/// Where cases and specification are: every command that needs them takes this option.
struct SuitePlace: ParsableArguments {
    @Option(help: "The directory that holds Cases and Spec. Default: looked for upwards from here, then from this program.")
    var suite: String?

    func directory() throws -> String { try suite ?? CaseLibrary.find() }
}
