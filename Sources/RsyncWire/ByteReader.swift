/// A cursor over bytes that have arrived. Every read either takes a whole primitive or throws: `needsMore` when the
/// bytes end inside it, another code when no continuation could make it right.
///
/// A structure's reader starts from a fresh cursor each time it is tried, so nothing it learned from a short buffer
/// survives; the caller keeps `consumed` only after success.
public struct ByteReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let start: Int
    @usableFromInline let end: Int
    @usableFromInline var position: Int

    /// Reads `bytes[from ..< to]`.
    @inlinable
    public init(_ bytes: [UInt8], from: Int = 0, to: Int? = nil) {
        self.bytes = bytes
        start = from
        position = from
        end = to ?? bytes.count
    }

    /// Bytes taken so far.
    @inlinable public var consumed: Int { position - start }
    /// Bytes that are left.
    @inlinable public var remaining: Int { end - position }
    @inlinable public var isAtEnd: Bool { position == end }

    /// One octet (SES-8).
    @inlinable
    public mutating func byte() throws(WireError) -> UInt8 {
        guard position < end else { throw .needsMore }
        let value = bytes[position]
        position += 1
        return value
    }

    /// The next octet without taking it.
    @inlinable
    public func peek() throws(WireError) -> UInt8 {
        guard position < end else { throw .needsMore }
        return bytes[position]
    }

    /// Unsigned 16-bit little-endian (SES-9).
    @inlinable
    public mutating func shortInt() throws(WireError) -> UInt16 {
        guard end - position >= 2 else { throw .needsMore }
        let value = UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8
        position += 2
        return value
    }

    /// Signed 32-bit little-endian (SES-10).
    @inlinable
    public mutating func int32() throws(WireError) -> Int32 {
        guard end - position >= 4 else { throw .needsMore }
        var value = UInt32(bytes[position])
        value |= UInt32(bytes[position + 1]) << 8
        value |= UInt32(bytes[position + 2]) << 16
        value |= UInt32(bytes[position + 3]) << 24
        position += 4
        return Int32(bitPattern: value)
    }

    /// Signed 64-bit little-endian.
    @inlinable
    public mutating func int64() throws(WireError) -> Int64 {
        guard end - position >= 8 else { throw .needsMore }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return Int64(bitPattern: value)
    }

    /// Exactly `count` bytes; the caller has checked `count` against the limit of its field.
    @inlinable
    public mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
        guard end - position >= count else { throw .needsMore }
        let slice = [UInt8](bytes[position..<(position + count)])
        position += count
        return slice
    }

    /// Exactly `count` bytes behind the first `shared` bytes of `prefix`.
    public mutating func bytes(_ count: Int, behind prefix: [UInt8], upTo shared: Int) throws(WireError) -> [UInt8] {
        guard end - position >= count else { throw .needsMore }
        let whole = joinedBytes(
            prefix.span.extracting(0..<shared), bytes.span.extracting(position..<(position + count)))
        position += count
        return whole
    }

    /// Passes over `count` bytes.
    @inlinable
    public mutating func skip(_ count: Int) throws(WireError) {
        guard end - position >= count else { throw .needsMore }
        position += count
    }
}
