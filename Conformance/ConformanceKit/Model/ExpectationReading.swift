extension Expectation {
    public init() {
        outcome = .completes
        sourceTree = .unchanged
        beside = .unchanged
        seconds = Self.usualSeconds
        mebibytes = Self.usualMebibytes
    }

    init(_ item: JSONReader.Item) throws(JSONDefect) {
        self.init()
        var reader = try item.reader()
        outcome = try reader.optional("outcome") { item throws(JSONDefect) in try item.oneOf(Outcome.self) } ?? .completes
        exit = try reader.optional("exit") { item throws(JSONDefect) in try Codes(item) }
        tree = try reader.optional("tree") { item throws(JSONDefect) in try Tree(item) }
        if reader.has("tree"), tree == nil { tree = .absent }
        ignore = try reader.optional("ignore") { item throws(JSONDefect) in
            var aspects: Set<Aspect> = []
            for aspect in try item.list() { aspects.insert(try aspect.oneOf(Aspect.self)) }
            return aspects
        } ?? []
        sourceTree = try reader.optional("source-tree") { item throws(JSONDefect) in try Tree(item) } ?? .unchanged
        beside = try reader.optional("beside") { item throws(JSONDefect) in try Tree(item) } ?? .unchanged
        fields = try reader.optional("fields") { item throws(JSONDefect) in
            var fields: [Field] = []
            for field in try item.list() { fields.append(try Field(field)) }
            return fields
        } ?? []
        arguments = try reader.optional("argv") { item throws(JSONDefect) in try Arguments(item) }
        host = try reader.optional("host") { item throws(JSONDefect) in
            item.value.array == nil ? [try item.bytes()] : try item.words()
        }
        bytes = try reader.optional("bytes") { item throws(JSONDefect) in try Bytes(item) }
        says = try reader.optional("says") { item throws(JSONDefect) in try Text.list(item, must: false) } ?? []
        prints = try reader.optional("prints") { item throws(JSONDefect) in try Text.list(item, must: true) } ?? []
        if let peer = reader.take("peer") {
            var inner = try peer.reader()
            peerExit = try inner.required("exit") { item throws(JSONDefect) in try Codes(item) }
            try inner.finish()
        }
        seconds = try reader.optional("seconds") { item throws(JSONDefect) in try item.number() } ?? Self.usualSeconds
        mebibytes = try reader.optional("mebibytes") { item throws(JSONDefect) in try item.positive() } ?? Self.usualMebibytes
        try reader.finish()
        if outcome == .refuses, exit?.allowed.contains(0) == true { throw item.defect("what refuses does not end with 0") }
    }
}

extension Expectation.Codes {
    /// `"hostile"`, a number, or a list of both.
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        var codes: Set<Int32> = []
        for one in item.value.array == nil ? [item] : try item.list() {
            if one.value.string == "hostile" {
                codes.formUnion(Self.hostile.allowed)
            } else if let code = Int32(exactly: try one.integer()), (0...255).contains(code) {
                codes.insert(code)
            } else {
                throw one.defect("an exit code is 0 to 255")
            }
        }
        self.init(codes)
    }
}

extension Expectation.Tree {
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        switch item.value.string {
        case "source": self = .source
        case "unchanged": self = .unchanged
        case "any": self = .any
        default:
            if let object = item.value.object, object["has"]?.object != nil && object["has"]?.object?["file"]?.string == nil
                || object["lacks"]?.array != nil {
                var reader = try item.reader()
                let has = try reader.optional("has") { item throws(JSONDefect) in try TreeDescription(item) } ?? .empty
                let lacks = try reader.optional("lacks") { item throws(JSONDefect) in try item.words() } ?? []
                try reader.finish()
                self = .partly(has: has, lacks: lacks)
            } else {
                self = .exactly(try TreeDescription(item))
            }
        }
    }
}

extension Expectation.Field {
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        var reader = try item.reader()
        name = try reader.required("name") { item throws(JSONDefect) in try item.text() }
        count = try reader.optional("count") { item throws(JSONDefect) in try item.integer() }
        least = try reader.optional("min") { item throws(JSONDefect) in try item.integer() }
        value = try reader.optional("value") { item throws(JSONDefect) in try item.text() }
        matches = try reader.optional("matches") { item throws(JSONDefect) in try item.pattern() }
        bytes = try reader.optional("bytes") { item throws(JSONDefect) in try item.pattern() }
        before = try reader.optional("before") { item throws(JSONDefect) in
            guard let name = item.value.string else { return [try Expectation.Field(item)] }
            return [Expectation.Field(name: name)]
        } ?? []
        order = try reader.optional("order") { item throws(JSONDefect) in
            var patterns: [String] = []
            for one in try item.list() { patterns.append(try one.pattern()) }
            return patterns
        } ?? []
        isAbsent = try reader.optional("absent") { item throws(JSONDefect) in try item.truth() } ?? false
        isMust = try reader.optional("must") { item throws(JSONDefect) in try item.truth() } ?? true
        try reader.finish()
    }
}

extension Expectation.Arguments {
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        var reader = try item.reader()
        equals = try reader.optional("equals") { item throws(JSONDefect) in try item.words() }
        has = try reader.optional("has") { item throws(JSONDefect) in try item.words() } ?? []
        lacks = try reader.optional("lacks") { item throws(JSONDefect) in try item.words() } ?? []
        matches = try reader.optional("matches") { item throws(JSONDefect) in try item.pattern() }
        isMust = try reader.optional("must") { item throws(JSONDefect) in try item.truth() } ?? true
        try reader.finish()
    }
}

extension Expectation.Text {
    /// A text alone is the whole; an object says more; a list has several.
    static func list(_ item: JSONReader.Item, must: Bool) throws(JSONDefect) -> [Expectation.Text] {
        var texts: [Expectation.Text] = []
        for one in item.value.array == nil ? [item] : try item.list() { texts.append(try Expectation.Text(one, must: must)) }
        return texts
    }

    private init(_ item: JSONReader.Item, must: Bool) throws(JSONDefect) {
        isMust = must
        if item.value.string != nil {
            equals = try item.bytes()
            return
        }
        var reader = try item.reader()
        equals = try reader.optional("equals") { item throws(JSONDefect) in try item.bytes() }
        contains = try reader.optional("contains") { item throws(JSONDefect) in try item.oneOrMore() } ?? []
        lacks = try reader.optional("lacks") { item throws(JSONDefect) in try item.oneOrMore() } ?? []
        matches = try reader.optional("matches") { item throws(JSONDefect) in try item.pattern() }
        isMust = try reader.optional("must") { item throws(JSONDefect) in try item.truth() } ?? must
        try reader.finish()
    }
}

extension Expectation.Bytes {
    /// `"00 ff"`, a list of such, or `{"sha256": "…"}`.
    init(_ item: JSONReader.Item) throws(JSONDefect) {
        if item.value.object != nil {
            var reader = try item.reader()
            self = .sha256(try reader.required("sha256") { item throws(JSONDefect) in try item.text() })
            try reader.finish()
            return
        }
        var allowed: [[UInt8]] = []
        for one in item.value.array == nil ? [item] : try item.list() {
            guard let bytes = EscapedText.hexadecimal(try one.text()) else { throw one.defect("hexadecimal bytes expected") }
            allowed.append(bytes)
        }
        self = .exactly(allowed)
    }
}

extension JSONReader.Item {
    fileprivate func oneOrMore() throws(JSONDefect) -> [[UInt8]] {
        value.array == nil ? [try bytes()] : try words()
    }

    /// A regular expression that compiles.
    fileprivate func pattern() throws(JSONDefect) -> String {
        let text = try text()
        guard (try? Regex(text)) != nil else { throw defect("this is no regular expression") }
        return text
    }
}
