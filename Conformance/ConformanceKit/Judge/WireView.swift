import RsyncProtocol
import RsyncWire
import TraceKit

/// What the target wrote, taken apart as far as it can be.
struct WireView {
    let dissection: Dissection
    let direction: Trace.Direction
    /// Everything it wrote, frames and all.
    let raw: [UInt8]
    /// Behind the demultiplexer.
    private(set) var data: [UInt8] = []
    /// Where in `raw` the data from some offset on stands.
    private var pieces: [(data: Int, raw: Int)] = [(0, 0)]
    /// Text messages.
    private(set) var messages: [UInt8] = []
    /// Offsets in `raw` between two frames or, before these, two fields.
    private(set) var boundaries: [Int] = []

    init(_ seen: Observation, isPush: Bool, protocolNumber: Int32, direction: Trace.Direction? = nil) {
        let header = TraceHeader(
            peer: "target", version: "", role: isPush ? .push : .pull, protocolNumber: protocolNumber,
            arguments: seen.serverArguments, isInterleaved: true)
        self.init(
            Dissection(Trace(header: header, recording: seen.recording)), direction ?? seen.targetDirection,
            seen.bytes(direction ?? seen.targetDirection))
    }

    private init(_ dissection: Dissection, _ direction: Trace.Direction, _ raw: [UInt8]) {
        self.dissection = dissection
        self.direction = direction
        self.raw = raw
        let own = dissection.fields.filter { $0.direction == direction }
        let start = own.first { $0.name.hasPrefix("frame ") }?.offset ?? raw.count
        boundaries = Set(own.filter { $0.end < start }.map(\.end)).sorted() + [start]
        data = Array(raw[..<start])
        var position = start
        while position < raw.count {
            var reader = ByteReader(raw, from: position)
            guard let header = try? FrameHeader(reading: &reader), let payload = try? reader.bytes(header.length) else { break }
            if header.code == .data {
                pieces.append((data.count, position + FrameHeader.size))
                data += payload
            }
            if header.code.isText { messages += payload + [0x0a] }
            position += FrameHeader.size + header.length
            boundaries.append(position)
        }
    }

    /// Offset in `raw` of a byte of `data`, or of where the next one would be.
    func rawOffset(_ offset: Int) -> Int {
        guard let piece = pieces.last(where: { $0.data <= offset }) else { return offset }
        return min(piece.raw + offset - piece.data, raw.count)
    }

    var fields: [DissectedField] { dissection.fields.filter { $0.direction == direction } }
    var gap: DissectionGap? { dissection.gaps.first { $0.direction == direction } }

    /// Rows of sixteen bytes around an offset, the byte marked, with the fields that begin in each row.
    func excerpt(at offset: Int, rows: Int = 3) -> String {
        guard !raw.isEmpty else { return "" }
        let middle = min(offset, raw.count - 1) / 16 * 16
        let starts = stride(from: max(0, middle - 16 * rows), through: min(raw.count - 1, middle + 16 * rows), by: 16)
        return starts.map { start in
            let row = raw[start..<min(start + 16, raw.count)]
            let digits = String(start, radix: 16)
            let bytes = zip(row.indices, row).map { ($0 == offset ? "»" : " ") + EscapedText.hexadecimal($1) }.joined()
            let begun = fields.filter { (start..<(start + 16)).contains($0.offset) && !$0.name.hasPrefix("frame ") }
                .map { "\($0.name)\($0.value.count <= 24 ? "=\($0.value)" : "")" }
            let padded = bytes + String(repeating: " ", count: max(0, 48 - 3 * row.count))
            return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + " " + padded + "  "
                + begun.joined(separator: ", ")
        }.joined(separator: "\n")
    }
}
