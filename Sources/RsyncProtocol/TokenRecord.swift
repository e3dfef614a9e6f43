import RsyncWire

/// One record of a compressed token stream (XFR-84), without the data of a DATA record.
///
/// | first byte f | record | rest |
/// |---|---|---|
/// | 0x00 | end | - |
/// | 0x20, 0x21 | block, run of blocks | int32 block; run: shortint of further blocks |
/// | 0x40..0x7f | data | 1 byte m; (f - 0x40) * 256 + m bytes follow |
/// | 0x80..0xbf | block, f - 0x80 behind the previous | - |
/// | 0xc0..0xff | run of blocks, f - 0xc0 behind the previous | shortint of further blocks |
public enum TokenRecord: Sendable, Hashable {
    case data(Int)
    case blocks(first: Int32, last: Int32)
    case end

    /// Longest DATA record (XFR-84).
    public static let largestData = 0x3fff
    /// Most blocks of one run (XFR-87).
    public static let longestRun: Int32 = 0x1_0000

    /// `previous`: the last block of the record with blocks before this one in the file, else 0 (XFR-85). Blocks outside
    /// the sum head have exit code 2 (XFR-90).
    public init(reading reader: inout ByteReader, previous: Int32, blockCount: Int32) throws(WireError) {
        let offset = reader.consumed
        let flag = try reader.byte()
        switch flag {
        case 0: self = .end
        case 0x40...0x7f: self = .data(Int(flag & 0x3f) << 8 | Int(try reader.byte()))
        case 0x20, 0x21, 0x80...0xff:
            let isRelative = flag >= 0x80
            let first = isRelative ? Int64(previous) + Int64(flag & 0x3f) : Int64(try reader.int32())
            var last = first
            if isRelative ? flag & 0x40 != 0 : flag == 0x21 {
                let run = try reader.shortInt()
                guard run > 0 else {
                    throw WireError(.malformed, field: "run", clause: "XFR-86", offset: offset, value: 0, exitCode: 2)
                }
                last += Int64(run)
            }
            guard first >= 0, last < Int64(blockCount) else {
                throw WireError(.outOfRange, field: "block", clause: "XFR-90", offset: offset, value: last, exitCode: 2)
            }
            self = .blocks(first: Int32(first), last: Int32(last))
        default:
            throw WireError(.malformed, field: "record", clause: "XFR-89", offset: offset, value: Int64(flag))
        }
    }

    /// Precondition: at most `largestData` bytes, at most `longestRun` blocks in order.
    public func write(to writer: inout ByteWriter, previous: Int32) {
        switch self {
        case .end: writer.byte(0)
        case .data(let count):
            precondition(count >= 0 && count <= Self.largestData, "a record has room for 16383 bytes")
            writer.byte(0x40 | UInt8(count >> 8))
            writer.byte(UInt8(truncatingIfNeeded: count))
        case .blocks(let first, let last):
            precondition(first >= 0 && last >= first && last - first < Self.longestRun, "a run has 1 to 65536 blocks")
            // XFR-87.
            let isRun = last > first
            if first >= previous, first - previous <= 0x3f {
                writer.byte((isRun ? 0xc0 : 0x80) | UInt8(first - previous))
            } else {
                writer.byte(isRun ? 0x21 : 0x20)
                writer.int32(first)
            }
            if isRun { writer.shortInt(UInt16(last - first)) }
        }
    }
}
