import PeerKit

/// Finds out what a target can do, by trying: first a plain transfer in every role and at every protocol, then one small
/// session for each feature, at the newest protocol that it knows.
public struct FeatureProbe: Sendable {
    public struct Outcome: Sendable {
        public var features: TargetFeatures
        /// Of what did not complete, why: a line for each, for people.
        public var notes: [String]
    }

    /// Runs cases against the target, in all their roles and protocols.
    typealias Trial = @Sendable ([Case], [TargetRole], ProtocolSet) throws -> [CellResult]

    private let probes: [ProbeList.Probe]
    private let trial: Trial

    /// `needs`: the words to find out about, of which the list has the probes or which name an option.
    init(list: ProbeList, needs: Set<String>, trial: @escaping Trial) {
        let options = needs.sorted().compactMap(list.optionProbe)
        probes = list.probes.filter { needs.contains($0.feature) } + options
        self.trial = trial
    }

    /// Meets the target as a run with this configuration would. Finds out about everything that cases need, or about what
    /// the chosen ones need alone.
    public init(_ configuration: RunConfiguration, onlyForSelection: Bool) throws {
        let list = try ProbeList(suite: configuration.suite)
        let library = try CaseLibrary(suite: configuration.suite)
        var needs: Set<String> = []
        if onlyForSelection {
            let registry = try ClauseRegistry(directory: "\(configuration.suite)/Spec")
            needs = Set(CellExpansion(library.cases, registry, configuration).units.flatMap(\.one.needs))
        } else {
            needs = Set(library.cases.flatMap(\.needs) + list.probes.map(\.feature))
        }
        self.init(list: list, needs: needs) { cases, roles, protocols in
            var trial = configuration
            trial.features = TargetFeatures(name: configuration.features.name)
            trial.roles = roles
            trial.protocols = protocols
            trial.selection = CaseSelection([])
            trial.shard = (1, 1)
            trial.isOverSSH = false
            trial.isQuick = false
            trial.isStrict = false
            trial.review = { $0 }
            trial.progress = { _, _, _ in }
            return try Runner(trial, cases: cases).run().results
        }
    }

    public func run(name: String, version: String, roles: [TargetRole] = TargetRole.allCases) throws -> Outcome {
        let asked = ProbeList.ordinaryRoles.filter(roles.contains)
        var notes: [String] = []
        let plain = try trial(ProtocolSet.all.numbers.map(Self.plainTransfer), asked, .all)
        let good = plain.filter { Self.completes($0) }
        let found = asked.filter { role in good.contains { $0.role == role } }
        let protocols = ProtocolSet(good.map(\.protocolNumber))
        for role in asked where !found.contains(role) {
            let reason = plain.last { $0.role == role }?.reason ?? ""
            notes.append("\(role.rawValue): no plain transfer completes: \(reason)")
        }
        var features: Set<String> = []
        if !found.isEmpty { features = try tryFeatures(found, protocols, &notes) }
        let known = TargetFeatures(name: name, version: version, protocols: protocols, roles: found, features: features)
        return Outcome(features: known, notes: notes)
    }

    private func tryFeatures(_ roles: [TargetRole], _ protocols: ProtocolSet, _ notes: inout [String]) throws -> Set<String> {
        var cases: [Case] = []
        for (index, probe) in probes.enumerated() {
            var one = try probe.makeCase(number: index)
            guard let newest = (one.protocols ?? .all).intersection(protocols).numbers.last else { continue }
            one.protocols = ProtocolSet([newest])
            cases.append(one)
        }
        let results = try trial(cases, roles, protocols)
        var features: Set<String> = []
        for probe in probes where !features.contains(probe.feature) {
            let slugs = Set(probes.enumerated().filter { $0.element.feature == probe.feature }.map { "SES-1/\($0.offset)-\(probe.feature)" })
            // A server is not sent every option, and then takes none: whether there is one at all shows at a client.
            let telling = probe.isOption ? roles.filter { !$0.isServer } : roles
            let own = results.filter { slugs.contains($0.caseID) && (telling.isEmpty || telling.contains($0.role)) }
            if own.contains(where: Self.completes) { features.insert(probe.feature) }
            let lacking = own.filter { !Self.completes($0) }
            let others = Set(own.filter(Self.completes).map(\.role))
            for role in roles where !others.contains(role) {
                guard let result = lacking.first(where: { $0.role == role }) else { continue }
                notes.append("\(probe.feature): not as \(role.rawValue): \(result.reason)")
            }
        }
        return features
    }

    /// Completes, and the target's own number is at least that of the cell: else an older one was spoken.
    private static func plainTransfer(_ number: Int32) throws -> Case {
        // SES-34: up to 40 are accepted.
        let numbers = (number...40).map { "\($0)" }.joined(separator: "|")
        return try ProbeList.makeCase(
            slug: "plain-\(number)",
            [
                JSONObject.Member(name: "protocols", value: .string("\(number)")),
                JSONObject.Member(name: "source", value: ProbeList.oneFile),
            ], fields: .array([.object([("name", .string("version")), ("matches", .string("^(\(numbers))$"))])]), tree: "source")
    }

    private static func completes(_ result: CellResult) -> Bool { result.verdict == .pass || result.verdict == .passNonstrict }
}

extension TargetFeatures {
    /// What `init(_:path:)` reads.
    public var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("version", .string(version)), ("protocols", .string(protocols.description)),
            ("roles", .texts(roles.map(\.rawValue))),
        ]
        if let features { members.append(("features", .texts(features.sorted()))) }
        return .object(members)
    }
}
