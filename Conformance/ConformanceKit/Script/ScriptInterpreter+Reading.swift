import RsyncDigest
import RsyncProtocol
import RsyncWire
import TraceKit

/// Steps that wait for something of the target, and check it.
extension ScriptInterpreter {
    func read(_ value: JSONValue, _ step: JSONValue) throws(Interruption) {
        let expect = step["expect"] ?? .object(JSONObject([]))
        let what = try mistakes { () throws(ScriptMistake) in try value.text() }
        let found: [String: JSONValue]
        switch what {
        case "list": found = try readList(announced: session.context.isSender == false && !session.lists.isEmpty)
        case "lists": found = try readLists()
        case "filters": found = try readFilters()
        case "request": found = try readRequest()
        case "reply": found = try readReply()
        case "index":
            let index = try stops { () throws(ScriptWire.Stop) in try session.readIndex() }
            found = ["index": .integer(Int64(index))]
        case "done":
            try readDone()
            found = [:]
        case "message": found = try readMessage(expect)
        case "to-end":
            let rest = try stops { () throws(ScriptWire.Stop) in try session.wire.toEnd() }
            found = ["bytes": .integer(Int64(rest.count)), "text": .string(EscapedText.text(rest.first))]
        case "statistics":
            let traits = session.traits
            let figures = try receive { reader throws(WireError) in try TransferStatistics(reading: &reader, traits: traits) }
            found = ["read": .integer(figures.bytesRead), "written": .integer(figures.bytesWritten), "size": .integer(figures.totalSize)]
        case "int": found = ["value": .integer(Int64(try receive { reader throws(WireError) in try reader.int32() }))]
        case "byte": found = ["value": .integer(Int64(try receive { reader throws(WireError) in try reader.byte() }))]
        case "varint": found = ["value": .integer(Int64(try receive { reader throws(WireError) in try reader.varInt() }))]
        case "vstring":
            let text = try receive { reader throws(WireError) in
                try reader.vString(limit: 0x7fff, field: "vstring", clause: "SES-18")
            }
            found = ["value": .string(EscapedText.text(text))]
        default: throw .mistake(ScriptMistake("there is nothing called \(what) to be read"))
        }
        try check(expect, found)
    }

    // MARK: Checks

    /// Each key of `expect` against what was found. `has-X` and `lacks-X` are of lists and texts.
    private func check(_ expect: JSONValue, _ found: [String: JSONValue]) throws(Interruption) {
        for member in expect.object?.members ?? [] {
            let (key, wanted) = (member.name, member.value)
            if key.hasPrefix("has-"), let value = found[String(key.dropFirst(4))] {
                for item in wanted.array ?? [wanted] where !holds(value, item) { session.find(key, text(item), text(value)) }
            } else if key.hasPrefix("lacks-"), let value = found[String(key.dropFirst(6))] {
                for item in wanted.array ?? [wanted] where holds(value, item) { session.find(key, "without \(text(item))", text(value)) }
            } else if let value = found[key] {
                if value != wanted { session.find(key, text(wanted), text(value)) }
            } else if key != "code" {
                throw .mistake(ScriptMistake("this read step finds no \(key)"))
            }
        }
    }

    private func holds(_ value: JSONValue, _ item: JSONValue) -> Bool {
        if let list = value.array { return list.contains(item) }
        guard let text = value.string, let part = item.string else { return false }
        return text.utf8.count >= part.utf8.count && text.contains(part)
    }

    private func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): "\"\(text.prefix(300))\""
        case .integer(let number): String(number)
        case .array(let items): "[\(items.prefix(40).map(text).joined(separator: ", "))]"
        default: "\(value)"
        }
    }

    // MARK: Lists and rules

    private func readList(announced: Bool) throws(Interruption) -> [String: JSONValue] {
        if announced {
            let index = try stops { () throws(ScriptWire.Stop) in try session.readAnyIndex() }
            guard index <= FileIndex.fileListOffset else { throw .unexpected("index \(index) where a list was due") }
        }
        let list = try stops { () throws(ScriptWire.Stop) in try session.readList() }
        return describe([list])
    }

    /// All of them, up to the mark that says so.
    private func readLists() throws(Interruption) -> [String: JSONValue] {
        let first = session.lists.count
        try stops { () throws(ScriptWire.Stop) in
            _ = try session.readList()
            guard session.traits.incrementalRecursion else { return }
            while !session.sawListEOF {
                switch try session.readAnyIndex() {
                case FileIndex.fileListEOF: session.sawListEOF = true
                case ...FileIndex.fileListOffset: _ = try session.readList()
                case let index: throw .garbled("index \(index) where a list was due")
                }
            }
        }
        return describe(Array(session.lists[first...]))
    }

    private func describe(_ lists: [FileList]) -> [String: JSONValue] {
        var names: [JSONValue] = []
        for list in lists {
            for at in 0..<list.count where list.isActive(at) { names.append(.string(EscapedText.text(list.name(at: at)))) }
        }
        return [
            "count": .integer(Int64(names.count)), "names": .array(names), "errors": .integer(Int64(session.listErrors)),
            "ids": .array(session.idNames.map { .string(EscapedText.text($0)) }),
            "xattrs": .array(session.attributeNames.map { .string(EscapedText.text($0)) }),
        ]
    }

    private func readFilters() throws(Interruption) -> [String: JSONValue] {
        var rules: [JSONValue] = []
        while true {
            let length = try receive { reader throws(WireError) in try reader.int32() }
            if length == 0 { return ["rules": .array(rules)] }
            guard (1...5119).contains(length) else { throw .unexpected("a filter rule of \(length) bytes") }
            let rule = try stops { () throws(ScriptWire.Stop) in try session.wire.bytes(Int(length)) }
            rules.append(.string(EscapedText.text(rule)))
        }
    }

    // MARK: Requests and replies

    /// The next item of the generator; nil for the end of a list or phase.
    func nextItem() throws(Interruption) -> ScriptRequest? {
        let index = try stops { () throws(ScriptWire.Stop) in try session.readIndex() }
        guard index >= 0 else { return nil }
        let traits = session.traits
        let attributes = try receive { reader throws(WireError) in try ItemAttributes(reading: &reader, traits: traits) }
        var item = ScriptRequest(index: index, attributes: attributes, head: .null)
        if session.options.letter("X"), attributes.carriesXattrs(traits) {
            var last = 0
            while let number = try receive({ reader throws(WireError) in try XattrWire.readNumber(&reader, after: last) }) {
                last = number
                session.requestedXattrs.append(number)
            }
        }
        guard attributes.flags.contains(.transfer), !session.options.isDryRun else { return item }
        let digest = session.checksum.digestLength
        item.head = try receive { reader throws(WireError) in try SumHead(reading: &reader, traits: traits, digestLength: digest) }
        if !session.options.appends {
            for _ in 0..<item.head.count {
                item.sums.append(try receive { reader throws(WireError) in
                    try BlockSum(reading: &reader, strongLength: Int(item.head.strongLength))
                })
            }
        }
        session.requested = item
        return item
    }

    private func readRequest() throws(Interruption) -> [String: JSONValue] {
        while true {
            guard let item = try nextItem() else { throw .unexpected("the end of a phase where a request was due") }
            guard item.attributes.flags.contains(.transfer) else { continue }
            var found: [String: JSONValue] = [
                "index": .integer(Int64(item.index)), "flags": .integer(Int64(item.attributes.flags.rawValue)),
                "basis": .integer(Int64(item.attributes.basis.rawValue)), "xname": .string(EscapedText.text(item.attributes.xname)),
                "count": .integer(Int64(item.head.count)), "block": .integer(Int64(item.head.blockLength)),
                "strong": .integer(Int64(item.head.strongLength)), "remainder": .integer(Int64(item.head.remainder)),
            ]
            found["name"] = .string(EscapedText.text(session.entry(at: item.index)?.name ?? []))
            return found
        }
    }

    /// Past items of which no data is asked, to the end of a list or phase.
    private func readDone() throws(Interruption) {
        while let item = try nextItem() {
            guard !item.attributes.flags.contains(.transfer) else {
                throw .unexpected("a request for index \(item.index) where the end of a phase was due")
            }
        }
    }

    private func readReply() throws(Interruption) -> [String: JSONValue] {
        while true {
            let index = try stops { () throws(ScriptWire.Stop) in try session.readIndex() }
            guard index >= 0 else { throw .unexpected("the end of a phase where a reply was due") }
            let traits = session.traits
            let attributes = try receive { reader throws(WireError) in try ItemAttributes(reading: &reader, traits: traits) }
            guard attributes.flags.contains(.transfer) else { continue }
            return try readReplyBody(index, attributes)
        }
    }

    /// What follows index and attributes.
    func readReplyBody(_ index: Int32, _ attributes: ItemAttributes) throws(Interruption) -> [String: JSONValue] {
        guard session.compression == .none else { throw .mistake(ScriptMistake("replies of a compressed session are not understood")) }
        let traits = session.traits
        let digest = session.checksum.digestLength
        let head = try receive { reader throws(WireError) in try SumHead(reading: &reader, traits: traits, digestLength: digest) }
        session.reply.head = head
        session.reply.content = []
        var matches = 0
        var literals = 0
        tokens: while true {
            switch try receive({ reader throws(WireError) in try PlainToken(reading: &reader, blockCount: head.count) }) {
            case .end: break tokens
            case .block(let block):
                matches += 1
                noteMatch(block)
            case .literal(let count):
                literals += count
                session.reply.content += try stops { () throws(ScriptWire.Stop) in try session.wire.bytes(count) }
            }
        }
        let sum = try stops { () throws(ScriptWire.Stop) in try session.wire.bytes(digest) }
        return [
            "index": .integer(Int64(index)), "name": .string(EscapedText.text(session.entry(at: index)?.name ?? [])),
            "flags": .integer(Int64(attributes.flags.rawValue)), "basis": .integer(Int64(attributes.basis.rawValue)),
            "xname": .string(EscapedText.text(attributes.xname)), "content": .string(EscapedText.text(session.reply.content)),
            "size": .integer(Int64(session.reply.content.count)), "matches": .integer(Int64(matches)),
            "literals": .integer(Int64(literals)), "count": .integer(Int64(head.count)),
            "sum": .string(sum == session.sum(of: session.reply.content) ? "right" : "wrong"),
        ]
    }

    /// The next message of the code that is expected, or of any.
    private func readMessage(_ expect: JSONValue) throws(Interruption) -> [String: JSONValue] {
        let wanted = try mistakes { () throws(ScriptMistake) -> UInt8? in
            guard let wanted = expect["code"] else { return nil }
            return try code(wanted)
        }
        while true {
            try stops { () throws(ScriptWire.Stop) in try session.wire.message(after: session.messagesSeen) }
            let message = session.wire.messages[session.messagesSeen]
            session.messagesSeen += 1
            guard wanted == nil || wanted == message.code else { continue }
            var found: [String: JSONValue] = ["text": .string(EscapedText.text(message.payload))]
            if message.payload.count == 4 {
                var reader = ByteReader(message.payload)
                if let number = try? reader.int32() { found["int"] = .integer(Int64(number)) }
            }
            return found
        }
    }
}
