import Testing

@testable import ConformanceKit

@Suite struct CoverageTests {
    private let registry = ClauseRegistry(documents: [
        ClauseDocument(
            name: "01.md",
            text: """
                # T

                SES-1. [MUST 27-32] One.

                SES-2. [MUST 27-32] Two.

                SES-3. [NOTE 27-32] Three.

                SES-4. [MAY 27-32] Four.

                SES-5. [MUST 27-32] Five.
                """)
    ])

    private func coverage(cases: [Coverage.Subject], reasons: String = #"{"SES-4": "why"}"#) throws -> Coverage {
        let reasons = try UnobservedClauses.read(JSONValue([UInt8](reasons.utf8)), file: "SES.json")
        let vectors = [VectorSubjects.subject(id: "a/b", text: "structure: a  clause: SES-5  traits: p30\nbytes:\nclause: SES-2\n")]
        return Coverage(registry: registry, cases: cases, vectors: vectors, unobserved: UnobservedClauses(reasons: reasons))
    }

    @Test func findsTheClauseThatNothingLooksAt() throws {
        let coverage = try coverage(cases: [Coverage.Subject(id: "SES-1/a", clauses: ["SES-1"], flags: ["hostile"])])
        #expect(coverage.entries.map(\.state) == [.cases, .uncovered, .note, .unobserved, .vectors])
        #expect(coverage.uncovered.map(\.id.description) == ["SES-2"])
        #expect(!coverage.isComplete)
        #expect(coverage.hostileCount == 1)
        #expect(coverage.count(.cases, in: "01.md") == 1)
        #expect(coverage.count(.cases, in: "02.md") == 0)
    }

    @Test func isCompleteWithACaseForEachClause() throws {
        let coverage = try coverage(cases: [
            Coverage.Subject(id: "SES-1/a", clauses: ["SES-1", "SES-2"], flags: []),
            Coverage.Subject(id: "SES-2/a", clauses: ["SES-2"], flags: []),
        ])
        #expect(coverage.isComplete)
        #expect(coverage.entries[1].caseCount == 2)
    }

    @Test func complainsOfNamesThatAreNoClause() throws {
        let all = Coverage.Subject(id: "SES-1/a", clauses: ["SES-1", "SES-2", "SES-99"], flags: [])
        let coverage = try coverage(cases: [all], reasons: #"{"SES-1": "x", "SES-4": "y", "SES-77": "z"}"#)
        #expect(coverage.problems == [
            "SES-1/a: there is no clause SES-99",
            "unobserved/SES.json: SES-1 has a case and a reason not to have one",
            "unobserved/SES.json: there is no clause SES-77",
        ])
        #expect(!coverage.isComplete)
    }

    @Test(arguments: [#"[]"#, #"{"SES-1": ""}"#, #"{"SES-1": 3}"#, #"{"FLS-1": "x"}"#, #"{"x": "y"}"#])
    func refusesReasonsThatAreWrong(_ text: String) {
        #expect(throws: JSONDefect.self) { try UnobservedClauses.read(JSONValue([UInt8](text.utf8)), file: "SES.json") }
    }
}
