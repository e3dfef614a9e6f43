import RsyncDigest
import RsyncProtocol
import RsyncWire

/// Takes out of a trace what is private, byte for byte, so that everything else is as it was recorded.
///
/// Replaced: names of files (NameStandIns), targets of symlinks, names of users and groups, rules, contents, compressed
/// data, names and values of extended attributes, texts; sums are zeros, as they tell contents apart. In the head the words
/// that hold paths; what was said and which trees there were is left out. Kept: numbers (ids, modes, sizes, times, devices),
/// options, the order and the lengths of everything.
public struct TraceRedaction {
    public enum Failure: Error, Sendable, CustomStringConvertible {
        case gap(DissectionGap)
        case unfit(field: DissectedField)
        case changed

        public var description: String {
            switch self {
            case .gap(let gap): "what is not understood cannot be redacted: \(gap)"
            case .unfit(let field): "a field is not where it should be: \(field.line)"
            case .changed: "the redacted trace is not understood as the trace is"
            }
        }
    }

    private struct NamedEntry {
        let field: DissectedField
        let entry: FileEntry
        /// As on the wire, and how much of it is taken from the name before.
        let name: [UInt8]
        let shared: Int
        /// Where the rest of the name stands in the field's bytes.
        let nameOffset: Int
    }

    private let trace: Trace
    private var surgery: TraceSurgery
    private let session: DissectedSession
    private let names = NameStandIns()
    private var entries: [NamedEntry] = []
    private var owners: [[UInt8]: [UInt8]] = [:]

    /// The redacted trace. It dissects without a gap into the same fields, or an error is thrown.
    public static func redact(_ trace: Trace) throws -> Trace {
        var redaction = try TraceRedaction(trace)
        try redaction.run()
        var result = redaction.surgery.trace()
        result.header = head(trace.header)
        let fields = [trace, result].map { trace in
            let dissection = Dissection(trace)
            return dissection.fields.map { "\($0.name) \($0.offset) \($0.end)" } + dissection.gaps.map(\.description)
        }
        guard fields[0] == fields[1] else { throw Failure.changed }
        // What was looked for in an entry must have been found in its right place.
        for (old, new) in zip(redaction.entries, try TraceRedaction(result).readEntries()) {
            let owners = [old.entry.userName, old.entry.groupName].map { $0.map { redaction.owner($0) } }
            let isRedacted =
                new.entry.linkTarget == NameStandIns.mask(old.entry.linkTarget) && new.name == redaction.names.standIn(old.name)
                && [new.entry.userName, new.entry.groupName] == owners
                && new.entry.checksum.allSatisfy { $0 == 0 }
            guard isRedacted else { throw Failure.unfit(field: new.field) }
        }
        return result
    }

    private init(_ trace: Trace) throws {
        self.trace = trace
        surgery = TraceSurgery(trace)
        if let gap = surgery.dissection.gaps.first { throw Failure.gap(gap) }
        var dissector = Dissector(trace)
        session = try dissector.startUp()
    }

    private mutating func run() throws {
        entries = try readEntries()
        for field in surgery.dissection.fields {
            switch field.name {
            case "name": names.add(Array(bytes(field).dropLast()))
            case "deleted-name": names.add(bytes(field).filter { $0 != 0 })
            default: break
            }
        }
        for entry in entries { names.add(entry.name) }
        for entry in entries { try redact(entry) }
        for field in surgery.dissection.fields where field.name != "entry" { try redact(field) }
    }

    // MARK: Fields

    private func places(_ field: DissectedField) -> [Int] {
        // The payload of a message is no data; its field covers it as it stands.
        ["text", "deleted-name"].contains(field.name) ? Array(field.offset..<field.end) : surgery[field.direction].places(field)
    }

    private func bytes(_ field: DissectedField) -> [UInt8] { places(field).map { surgery[field.direction].bytes[$0] } }

    private mutating func put(_ bytes: [UInt8], _ field: DissectedField, at offset: Int) {
        for (place, byte) in zip(places(field).dropFirst(offset), bytes) { surgery[field.direction].bytes[place] = byte }
    }

    private mutating func fill(_ field: DissectedField, _ byte: UInt8, last count: Int? = nil) {
        let all = places(field)
        for place in all.suffix(count ?? all.count) { surgery[field.direction].bytes[place] = byte }
    }

    private static let letter = UInt8(ascii: "x")

    private mutating func redact(_ field: DissectedField) throws {
        var reader = ByteReader(bytes(field))
        switch field.name {
        case "literal", "compressed": fill(field, Self.letter)
        case "file-sum", "block-sum": fill(field, 0)
        case "text": put(NameStandIns.mask(bytes(field)), field, at: 0)
        case "name": put(names.standIn(Array(bytes(field).dropLast())), field, at: 0)
        case "deleted-name":
            let whole = bytes(field)
            put(names.standIn(whole.filter { $0 != 0 }) + (whole.last == 0 ? [0] : []), field, at: 0)
        case "rule": put(Self.rule(bytes(field)), field, at: 0)
        case "user-name", "group-name":
            let item = try IdListItem(reading: &reader, traits: session.traits)
            switch item {
            case .name(_, let name): try putTail(owner(name), field)
            case .end(let name?): try putTail(owner(name), field)
            case .end(nil): break
            }
        case "item":
            let item = try ItemAttributes(reading: &reader, traits: session.traits)
            guard !item.xname.isEmpty else { return }
            try putTail(names.contains(item.xname) ? names.standIn(item.xname) : NameStandIns.mask(item.xname), field)
        case "acl-entry", "default-acl-entry":
            if let name = try AccessListWire.readNamed(&reader).name { try putTail(owner(name), field) }
        case "xattr":
            let item = try XattrWire.readItem(&reader)
            let space = item.name.firstIndex(of: 0x2e).map { $0 + 1 } ?? 0
            let name = item.name[..<space] + NameStandIns.mask(Array(item.name[space...]))
            let value = [UInt8](repeating: item.isAbbreviated ? 0 : Self.letter, count: item.data.count)
            try putTail(name + [0] + value, field)
        case "xattr-value":
            // A number, a length, the value.
            if try XattrWire.readNumber(&reader, after: 0) != nil { fill(field, Self.letter, last: try XattrWire.readLength(&reader)) }
        default: break
        }
    }

    private mutating func putTail(_ tail: [UInt8], _ field: DissectedField) throws {
        let offset = places(field).count - tail.count
        guard offset >= 0 else { throw Failure.unfit(field: field) }
        put(tail, field, at: offset)
    }

    /// The first is `u`, `us`, `use`, `user` …, filled up and numbered: as long as it was, and always the same for one name.
    private mutating func owner(_ name: [UInt8]) -> [UInt8] {
        if let known = owners[name] { return known }
        let number = [UInt8](String(owners.count).utf8)
        let stem = [UInt8](repeating: Self.letter, count: max(0, name.count - number.count))
        let result = Array((stem + number).suffix(name.count))
        owners[name] = result
        return result
    }

    /// What stands before the first space says which kind of rule it is.
    private static func rule(_ rule: [UInt8]) -> [UInt8] {
        let start = rule.firstIndex(of: 0x20).map { $0 + 1 } ?? (rule.count <= 2 ? rule.count : 0)
        return rule[..<start] + NameStandIns.mask(Array(rule[start...]))
    }

    // MARK: Entries

    private func readEntries() throws -> [NamedEntry] {
        let direction: Trace.Direction = session.isPush ? .toServer : .toClient
        var decoder = FileListDecoder(
            format: session.options.fileListFormat(session.traits, checksumLength: session.listSum.digestLength))
        var start: Int32 = session.traits.incrementalRecursion ? 1 : 0
        var isInside = false
        var previous: [UInt8] = []
        var found: [NamedEntry] = []
        for field in surgery.dissection.fields where field.direction == direction && field.name == "entry" {
            let bytes = bytes(field)
            if !isInside { decoder.beginList(startIndex: start) }
            var reader = ByteReader(bytes)
            start += 1
            switch try decoder.decode(&reader) {
            case .end: isInside = false
            case .entry(let entry):
                isInside = true
                let (shared, offset, count) = try nameParts(bytes)
                guard shared <= previous.count, offset + count <= bytes.count else { throw Failure.unfit(field: field) }
                let name = previous[..<shared] + bytes[offset..<(offset + count)]
                previous = Array(name)
                found.append(NamedEntry(field: field, entry: entry, name: previous, shared: shared, nameOffset: offset))
            }
        }
        return found
    }

    /// Fields 1 to 3 (FLS-43 to FLS-46): how much is shared, and where the rest stands.
    private func nameParts(_ bytes: [UInt8]) throws -> (shared: Int, offset: Int, count: Int) {
        var reader = ByteReader(bytes)
        var flags: Int32
        switch session.traits.fileFlagsEncoding {
        case .byte: flags = Int32(try reader.byte())
        case .extendedByte:
            flags = Int32(try reader.byte())
            if flags & 0x04 != 0 { flags |= Int32(try reader.byte()) << 8 }
        case .varint: flags = try reader.varInt()
        }
        let shared = flags & 0x20 != 0 ? Int(try reader.byte()) : 0
        let count = flags & 0x40 != 0 ? Int(session.traits.usesVarints ? try reader.varInt() : try reader.int32()) : Int(try reader.byte())
        return (shared, reader.consumed, count)
    }

    private mutating func redact(_ named: NamedEntry) throws {
        let field = named.field
        put(Array(names.standIn(named.name)[named.shared...]), field, at: named.nameOffset)
        var end = named.nameOffset + named.name.count - named.shared
        // In the order of the fields; each is looked for behind the one before.
        for owner in [named.entry.userName, named.entry.groupName].compactMap(\.self) where !owner.isEmpty {
            try replace([UInt8(truncatingIfNeeded: owner.count)] + owner, [UInt8(truncatingIfNeeded: owner.count)] + self.owner(owner), field, &end)
        }
        let target = named.entry.linkTarget
        if !target.isEmpty {
            var length = ByteWriter()
            if session.traits.usesVarints { length.varInt(Int32(target.count)) } else { length.int32(Int32(target.count)) }
            try replace(length.bytes + target, length.bytes + NameStandIns.mask(target), field, &end)
        }
        let sum = named.entry.checksum
        if !sum.isEmpty { try replace(sum, [UInt8](repeating: 0, count: sum.count), field, &end) }
    }

    private mutating func replace(_ old: [UInt8], _ new: [UInt8], _ field: DissectedField, _ end: inout Int) throws {
        let bytes = bytes(field)
        guard end <= bytes.count, let offset = (end...bytes.count).first(where: { bytes[$0...].starts(with: old) }) else {
            // An entry that is a link's follower repeats nothing.
            if session.options.letter("H") { return }
            throw Failure.unfit(field: field)
        }
        put(new, field, at: offset)
        end = offset + old.count
    }

    // MARK: Head

    private static let harmless: Set<String> = [
        "--protocol", "--checksum-seed", "--compress-choice", "--checksum-choice", "--compress-level", "--iconv", "--log-format",
        "--max-delete", "--block-size", "--modify-window", "--timeout", "--bwlimit", "--max-size", "--min-size", "--stderr", "--debug", "--info",
    ]

    private static func head(_ header: TraceHeader) -> TraceHeader {
        var result = header
        result.arguments = header.arguments.map(word)
        result.options = header.options.map(word)
        result.sourceTree = nil
        result.destinationTree = nil
        result.besideTree = nil
        result.interference = nil
        result.errorOutput = []
        result.losses += ["names", "contents"].filter { !header.losses.contains($0) }
        return result
    }

    private static func word(_ word: [UInt8]) -> [UInt8] {
        guard word.first == UInt8(ascii: "-") else { return NameStandIns.mask(word) }
        guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { return word }
        let name = String(decoding: word[..<equals], as: UTF8.self)
        if harmless.contains(name) || word[(equals + 1)...].elementsEqual("-".utf8) { return word }
        return word[...equals] + NameStandIns.mask(Array(word[(equals + 1)...]))
    }
}
