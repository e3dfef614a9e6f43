/// What is to be run against what.
public struct RunConfiguration: Sendable {
    /// The directory that holds `Cases` and `Spec`.
    public var suite: String
    /// The target's words; the first may be searched in PATH.
    public var command: [[UInt8]]
    public var features: TargetFeatures
    /// Only these of the roles that the features allow.
    public var roles: [TargetRole]
    public var protocols = ProtocolSet.all
    public var selection = CaseSelection([])
    public var jobs: Int
    /// This of so many parts of the cases, from 1.
    public var shard: (index: Int, count: Int) = (1, 1)
    public var timeoutFactor = 1.0
    public var seed: UInt64 = 1
    public var isStrict = false
    /// Added to the target's environment, and to nobody else's.
    public var targetEnvironment: [(name: String, value: [UInt8])] = []
    /// Servers are reached through a loopback sshd.
    public var isOverSSH = false
    /// One protocol of each case and role, another for each.
    public var isQuick = false
    /// RLIMIT_AS of the target in bytes; 0: none.
    public var addressSpace: UInt = 0
    /// This program's file, which is also the engine peer and the remote shell.
    public var program: String
    /// Where sandboxes are made; nil: where the memory is, if it can be.
    public var scratch: String?
    /// Whether the engine peer can be told to have a fault.
    public var hasKnobs = false
    /// Asked about every result, on any thread, more than one at a time: whether enough is known now. What is left then is not run.
    public var isEnough: @Sendable (CellResult) -> Bool = { _ in false }
    /// What known failures make of the results.
    public var review: @Sendable ([CellResult]) -> [CellResult] = { $0 }
    /// A cell that is known to fail gets a quarter of its time, of five seconds at least: many fail by going on for ever, and one that passes now does so early.
    public var isKnownToFail: @Sendable (CellID) -> Bool = { _ in false }
    /// Told of every result as it comes, on any thread, one at a time; and of how many cells there are.
    public var progress: @Sendable (_ result: CellResult, _ done: Int, _ of: Int) -> Void = { _, _, _ in }

    public init(suite: String, command: [[UInt8]], features: TargetFeatures, roles: [TargetRole], jobs: Int, program: String) {
        self.suite = suite
        self.command = command
        self.features = features
        self.roles = roles
        self.jobs = jobs
        self.program = program
    }
}

/// The cells of a run.
public struct CellExpansion: Sendable {
    public struct Unit: Sendable {
        public let one: Case
        public let level: Level
        public var cells: [CellID]
        /// Added to the target's environment besides that of the run.
        public var environment: [(name: String, value: [UInt8])] = []
        /// Instead of the case's own limit.
        public var seconds: Double?
    }

    public let units: [Unit]

    /// Roles × protocols of every case that the selection names. What the target's features do not reach is no cell; what
    /// it lacks besides is one, and unsupported.
    public init(_ cases: [Case], _ registry: ClauseRegistry, _ configuration: RunConfiguration) {
        let roles = TargetRole.allCases.filter { configuration.roles.contains($0) && configuration.features.roles.contains($0) }
        let reach = configuration.protocols.intersection(configuration.features.protocols)
        let all = cases.map { one -> Unit in
            let clause = registry[one.clauses[0]]
            let protocols = (one.protocols ?? clause?.protocols ?? .all).intersection(reach)
            let cells = roles.filter(one.roles.contains).flatMap { role -> [CellID] in
                let numbers = configuration.isQuick ? Self.sample(protocols.numbers, one.id + role.rawValue) : protocols.numbers
                return numbers.map { CellID(caseID: one.id, role: role, protocolNumber: $0) }
            }
            return Unit(
                one: one, level: one.level ?? clause?.level ?? .must,
                cells: cells.filter { configuration.selection.contains($0, flags: one.flags) })
        }
        let (index, count) = configuration.shard
        units = all.filter { !$0.cells.isEmpty }.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
    }

    /// One of them, the same for the same name in every run.
    private static func sample(_ numbers: [Int32], _ name: String) -> [Int32] {
        guard !numbers.isEmpty else { return [] }
        let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return [numbers[Int(hash >> 32) % numbers.count]]
    }

    /// Just these.
    public init(_ units: [Unit]) { self.units = units }

    public var cellCount: Int { units.reduce(0) { $0 + $1.cells.count } }
}
