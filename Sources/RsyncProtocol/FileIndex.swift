import RsyncWire

/// Values with a meaning of their own where an index stands (SES-20, FLS-131).
public enum FileIndex {
    /// NDX_DONE: the end of a list or phase.
    public static let done: Int32 = -1
    /// NDX_FLIST_EOF: no more file lists.
    public static let fileListEOF: Int32 = -2
    /// NDX_DEL_STATS: deletion statistics follow.
    public static let deletionStatistics: Int32 = -3
    /// NDX_FLIST_OFFSET: this less D announces the file list of directory D.
    public static let fileListOffset: Int32 = -101
}

/// The two memories of the compressed index form, one pair per direction and session (FLS-133, FLS-136).
struct IndexMemory: Sendable, Equatable {
    /// P: the last non-negative value.
    var positive: Int32 = -1
    /// Q: the last negative value other than NDX_DONE, without its sign.
    var negative: Int32 = 1
}

/// Writes indexes (FLS-132, FLS-133).
///
/// | value | bytes |
/// |---|---|
/// | -1 | `00` |
/// | negative | `ff`, then -value against Q |
/// | d in 1...253 | d |
/// | d = 0 or 254...32767 | `fe`, d big-endian |
/// | other d | `fe`, bits 24-31 with the top bit set, bits 0-7, 8-15, 16-23 |
///
/// d is the distance from the memory; before protocol 30 every index is an int32.
public struct IndexEncoder: Sendable {
    private let compresses: Bool
    private var memory = IndexMemory()

    public init(traits: SessionTraits) { compresses = traits.usesDeltaIndexes }

    /// Precondition: not `Int32.min`, which no index ever is.
    public mutating func encode(_ index: Int32, into writer: inout ByteWriter) {
        guard compresses else {
            writer.int32(index)
            return
        }
        if index == FileIndex.done {
            writer.byte(0)
            return
        }
        let magnitude: Int32
        let distance: Int64
        if index >= 0 {
            magnitude = index
            distance = Int64(magnitude) - Int64(memory.positive)
            if !Knob.indexMemoryStandsStill.isOn { memory.positive = magnitude }
        } else {
            precondition(index != .min, "no index has this value")
            magnitude = -index
            distance = Int64(magnitude) - Int64(memory.negative)
            if !Knob.negativeIndexMemoryStandsStill.isOn { memory.negative = magnitude }
            writer.byte(0xff)
        }
        switch distance {
        case 1...(Knob.indexStepIsOneByte.isOn ? 255 : 253):
            writer.byte(UInt8(distance))
        case 0, 254...0x7fff:
            writer.byte(0xfe)
            writer.byte(UInt8(Knob.indexBytesSwapped.isOn ? distance & 0xff : distance >> 8))
            writer.byte(UInt8(Knob.indexBytesSwapped.isOn ? distance >> 8 : distance & 0xff))
        default:
            writer.byte(0xfe)
            writer.byte(UInt8(truncatingIfNeeded: magnitude >> 24) | 0x80)
            writer.byte(UInt8(truncatingIfNeeded: magnitude))
            writer.byte(UInt8(truncatingIfNeeded: magnitude >> 8))
            writer.byte(UInt8(truncatingIfNeeded: magnitude >> 16))
        }
    }
}

/// Reads indexes (FLS-134). What a value means, and whether it may stand here, is for the caller to judge.
public struct IndexDecoder: Sendable {
    private let compresses: Bool
    private var memory = IndexMemory()

    public init(traits: SessionTraits) { compresses = traits.usesDeltaIndexes }

    /// The memories change only when the whole index was there and right; after an error the same bytes, with more
    /// behind them, can be tried again.
    public mutating func decode(_ reader: inout ByteReader) throws(WireError) -> Int32 {
        guard compresses else { return try reader.int32() }
        let offset = reader.consumed
        let first = try reader.byte()
        if first == 0 { return FileIndex.done }
        let isNegative = first == 0xff
        let base = Int64(isNegative ? memory.negative : memory.positive)
        let lead = isNegative ? try reader.byte() : first
        let magnitude = lead == 0xfe ? try Self.longForm(&reader, base: base) : base + Int64(lead)
        // A magnitude below the sign's first value is no index: the forms would let -1 and 0 in by a back door.
        guard magnitude <= Int64(Int32.max), magnitude >= (isNegative ? 1 : 0) else {
            throw WireError(
                .outOfRange, field: "ndx", clause: "FLS-134", offset: offset, value: magnitude, exitCode: 2)
        }
        let value = Int32(magnitude)
        if isNegative {
            memory.negative = value
            return -value
        }
        memory.positive = value
        return value
    }

    /// What stands behind `fe`: a distance in two bytes, or the magnitude itself in four.
    private static func longForm(_ reader: inout ByteReader, base: Int64) throws(WireError) -> Int64 {
        let high = try reader.byte()
        let low = try reader.byte()
        guard high & 0x80 != 0 else { return base + (Int64(high) << 8 | Int64(low)) }
        let second = try reader.byte()
        let third = try reader.byte()
        return Int64(high & 0x7f) << 24 | Int64(third) << 16 | Int64(second) << 8 | Int64(low)
    }
}
