import RsyncProtocol
import RsyncWire

/// Reads the data of one direction field by field and notes each.
struct FieldReader {
    let direction: Trace.Direction
    private(set) var fields: [DissectedField] = []
    private(set) var gap: DissectionGap?

    private let raw: [UInt8]
    /// What the reader goes through.
    private var data: [UInt8]
    private var reader: ByteReader
    /// Where data bytes come from: from `data` on they stand at `raw`, up to the next piece.
    private var pieces: [(data: Int, raw: Int)] = [(0, 0)]

    init(_ direction: Trace.Direction, _ raw: [UInt8]) {
        self.direction = direction
        self.raw = raw
        data = raw
        reader = ByteReader(raw)
    }

    var isAtEnd: Bool { reader.isAtEnd }
    var remaining: Int { reader.remaining }

    /// Reads one field with `read` and notes it as `show` words it.
    mutating func field<Value>(
        _ name: String, _ clause: String, _ read: (inout ByteReader) throws(WireError) -> Value,
        show: (Value) -> String
    ) throws(WireError) -> Value {
        let start = reader.consumed
        let value: Value
        do {
            value = try read(&reader)
        } catch {
            fail(name, "\(error)", from: start)
            throw error
        }
        note(name, clause, show(value), start..<reader.consumed)
        return value
    }

    /// A number without an explanation.
    mutating func number(_ name: String, _ clause: String) throws(WireError) -> Int32 {
        try field(name, clause, { reader throws(WireError) in try reader.int32() }, show: { String($0) })
    }

    mutating func fail(_ reason: String) { fail(nil, reason, from: reader.consumed) }

    private mutating func fail(_ name: String?, _ reason: String, from start: Int) {
        guard gap == nil else { return }
        let offset = rawOffset(start)
        gap = DissectionGap(
            direction: direction, offset: offset, byteCount: raw.count - offset,
            reason: name.map { "\($0): \(reason)" } ?? reason)
    }

    private mutating func note(_ name: String, _ clause: String, _ value: String, _ range: Range<Int>) {
        let end = range.isEmpty ? rawOffset(range.lowerBound) : rawOffset(range.upperBound - 1) + 1
        fields.append(
            DissectedField(
                direction: direction, offset: rawOffset(range.lowerBound), end: end, name: name, value: value, clause: clause,
                bytes: Array(data[range].prefix(DissectedField.longestBytes))))
    }

    private func rawOffset(_ data: Int) -> Int {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].data <= data { low = middle } else { high = middle }
        }
        return pieces[low].raw + data - pieces[low].data
    }

    /// From here on every byte belongs to a frame (SES-75): takes the frames apart, notes their heads and messages,
    /// and goes on with the data they carry.
    mutating func beginFrames() {
        let start = reader.consumed
        var data = Array(raw[..<start])
        var position = start
        while position < raw.count {
            var frames = ByteReader(raw, from: position)
            do throws(WireError) {
                let header = try FrameHeader(reading: &frames)
                let payload = try frames.bytes(header.length)
                add("frame \(header.code)", "SES-81", "\(header.length) bytes", at: position, count: FrameHeader.size)
                position += FrameHeader.size
                if header.code == .data {
                    pieces.append((data.count, position))
                    data += payload
                } else {
                    let shown = MessageText.shown(header.code, payload)
                    add(shown.name, shown.clause, shown.value, at: position, count: payload.count)
                }
                position += payload.count
            } catch {
                gap = DissectionGap(
                    direction: direction, offset: position, byteCount: raw.count - position, reason: "frame: \(error)")
                break
            }
        }
        self.data = data
        reader = ByteReader(data)
        // What has been read already is not read again.
        try? reader.skip(start)
    }

    private mutating func add(_ name: String, _ clause: String, _ value: String, at offset: Int, count: Int) {
        fields.append(
            DissectedField(
                direction: direction, offset: offset, end: offset + count, name: name, value: value, clause: clause,
                bytes: Array(raw[offset..<offset + count].prefix(DissectedField.longestBytes))))
    }
}

/// The payload of a frame that carries no data.
enum MessageText {
    static func shown(_ code: MessageCode, _ payload: [UInt8]) -> (name: String, clause: String, value: String) {
        var reader = ByteReader(payload)
        let number = (try? reader.int32()).map { String($0) } ?? "none"
        return switch code {
        case .errorExit: ("exit-code", "SES-114", number)
        case .ioError: ("error-bits", "SES-101", number)
        case .ioTimeout: ("timeout", "SES-104", "\(number) s")
        case .success, .noSend: ("index", code == .success ? "SES-106" : "SES-110", number)
        case .deleted: ("deleted-name", "SES-109", QuotedWords.write(payload))
        case .noop: ("keep-alive", "SES-105", "")
        default: ("text", "SES-93", QuotedWords.write(payload))
        }
    }
}
