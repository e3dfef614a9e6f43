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
        var survivors: [String] = []
        for entry in entries {
            guard !entry.caughtBy.isEmpty else {
                if entry.survives == nil { survivors.append(entry.name) }
                continue
            }
            if try proof.check(entry) == nil {
                survivors.append(entry.name)
                print("\(entry.name) is not noticed by \(entry.caughtBy.joined(separator: ", "))")
            }
        }
        let explained = entries.count { $0.survives != nil }
        print("\(entries.count) knobs: \(entries.count - survivors.count - explained) noticed, \(explained) explained, \(survivors.count) survive")
        if !survivors.isEmpty {
            print("survivors: \(survivors.joined(separator: " "))")
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

    @Argument(help: ArgumentHelp("Knobs, all by default; behind -- the program.", valueName: "knobs"))
    var words: [String] = []

    func run() throws {
        let (proof, entries) = try prepare(suite, choice, words)
        let path = try "\(suite.directory())/knobs.json"
        for entry in entries where entry.survives == nil {
            if !entry.caughtBy.isEmpty, try proof.check(entry) != nil { continue }
            let found = try proof.find(entry, isNear: near)
            print("\(entry.name): \(found.map { "\($0.caseID)@\($0.role.rawValue)/p\($0.protocolNumber): \($0.reason)" } ?? "SURVIVES")")
            // At once, so that a search that is broken off has not been for nothing.
            var catalogue = try KnobCatalogue(path: path)
            for index in catalogue.entries.indices where catalogue.entries[index].name == entry.name {
                catalogue.entries[index].caughtBy = found.map { ["\($0.caseID)@\($0.role.rawValue)/p\($0.protocolNumber)"] } ?? []
            }
            try FileBytes.write(catalogue.text, to: path)
        }
    }
}

/// The proof and the entries that are meant.
private func prepare(
    _ suite: SuitePlace, _ choice: RunChoice, _ words: [String]
) throws -> (KnobProof, [KnobCatalogue.Entry]) {
    let command = RunCommand.command()
    guard !command.isEmpty else { throw ValidationError("There is no COMMAND behind --.") }
    let names = words.dropLast(command.count)
    let catalogue = try KnobsCommand.catalogue(suite.directory())
    guard catalogue.disagreements.isEmpty else { throw ValidationError(catalogue.disagreements.joined(separator: "\n")) }
    for name in names where !catalogue.entries.contains(where: { $0.name == name }) {
        throw ValidationError("There is no knob \(name).")
    }
    let proof = try KnobProof(choice.configuration(suite: suite.directory(), command: command, globs: []))
    return (proof, catalogue.entries.filter { names.isEmpty || names.contains($0.name) })
}
