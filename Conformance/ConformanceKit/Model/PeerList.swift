/// The implementations of a matrix: `Conformance/peers.json`.
///
///     [ { "name": "rsync", "version": ["{bin}/rsync", "--version"], "command": ["rsync"], "roles": ["server", "client"],
///         "features": "mine.json", "known": "known.json", "shim": false } ]
public struct PeerList: Sendable {
    public struct Entry: Sendable, Equatable {
        /// Of its files in the results.
        public var name: String
        /// Its name in reports; nil: what the program calls itself.
        public var label: String?
        /// The command line whose output names the version; empty: the command with `--version`.
        public var version: [String]
        public var command: [String]
        /// `server` and `client` are two each; empty: all but `restricted`.
        public var roles: [TargetRole]
        /// Files; nil: found out by trying, and looked for by name.
        public var features: String?
        public var known: String?
        public var isShim: Bool
    }

    public let entries: [Entry]

    /// `{bin}` in words stands for `programs`, the directory of this program.
    public init(_ value: JSONValue, path: String, programs: String) throws(JSONDefect) {
        var entries: [Entry] = []
        for item in try JSONReader.Item(value, at: path).list() {
            var reader = try item.reader()
            func words(_ item: JSONReader.Item) throws(JSONDefect) -> [String] {
                try item.texts().map { $0.replacing("{bin}", with: programs) }
            }
            let entry = Entry(
                name: try reader.required("name") { item throws(JSONDefect) in try item.text() },
                label: try reader.optional("label") { item throws(JSONDefect) in try item.text() },
                version: try reader.optional("version", words) ?? [],
                command: try reader.required("command", words),
                roles: try reader.optional("roles") { item throws(JSONDefect) in
                    var roles: [TargetRole] = []
                    for one in try item.list() {
                        let word = try one.text()
                        guard let more = TargetRole.named(word) else { throw one.defect("there is no role \(word)") }
                        roles += more
                    }
                    return roles
                } ?? TargetRole.allCases.filter { $0 != .restricted },
                features: try reader.optional("features") { item throws(JSONDefect) in try item.text() },
                known: try reader.optional("known") { item throws(JSONDefect) in try item.text() },
                isShim: try reader.optional("shim") { item throws(JSONDefect) in try item.truth() } ?? false)
            try reader.finish()
            guard !entry.command.isEmpty else { throw item.defect("the command has no word") }
            guard !entries.contains(where: { $0.name == entry.name }) else { throw item.defect("\(entry.name) stands twice") }
            entries.append(entry)
        }
        self.entries = entries
    }
}

extension TargetRole {
    /// A role, or both that begin with the word.
    public static func named(_ word: String) -> [TargetRole]? {
        switch word {
        case "server": [.serverSender, .serverReceiver]
        case "client": [.clientSender, .clientReceiver]
        default: TargetRole(rawValue: word).map { [$0] }
        }
    }
}
