import RsyncWire

/// How a basis is cut into blocks (XFR-24).
///
/// | # | field | encoding | allowed |
/// |---|---|---|---|
/// | 1 | count | int32 | not negative |
/// | 2 | block-length | int32 | 0...limit of the protocol; not 0 if there are blocks |
/// | 3 | strong-length | int32 | 0...max(16, D) |
/// | 4 | remainder | int32 | 0...block-length |
public struct SumHead: Sendable, Hashable {
    /// Number of blocks.
    public var count: Int32
    /// Bytes of every block but the last.
    public var blockLength: Int32
    /// Bytes of each strong sum on the wire (s2).
    public var strongLength: Int32
    /// Bytes of the last block if it is shorter, else 0.
    public var remainder: Int32

    /// Bytes of a head on the wire.
    public static let size = 16
    /// The longest strong sum any peer sends, whatever its digest: generators before 3.4.4 round an 8-byte digest up
    /// to this in a redo (XFR-38).
    public static let longestForeignStrongLength = 16

    /// No basis, or one that is not used (XFR-26).
    public static let null = SumHead(count: 0, blockLength: 0, strongLength: 0, remainder: 0)

    public init(count: Int32, blockLength: Int32, strongLength: Int32, remainder: Int32) {
        self.count = count
        self.blockLength = blockLength
        self.strongLength = strongLength
        self.remainder = remainder
    }

    /// Applies XFR-27; every defect has exit code 2. `digestLength` is the full length (D) of the transfer checksum.
    public init(reading reader: inout ByteReader, traits: SessionTraits, digestLength: Int) throws(WireError) {
        let start = reader.consumed
        count = try reader.int32()
        guard count >= 0 else { throw Self.defect("count", start, count) }
        blockLength = try reader.int32()
        guard blockLength >= 0, blockLength <= traits.largestBlockLength || Knob.acceptsAnyBlockLength.isOn, blockLength > 0 || count == 0 else {
            throw Self.defect("block-length", start + 4, blockLength)
        }
        strongLength = try reader.int32()
        guard strongLength >= 0, Int(strongLength) <= max(Self.longestForeignStrongLength, digestLength) || Knob.acceptsAnyStrongLength.isOn else {
            throw Self.defect("strong-length", start + 8, strongLength)
        }
        remainder = try reader.int32()
        guard remainder >= 0, remainder <= blockLength || Knob.acceptsAnyRemainder.isOn else { throw Self.defect("remainder", start + 12, remainder) }
    }

    public func write(to writer: inout ByteWriter) {
        writer.int32(count)
        writer.int32(Knob.sumHeadSwapped.isOn ? strongLength : blockLength)
        writer.int32(Knob.sumHeadSwapped.isOn ? blockLength : strongLength)
        writer.int32(Knob.remainderIsZero.isOn ? 0 : remainder)
    }

    /// Bytes of block `index`, 0 ..< count.
    public func length(ofBlock index: Int32) -> Int32 {
        index == count - 1 && remainder > 0 ? remainder : blockLength
    }

    /// Where block `index` starts in the basis.
    public func offset(ofBlock index: Int32) -> Int64 { Int64(index) * Int64(blockLength) }

    /// Bytes of the basis (F of XFR-75).
    public var basisLength: Int64 {
        guard count > 0 else { return 0 }
        return offset(ofBlock: count - 1) + Int64(length(ofBlock: count - 1))
    }

    /// Whether blocks can be matched at all: there are some, and their strong sums say something and nothing beyond
    /// the digest (XFR-38, XFR-63). Where this is false the file is sent whole.
    public func allowsMatches(digestLength: Int) -> Bool {
        count > 0 && strongLength > 0 && Int(strongLength) <= digestLength
    }

    @inline(never)
    private static func defect(_ field: StaticString, _ offset: Int, _ value: Int32) -> WireError {
        WireError(.outOfRange, field: field, clause: "XFR-27", offset: offset, value: Int64(value), exitCode: 2)
    }
}
