import ArgumentParser
import ConformanceKit
import TraceKit

struct SpecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spec", abstract: "The specification, clause by clause.",
        subcommands: [SpecShow.self, SpecIndex.self, SpecCheck.self])
}

extension SuitePlace {
    func specification() throws -> (directory: String, registry: ClauseRegistry) {
        let directory = try "\(directory())/Spec"
        let registry = try ClauseRegistry(directory: directory)
        guard !registry.clauses.isEmpty else { throw ValidationError("There is no clause in \(directory).") }
        return (directory, registry)
    }
}

struct SpecShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints clauses: FLS-28, a range FLS-28-33, or all with a prefix, FLS.")

    @OptionGroup var suite: SuitePlace

    @Argument(help: "The clauses.")
    var clauses: [String]

    func run() throws {
        let (directory, registry) = try suite.specification()
        for (index, wish) in clauses.enumerated() {
            let found = try Self.select(wish, registry)
            for (offset, clause) in found.enumerated() {
                if index + offset > 0 { print() }
                let title = clause.title.isEmpty ? "" : " — \(clause.title)"
                print("\(clause.id) \(clause.mark)\(title)")
                print("\(directory)/\(clause.document):\(clause.line), \(clause.section)")
                if !clause.text.isEmpty { print("\n\(clause.text)") }
            }
        }
    }

    private static func select(_ wish: String, _ registry: ClauseRegistry) throws -> [Clause] {
        if let clause = registry[wish] { return [clause] }
        let parts = wish.split(separator: "-", omittingEmptySubsequences: false)
        let found = registry.clauses.filter { clause in
            guard clause.id.prefix == parts[0] else { return false }
            guard parts.count > 1 else { return true }
            guard parts.count == 3, let low = Int(parts[1]), let high = Int(parts[2]) else { return false }
            return low <= clause.id.number && clause.id.number <= high
        }
        guard !found.isEmpty else { throw ValidationError("No document has a clause \(wish).") }
        return found
    }
}

struct SpecIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Prints the index of clauses, or writes it beside the documents.")

    @OptionGroup var suite: SuitePlace

    @Flag(help: "Write it to INDEX.md.")
    var write = false

    func run() throws {
        let (directory, registry) = try suite.specification()
        let text = ClauseIndex.markdown(registry)
        if write {
            try FileBytes.write([UInt8](text.utf8), to: "\(directory)/\(ClauseIndex.fileName)")
        } else {
            print(text, terminator: "")
        }
    }
}

struct SpecCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Looks for clauses without mark, ids that stand twice and citations of nothing. Exits with 1 on a find.")

    @OptionGroup var suite: SuitePlace

    func run() throws {
        let (directory, registry) = try suite.specification()
        let problems = registry.problems
        for problem in problems { print("\(directory)/\(problem)") }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}
