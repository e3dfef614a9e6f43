/// What came of one case in one role at one protocol.
public struct CellResult: Sendable, Codable {
    /// `FLS-28/scheme-b`.
    public var caseID: String
    public var title: String
    /// The first is the folder's.
    public var clauses: [String]
    public var level: Level
    public var flags: [String]
    public var role: TargetRole
    /// 0 where the protocol does not matter (a forced command that refuses before it speaks).
    public var protocolNumber: Int32
    public var verdict: Verdict
    /// Why it is skipped, unsupported, an error or an expected failure; of a failure its first finding. Empty for a pass.
    public var reason: String
    public var findings: [Finding]
    public var seconds: Double
    /// The command line that runs just this cell.
    public var rerun: String
    /// The bytes around the first difference, ready for the eye; empty when it is about no bytes.
    public var excerpt: String

    public init(
        caseID: String, title: String, clauses: [String], level: Level, flags: [String], role: TargetRole,
        protocolNumber: Int32, verdict: Verdict, reason: String = "", findings: [Finding] = [], seconds: Double = 0,
        rerun: String = "", excerpt: String = ""
    ) {
        self.caseID = caseID
        self.title = title
        self.clauses = clauses
        self.level = level
        self.flags = flags
        self.role = role
        self.protocolNumber = protocolNumber
        self.verdict = verdict
        self.reason = reason
        self.findings = findings
        self.seconds = seconds
        self.rerun = rerun
        self.excerpt = excerpt
    }

    /// `FLS-28/scheme-b@server-sender/p31`.
    public var id: String { CellID(caseID: caseID, role: role, protocolNumber: protocolNumber).description }
}

/// The name of a cell.
public struct CellID: Sendable, Hashable, Codable, CustomStringConvertible {
    public var caseID: String
    public var role: TargetRole
    public var protocolNumber: Int32

    public init(caseID: String, role: TargetRole, protocolNumber: Int32) {
        self.caseID = caseID
        self.role = role
        self.protocolNumber = protocolNumber
    }

    public var description: String { "\(caseID)@\(role.rawValue)/p\(protocolNumber)" }
}

/// What came of one run against one target.
public struct RunReport: Sendable, Codable {
    public struct Target: Sendable, Codable, Equatable {
        /// `rsync`, `ebb`.
        public var name: String
        /// `3.2.7`; `unknown` where the program does not say.
        public var version: String
        public var command: [String]

        public init(name: String, version: String, command: [String]) {
            self.name = name
            self.version = version
            self.command = command
        }
    }

    /// How the cells of one clause came out.
    public struct ClauseTally: Sendable, Codable, Equatable {
        public var clause: String
        /// By verdict's name; a verdict that did not occur is left out.
        public var counts: [String: Int]

        public init(clause: String, counts: [String: Int]) {
            self.clause = clause
            self.counts = counts
        }
    }

    public var target: Target
    public var roles: [TargetRole]
    /// ISO 8601, UTC.
    public var date: String
    public var seed: UInt64
    public var isStrict: Bool
    /// In the order of the cases.
    public var results: [CellResult]
    public var seconds: Double

    public init(
        target: Target, roles: [TargetRole], date: String, seed: UInt64, isStrict: Bool, results: [CellResult],
        seconds: Double
    ) {
        self.target = target
        self.roles = roles
        self.date = date
        self.seed = seed
        self.isStrict = isStrict
        self.results = results
        self.seconds = seconds
    }

    public func count(_ verdict: Verdict) -> Int { results.count { $0.verdict == verdict } }

    /// Whether nothing failed and the suite itself worked.
    public var isGood: Bool { !results.contains { $0.verdict.failsRun || $0.verdict == .error } }

    /// Of every clause that a cell of this run is about.
    public var clauseTallies: [ClauseTally] {
        var counts: [String: [String: Int]] = [:]
        for result in results {
            for clause in result.clauses { counts[clause, default: [:]][result.verdict.rawValue, default: 0] += 1 }
        }
        return counts.map { ClauseTally(clause: $0.key, counts: $0.value) }.sorted { ClauseOrder.isBefore($0.clause, $1.clause) }
    }
}

/// `FLS-9` before `FLS-28`, `FLS-28` before `XFR-1`.
public enum ClauseOrder {
    public static func isBefore(_ left: String, _ right: String) -> Bool { key(left) < key(right) }

    private static func key(_ clause: String) -> (String, Int, String) {
        let parts = clause.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[1].prefix(while: \.isNumber)) else { return (clause, 0, "") }
        return (String(parts[0]), number, String(parts[1]))
    }
}
