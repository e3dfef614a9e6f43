import RsyncWire

/// The two sums of one block (XFR-52).
///
/// | # | field | encoding |
/// |---|---|---|
/// | 1 | weak | int32 |
/// | 2 | strong | the first strong-length bytes of the block sum |
public struct BlockSum: Sendable, Hashable {
    public var weak: UInt32
    public var strong: [UInt8]

    public init(weak: UInt32, strong: [UInt8]) {
        self.weak = weak
        self.strong = strong
    }

    /// Bytes of one block's sums on the wire.
    public static func size(strongLength: Int) -> Int { 4 + strongLength }

    /// `strongLength` comes from a sum head that was checked.
    public init(reading reader: inout ByteReader, strongLength: Int) throws(WireError) {
        weak = UInt32(bitPattern: try reader.int32())
        strong = try reader.bytes(strongLength)
    }

    public func write(to writer: inout ByteWriter) {
        writer.int32(Int32(bitPattern: weak))
        writer.bytes(strong)
    }
}
