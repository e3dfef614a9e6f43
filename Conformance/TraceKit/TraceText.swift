// The text form of a trace (`*.trace`).
//
//   trace: 1
//   peer: rsync 2.6.0
//   client: rsync-3.5.0                    absent = the same program
//   role: pull
//   protocol: 27
//   argv: --server --sender -lHogDtpr --numeric-ids . src/
//   options: -a -H --numeric-ids
//   source: before.tar.xz                  absent = not known
//   destination: none                      or an archive
//   beside: tiny-beside.tar.xz             absent = nothing stood beside the two
//   meanwhile: remove src/gone             absent = nobody touched the trees
//   exit: 0                                absent = not known
//   stderr: ""                             absent = nothing was said
//   order: recorded                        or: unknown (each direction in one piece)
//   lost: names contents                   absent = everything is as it was recorded
//
//   # a comment
//   > 00000000  1f 00 00 00 0d 0a                                |......|
//
// `>` went to the server and `<` to the client. The offset counts the bytes of its direction. A line holds 1 to 16
// bytes; what stands between bars is for the eye and must be right. Header lines come in this order.

/// Why text is no trace.
public struct TraceTextError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    public let reason: String

    public var description: String { "line \(line): \(reason)" }
}

extension Trace {
    /// The file's content. Equal traces give equal text.
    public var text: [UInt8] {
        var lines = [
            "trace: 1",
            "peer: \(header.peer) \(header.version)",
        ]
        if let client = header.client { lines.append("client: \(client)") }
        lines += [
            "role: \(header.role.rawValue)",
            "protocol: \(header.protocolNumber)",
            "argv: \(QuotedWords.write(header.arguments))",
            "options: \(QuotedWords.write(header.options))",
        ]
        if let tree = header.sourceTree { lines.append("source: \(QuotedWords.write([UInt8](tree.utf8)))") }
        lines.append("destination: \(header.destinationTree.map { QuotedWords.write([UInt8]($0.utf8)) } ?? "none")")
        if let tree = header.besideTree { lines.append("beside: \(QuotedWords.write([UInt8](tree.utf8)))") }
        if let deed = header.interference {
            lines.append("meanwhile: \(deed.deed.rawValue) \(QuotedWords.write([UInt8](deed.path.utf8)))")
        }
        if let status = header.exitStatus { lines.append("exit: \(status)") }
        if !header.errorOutput.isEmpty { lines.append("stderr: \(QuotedWords.write(header.errorOutput))") }
        lines.append("order: \(header.isInterleaved ? "recorded" : "unknown")")
        if !header.losses.isEmpty { lines.append("lost: \(header.losses.joined(separator: " "))") }
        var text = [UInt8](lines.joined(separator: "\n").utf8) + [0x0a, 0x0a]
        var offsets: [Direction: Int] = [:]
        for segment in segments {
            var offset = offsets[segment.direction, default: 0]
            var start = 0
            while start < segment.bytes.count {
                let line = segment.bytes[start..<min(start + HexLine.width, segment.bytes.count)]
                HexLine.write(line, offset: offset + start, segment.direction, into: &text)
                start += line.count
            }
            offset += segment.bytes.count
            offsets[segment.direction] = offset
        }
        return text
    }

    public init(text: [UInt8]) throws(TraceTextError) {
        var lines = TraceLines(text)
        var trace = Trace(header: try TraceHeader(reading: &lines))
        var offsets: [Direction: Int] = [:]
        while let line = lines.next() {
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            let (direction, offset, bytes) = try HexLine.read(line, number: lines.number)
            guard offset == offsets[direction, default: 0] else {
                throw TraceTextError(line: lines.number, reason: "the offset does not follow the bytes before it")
            }
            offsets[direction] = offset + bytes.count
            trace.append(bytes, direction)
        }
        self = trace
    }
}

extension TraceHeader {
    fileprivate init(reading lines: inout TraceLines) throws(TraceTextError) {
        var fields = HeaderFields()
        while let line = lines.next(), !line.isEmpty {
            try fields.add(line, number: lines.number)
        }
        guard try fields.take("trace").words == ["1"] else { throw fields.defect("this is no trace of format 1") }
        let peer = try fields.take("peer").words
        guard peer.count == 2 else { throw fields.defect("peer is a name and a version") }
        let client = try fields.takeOptional("client")?.text
        guard let role = Role(rawValue: try fields.take("role").text) else { throw fields.defect("no such role") }
        let protocolNumber = try fields.take("protocol").number
        let arguments = try fields.take("argv").raw
        let options = try fields.take("options").raw
        let source = try fields.takeOptional("source")?.text
        let destination = try fields.take("destination").text
        let beside = try fields.takeOptional("beside")?.text
        let meanwhile = try fields.takeOptional("meanwhile")?.words
        let deed = meanwhile?.first.flatMap { Interference.Deed(rawValue: $0) }
        guard meanwhile == nil || deed != nil && meanwhile?.count == 2 else {
            throw fields.defect("meanwhile is remove or alter, and a path")
        }
        let status = try fields.takeOptional("exit")?.number
        let errorOutput = try fields.takeOptional("stderr")?.raw.first ?? []
        let order = try fields.take("order").text
        guard order == "recorded" || order == "unknown" else { throw fields.defect("order is recorded or unknown") }
        let losses = try fields.takeOptional("lost")?.words ?? []
        try fields.finish()
        self.init(
            peer: peer[0], version: peer[1], role: role, protocolNumber: protocolNumber, arguments: arguments,
            options: options, sourceTree: source, destinationTree: destination == "none" ? nil : destination,
            exitStatus: status, errorOutput: errorOutput, isInterleaved: order == "recorded")
        self.client = client
        besideTree = beside
        if let deed, let path = meanwhile?.last { interference = Interference(deed, path) }
        self.losses = losses
    }
}

/// The header's lines, to be taken in their order.
private struct HeaderFields {
    struct Field {
        let name: String
        let number32: Int32?
        let raw: [[UInt8]]
        let line: Int

        var words: [String] { raw.map { String(decoding: $0, as: UTF8.self) } }
        var text: String { words.joined(separator: " ") }
        var number: Int32 {
            get throws(TraceTextError) {
                guard let number32 else { throw TraceTextError(line: line, reason: "\(name) is not a number") }
                return number32
            }
        }
    }

    private var fields: [Field] = []
    private var position = 0

    mutating func add(_ line: ArraySlice<UInt8>, number: Int) throws(TraceTextError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw TraceTextError(line: number, reason: "a header line is a name, a colon and a value")
        }
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
        do {
            let words = try QuotedWords.read(value)
            fields.append(
                Field(
                    name: String(decoding: line[..<colon], as: UTF8.self),
                    number32: words.count == 1 ? Int32(String(decoding: words[0], as: UTF8.self)) : nil, raw: words,
                    line: number))
        } catch {
            throw TraceTextError(line: number, reason: "the value cannot be read at character \(error.offset)")
        }
    }

    func defect(_ reason: String) -> TraceTextError {
        TraceTextError(line: position > 0 ? fields[position - 1].line : 1, reason: reason)
    }

    mutating func take(_ name: String) throws(TraceTextError) -> Field {
        guard let field = try takeOptional(name) else {
            throw TraceTextError(line: position < fields.count ? fields[position].line : fields.count + 1, reason: "\(name) is missing")
        }
        return field
    }

    mutating func takeOptional(_ name: String) throws(TraceTextError) -> Field? {
        guard position < fields.count, fields[position].name == name else { return nil }
        position += 1
        return fields[position - 1]
    }

    func finish() throws(TraceTextError) {
        guard position == fields.count else {
            throw TraceTextError(line: fields[position].line, reason: "\(fields[position].name) does not belong here")
        }
    }
}

/// Lines without their newlines, counted.
private struct TraceLines {
    private let text: [UInt8]
    private var position = 0
    private(set) var number = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> ArraySlice<UInt8>? {
        guard position < text.count else { return nil }
        let end = text[position...].firstIndex(of: 0x0a) ?? text.count
        defer { position = end + 1 }
        number += 1
        return text[position..<end]
    }
}
