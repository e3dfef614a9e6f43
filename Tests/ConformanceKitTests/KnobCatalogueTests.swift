import ConformanceKit
import RsyncWire
import Testing
import TraceKit

/// `knobs.json` says of each fault that the engine can be told to have what notices it. That it does is proved elsewhere, with the
/// engine itself (CrossCheckTests).
@Suite struct KnobCatalogueTests {
    private let catalogue: KnobCatalogue

    init() throws { catalogue = try KnobCatalogue(path: "\(packageRoot)/Conformance/knobs.json") }

    @Test func eachKnobStandsThereOnceAndNothingElse() {
        #expect(catalogue.disagreements.isEmpty)
        #expect(catalogue.entries.count == Knob.allCases.count)
    }

    @Test func eachKnobIsNoticedOrExplained() {
        #expect(catalogue.undecided.isEmpty)
        // The suite's promise (the rest is hidden by a second check of the engine).
        #expect(catalogue.entries.count { !$0.caughtBy.isEmpty } >= 150)
    }

    @Test func cellsThatAreNamedAreThere() throws {
        let cases = Dictionary(uniqueKeysWithValues: try CaseLibrary(suite: packageRoot + "/Conformance").cases.map { ($0.id, $0) })
        for entry in catalogue.entries {
            for cell in entry.caughtBy {
                let parts = cell.split(whereSeparator: { $0 == "@" || $0 == "/" }).map(String.init)
                let one = try #require(parts.count == 4 ? cases["\(parts[0])/\(parts[1])"] : nil, "\(entry.name): \(cell)")
                #expect(one.roles.contains { $0.rawValue == parts[2] } && parts[3].hasPrefix("p"), "\(entry.name): \(cell)")
            }
        }
    }

    @Test func clausesAreThoseOfTheSpecification() throws {
        let registry = try ClauseRegistry(directory: "\(packageRoot)/Conformance/Spec")
        for entry in catalogue.entries {
            for clause in entry.clauses { #expect(registry[clause] != nil, "\(entry.name): \(clause)") }
        }
    }

    @Test func theFileIsAsTheSearchWritesIt() throws {
        let file = "\(packageRoot)/Conformance/knobs.json"
        #expect(try FileBytes.read(file) == catalogue.text)
    }
}
