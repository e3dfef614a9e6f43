import ArgumentParser
import ConformanceKit
import Glibc
import TraceKit

struct KnobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knobs", abstract: "Faults that the engine can be told to have, and the proof that each is noticed.",
        discussion: """
            rsync-conform knobs                     lists them
            rsync-conform knobs prove -- ebb rsync  turns each on in COMMAND and demands that one of its cells fails
            rsync-conform knobs find  -- ebb rsync  looks for such cells where none is known and writes them down

            COMMAND has to be ebb of a build with knobs, which a debug build is.
            """,
        subcommands: [KnobsList.self, KnobsProve.self, KnobsFind.self], defaultSubcommand: KnobsList.self)

    static func catalogue(_ suite: String) throws -> KnobCatalogue { try KnobCatalogue(path: "\(suite)/knobs.json") }
}

struct KnobsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "What each does, and what notices it.")

    @OptionGroup var suite: SuitePlace

    func run() throws {
        for entry in try KnobsCommand.catalogue(suite.directory()).entries {
            let noticed = entry.caughtBy.first ?? entry.survives.map { "survives: \($0)" } ?? "not noticed"
            print("\(entry.name): \(entry.does) [\(entry.clauses.joined(separator: ", "))] — \(noticed)")
        }
    }
}

struct KnobsProve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Exits with 1 when a knob is not noticed, or one that cannot be is.")

    @OptionGroup var suite: SuitePlace
    @OptionGroup var choice: RunChoice

    @Argument(help: ArgumentHelp("Knobs, all by default; behind -- the program.", valueName: "knobs"))
    var words: [String] = []

    func run() throws {
        let (proof, entries) = try prepare(suite, choice, words)
        let begun = ContinuousClock.now
        var noticed = 0, explained = 0, survivors: [String] = []
        for outcome in try proof.check(entries) {
            let name = outcome.entry.name
            for remark in outcome.remarks { say("\(name): \(remark)") }
            if let result = outcome.noticed {
                noticed += 1
                if choice.verbose { say("\(name): \(result.id) in \(tenths(result.seconds)) s: \(result.reason)") }
            } else if outcome.entry.survives != nil, outcome.entry.caughtBy.isEmpty {
                explained += 1
            } else {
                survivors.append(name)
            }
        }
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        say("\(entries.count) knobs: \(noticed) noticed, \(explained) explained, \(survivors.count) survive, in \(tenths(seconds)) s")
        if !survivors.isEmpty {
            say("survivors: \(survivors.joined(separator: " "))")
            throw ExitCode(1)
        }
    }
}

struct KnobsFind: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Completes the file knobs.json, for knobs without a cell or whose cells no longer notice it.")

    @OptionGroup var suite: SuitePlace
    @OptionGroup var choice: RunChoice

    @Flag(help: "Only among the cases about the knob's clauses.")
    var near = false

    @Flag(help: "Everywhere, but each case at one protocol.")
    var once = false

    @Option(help: "Only among these cases, a glob as of run; may be given again.")
    var among: [String] = []

    @Option(help: "Seconds for each knob.")
    var limit = 600.0

    @Argument(help: ArgumentHelp("Knobs, all by default; behind -- the program.", valueName: "knobs"))
    var words: [String] = []

    func run() throws {
        let (proof, entries) = try prepare(suite, choice, words, among)
        let path = try "\(suite.directory())/knobs.json"
        let search = KnobSearch(proof, width: near ? .clauses : once ? .onceEach : .everything, limit: limit)
        for outcome in try proof.check(entries) where outcome.noticed == nil && outcome.entry.survives == nil {
            let entry = outcome.entry
            let begun = ContinuousClock.now
            let (found, isComplete) = try search.find(entry)
            let seconds = tenths((ContinuousClock.now - begun) / .seconds(1))
            let text = found.map { "\($0.id) in \(tenths($0.seconds)) s: \($0.reason)" } ?? (isComplete ? "SURVIVES" : "not found yet")
            say("\(entry.name) (\(seconds) s): \(text)")
            // A search that did not see everything says nothing about the cells that stand there.
            guard found != nil || isComplete else { continue }
            // At once, so that a search that is broken off has not been for nothing.
            var catalogue = try KnobCatalogue(path: path)
            for index in catalogue.entries.indices where catalogue.entries[index].name == entry.name {
                catalogue.entries[index].caughtBy = found.map { [$0.id] } ?? []
            }
            try FileBytes.write(catalogue.text, to: path)
        }
    }
}

/// The proof and the entries that are meant.
private func prepare(
    _ suite: SuitePlace, _ choice: RunChoice, _ words: [String], _ globs: [String] = []
) throws -> (KnobProof, [KnobCatalogue.Entry]) {
    let command = RunCommand.command()
    guard !command.isEmpty else { throw ValidationError("There is no COMMAND behind --.") }
    let names = words.dropLast(command.count)
    let catalogue = try KnobsCommand.catalogue(suite.directory())
    guard catalogue.disagreements.isEmpty else { throw ValidationError(catalogue.disagreements.joined(separator: "\n")) }
    for name in names where !catalogue.entries.contains(where: { $0.name == name }) {
        throw ValidationError("There is no knob \(name).")
    }
    let proof = try KnobProof(choice.configuration(suite: suite.directory(), command: command, globs: globs))
    return (proof, catalogue.entries.filter { names.isEmpty || names.contains($0.name) })
}

/// A line, at once: a search takes long, and may be read through a pipe.
private func say(_ text: String) {
    print(text)
    fflush(nil)
}

private func tenths(_ seconds: Double) -> String {
    let number = Int((seconds * 10).rounded())
    return "\(number / 10).\(number % 10)"
}
