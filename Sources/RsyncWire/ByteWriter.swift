/// Bytes being put together for the wire. Writing cannot fail: what must not be sent is refused before it gets here.
public struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8]

    @inlinable public var bytes: [UInt8] { storage }

    @inlinable
    public init(reserving capacity: Int = 0) {
        self.init(adopting: [], reserving: capacity)
    }

    /// Goes on behind `bytes`, keeping their storage.
    @inlinable
    public init(adopting bytes: consuming [UInt8], reserving capacity: Int = 0) {
        storage = bytes
        if capacity > 0 { storage.reserveCapacity(capacity) }
    }

    @inlinable public var count: Int { storage.count }

    /// Drops everything written and keeps the storage.
    @inlinable
    public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    /// One octet (SES-8).
    @inlinable
    public mutating func byte(_ value: UInt8) { storage.append(value) }

    /// Unsigned 16-bit little-endian (SES-9).
    @inlinable
    public mutating func shortInt(_ value: UInt16) {
        storage.append(UInt8(truncatingIfNeeded: value))
        storage.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// Signed 32-bit little-endian (SES-10).
    @inlinable
    public mutating func int32(_ value: Int32) {
        let pattern = UInt32(bitPattern: value)
        storage.append(UInt8(truncatingIfNeeded: pattern))
        storage.append(UInt8(truncatingIfNeeded: pattern >> 8))
        storage.append(UInt8(truncatingIfNeeded: pattern >> 16))
        storage.append(UInt8(truncatingIfNeeded: pattern >> 24))
    }

    /// Signed 64-bit little-endian.
    @inlinable
    public mutating func int64(_ value: Int64) {
        let pattern = UInt64(bitPattern: value)
        for index in 0..<8 { storage.append(UInt8(truncatingIfNeeded: pattern >> UInt64(8 * index))) }
    }

    @inlinable
    public mutating func bytes(_ more: some Sequence<UInt8>) { storage.append(contentsOf: more) }

    @inlinable
    public mutating func bytes(_ more: [UInt8]) { storage.append(contentsOf: more) }

    /// All but the first `start` bytes.
    public mutating func bytes(_ more: [UInt8], from start: Int) {
        let more = more.span
        precondition(start <= more.count)
        storage.append(addingCapacity: more.count - start) { (new: inout OutputSpan<UInt8>) in
            for index in start..<more.count { new.append(more[index]) }
        }
    }

    /// Overwrites four bytes that are there already with a signed 32-bit little-endian number: a length that is known
    /// only behind what it measures.
    @inlinable
    public mutating func replace(at offset: Int, int32 value: Int32) {
        let pattern = UInt32(bitPattern: value)
        for index in 0..<4 { storage[offset + index] = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * index)) }
    }

    /// Takes the last bytes back.
    @inlinable
    public mutating func removeLast(_ count: Int) { storage.removeLast(count) }
}
