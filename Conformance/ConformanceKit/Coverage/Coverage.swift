/// Which clauses something looks at, and which nothing does.
public struct Coverage: Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// A case names it.
        case cases
        /// No case, but a vector does: an implementation's own reader can be held against it.
        case vectors
        /// The clause is a note, which states no behaviour of its own.
        case note
        /// It cannot be observed, and it is written down why.
        case unobserved
        case uncovered
    }

    public struct Entry: Sendable {
        public let clause: Clause
        public let state: State
        /// How many cases name it.
        public let caseCount: Int
        public let vectorCount: Int
        /// Why there is no case; empty where there is one.
        public let reason: String
    }

    /// What a case is for this purpose.
    public struct Subject: Sendable {
        public let id: String
        public let clauses: [String]
        public let flags: [String]

        public init(id: String, clauses: [String], flags: [String]) {
            self.id = id
            self.clauses = clauses
            self.flags = flags
        }
    }

    /// One for each clause, in the documents' order.
    public let entries: [Entry]
    public let caseCount: Int
    public let hostileCount: Int
    public let vectorCount: Int
    /// What is wrong with the data itself: a case or reason that names no clause, a reason for a clause with a case.
    public let problems: [String]

    public init(registry: ClauseRegistry, cases: [Subject], vectors: [Subject], unobserved: UnobservedClauses) {
        var problems: [String] = []
        let byCase = Self.count(cases, registry, &problems)
        let byVector = Self.count(vectors, registry, &problems)
        for id in unobserved.reasons.keys.sorted() {
            if registry[id] == nil { problems.append("unobserved/\(id.prefix).json: there is no clause \(id)") }
            if byCase[id] != nil { problems.append("unobserved/\(id.prefix).json: \(id) has a case and a reason not to have one") }
        }
        entries = registry.clauses.map { clause in
            let caseCount = byCase[clause.id] ?? 0
            let vectorCount = byVector[clause.id] ?? 0
            let reason = unobserved.reasons[clause.id]
            let state: State =
                if caseCount > 0 { .cases } else if vectorCount > 0 { .vectors } else if reason != nil { .unobserved }
                else if clause.level == .note { .note } else { .uncovered }
            return Entry(
                clause: clause, state: state, caseCount: caseCount, vectorCount: vectorCount,
                reason: caseCount > 0 ? "" : reason ?? "")
        }
        caseCount = cases.count
        hostileCount = cases.count { $0.flags.contains("hostile") }
        vectorCount = vectors.count
        self.problems = problems
    }

    public var uncovered: [Clause] { entries.filter { $0.state == .uncovered }.map(\.clause) }

    /// Whether there is nothing to complain of.
    public var isComplete: Bool { uncovered.isEmpty && problems.isEmpty }

    public func count(_ state: State, in document: String? = nil) -> Int {
        entries.count { $0.state == state && (document == nil || $0.clause.document == document) }
    }

    private static func count(
        _ subjects: [Subject], _ registry: ClauseRegistry, _ problems: inout [String]
    ) -> [ClauseIdentifier: Int] {
        var counts: [ClauseIdentifier: Int] = [:]
        for subject in subjects {
            for name in subject.clauses {
                guard let id = ClauseIdentifier(name), registry[id] != nil else {
                    problems.append("\(subject.id): there is no clause \(name)")
                    continue
                }
                counts[id, default: 0] += 1
            }
        }
        return counts
    }
}
