// longint: 4 bytes for 0...2^31-1, else an escape and 8 bytes (SES-11, SES-12). Used while the protocol is below 30.

extension ByteReader {
    /// SES-12. Accepts any 8-byte value behind the escape, as the reference does.
    @inlinable
    public mutating func longInt() throws(WireError) -> Int64 {
        let short = try int32()
        return short == -1 ? try int64() : Int64(short)
    }
}

extension ByteWriter {
    /// SES-11: the short form exactly for 0...2^31-1.
    public mutating func longInt(_ value: Int64) {
        if value >= 0, value <= Int64(Int32.max) {
            int32(Int32(value))
        } else {
            int32(-1)
            int64(value)
        }
    }
}
