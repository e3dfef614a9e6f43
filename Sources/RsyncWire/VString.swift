// vstring: a length of 0...0x7fff in one or two bytes (big-endian), then that many bytes (SES-18).

extension ByteReader {
    /// `limit` is the field's own bound in bytes; a longer announcement is refused before anything is allocated.
    public mutating func vString(
        limit: Int, field: StaticString, clause: StaticString, exitCode: Int32 = 2
    ) throws(WireError) -> [UInt8] {
        let offset = consumed
        let first = try byte()
        let length = first & 0x80 == 0 ? Int(first) : Int(first & 0x7f) << 8 | Int(try byte())
        guard length <= limit else {
            throw WireError(
                .outOfRange, field: field, clause: clause, offset: offset, value: Int64(length), exitCode: exitCode)
        }
        return try bytes(length)
    }
}

extension ByteWriter {
    /// Precondition: at most 0x7fff bytes.
    public mutating func vString(_ text: [UInt8]) {
        precondition(text.count <= 0x7fff, "a vstring holds at most 32767 bytes (SES-18)")
        if text.count > 0x7f { byte(0x80 | UInt8(text.count >> 8)) }
        byte(UInt8(text.count & 0xff))
        bytes(text)
    }
}
