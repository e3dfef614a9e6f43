/// A classic packet capture (`tcpdump -w`), and the TCP connections in it.
public struct PacketCapture: Sendable {
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case noCapture
        case linkType(UInt32)
        case cut(offset: Int)
        case noConnection(port: UInt16)
        /// Bytes that were not captured, or whose packets were cut short.
        case missing(Trace.Direction, offset: Int)

        public var description: String {
            switch self {
            case .noCapture: "this is no classic packet capture (pcapng is another format: tcpdump -r NEW -w OLD)"
            case .linkType(let number): "packets of link type \(number) are not known here"
            case .cut(let offset): "the capture ends inside a packet at \(offset)"
            case .noConnection(let port): "there is no connection to port \(port) whose beginning was captured"
            case .missing(let direction, let offset):
                "bytes \(direction == .toServer ? "to the server" : "to the client") are missing at \(offset)"
            }
        }
    }

    private struct Address: Hashable {
        let host: [UInt8]
        let port: UInt16
    }

    private struct Packet {
        let from: Address
        let to: Address
        let sequence: UInt32
        let begins: Bool
        let payload: ArraySlice<UInt8>
    }

    private let packets: [Packet]

    public init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= 24 else { throw .noCapture }
        let isLittle: Bool
        switch Array(bytes[..<4]) {
        case [0xd4, 0xc3, 0xb2, 0xa1], [0x4d, 0x3c, 0xb2, 0xa1]: isLittle = true
        case [0xa1, 0xb2, 0xc3, 0xd4], [0xa1, 0xb2, 0x3c, 0x4d]: isLittle = false
        default: throw .noCapture
        }
        func number(_ offset: Int) -> UInt32 {
            bytes[offset..<(offset + 4)].enumerated().reduce(0) { sum, byte in
                sum | UInt32(byte.element) << (8 * UInt32(isLittle ? byte.offset : 3 - byte.offset))
            }
        }
        let link = number(20) & 0xffff
        var packets: [Packet] = []
        var offset = 24
        while offset < bytes.count {
            guard offset + 16 <= bytes.count else { throw .cut(offset: offset) }
            let length = Int(number(offset + 8))
            guard length <= bytes.count - offset - 16 else { throw .cut(offset: offset) }
            let frame = bytes[(offset + 16)..<(offset + 16 + length)]
            offset += 16 + length
            guard let start = try Self.linkHeader(frame, link) else { continue }
            if let packet = Self.packet(frame.dropFirst(start)) { packets.append(packet) }
        }
        self.packets = packets
    }

    /// How much stands before the IP packet; nil: it is something else.
    private static func linkHeader(_ frame: ArraySlice<UInt8>, _ link: UInt32) throws(Failure) -> Int? {
        let bytes = frame.prefix(64)
        func type(_ offset: Int) -> Int? {
            bytes.count >= offset + 2 ? Int(bytes[bytes.startIndex + offset]) << 8 | Int(bytes[bytes.startIndex + offset + 1]) : nil
        }
        switch link {
        case 0, 108: return 4
        case 101, 228, 229: return 0
        case 113: return [0x0800, 0x86dd].contains(type(14)) ? 16 : nil
        case 276: return [0x0800, 0x86dd].contains(type(0)) ? 20 : nil
        case 1:
            var offset = 12
            while let tag = type(offset), tag == 0x8100 || tag == 0x88a8 { offset += 4 }
            return [0x0800, 0x86dd].contains(type(offset)) ? offset + 2 : nil
        default: throw .linkType(link)
        }
    }

    /// Fragments are left out: TCP does not make any.
    private static func packet(_ frame: ArraySlice<UInt8>) -> Packet? {
        let bytes = Array(frame)
        func word(_ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }
        guard let first = bytes.first else { return nil }
        let hosts: (from: [UInt8], to: [UInt8])
        var start: Int
        let end: Int
        if first >> 4 == 4 {
            start = Int(first & 0x0f) * 4
            guard bytes.count >= 20, start >= 20, bytes[9] == 6, word(6) & 0x3fff == 0 else { return nil }
            // 0: too large for the field, as offloading makes them.
            end = word(2) == 0 ? bytes.count : min(bytes.count, word(2))
            hosts = (Array(bytes[12..<16]), Array(bytes[16..<20]))
        } else {
            guard first >> 4 == 6, bytes.count >= 40, bytes[6] == 6 else { return nil }
            start = 40
            end = word(4) == 0 ? bytes.count : min(bytes.count, 40 + word(4))
            hosts = (Array(bytes[8..<24]), Array(bytes[24..<40]))
        }
        guard start + 20 <= end else { return nil }
        let (source, target) = (UInt16(word(start)), UInt16(word(start + 2)))
        let sequence = UInt32(word(start + 4)) << 16 | UInt32(word(start + 6))
        let begins = bytes[start + 13] & 0x02 != 0
        start += Int(bytes[start + 12] >> 4) * 4
        guard start <= end else { return nil }
        return Packet(
            from: Address(host: hosts.from, port: source), to: Address(host: hosts.to, port: target), sequence: sequence,
            begins: begins, payload: bytes[start..<end])
    }

    /// How many connections to that port begin in the capture.
    public func count(port: UInt16) -> Int { beginnings(port).count }

    private func beginnings(_ port: UInt16) -> [Int] {
        packets.indices.filter { packets[$0].begins && packets[$0].to.port == port }
    }

    /// What passed in one connection, in the order in which it was complete. `number` counts from 1.
    public func connection(port: UInt16, number: Int) throws(Failure) -> Trace.Recording {
        let all = beginnings(port)
        guard all.indices.contains(number - 1) else { throw .noConnection(port: port) }
        let first = packets[all[number - 1]]
        // Ports are used again: the next connection of the same two ends ends this one.
        let next = all.dropFirst(number).first { packets[$0].from == first.from && packets[$0].to == first.to && packets[$0].sequence != first.sequence }
        var recording = Trace.Recording()
        var expected: [Trace.Direction: UInt32] = [.toServer: first.sequence &+ 1]
        var waiting: [Trace.Direction: [UInt32: ArraySlice<UInt8>]] = [:]
        var passed: [Trace.Direction: Int] = [:]
        for packet in packets[all[number - 1]..<(next ?? packets.count)] {
            let direction: Trace.Direction
            if packet.from == first.from, packet.to == first.to {
                direction = .toServer
            } else if packet.from == first.to, packet.to == first.from {
                direction = .toClient
            } else {
                continue
            }
            if packet.begins {
                expected[direction] = packet.sequence &+ 1
                continue
            }
            guard !packet.payload.isEmpty, expected[direction] != nil else { continue }
            let known = waiting[direction, default: [:]][packet.sequence]?.count ?? 0
            if packet.payload.count > known { waiting[direction, default: [:]][packet.sequence] = packet.payload }
            while let place = expected[direction],
                let ready = waiting[direction, default: [:]].first(where: { Int32(bitPattern: $0.key &- place) <= 0 })
            {
                waiting[direction]?[ready.key] = nil
                // What has been sent before is sent again.
                let repeated = Int(place &- ready.key)
                guard repeated < ready.value.count else { continue }
                let fresh = ready.value.dropFirst(repeated)
                recording.append(fresh, direction)
                passed[direction, default: 0] += fresh.count
                expected[direction] = place &+ UInt32(fresh.count)
            }
        }
        for direction in Trace.Direction.allCases where waiting[direction]?.isEmpty == false {
            throw .missing(direction, offset: passed[direction] ?? 0)
        }
        return recording
    }
}
