import ConformanceKit
import Testing

@Suite struct ExpansionTests {
    private let registry = ClauseRegistry(documents: [
        ClauseDocument(
            name: "03-file-list.md",
            text: "# Lists\n\nFLS-1. [MUST 27-32] One thing.\n\nFLS-2. [SHOULD 30-32] Another.\n\nFLS-3. [MAY 27-29] A third.\n")
    ])

    private func cells(
        _ cases: [Case], words: [String] = [], shard: (Int, Int) = (1, 1), _ change: (inout RunConfiguration) -> Void = { _ in }
    ) -> [String] {
        var configuration = RunConfiguration(
            suite: "", command: [], features: TargetFeatures(), roles: TargetRole.allCases, jobs: 1, program: "")
        configuration.selection = CaseSelection(words)
        configuration.shard = (index: shard.0, count: shard.1)
        change(&configuration)
        return CellExpansion(cases, registry, configuration).units.flatMap { $0.cells.map(\.description) }
    }

    @Test func takesLevelAndProtocolsFromTheClause() throws {
        let one = try aCase(#""roles": ["server-sender"]"#, id: "FLS-2/a")
        #expect(cells([one]) == [30, 31, 32].map { "FLS-2/a@server-sender/p\($0)" })
        let configuration = RunConfiguration(
            suite: "", command: [], features: TargetFeatures(), roles: TargetRole.allCases, jobs: 1, program: "")
        #expect(CellExpansion([one], registry, configuration).units[0].level == .should)
    }

    @Test func multipliesRolesByProtocolsOfCaseTargetAndChoice() throws {
        let one = try aCase(#""roles": ["client-receiver", "server-sender"], "protocols": "29-31""#)
        let found = cells([one]) {
            $0.features.protocols = ProtocolSet("-30")!
            $0.features.roles = [.serverSender, .serverReceiver]
            $0.protocols = ProtocolSet("30-")!
        }
        #expect(found == ["FLS-1/a@server-sender/p30"])
    }

    @Test func keepsEveryCaseInJustOneShard() throws {
        let cases = try (0..<7).map { try aCase(#""roles": ["server-sender"], "protocols": "30""#, id: "FLS-1/n\($0)") }
        let shards = (1...3).map { cells(cases, shard: ($0, 3)) }
        #expect(shards.map(\.count) == [3, 2, 2])
        #expect(Set(shards.joined()) == Set(cells(cases)))
    }

    @Test func narrowsByProtocolGlobs() throws {
        let one = try aCase(#""roles": ["server-sender"]"#)
        #expect(cells([one], words: ["FLS-1/*", "p29/*"]) == ["FLS-1/a@server-sender/p29"])
        #expect(cells([one], words: ["XFR-1/*", "p29/*"]).isEmpty)
    }
}
