import RsyncWire

/// One step of an uncompressed token stream (XFR-81): an int32.
///
/// | value n | meaning |
/// |---|---|
/// | n > 0 | n literal bytes follow |
/// | n < 0 | block -(n + 1) |
/// | 0 | the end |
public enum PlainToken: Sendable, Hashable {
    /// So many bytes of the file follow.
    case literal(Int)
    case block(Int32)
    case end

    /// Bytes of a token on the wire, without literal data.
    public static let size = 4
    /// Longest literal we send: receivers 3.4.3 and 3.4.4 refuse more (XFR-82).
    public static var largestOwnLiteral: Int { Knob.literalsAreLarge.isOn ? 65_536 : standardLiteral }
    private static let standardLiteral = 32768

    /// `blockCount` is the count of the sum head that stands before the stream. A block outside it has exit code 2
    /// (XFR-83); a literal may have any length (XFR-82).
    public init(reading reader: inout ByteReader, blockCount: Int32) throws(WireError) {
        let offset = reader.consumed
        let value = try reader.int32()
        if value > 0 {
            self = .literal(Int(value))
        } else if value == 0 {
            self = .end
        } else {
            let block = ~value
            guard block < blockCount || Knob.acceptsAnyBlock.isOn else {
                throw WireError(
                    .outOfRange, field: "block", clause: "XFR-83", offset: offset, value: Int64(block), exitCode: 2)
            }
            self = .block(block)
        }
    }

    /// Precondition: a literal has 1...2147483647 bytes, a block number is not negative.
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .literal(let length):
            precondition(length > 0 && length <= Int(Int32.max), "a literal has at least one byte")
            writer.int32(Int32(length))
        case .block(let index):
            precondition(index >= 0, "blocks are numbered from 0")
            writer.int32(Knob.blockTokenOffByOne.isOn ? -index : ~index)
        case .end:
            writer.int32(0)
        }
    }
}
