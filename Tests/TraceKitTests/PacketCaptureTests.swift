import Foundation
import TestSupport
import Testing
import TraceKit

/// A recorded session put into packets as a daemon's connection, and taken out again.
@Suite struct PacketCaptureTests {
    private struct Capture {
        var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + Array(repeating: 0, count: 8) + [0, 0, 4, 0, 1, 0, 0, 0]
        private var next: [Bool: UInt32] = [true: 0xffff_ff00, false: 77]

        /// Ethernet, IPv4, TCP; padded as short frames are.
        static func packet(toServer: Bool, sequence: UInt32, flags: UInt8, _ payload: [UInt8], port: UInt16 = 873) -> [UInt8] {
            func big(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
            let ports = toServer ? big(40000) + big(Int(port)) : big(Int(port)) + big(40000)
            let hosts: [UInt8] = toServer ? [10, 0, 0, 1, 10, 0, 0, 2] : [10, 0, 0, 2, 10, 0, 0, 1]
            let tcp = ports + big(Int(sequence >> 16)) + big(Int(sequence & 0xffff)) + [0, 0, 0, 0, 0x50, flags] + [0, 0, 0, 0, 0, 0]
            let ip: [UInt8] = [0x45, 0] + big(40 + payload.count) + [0, 0, 0x40, 0, 64, 6, 0, 0] + hosts
            let frame = [UInt8](repeating: 1, count: 12) + [8, 0] + ip + tcp + payload
            return frame + [UInt8](repeating: 0xee, count: max(0, 60 - frame.count))
        }

        mutating func add(_ frame: [UInt8]) {
            let length = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (8 * $0)) }
            bytes += [0, 0, 0, 0, 0, 0, 0, 0] + length + length + frame
        }

        mutating func begin() {
            add(Self.packet(toServer: true, sequence: 0xffff_feff, flags: 2, []))
            add(Self.packet(toServer: false, sequence: 76, flags: 0x12, []))
        }

        mutating func say(_ payload: [UInt8], toServer: Bool, shuffled: Bool = true) {
            var frames: [[UInt8]] = []
            var start = 0
            while start < payload.count {
                let piece = Array(payload[start..<min(start + 1000, payload.count)])
                frames.append(Self.packet(toServer: toServer, sequence: next[toServer] ?? 0, flags: 0x10, piece))
                next[toServer] = (next[toServer] ?? 0) &+ UInt32(piece.count)
                start += piece.count
            }
            // Out of order, and one of them twice.
            for frame in shuffled ? frames.reversed() + frames.prefix(1) : frames { add(frame) }
        }
    }

    private func daemonSession(_ vector: String) throws -> (Trace, Capture) {
        let trace = try Trace(text: FileBytes.read("\(ReplayTests.root)/\(vector)"))
        var capture = Capture()
        capture.begin()
        let number = trace.header.protocolNumber
        // A server announces its own version, whatever comes of it.
        capture.say([UInt8]("@RSYNCD: \(trace.bytes(.toClient)[0]).0 md5 md4\n".utf8), toServer: false)
        capture.say([UInt8]("@RSYNCD: \(number).0 md5\nmodule\n".utf8), toServer: true)
        capture.say([UInt8]("Welcome\n@RSYNCD: AUTHREQD abc\n".utf8), toServer: false)
        capture.say([UInt8]("user def\n".utf8), toServer: true)
        capture.say([UInt8]("@RSYNCD: OK\n".utf8), toServer: false)
        let end: [UInt8] = number >= 30 ? [0] : [0x0a]
        capture.say(trace.header.arguments.flatMap { $0 + end } + end, toServer: true)
        var skipped: [Trace.Direction: Int] = [:]
        for segment in trace.segments {
            let left = 4 - skipped[segment.direction, default: 0]
            skipped[segment.direction, default: 0] += min(left, segment.bytes.count)
            capture.say(Array(segment.bytes.dropFirst(left)), toServer: segment.direction == .toServer)
        }
        return (trace, capture)
    }

    @Test(arguments: ["rsync-3.5.0/p31/pull-first.trace", "rsync-3.5.0/p29/push-update-delete.trace"])
    func givesTheSessionBack(_ vector: String) throws {
        let (trace, capture) = try daemonSession(vector)
        let found = try PacketCapture(capture.bytes)
        #expect(found.count(port: 873) == 1)
        let imported = try DaemonRecording.trace(found.connection(port: 873, number: 1), peer: "rsync-3.5.0")
        for direction in Trace.Direction.allCases { #expect(imported.bytes(direction) == trace.bytes(direction)) }
        #expect(imported.header.arguments == trace.header.arguments)
        #expect(imported.header.role == trace.header.role)
        #expect(imported.header.protocolNumber == trace.header.protocolNumber)
        #expect(Dissection(imported).gaps.isEmpty)
    }

    @Test func saysWhatIsMissing() throws {
        var (_, capture) = try daemonSession("rsync-3.5.0/p31/pull-first.trace")
        capture.add(Capture.packet(toServer: false, sequence: 0x7000_0000, flags: 0x10, [1, 2, 3]))
        let found = try PacketCapture(capture.bytes)
        #expect(throws: PacketCapture.Failure.self) { try found.connection(port: 873, number: 1) }
        #expect(throws: PacketCapture.Failure.noConnection(port: 874)) { try found.connection(port: 874, number: 1) }
    }

    @Test func refusesWhatIsNoCapture() throws {
        #expect(throws: PacketCapture.Failure.noCapture) { try PacketCapture([0x0a, 0x0d, 0x0d, 0x0a] + Array(repeating: 0, count: 40)) }
        let (_, capture) = try daemonSession("rsync-3.5.0/p31/pull-first.trace")
        for cut in 25..<60 { #expect(throws: PacketCapture.Failure.self) { try PacketCapture(Array(capture.bytes[..<cut])) } }
    }

    @Test func saysWhenADaemonRefused() throws {
        var recording = Trace.Recording()
        recording.append([UInt8]("@RSYNCD: 31.0\nsecret\n".utf8), .toServer)
        recording.append([UInt8]("@RSYNCD: 31.0\n@ERROR: Unknown module 'secret'\n".utf8), .toClient)
        #expect(throws: DaemonRecording.Failure.refused("@ERROR: Unknown module 'secret'")) {
            try DaemonRecording.trace(recording, peer: "rsync-3.5.0")
        }
    }
}
