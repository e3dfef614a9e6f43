import ConformanceKit
import Testing
import TraceKit

/// The root of the package, where the tests are started.
let packageRoot = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }

@Suite struct ClauseRegistryTests {
    private func registry(_ texts: String...) -> ClauseRegistry {
        ClauseRegistry(documents: texts.enumerated().map { ClauseDocument(name: "0\($0.offset).md", text: "# T\n\n" + $0.element) })
    }

    @Test func complainsOfAClauseWithoutMark() {
        #expect(registry("SES-1. One.").problems.map(\.description) == ["00.md:3: SES-1 is not marked"])
        #expect(registry("SES-1. [MUST] One.").problems.map(\.description) == ["00.md:3: SES-1 is not marked"])
    }

    @Test func complainsOfAnIdThatStandsTwice() {
        let twice = registry("SES-1. [MUST 27] One.", "x\n\nSES-1. [MUST 27] Two.")
        #expect(twice.problems.map(\.description) == ["01.md:5: SES-1 stands in 00.md, line 3, already"])
        #expect(twice.clauses.map(\.text) == ["One."])
    }

    @Test func complainsOfAClauseThatSaysNothing() {
        #expect(registry("SES-1. [MUST 27]\n").problems.map(\.description) == ["00.md:3: SES-1 says nothing"])
    }

    @Test func findsClausesById() {
        let registry = registry("SES-1. [MUST 27] One.\n\nSES-2. [MAY 28] Two.")
        #expect(registry["SES-2"]?.level == .may)
        #expect(registry["SES-3"] == nil)
        #expect(registry["nonsense"] == nil)
    }

    @Test func theSpecificationBreaksNoLaw() throws {
        let registry = try ClauseRegistry(directory: packageRoot + "/Conformance/Spec")
        #expect(registry.problems.isEmpty, "\(registry.problems.map(\.description).joined(separator: "\n"))")
        #expect(registry.prefixes == ["SES", "ARG", "FLS", "XFR", "FLT", "MET", "HOS", "RSH", "REV"])
        #expect(registry.clauses.count >= 1310)
    }

    @Test func everyCaseNamesClauses() throws {
        let suite = packageRoot + "/Conformance"
        let coverage = try Coverage(
            registry: ClauseRegistry(directory: "\(suite)/Spec"),
            cases: CaseLibrary(suite: suite).cases.map { Coverage.Subject(id: $0.id, clauses: $0.clauses, flags: $0.flags) },
            vectors: VectorSubjects.read(directory: "\(packageRoot)/Vectors/wire"),
            unobserved: UnobservedClauses(directory: "\(suite)/Cases/unobserved"))
        #expect(coverage.problems.isEmpty, "\(coverage.problems.joined(separator: "\n"))")
    }

    @Test func theIndexIsThatOfTheDocuments() throws {
        let directory = packageRoot + "/Conformance/Spec"
        let committed = try String(decoding: FileBytes.read("\(directory)/\(ClauseIndex.fileName)"), as: UTF8.self)
        let made = try ClauseIndex.markdown(ClauseRegistry(directory: directory))
        #expect(committed == made, "run: rsync-conform spec index --write")
    }
}
