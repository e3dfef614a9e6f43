import TraceKit

/// The small sessions by which a target's features are found out: `Conformance/probes.json`.
public struct ProbeList: Sendable {
    /// One session. Of several with the same feature one that completes is enough.
    public struct Probe: Sendable {
        public let feature: String
        /// Members of a case: options, source, roles, protocols, needs.
        let members: [JSONObject.Member]
        let fields: JSONValue?
        let arguments: JSONValue?
        /// `option:--mkpath`, instead of something that shows in the session.
        var isOption: Bool { feature.hasPrefix(ProbeList.optionPrefix) }

        /// The case, whose id is `probe/FEATURE`. It expects that the session completes, and of the tree nothing: whether what
        /// a target does is right is for the cases to find.
        func makeCase(number: Int) throws(JSONDefect) -> Case {
            try ProbeList.makeCase(slug: "\(number)-\(feature)", members, fields: fields, arguments: arguments)
        }
    }

    public let probes: [Probe]
    /// What an option is given that needs a value.
    let optionValues: [String: String]
    /// What an option needs beside it.
    let optionCompanions: [String: [String]]

    public init(_ value: JSONValue, path: String) throws(JSONDefect) {
        var reader = try JSONReader.Item(value, at: path).reader()
        probes = try reader.required("probes") { item throws(JSONDefect) in
            var probes: [Probe] = []
            for one in try item.list() { probes.append(try Self.probe(one)) }
            return probes
        }
        optionValues = try reader.required("option-values") { item throws(JSONDefect) in
            var values: [String: String] = [:]
            for member in item.value.object?.members ?? [] { values[member.name] = member.value.string }
            return values
        }
        optionCompanions = try reader.required("option-companions") { item throws(JSONDefect) in
            var values: [String: [String]] = [:]
            for member in item.value.object?.members ?? [] { values[member.name] = member.value.array?.compactMap(\.string) }
            return values
        }
        try reader.finish()
        // A case that cannot be made is told now, and not in the middle of a run.
        for (index, probe) in probes.enumerated() { _ = try probe.makeCase(number: index) }
    }

    public init(suite: String) throws {
        let path = "\(suite)/probes.json"
        try self.init(JSONValue(FileBytes.read(path)), path: path)
    }

    private static func probe(_ item: JSONReader.Item) throws(JSONDefect) -> Probe {
        guard let object = item.value.object, let feature = object["feature"]?.string else {
            throw item.defect("a probe is an object with a feature")
        }
        let others = object.members.filter { !["feature", "fields", "argv"].contains($0.name) }
        return Probe(feature: feature, members: others, fields: object["fields"], arguments: object["argv"])
    }

    /// Whether a target takes an option at all: `option:--mkpath`.
    func optionProbe(_ feature: String) -> Probe? {
        guard feature.hasPrefix(Self.optionPrefix) else { return nil }
        let name = String(feature.dropFirst(Self.optionPrefix.count))
        let word = optionValues[name].map { "\(name)=\($0)" } ?? name
        let options = ["-r"] + (optionCompanions[name] ?? []) + [word]
        return Probe(
            feature: feature,
            members: [
                JSONObject.Member(name: "options", value: .texts(options)),
                JSONObject.Member(name: "source", value: Self.oneFile),
            ], fields: nil, arguments: nil)
    }

    static let optionPrefix = "option:"

    static let oneFile = JSONValue.object([("a", .object([("file", .string("a\n"))]))])

    static func makeCase(
        slug: String, _ members: [JSONObject.Member], fields: JSONValue? = nil, arguments: JSONValue? = nil,
        tree: String = "any"
    ) throws(JSONDefect) -> Case {
        var expect: [(String, JSONValue)] = [("tree", .string(tree))]
        if let fields { expect.append(("fields", fields)) }
        if let arguments { expect.append(("argv", arguments)) }
        var all: [(String, JSONValue)] = [("title", .string("probe")), ("clauses", .texts(["SES-1"]))]
        all += members.map { ($0.name, $0.value) }
        if !members.contains(where: { $0.name == "roles" }) { all.append(("roles", .texts(ordinaryRoles.map(\.rawValue)))) }
        all.append(("expect", .object(expect)))
        return try Case(id: "SES-1/\(slug)", path: "probe \(slug)", .object(all))
    }

    /// A forced command cannot be tried without its places.
    static let ordinaryRoles: [TargetRole] = [.serverSender, .serverReceiver, .clientSender, .clientReceiver]
}
