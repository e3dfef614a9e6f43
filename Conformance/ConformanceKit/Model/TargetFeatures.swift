/// What a target can do, as a features file says it (Cases/features.md): what it lacks is unsupported, not wrong.
///
///     { "name": "rsync", "version": "3.2.7", "protocols": "27-32", "roles": ["server-sender", …],
///       "features": ["symlinks", "acls", "checksum:xxh128", "codec:zstd", …] }
public struct TargetFeatures: Sendable, Equatable {
    public var name: String
    public var version: String
    public var protocols: ProtocolSet
    public var roles: [TargetRole]
    /// nil: not asked for, so that nothing counts as lacking.
    public var features: Set<String>?

    public init(
        name: String = "target", version: String = "unknown", protocols: ProtocolSet = .all,
        roles: [TargetRole] = TargetRole.allCases, features: Set<String>? = nil
    ) {
        self.name = name
        self.version = version
        self.protocols = protocols
        self.roles = roles
        self.features = features
    }

    public init(_ value: JSONValue, path: String) throws(JSONDefect) {
        var reader = try JSONReader.Item(value, at: path).reader()
        self.init()
        name = try reader.optional("name") { item throws(JSONDefect) in try item.text() } ?? name
        version = try reader.optional("version") { item throws(JSONDefect) in try item.text() } ?? version
        protocols = try reader.optional("protocols") { item throws(JSONDefect) in
            guard let set = ProtocolSet(try item.text()) else { throw item.defect("no range of protocols") }
            return set
        } ?? protocols
        roles = try reader.optional("roles") { item throws(JSONDefect) in
            var roles: [TargetRole] = []
            for role in try item.list() { roles.append(try role.oneOf(TargetRole.self)) }
            return roles
        } ?? roles
        features = try reader.optional("features") { item throws(JSONDefect) in Set(try item.texts()) }
        try reader.finish()
    }

    /// The first of the needs that this target lacks.
    public func lacking(_ needs: [String]) -> String? {
        guard let features else { return nil }
        return needs.first { $0 != Self.root && !features.contains($0) }
    }

    /// A need of the suite itself.
    public static let root = "root"
}
