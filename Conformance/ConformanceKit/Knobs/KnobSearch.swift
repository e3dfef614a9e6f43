import Synchronization
import TraceKit

/// Looks for a cell that notices a knob, where it most likely is first.
public struct KnobSearch {
    /// How far it goes.
    public enum Width: Sendable {
        /// The cases about the knob's clauses.
        case clauses
        /// All cases, each at one protocol in every role.
        case onceEach
        case everything
    }

    /// A cell that takes longer than this makes the proof slow: while there is time, another is looked for.
    private static let longest = 5.0
    /// But only for so many seconds more.
    private static let patience = 8.0
    /// Cells that seemed to notice the knob and did not hold before the search is given up.
    private static let mostDoubtful = 20

    private let proof: KnobProof
    private let width: Width
    /// For one knob, in seconds.
    private let limit: Double

    public init(_ proof: KnobProof, width: Width, limit: Double) {
        self.proof = proof
        self.width = width
        self.limit = limit
    }

    /// `isComplete`: all that was to be tried was tried.
    public func find(_ entry: KnobCatalogue.Entry) throws -> (found: CellResult?, isComplete: Bool) {
        var units = candidates(entry)
        let end = Mutex(ContinuousClock.now + .seconds(limit)), isLate = Mutex(false)
        var slow: CellResult?, isComplete = false
        for _ in 0..<Self.mostDoubtful {
            let seen = try proof.run(units) { result in
                let now = ContinuousClock.now
                if result.verdict == .fail {
                    if result.seconds < Self.longest { return true }
                    end.withLock { $0 = min($0, now + .seconds(Self.patience)) }
                }
                guard now > end.withLock({ $0 }) else { return false }
                isLate.withLock { $0 = true }
                return true
            }
            let failed = seen.flatMap(\.self).filter { $0.verdict == .fail }.sorted { $0.seconds < $1.seconds }
            guard let best = failed.first else {
                isComplete = !isLate.withLock { $0 }
                break
            }
            if try holds(best, entry) {
                if best.seconds < Self.longest { return (best, true) }
                slow = slow ?? best
            }
            guard ContinuousClock.now < end.withLock({ $0 }) else { break }
            // What is left: everything that was not run.
            let done = Set(seen.flatMap(\.self).map(\.id))
            for index in units.indices { units[index].cells.removeAll { done.contains($0.description) } }
            units.removeAll(where: \.cells.isEmpty)
            if units.isEmpty {
                isComplete = true
                break
            }
        }
        return (slow, isComplete)
    }

    /// Whether the cell fails again with the knob and passes without.
    private func holds(_ result: CellResult, _ entry: KnobCatalogue.Entry) throws -> Bool {
        var entry = entry
        entry.caughtBy = [result.id]
        return try proof.check([entry]).first?.noticed != nil
    }

    /// First what is about the knob's clauses, then about their documents, then the rest; all of it at one protocol before
    /// any of it at the others.
    private func candidates(_ entry: KnobCatalogue.Entry) -> [CellExpansion.Unit] {
        let documents = Set(entry.clauses.compactMap { ClauseIdentifier($0)?.prefix })
        let related = proof.cases.filter { one in one.clauses.contains(where: entry.clauses.contains) }
        let ids = Set(related.map(\.id))
        let others = proof.cases.filter { !ids.contains($0.id) }
        func isNear(_ one: Case) -> Bool { one.clauses.contains { ClauseIdentifier($0).map { documents.contains($0.prefix) } ?? false } }
        let rings = [related, others.filter(isNear), others.filter { !isNear($0) }].prefix(width == .clauses ? 1 : 3)
        var configuration = proof.configuration
        let all = width == .onceEach || configuration.isQuick ? [] : rings.flatMap { proof.expansion($0, configuration, entry.name) }
        configuration.isQuick = true
        let first = rings.flatMap { proof.expansion($0, configuration, entry.name) }
        let taken = Set(first.flatMap(\.cells))
        let rest = all.map { unit in
            var unit = unit
            unit.cells.removeAll(where: taken.contains)
            return unit
        }
        return first + rest.filter { !$0.cells.isEmpty }
    }
}
