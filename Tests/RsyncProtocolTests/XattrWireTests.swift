import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

/// Extended attributes on the wire (MET-141 to MET-153).
@Suite struct XattrWireTests {
    static func items() -> [XattrWire.Item] {
        let digest = [UInt8](0..<16)
        return [
            XattrWire.Item(name: Array("user.a33".utf8), length: 33, data: digest),
            XattrWire.Item(name: Array("user.big".utf8), length: 40, data: digest),
            XattrWire.Item(name: Array("user.s".utf8), length: 32, data: [UInt8](repeating: 7, count: 32)),
        ]
    }

    static func bytes() -> [UInt8] {
        var writer = ByteWriter()
        XattrWire.write(literal: items(), to: &writer)
        return writer.bytes
    }

    static func readAll(_ bytes: [UInt8], known: Int = 0) throws(WireError) -> [XattrWire.Item] {
        var reader = ByteReader(bytes)
        guard case .literal(let count) = try XattrWire.readStart(&reader, known: known) else { return [] }
        var found: [XattrWire.Item] = []
        for _ in 0..<count { found.append(try XattrWire.readItem(&reader)) }
        return found
    }

    @Test func isAsInTheExample() {
        let bytes = Self.bytes()
        #expect(bytes.starts(with: [0x00, 0x03, 0x09, 0x21] + Array("user.a33".utf8) + [0]))
    }

    @Test func readsWhatItWrites() throws {
        #expect(try Self.readAll(Self.bytes()) == Self.items())
    }

    @Test func asksForMoreAtEveryCut() {
        let bytes = Self.bytes()
        for length in 0..<bytes.count {
            #expect(throws: WireError.needsMore) { try Self.readAll([UInt8](bytes[..<length])) }
        }
    }

    @Test func refersToKnownSetsOnly() throws {
        var writer = ByteWriter()
        XattrWire.write(reference: 4, to: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try XattrWire.readStart(&reader, known: 5) == .known(4))
        for known in 0..<5 {
            var reader = ByteReader(writer.bytes)
            #expect(throws: WireError.self) { try XattrWire.readStart(&reader, known: known) }
        }
    }

    private static func varInts(_ values: Int32..., then rest: [UInt8] = []) -> [UInt8] {
        var writer = ByteWriter()
        for value in values { writer.varInt(value) }
        return writer.bytes + rest
    }

    @Test func refusesCountsAndLengthsAtOnce() {
        let hostile: [([UInt8], Int32)] = [
            (Self.varInts(-1), 12), (Self.varInts(0, -1), 2), (Self.varInts(0, 65_537), 2), (Self.varInts(0, .max), 2),
            (Self.varInts(0, 1, -1), 2), (Self.varInts(0, 1, 4097), 2), (Self.varInts(0, 1, .max), 2),
            (Self.varInts(0, 1, 5, -1), 2), (Self.varInts(0, 1, 5, (128 << 20) + 1), 2),
            (Self.varInts(0, 1, 0, 0), 11), (Self.varInts(0, 1, 1, 0, then: [0]), 11),
            (Self.varInts(0, 1, 2, 0, then: [65, 66]), 11), (Self.varInts(0, 1, 3, 0, then: [65, 0, 0]), 11),
        ]
        for (bytes, code) in hostile {
            do throws(WireError) {
                _ = try Self.readAll(bytes)
                Issue.record("\(bytes) was taken")
            } catch {
                #expect(error.code != .needsMore && error.exitCode == code, "\(bytes): \(error) \(error.exitCode)")
            }
        }
    }

    @Test func numbersOnlyRise() throws {
        var reader = ByteReader(Self.varInts(1, 2, 0))
        #expect(try XattrWire.readNumber(&reader, after: 0) == 1)
        #expect(try XattrWire.readNumber(&reader, after: 1) == 3)
        #expect(try XattrWire.readNumber(&reader, after: 3) == nil)
        for step in [Int32(-1), .max, .min, 65_537] {
            var reader = ByteReader(Self.varInts(step))
            #expect(throws: WireError.self) { try XattrWire.readNumber(&reader, after: 0) }
        }
    }
}
