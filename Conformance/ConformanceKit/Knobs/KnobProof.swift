/// Shows that the suite notices the engine's knobs: a target that has one on must fail somewhere.
///
/// The target has to be this project's own, built with knobs.
public struct KnobProof {
    /// What a target gets to know its fault by.
    static let variable = "EBB_KNOB"

    private let configuration: RunConfiguration
    private let cases: [Case]

    public init(_ configuration: RunConfiguration) throws {
        self.configuration = configuration
        cases = try CaseLibrary(suite: configuration.suite).cases
    }

    /// The first of the entry's own cells that fails with the knob on; nil: it is not noticed.
    public func check(_ entry: KnobCatalogue.Entry) throws -> CellResult? {
        let named = Set(entry.caughtBy.map { String($0.prefix { $0 != "@" }) })
        return try run(entry, cases.filter { named.contains($0.id) }) { $0.selection = CaseSelection(entry.caughtBy) }
    }

    /// Looks for a cell that notices the knob: first among the cases about its clauses, then everywhere, at one protocol in the
    /// middle and then at all. `isNear`: only among the first.
    public func find(_ entry: KnobCatalogue.Entry, isNear: Bool) throws -> CellResult? {
        let related = cases.filter { one in one.clauses.contains(where: entry.clauses.contains) }
        if let found = try run(entry, related, { _ in }) { return found }
        if isNear { return nil }
        let others = cases.filter { one in !related.contains { $0.id == one.id } }
        if let found = try run(entry, others, { $0.protocols = ProtocolSet("31") ?? .all }) { return found }
        return try run(entry, others) { $0.protocols = ProtocolSet("27-30,32") ?? .all }
    }

    private func run(
        _ entry: KnobCatalogue.Entry, _ cases: [Case], _ narrow: (inout RunConfiguration) -> Void
    ) throws -> CellResult? {
        guard !cases.isEmpty else { return nil }
        var configuration = configuration
        narrow(&configuration)
        configuration.targetEnvironment.append((Self.variable, Array(entry.name.utf8)))
        configuration.stopsAtFirstFailure = true
        let runner = try Runner(configuration, cases: cases)
        guard runner.expansion.cellCount > 0 else { return nil }
        return try runner.run().results.first { $0.verdict == .fail }
    }
}
