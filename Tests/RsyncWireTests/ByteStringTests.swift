import RsyncWire
import TestSupport
import Testing

@Suite struct ByteStringTests {
    @Test(arguments: [(0, "00"), (0x7f, "7f"), (0x80, "80 80"), (0xff, "80 ff"), (0x100, "81 00"), (0x7fff, "ff ff")])
    func lengthIsAsInTheClause(length: Int, prefix: String) {
        let text = [UInt8](repeating: 0x61, count: length)
        let bytes = written { $0.vString(text) }
        #expect(bytes == hex(prefix) + text)
        let read = assertReads(bytes) { (r) throws(WireError) in
            try r.vString(limit: 0x7fff, field: "text", clause: "SES-18")
        }
        #expect(read == text)
    }

    @Test func drips() {
        for length in [0, 1, 127, 128, 300] {
            let bytes = written { $0.vString([UInt8](repeating: 7, count: length)) }
            assertDrips(bytes) { (r) throws(WireError) in
                try r.vString(limit: 300, field: "text", clause: "SES-18")
            }
        }
    }

    @Test func acceptsAnOverlongLength() {
        let read = assertReads(hex("80 02 61 62")) { (r) throws(WireError) in
            try r.vString(limit: 10, field: "text", clause: "SES-18")
        }
        #expect(read == hex("61 62"))
    }

    @Test func refusesALengthAboveTheLimitBeforeTheTextArrives() {
        assertRefuses(hex("81 00"), field: "text", exitCode: 2) { (r) throws(WireError) in
            try r.vString(limit: 255, field: "text", clause: "SES-18")
        }
    }

    @Test func fixedPiecesAskForMore() {
        assertDrips(hex("01 02 03")) { (r) throws(WireError) in try r.bytes(3) }
        assertDrips(hex("01 02 03")) { (r) throws(WireError) in try r.skip(3) }
        assertDrips(hex("00 20")) { (r) throws(WireError) in try r.shortInt() }
        assertDrips(hex("ff ff ff 7f")) { (r) throws(WireError) in try r.int32() }
        assertDrips(hex("00 00 00 00 00 00 00 80")) { (r) throws(WireError) in try r.int64() }
        assertDrips([9]) { (r) throws(WireError) in try r.byte() }
    }

    @Test func readsAWindowOfTheBuffer() throws {
        var reader = ByteReader(hex("aa 01 02 bb"), from: 1, to: 3)
        #expect(try reader.peek() == 1)
        #expect(try reader.shortInt() == 0x0201)
        #expect(reader.consumed == 2 && reader.isAtEnd)
        #expect(throws: WireError.needsMore) { try reader.byte() }
    }

    @Test func errorsNameFieldClauseAndOffset() {
        let error = WireError(.outOfRange, field: "count", clause: "XFR-27", offset: 4, value: -1, exitCode: 2)
        #expect(error.description == "count (-1) is out of range at offset 4 [XFR-27]")
    }
}
