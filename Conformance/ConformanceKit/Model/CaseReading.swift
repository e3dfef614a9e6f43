import TraceKit

extension Case {
    /// `id` comes of the file's place, `path` is for complaints.
    public init(id: String, path: String, _ value: JSONValue) throws(JSONDefect) {
        guard let object = value.object else { throw JSONDefect(path, "an object expected") }
        var reader = JSONReader(object, at: path)
        self.id = id
        self.path = path
        title = try reader.required("title") { item throws(JSONDefect) in try item.text() }
        clauses = try reader.required("clauses") { item throws(JSONDefect) in try item.texts() }
        guard let first = clauses.first, id.hasPrefix("\(first)/") else {
            throw JSONDefect(path, "the first of clauses is not the folder's")
        }
        level = try reader.optional("level") { item throws(JSONDefect) in try item.oneOf(Level.self) }
        flags = try reader.optional("flags") { item throws(JSONDefect) in try item.texts() } ?? []
        roles = try reader.required("roles") { item throws(JSONDefect) in
            var roles: [TargetRole] = []
            for role in try item.list() { roles.append(try role.oneOf(TargetRole.self)) }
            return roles
        }
        guard !roles.isEmpty, Set(roles).count == roles.count else { throw JSONDefect(path, "roles: one or more, none twice") }
        protocols = try reader.optional("protocols") { item throws(JSONDefect) in
            guard let set = ProtocolSet(try item.text()) else { throw item.defect("no range of protocols") }
            return set
        }
        needs = try reader.optional("needs") { item throws(JSONDefect) in try item.texts() } ?? []
        source = try reader.tree("source")
        destination = try reader.tree("destination")
        beside = try reader.optional("beside") { item throws(JSONDefect) in try TreeDescription(item) }
        options = try reader.optional("options") { item throws(JSONDefect) in try item.words() } ?? [Array("-r".utf8)]
        paths = try reader.optional("paths") { item throws(JSONDefect) in try Paths(item) } ?? .contents
        remote = try reader.optional("remote") { item throws(JSONDefect) in try item.words() }
        input = try reader.optional("stdin") { item throws(JSONDefect) in try item.bytes() } ?? []
        isOrdinary = try reader.optional("ordinary") { item throws(JSONDefect) in try item.truth() } ?? false
        umask = try reader.optional("umask") { item throws(JSONDefect) in
            guard let mask = UInt32(try item.text(), radix: 8), mask <= 0o777 else { throw item.defect("a umask is \"022\"") }
            return mask
        } ?? 0o022
        arguments = try reader.optional("argv") { item throws(JSONDefect) in try item.words() }
        variables = try reader.optional("variables") { item throws(JSONDefect) in
            var variables: [(name: String, value: [UInt8])] = []
            var reader = try item.reader()
            for name in reader.names {
                variables.append((name, try reader.required(name) { value throws(JSONDefect) in try value.bytes() }))
            }
            return variables
        } ?? []
        direction = try reader.optional("direction") { item throws(JSONDefect) in try item.oneOf(TraceHeader.Role.self) } ?? .pull
        var command: [UInt8]?
        peer = try reader.optional("peer") { item throws(JSONDefect) in try PeerDescription(item, command: &command) }
            ?? .engine(deviates: nil)
        request = command
        stream = try reader.optional("stream") { item throws(JSONDefect) in try StreamFaults(item) } ?? .none
        expect = try reader.optional("expect") { item throws(JSONDefect) in try Expectation(item) } ?? Expectation()
        if case .argumentsOnly = peer, value.object?["expect"]?.object?["outcome"] == nil, expect.exit == nil {
            // Its server is gone at once.
            expect.outcome = .ends
        }
        try reader.finish()
        if command != nil, roles != [.restricted] { throw JSONDefect(path, "peer: command is for the role restricted alone") }
        if case .argumentsOnly = peer, roles.contains(where: \.isServer) {
            throw JSONDefect(path, "peer: argv-only is for clients")
        }
        if case .nothing = peer, roles != [.restricted] { throw JSONDefect(path, "peer: there is none") }
    }
}

extension Case.Paths {
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        var reader = try item.reader()
        sources = try reader.optional("sources") { item throws(JSONDefect) in try item.words() } ?? [[]]
        destination = try reader.optional("destination") { item throws(JSONDefect) in try item.bytes() } ?? []
        try reader.finish()
    }
}

extension PeerDescription {
    init(_ item: JSONReader.Item, command: inout [UInt8]?) throws(JSONDefect) {
        var reader = try item.reader()
        command = try reader.optional("command") { item throws(JSONDefect) in try item.bytes() }
        var found: [PeerDescription] = []
        if let engine = reader.take("engine") {
            var inner = try engine.reader()
            found.append(.engine(deviates: try inner.optional("deviates") { item throws(JSONDefect) in try item.text() }))
            try inner.finish()
        }
        if let stock = reader.take("stock") {
            var inner = try stock.reader()
            found.append(.stock(version: try inner.optional("version") { item throws(JSONDefect) in try item.text() }))
            try inner.finish()
        }
        if let trace = reader.take("trace") {
            found.append(
                .trace(
                    path: try trace.text(),
                    isStrict: try reader.optional("strict") { item throws(JSONDefect) in try item.truth() } ?? false))
        }
        if let script = reader.take("script") {
            found.append(.script(try script.list().map(\.value)))
        }
        if let flag = reader.take("argv-only"), try flag.truth() { found.append(.argumentsOnly) }
        try reader.finish()
        guard found.count <= 1 else { throw item.defect("one peer, not several") }
        guard let peer = found.first ?? (command == nil ? nil : .nothing) else { throw item.defect("no peer") }
        self = peer
    }
}

extension StreamFaults {
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        var reader = try item.reader()
        func lane(_ reader: inout JSONReader) throws(JSONDefect) -> Lane {
            try reader.optional("to") { item throws(JSONDefect) in try item.oneOf(Lane.self) } ?? .target
        }
        chunk = try reader.optional("chunk") { item throws(JSONDefect) in try item.positive() }
        pipe = try reader.optional("pipe") { item throws(JSONDefect) in try item.positive() }
        if let fault = reader.take("cut") {
            var inner = try fault.reader()
            let cut = try inner.required("at") { item throws(JSONDefect) -> Cut in
                if item.value.string == "every-frame" { return .everyFrame }
                return .at(try item.integer())
            }
            self.cut = (try lane(&inner), cut)
            try inner.finish()
        }
        if let fault = reader.take("flip") {
            var inner = try fault.reader()
            let at = try inner.required("at") { item throws(JSONDefect) in try item.integer() }
            let bit = try inner.required("bit") { item throws(JSONDefect) in try item.integer() }
            guard (0..<8).contains(bit) else { throw fault.defect("a bit is 0 to 7") }
            flip = (try lane(&inner), at, bit)
            try inner.finish()
        }
        if let fault = reader.take("stall") {
            var inner = try fault.reader()
            let at = try inner.required("at") { item throws(JSONDefect) in try item.integer() }
            let seconds = try inner.required("seconds") { item throws(JSONDefect) in try item.number() }
            stall = (try lane(&inner), at, seconds)
            try inner.finish()
        }
        if let fault = reader.take("slow") {
            var inner = try fault.reader()
            let rate = try inner.required("bytes-per-second") { item throws(JSONDefect) in try item.positive() }
            slow = (try lane(&inner), rate)
            try inner.finish()
        }
        try reader.finish()
    }
}

extension JSONReader {
    /// Absent: an empty directory; null: none at all.
    fileprivate mutating func tree(_ name: String) throws(JSONDefect) -> TreeDescription? {
        guard has(name) else { return .empty }
        return try optional(name) { item throws(JSONDefect) in try TreeDescription(item) }
    }
}

extension JSONReader.Item {
    public func oneOf<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type
    ) throws(JSONDefect) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text()) else {
            throw defect("one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")) expected")
        }
        return word
    }

    public func positive() throws(JSONDefect) -> Int {
        let number = try integer()
        guard number > 0 else { throw defect("a number above 0 expected") }
        return number
    }
}
