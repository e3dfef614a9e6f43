import ArgumentParser
import ConformanceKit

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the cases, or the cells of a run.",
        discussion: "GLOBS are ids (FLS-28/*), flags (hostile/*) and protocols (p29/*).")

    @OptionGroup var suite: SuitePlace

    @Flag(help: "Every role and protocol of a case on a line of its own.")
    var cells = false

    @Argument(help: "Which cases.")
    var globs: [String] = []

    func run() throws {
        let directory = try suite.directory()
        let library = try CaseLibrary(suite: directory)
        var configuration = RunConfiguration(
            suite: directory, command: [], features: TargetFeatures(), roles: TargetRole.allCases, jobs: 1, program: "")
        configuration.selection = CaseSelection(globs)
        let expansion = CellExpansion(library.cases, try ClauseRegistry(directory: "\(directory)/Spec"), configuration)
        for unit in expansion.units {
            if cells {
                for cell in unit.cells { print(cell) }
            } else {
                let flags = unit.one.flags.isEmpty ? "" : "  {\(unit.one.flags.joined(separator: " "))}"
                print("\(unit.one.id)  [\(unit.level.rawValue)]  \(unit.one.title)\(flags)")
            }
        }
        print("\(expansion.units.count) cases, \(expansion.cellCount) cells")
    }
}
