import RsyncWire
import TestSupport
import Testing

@Suite struct IntegerTests {
    @Test(arguments: [
        (Int64(0), "00 00 00 00"), (0x7f, "7f 00 00 00"), (0x3fff, "ff 3f 00 00"), (0x4000, "00 40 00 00"),
        (0x7fff_ffff, "ff ff ff 7f"), (0x8000_0000, "ff ff ff ff 00 00 00 80 00 00 00 00"),
        (0x1_0000_0000, "ff ff ff ff 00 00 00 00 01 00 00 00"),
        (Int64.max, "ff ff ff ff ff ff ff ff ff ff ff 7f"), (-1, "ff ff ff ff ff ff ff ff ff ff ff ff"),
        (-5, "ff ff ff ff fb ff ff ff ff ff ff ff"),
    ] as [(Int64, String)])
    func longIntIsAsInTheTable(value: Int64, text: String) {
        #expect(written { $0.longInt(value) } == hex(text))
        #expect(assertReads(hex(text)) { (r) throws(WireError) in try r.longInt() } == value)
        assertDrips(hex(text)) { (r) throws(WireError) in try r.longInt() }
    }

    @Test func longIntAcceptsWhatNoWriterSends() {
        let escaped = hex("ff ff ff ff 05 00 00 00 00 00 00 00")
        #expect(assertReads(escaped) { (r) throws(WireError) in try r.longInt() } == 5)
        #expect(assertReads(hex("fe ff ff ff")) { (r) throws(WireError) in try r.longInt() } == -2)
    }

    @Test(arguments: [
        (Int32(0), "00"), (0x7f, "7f"), (0x80, "80 80"), (0xff, "80 ff"), (0x100, "81 00"), (0x3fff, "bf ff"),
        (0x4000, "c0 00 40"), (0xffff, "c0 ff ff"), (0x10000, "c1 00 00"), (0x1fffff, "df ff ff"),
        (0x200000, "e0 00 00 20"), (0xfffffff, "ef ff ff ff"), (0x10000000, "f0 00 00 00 10"),
        (Int32.max, "f0 ff ff ff 7f"), (-1, "f0 ff ff ff ff"), (-2, "f0 fe ff ff ff"), (Int32.min, "f0 00 00 00 80"),
        (0x1ff, "81 ff"),
    ] as [(Int32, String)])
    func varIntIsAsInTheTable(value: Int32, text: String) {
        #expect(written { $0.varInt(value) } == hex(text))
        #expect(assertReads(hex(text)) { (r) throws(WireError) in try r.varInt() } == value)
        assertDrips(hex(text)) { (r) throws(WireError) in try r.varInt() }
    }

    @Test(arguments: [UInt8(0xf1), 0xf2, 0xf4, 0xf7, 0xf8, 0xfb, 0xfc, 0xff])
    func varIntRefusesMoreThan32Bits(first: UInt8) {
        let bytes = [first, 0, 0, 0, 0, 0, 0]
        assertRefuses(bytes, field: "varint", exitCode: 12) { (r) throws(WireError) in try r.varInt() }
        assertRefuses([first], field: "varint", exitCode: 12) { (r) throws(WireError) in try r.varInt() }
    }

    @Test func acceptsOverlongVarInts() {
        for (text, value) in [("80 01", Int32(1)), ("c0 01 00", 1), ("f0 05 00 00 00", 5)] {
            #expect(assertReads(hex(text)) { (r) throws(WireError) in try r.varInt() } == value)
        }
    }

    @Test(arguments: [
        (Int64(0), "00 00 00", "00 00 00 00"), (0x7f, "00 7f 00", "00 7f 00 00"), (0x80, "00 80 00", "00 80 00 00"),
        (0x3fff, "00 ff 3f", "00 ff 3f 00"), (0x4000, "00 00 40", "00 00 40 00"), (0xffff, "00 ff ff", "00 ff ff 00"),
        (0x7fffff, "7f ff ff", "00 ff ff 7f"), (0x800000, "80 00 00 80", "00 00 00 80"),
        (0xffffff, "80 ff ff ff", "00 ff ff ff"), (0x1000000, "81 00 00 00", "01 00 00 00"),
        (0x7fff_ffff, "c0 ff ff ff 7f", "7f ff ff ff"), (0x8000_0000, "c0 00 00 00 80", "80 00 00 00 80"),
        (0xffff_ffff, "c0 ff ff ff ff", "80 ff ff ff ff"), (0x1_0000_0000, "c1 00 00 00 00", "81 00 00 00 00"),
        (1 << 40, "e1 00 00 00 00 00", "c1 00 00 00 00 00"),
        (1 << 62, "fc 00 00 00 00 00 00 00 40", "f8 00 00 00 00 00 00 00 40"),
        (Int64.max, "fc ff ff ff ff ff ff ff 7f", "f8 ff ff ff ff ff ff ff 7f"),
        (-1, "fc ff ff ff ff ff ff ff ff", "f8 ff ff ff ff ff ff ff ff"),
    ] as [(Int64, String, String)])
    func varLongIsAsInTheTable(value: Int64, three: String, four: String) {
        for (minimum, text) in [(3, three), (4, four)] {
            #expect(written { $0.varLong(value, minimum: minimum) } == hex(text))
            #expect(assertReads(hex(text)) { (r) throws(WireError) in try r.varLong(minimum: minimum) } == value)
            assertDrips(hex(text)) { (r) throws(WireError) in try r.varLong(minimum: minimum) }
        }
    }

    @Test func varLongRefusesMoreThan64Bits() {
        let rest = [UInt8](repeating: 0, count: 12)
        for first in [UInt8(0xfd), 0xfe, 0xff] {
            assertRefuses([first] + rest, field: "varlong", exitCode: 12) { (r) throws(WireError) in
                try r.varLong(minimum: 3)
            }
        }
        for first in [UInt8(0xf9), 0xfb, 0xfc, 0xff] {
            assertRefuses([first] + rest, field: "varlong", exitCode: 12) { (r) throws(WireError) in
                try r.varLong(minimum: 4)
            }
        }
    }

    /// A varlong with a smaller minimum has no form for 64 bits: at most six bytes may be extra.
    @Test(arguments: [UInt64(1), 2, 3]) func integersComeBack(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let wide = Int64(bitPattern: random.next() >> (random.next() & 63))
            let narrow = Int32(truncatingIfNeeded: wide)
            let bytes = written {
                $0.longInt(wide)
                $0.varInt(narrow)
                for minimum in 3...8 { $0.varLong(wide, minimum: minimum) }
                $0.int64(wide)
                $0.int32(narrow)
                $0.shortInt(UInt16(truncatingIfNeeded: narrow))
            }
            assertReads(bytes) { (r) throws(WireError) in
                #expect(try r.longInt() == wide, "seed \(seed)")
                #expect(try r.varInt() == narrow, "seed \(seed)")
                for minimum in 3...8 { #expect(try r.varLong(minimum: minimum) == wide, "seed \(seed), \(minimum)") }
                #expect(try r.int64() == wide)
                #expect(try r.int32() == narrow)
                #expect(try r.shortInt() == UInt16(truncatingIfNeeded: narrow))
            }
        }
    }
}
