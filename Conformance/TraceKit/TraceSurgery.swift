import RsyncProtocol
import RsyncWire

/// The bytes of a trace by what they are, so that some can be changed or left out and the frames still be right.
struct TraceSurgery {
    /// One direction: its bytes, which of them are fields' own, and where its frames are.
    struct Side {
        var bytes: [UInt8]
        /// Neither a frame's head nor the payload of a message.
        fileprivate(set) var isData: [Bool]
        /// Offsets of heads, with the lengths of what follows.
        fileprivate(set) var frames: [(offset: Int, length: Int)] = []
        fileprivate var isLeftOut: [Bool]

        /// Where the bytes of a field of data stand.
        func places(_ field: DissectedField) -> [Int] { (field.offset..<field.end).filter { isData[$0] } }

        mutating func leaveOut(_ places: some Sequence<Int>) {
            for place in places { isLeftOut[place] = true }
        }
    }

    private let trace: Trace
    let dissection: Dissection
    private(set) var toServer: Side
    private(set) var toClient: Side

    init(_ trace: Trace) {
        self.trace = trace
        dissection = Dissection(trace)
        toServer = Self.side(trace, dissection, .toServer)
        toClient = Self.side(trace, dissection, .toClient)
    }

    subscript(_ direction: Trace.Direction) -> Side {
        get { direction == .toServer ? toServer : toClient }
        set { if direction == .toServer { toServer = newValue } else { toClient = newValue } }
    }

    private static func side(_ trace: Trace, _ dissection: Dissection, _ direction: Trace.Direction) -> Side {
        let bytes = trace.bytes(direction)
        var side = Side(
            bytes: bytes, isData: Array(repeating: true, count: bytes.count), isLeftOut: Array(repeating: false, count: bytes.count))
        for field in dissection.fields where field.direction == direction && field.name.hasPrefix("frame ") {
            var reader = ByteReader(bytes, from: field.offset)
            guard let header = try? FrameHeader(reading: &reader) else { continue }
            side.frames.append((field.offset, header.length))
            let end = field.offset + FrameHeader.size + (header.code == .data ? 0 : header.length)
            for place in field.offset..<min(end, bytes.count) { side.isData[place] = false }
        }
        return side
    }

    /// Behind the start-up, at the end of a frame or, where there are none, anywhere a field ends.
    func cuts(_ direction: Trace.Direction) -> [Int] {
        let side = self[direction]
        if let first = side.frames.first {
            return [first.offset] + side.frames.map { $0.offset + FrameHeader.size + $0.length }.filter { $0 <= side.bytes.count }
        }
        return Array(Set(dissection.fields.filter { $0.direction == direction }.map(\.end))).sorted()
    }

    /// What is left, in the order of the recording, with the frames' lengths as they are then. `ends`: where each
    /// direction ends.
    func trace(ends: [Trace.Direction: Int] = [:]) -> Trace {
        var result = Trace(header: trace.header)
        var sides = [toServer, toClient]
        for index in sides.indices {
            for frame in sides[index].frames {
                let payload = (frame.offset + FrameHeader.size)..<min(frame.offset + FrameHeader.size + frame.length, sides[index].bytes.count)
                let left = payload.count { !sides[index].isLeftOut[$0] }
                guard left != payload.count else { continue }
                if left == 0 { sides[index].leaveOut(frame.offset..<(frame.offset + FrameHeader.size)) }
                sides[index].bytes[frame.offset] = UInt8(truncatingIfNeeded: left)
                sides[index].bytes[frame.offset + 1] = UInt8(truncatingIfNeeded: left >> 8)
                sides[index].bytes[frame.offset + 2] = UInt8(truncatingIfNeeded: left >> 16)
            }
        }
        var passed = [0, 0]
        for segment in trace.segments {
            let lane = segment.direction == .toServer ? 0 : 1
            let range = passed[lane]..<(passed[lane] + segment.bytes.count)
            passed[lane] = range.upperBound
            let end = ends[segment.direction] ?? .max
            result.append(range.filter { $0 < end && !sides[lane].isLeftOut[$0] }.map { sides[lane].bytes[$0] }, segment.direction)
        }
        return result
    }
}
