import RsyncDigest
import RsyncProtocol
import RsyncWire
import TraceKit

/// Steps that write and wait for nothing.
extension ScriptInterpreter {
    func write(_ name: String, _ value: JSONValue, times: Int) throws(ScriptMistake) {
        switch name {
        case "raw": session.wire.writeRaw(repeated(try value.hex(), times))
        case "frame": session.wire.writeRaw(repeated(try frame(value), times))
        case "message": session.wire.writeRaw(repeated(try message(value), times))
        case "framing": try setFraming(value)
        default:
            // Only what does not depend on what was written before is written many times at once.
            if let bytes = try primitive(name, value) { return session.wire.write(repeated(bytes, times)) }
            if name == "entry" { return try entry(value, times: times) }
            for _ in 0..<times { try structure(name, value) }
        }
    }

    private func repeated(_ bytes: [UInt8], _ times: Int) -> [UInt8] {
        guard times != 1, !bytes.isEmpty else { return bytes }
        var result = bytes
        while result.count < bytes.count * times { result += result }
        return Array(result.prefix(bytes.count * times))
    }

    /// nil for a step that is none.
    private func primitive(_ name: String, _ value: JSONValue) throws(ScriptMistake) -> [UInt8]? {
        var writer = ByteWriter()
        switch name {
        case "byte": writer.byte(UInt8(truncatingIfNeeded: try value.whole()))
        case "short": writer.shortInt(UInt16(truncatingIfNeeded: try value.whole()))
        case "int": writer.int32(try value.word32())
        case "long": writer.int64(try value.whole())
        case "varint": writer.varInt(try value.word32())
        case "varlong":
            let pair = try value.items()
            guard pair.count == 2, (1...8).contains(try pair[1].whole()) else { throw ScriptMistake("varlong is [value, minimum]") }
            writer.varLong(try pair[0].whole(), minimum: Int(try pair[1].whole()))
        case "longint": writer.longInt(try value.whole())
        case "number": writer.number(try value.word32(), session.traits)
        case "vstring":
            let text = try value.contents()
            guard text.count <= 0x7fff else { throw ScriptMistake("a vstring holds at most 32767 bytes") }
            writer.vString(text)
        case "bytes": writer.bytes(try value.hex())
        case "text": writer.bytes(try value.contents())
        case "filters":
            for rule in try value.items() {
                let rule = try rule.bytes()
                writer.int32(Int32(rule.count))
                writer.bytes(rule)
            }
            writer.int32(0)
        case "block-sum":
            writer.int32(try value["weak"]?.word32() ?? 0)
            writer.bytes(try value["strong"]?.hex() ?? [])
        case "match":
            let block = try value.word32()
            writer.int32(~block)
        case "end-tokens": writer.int32(0)
        default: return nil
        }
        if name == "match" { noteMatch(try value.word32()) }
        return writer.bytes
    }

    // MARK: Frames

    /// `{"code": 7, "bytes": "00", "length": 4}`: the code is that of SES-88, the tag byte 7 more; `tag` is written as it is.
    private func frame(_ value: JSONValue) throws(ScriptMistake) -> [UInt8] {
        let payload = try payload(value)
        let tag: Int64
        if let given = value["tag"] { tag = try given.whole() } else { tag = 7 + Int64(try code(value["code"])) }
        let length = Int(try value["length"]?.whole() ?? Int64(payload.count))
        return ScriptWire.header(tag: UInt8(truncatingIfNeeded: tag), length: length) + payload
    }

    private func message(_ value: JSONValue) throws(ScriptMistake) -> [UInt8] {
        let payload = try payload(value)
        return ScriptWire.header(tag: 7 + (try code(value["code"])), length: payload.count) + payload
    }

    /// `text`, `bytes` in hexadecimal, the number `int`, or the `index` of an entry.
    private func payload(_ value: JSONValue) throws(ScriptMistake) -> [UInt8] {
        if let text = value["text"] { return try text.contents() }
        if let bytes = value["bytes"] { return try bytes.hex() }
        var writer = ByteWriter()
        if let number = value["int"] {
            writer.int32(try number.word32())
        } else if let entry = value["index"] {
            writer.int32(try index(entry))
        }
        return writer.bytes
    }

    static let codes: [String: MessageCode] = [
        "data": .data, "error-xfer": .errorXfer, "info": .info, "error": .error, "warning": .warning, "redo": .redo,
        "stats": .stats, "io-error": .ioError, "io-timeout": .ioTimeout, "noop": .noop, "error-exit": .errorExit,
        "success": .success, "deleted": .deleted, "no-send": .noSend,
    ]

    func code(_ value: JSONValue?) throws(ScriptMistake) -> UInt8 {
        guard let value else { return 0 }
        if value.integer != nil { return UInt8(truncatingIfNeeded: try value.whole()) }
        guard let code = Self.codes[try value.text()] else { throw ScriptMistake("there is no message \(value)") }
        return code.rawValue
    }

    private func setFraming(_ value: JSONValue) throws(ScriptMistake) {
        session.wire.setFraming(
            length: max(1, Int(try value["length"]?.count() ?? 0x4000)), between: try value["between"].map(frameOrNone) ?? [])
    }

    private func frameOrNone(_ value: JSONValue) throws(ScriptMistake) -> [UInt8] { try message(value) }

    // MARK: Structures

    private func structure(_ name: String, _ value: JSONValue) throws(ScriptMistake) {
        switch name {
        case "end-list": try endList(value)
        case "ids": try ids(value)
        case "index": session.writeIndex(try index(value))
        case "attributes": try attributes(value)
        case "sum-head": try sumHead(value)
        case "literal": try literal(value)
        case "file-sum": try fileSum(value)
        case "request": try request(value)
        case "reply": try reply(value)
        case "statistics": try statistics(value)
        default: throw ScriptMistake("there is no step \(name)")
        }
    }

    private func entry(_ value: JSONValue, times: Int) throws(ScriptMistake) {
        let entry = try ScriptEntry(value)
        var writer = ByteWriter()
        try entry.write(to: &writer, format: session.format, position: session.written.count)
        try entry.writeAttributes(
            to: &writer, accessLists: session.format.preserveAccessLists, xattrs: session.options.letter("X"))
        session.wire.write(repeated(writer.bytes, times))
        if let plain = entry.plain { session.written += repeatElement(plain, count: times) }
    }

    /// The end marker and what is due behind it: id lists without a name, the error flags (FLS-81 to FLS-90).
    private func endList(_ value: JSONValue) throws(ScriptMistake) {
        let errors = try value["errors"]?.word32() ?? 0
        let encoder = FileListEncoder(format: session.format, userName: { _ in nil }, groupName: { _ in nil })
        var writer = ByteWriter()
        encoder.encodeEnd(errors: errors, into: &writer)
        session.wire.write(writer.bytes)
        session.endWrittenList()
        guard value["only"]?.bool != true else { return }
        try ids(value["ids"] ?? .object(JSONObject([])))
        if session.traits.listHasErrorTrailer { session.wire.write { $0.int32(errors) } }
    }

    /// `{"users": [[7, "name"]], "groups": …, "zero": "root", "end": false}`: those of the two lists that are due.
    private func ids(_ value: JSONValue) throws(ScriptMistake) {
        for (key, isDue) in [("users", session.format.hasUserList), ("groups", session.format.hasGroupList)] where isDue {
            for item in try value[key]?.items() ?? [] {
                let pair = try item.items()
                guard pair.count == 2 else { throw ScriptMistake("an id is [number, name]") }
                var writer = ByteWriter()
                writer.number(try pair[0].word32(), session.traits)
                let name = try pair[1].bytes()
                writer.byte(UInt8(truncatingIfNeeded: name.count))
                writer.bytes(name)
                session.wire.write(writer.bytes)
            }
            if value["end"]?.bool == false { return }
            let zero = try value["zero"]?.bytes() ?? []
            let traits = session.traits
            session.wire.write { IdListItem.end(zeroName: zero).write(to: &$0, traits: traits) }
        }
    }

    /// A number, `"done"`, `"list-eof"`, `"deletions"`, `"requested"`, `{"list": D}`, `{"name": "a"}`, `{"name": "a", "plus": 1}`.
    func index(_ value: JSONValue) throws(ScriptMistake) -> Int32 {
        switch value {
        case .string("done"): return FileIndex.done
        case .string("list-eof"): return FileIndex.fileListEOF
        case .string("deletions"): return FileIndex.deletionStatistics
        case .string("requested"):
            guard let requested = session.requested else { throw ScriptMistake("nothing was requested yet") }
            return requested.index
        default: break
        }
        if let list = value["list"] { return FileIndex.fileListOffset - (try list.word32()) }
        if let name = value["name"] {
            let plus = try value["plus"]?.word32() ?? 0
            guard let index = session.index(named: try name.bytes()) else {
                throw ScriptMistake("no list has the name \(try name.text())", isTargets: !session.context.isSender && !session.lists.isEmpty)
            }
            return index + plus
        }
        let index = try value.word32()
        guard index != .min else { throw ScriptMistake("no coding of an index has this value") }
        return index
    }
}
