// varint (SES-13, SES-14) and varlong (SES-15, SES-16).
//
//   first byte F   extra bytes E   value bits in F
//   00...7f        0               low 7
//   80...bf        1               low 6
//   c0...df        2               low 5
//   e0...ef        3               low 4
//   f0...f7        4               low 3
//   f8...fb        5               low 2
//   fc...ff        6               low 2 (as the reference counts them)

@inlinable
func extraByteCount(_ first: UInt8) -> Int {
    switch first {
    case 0x00...0x7f: 0
    case 0x80...0xbf: 1
    case 0xc0...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf7: 4
    case 0xf8...0xfb: 5
    default: 6
    }
}

/// The leading one-bits that announce `extra` further bytes.
@inlinable
func prefix(forExtra extra: Int) -> UInt8 {
    extra == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff00 >> extra)
}

/// The bits of the first byte that belong to the value.
@inlinable
func valueBits(_ first: UInt8, extra: Int) -> UInt64 {
    extra == 6 ? UInt64(first & 0x03) : UInt64(first & (0xff >> UInt8(extra + 1)))
}

extension ByteReader {
    /// A 32-bit value in 1 to 5 bytes. Over-long forms are accepted, bits above 32 are not (SES-21).
    @inlinable
    public mutating func varInt() throws(WireError) -> Int32 {
        let first = try peek()
        if first < 0x80 {
            position += 1
            return Int32(first)
        }
        let extra = extraByteCount(first)
        guard first <= 0xf0 else {
            throw WireError(.outOfRange, field: "varint", clause: "SES-21", offset: consumed, value: Int64(first))
        }
        guard remaining > extra else { throw .needsMore }
        var value = extra < 4 ? valueBits(first, extra: extra) << UInt64(8 * extra) : 0
        for index in 0..<extra { value |= UInt64(bytes[position + 1 + index]) << UInt64(8 * index) }
        position += 1 + extra
        return Int32(bitPattern: UInt32(truncatingIfNeeded: value))
    }

    /// A 64-bit value in at least `minimum` bytes, 1...8.
    @inlinable
    public mutating func varLong(minimum: Int) throws(WireError) -> Int64 {
        let first = try peek()
        let extra = extraByteCount(first)
        let length = minimum + extra
        guard length <= 9 else {
            throw WireError(.outOfRange, field: "varlong", clause: "SES-21", offset: consumed, value: Int64(first))
        }
        guard remaining >= length else { throw .needsMore }
        let bits = valueBits(first, extra: extra)
        guard length < 9 || bits == 0 else {
            throw WireError(.outOfRange, field: "varlong", clause: "SES-21", offset: consumed, value: Int64(first))
        }
        var value: UInt64 = length < 9 ? bits << UInt64(8 * (length - 1)) : 0
        for index in 0..<(length - 1) { value |= UInt64(bytes[position + 1 + index]) << UInt64(8 * index) }
        position += length
        return Int64(bitPattern: value)
    }
}

extension ByteWriter {
    /// SES-14: always the shortest form.
    public mutating func varInt(_ value: Int32) {
        let pattern = UInt32(bitPattern: value)
        if pattern < 0x80 {
            byte(UInt8(pattern))
            return
        }
        let used = (32 - pattern.leadingZeroBitCount + 7) / 8
        let highest = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * (used - 1)))
        let fits = UInt32(highest) < (UInt32(1) << UInt32(8 - used))
        let extra = fits ? used - 1 : used
        byte(prefix(forExtra: extra) | (fits ? highest : 0))
        for index in 0..<extra { byte(UInt8(truncatingIfNeeded: pattern >> UInt32(8 * index))) }
    }

    /// SES-16: the shortest form with at least `minimum` bytes.
    public mutating func varLong(_ value: Int64, minimum: Int) {
        let pattern = UInt64(bitPattern: value)
        let used = max((64 - pattern.leadingZeroBitCount + 7) / 8, minimum)
        let highest = UInt8(truncatingIfNeeded: pattern >> UInt64(8 * (used - 1)))
        let room = 7 - used + minimum
        let fits = room >= 0 && UInt32(highest) < (UInt32(1) << UInt32(room))
        let extra = fits ? used - minimum : used - minimum + 1
        byte(prefix(forExtra: extra) | (fits ? highest : 0))
        for index in 0..<(minimum - 1 + extra) { byte(UInt8(truncatingIfNeeded: pattern >> UInt64(8 * index))) }
    }
}
