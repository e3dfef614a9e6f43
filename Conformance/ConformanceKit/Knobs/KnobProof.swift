import TraceKit

/// Shows that the suite notices the engine's knobs: a target that has one on must fail in a cell that it passes without.
///
/// The target has to be this project's own, built with knobs.
public struct KnobProof {
    /// What a target gets to know its fault by.
    static let variable = "EBB_KNOB"

    let configuration: RunConfiguration
    let cases: [Case]
    let registry: ClauseRegistry

    /// A broken SHOULD is noticed too, whatever the configuration says.
    public init(_ configuration: RunConfiguration) throws {
        var configuration = configuration
        configuration.isStrict = true
        self.configuration = configuration
        cases = try CaseLibrary(suite: configuration.suite).cases
        registry = try ClauseRegistry(directory: "\(configuration.suite)/Spec")
    }

    /// What became of one knob in its own cells.
    public struct Outcome: Sendable {
        public let entry: KnobCatalogue.Entry
        /// The first of its cells that fails with the knob on and passes with it off.
        public let noticed: CellResult?
        /// Why the others, or all of them, do not count.
        public let remarks: [String]
    }

    /// With a fault many a cell waits for what never comes. It gets this many seconds at least, and besides so many times
    /// what it took without the fault, on the same machine under the same load.
    private static let shortest = 3.0, patience = 10.0

    /// Runs all cells of these entries at once: first without any knob, then each with its knob on.
    public func check(_ entries: [KnobCatalogue.Entry]) throws -> [Outcome] {
        let without = try results(Set(entries.flatMap(\.caughtBy)).sorted().map { ($0, nil, nil) })
        let with = try results(
            entries.flatMap { entry in
                entry.caughtBy.compactMap { cell in
                    guard let result = without[cell], Self.isGood(result) else { return nil }
                    return (cell, entry.name, max(Self.shortest, Self.patience * result.seconds))
                }
            })
        return entries.map { entry in
            var noticed: CellResult?
            var remarks: [String] = []
            for cell in entry.caughtBy {
                if let result = with["\(cell) \(entry.name)"] {
                    if result.verdict != .fail { remarks.append("\(cell) is \(result.verdict.rawValue)") } else { noticed = noticed ?? result }
                } else if let result = without[cell] {
                    remarks.append("\(cell) is \(result.verdict.rawValue) without it too: \(result.reason)")
                } else {
                    remarks.append("there is no cell \(cell)")
                }
            }
            return Outcome(entry: entry, noticed: noticed, remarks: remarks)
        }
    }

    /// By the name of the cell, and the knob's behind it where there is one. A cell that there is not has no result.
    /// `seconds` are taken as they are, whatever limits are multiplied with.
    private func results(_ wanted: [(cell: String, knob: String?, seconds: Double?)]) throws -> [String: CellResult] {
        let byID = Dictionary(uniqueKeysWithValues: cases.map { ($0.id, $0) })
        var units: [CellExpansion.Unit] = [], keys: [String] = []
        for (cell, knob, seconds) in wanted {
            var narrow = configuration
            narrow.selection = CaseSelection([cell])
            let one = byID[String(cell.prefix { $0 != "@" })].map { [$0] } ?? []
            guard var unit = expansion(one, narrow, knob).first else { continue }
            unit.seconds = seconds.map { $0 / configuration.timeoutFactor }
            units.append(unit)
            keys.append(knob.map { "\(cell) \($0)" } ?? cell)
        }
        let results = try run(units) { _ in false }
        return Dictionary(uniqueKeysWithValues: zip(keys, results).compactMap { key, results in results.first.map { (key, $0) } })
    }

    static func isGood(_ result: CellResult) -> Bool { result.verdict == .pass }

    func expansion(_ cases: [Case], _ configuration: RunConfiguration, _ knob: String?) -> [CellExpansion.Unit] {
        var units = CellExpansion(cases, registry, configuration).units
        guard let knob else { return units }
        for index in units.indices { units[index].environment = [(Self.variable, Array(knob.utf8))] }
        return units
    }

    /// The results, by unit.
    func run(
        _ units: [CellExpansion.Unit], isEnough: @escaping @Sendable (CellResult) -> Bool
    ) throws -> [[CellResult]] {
        guard !units.isEmpty else { return [] }
        var configuration = configuration
        configuration.isEnough = isEnough
        let runner = try Runner(configuration, CellExpansion(units))
        _ = try runner.run()
        return runner.resultsByUnit
    }
}
