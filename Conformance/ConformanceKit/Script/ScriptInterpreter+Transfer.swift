import RsyncDigest
import RsyncProtocol
import RsyncWire
import TraceKit

/// Requests, replies and statistics, written (XFR-16 to XFR-83, SES-141).
extension ScriptInterpreter {
    private static let flagWords: [String: ItemFlags] = [
        "transfer": .transfer, "new": .isNew, "local": .localChange, "time": .reportTime, "size": .reportSize,
        "permissions": .reportPermissions, "owner": .reportOwner, "group": .reportGroup, "acl": .reportACL, "xattr": .reportXattr,
        "change": .reportChange, "basis": .basisTypeFollows, "xname": .xnameFollows,
    ]

    func flags(_ value: JSONValue) throws(ScriptMistake) -> UInt16 {
        guard let words = value.array else { return UInt16(truncatingIfNeeded: try value.whole()) }
        var flags: ItemFlags = []
        for word in words {
            guard let flag = Self.flagWords[try word.text()] else { throw ScriptMistake("there is no item flag \(word)") }
            flags.insert(flag)
        }
        return flags.rawValue
    }

    /// A list of words, or `{"flags": […] or number, "basis": 0x81, "name": "x", "name-length": 5}`: the flags that
    /// announce a field are added where it is given. Nothing below protocol 29.
    func attributes(_ value: JSONValue) throws(ScriptMistake) {
        guard session.traits.hasItemFlags else { return }
        var bits = try flags(value.object == nil ? value : value["flags"] ?? .array([.string("transfer")]))
        if value["basis"] != nil { bits |= ItemFlags.basisTypeFollows.rawValue }
        if value["name"] != nil { bits |= ItemFlags.xnameFollows.rawValue }
        var writer = ByteWriter()
        writer.shortInt(bits)
        if let basis = value["basis"] { writer.byte(UInt8(truncatingIfNeeded: try basis.whole())) }
        if let name = value["name"] {
            let name = try name.contents()
            let length = Int(try value["name-length"]?.whole() ?? Int64(name.count))
            if length > 0x7f { writer.byte(0x80 | UInt8(truncatingIfNeeded: length >> 8)) }
            writer.byte(UInt8(truncatingIfNeeded: length))
            writer.bytes(name)
        }
        session.wire.write(writer.bytes)
    }

    /// `"echo"`: that of the last request. `"of"`: the sums of these contents follow.
    func sumHead(_ value: JSONValue) throws(ScriptMistake) {
        if value == .string("echo") {
            guard let requested = session.requested else { throw ScriptMistake("nothing was requested yet") }
            return write(requested.head)
        }
        let content = try value["of"]?.contents()
        let block = try value["block"]?.word32() ?? (content == nil ? 0 : 700)
        var head = SumHead(count: 0, blockLength: block, strongLength: 0, remainder: 0)
        if let content {
            guard block > 0 else { throw ScriptMistake("blocks have a length") }
            head.count = Int32((content.count + Int(block) - 1) / Int(block))
            head.strongLength = Int32(min(16, session.checksum.digestLength))
            head.remainder = Int32(content.count % Int(block))
            session.reply.basis = content
        }
        if let count = value["count"] { head.count = try count.word32() }
        if let strong = value["strong"] { head.strongLength = try strong.word32() }
        if let remainder = value["remainder"] { head.remainder = try remainder.word32() }
        write(head)
        guard let content else { return }
        let hasher = BlockHasher(variant: session.checksum, seed: session.seed)
        for start in stride(from: 0, to: content.count, by: Int(block)) {
            let piece = Array(content[start..<min(start + Int(block), content.count)])
            let strong = hasher.sum(of: piece).prefix(Int(max(0, head.strongLength)))
            session.wire.write { BlockSum(weak: Self.weakSum(piece), strong: Array(strong)).write(to: &$0) }
        }
    }

    private func write(_ head: SumHead) {
        session.reply.head = head
        session.reply.content = []
        session.wire.write { head.write(to: &$0) }
    }

    /// XFR-39 over signed bytes.
    static func weakSum(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 0
        var high: UInt32 = 0
        for byte in bytes {
            low &+= UInt32(bitPattern: Int32(Int8(bitPattern: byte)))
            high &+= low
        }
        return low & 0xffff | high << 16
    }

    /// Contents, or `{"text": …, "length": 9}` with a length that lies.
    func literal(_ value: JSONValue) throws(ScriptMistake) {
        let content = try (value["text"] ?? value).contents()
        var writer = ByteWriter()
        writer.int32(try value["length"]?.word32() ?? Int32(content.count))
        writer.bytes(content)
        session.wire.write(writer.bytes)
        session.reply.content += content
    }

    func noteMatch(_ block: Int32) {
        let head = session.reply.head
        guard block >= 0, block < head.count else { return }
        let start = Int(head.offset(ofBlock: block))
        let end = min(start + Int(head.length(ofBlock: block)), session.reply.basis.count)
        if start < end { session.reply.content += session.reply.basis[start..<end] }
    }

    /// `"right"`, `"wrong"` or hexadecimal.
    func fileSum(_ value: JSONValue) throws(ScriptMistake) {
        var sum = session.sum(of: session.reply.content)
        switch value {
        case .string("right"): break
        case .string("wrong"): sum[0] ^= 0x55
        default: sum = try value.hex()
        }
        session.wire.write(sum)
    }

    /// A request for data: `{"name": "a"}` or `{"index": 1}`, with `attributes` and `sum-head` as the steps have them.
    func request(_ value: JSONValue) throws(ScriptMistake) {
        session.writeIndex(try index(value["index"] ?? value))
        try attributes(value["attributes"] ?? .array([.string("transfer")]))
        session.reply = ScriptReply()
        try sumHead(value["sum-head"] ?? .object(JSONObject([])))
    }

    /// The whole answer to the last request: `{"content": contents}`, each part replaceable.
    func reply(_ value: JSONValue) throws(ScriptMistake) {
        guard session.compression == .none else { throw ScriptMistake("a reply of a compressed session is written by its parts") }
        session.writeIndex(try index(value["index"] ?? .string("requested")))
        if let attributes = value["attributes"] {
            try self.attributes(attributes)
        } else if let requested = session.requested {
            let traits = session.traits
            session.wire.write { requested.attributes.write(to: &$0, traits: traits) }
        }
        session.reply = ScriptReply(basis: try value["basis"]?.contents() ?? [])
        try sumHead(value["sum-head"] ?? .string("echo"))
        let content = try value["content"]?.contents() ?? []
        for start in stride(from: 0, to: content.count, by: PlainToken.largestOwnLiteral) {
            let piece = Array(content[start..<min(start + PlainToken.largestOwnLiteral, content.count)])
            session.wire.write { PlainToken.literal(piece.count).write(to: &$0) }
            session.wire.write(piece)
            session.reply.content += piece
        }
        session.wire.write { PlainToken.end.write(to: &$0) }
        try fileSum(value["sum"] ?? .string("right"))
    }

    func statistics(_ value: JSONValue) throws(ScriptMistake) {
        let figures = TransferStatistics(
            bytesRead: try value["read"]?.whole() ?? 100, bytesWritten: try value["written"]?.whole() ?? 100,
            totalSize: try value["size"]?.whole() ?? 0, listBuildMilliseconds: try value["build"]?.whole() ?? 1,
            listTransferMilliseconds: try value["transfer"]?.whole() ?? 0)
        let traits = session.traits
        session.wire.write { figures.write(to: &$0, traits: traits) }
    }
}

extension ScriptSession {
    /// The file sum of the session (XFR-44).
    func sum(of content: [UInt8]) -> [UInt8] {
        var hasher = FileHasher(variant: checksum, seed: seed)
        hasher.update(content)
        return hasher.finish()
    }
}
