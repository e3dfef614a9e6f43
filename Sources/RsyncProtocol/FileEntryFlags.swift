import RsyncWire

/// The flags that begin every entry (FLS-27 to FLS-31).
///
/// | scheme | wire form |
/// |---|---|
/// | A `.byte` | one byte: bits 0 to 7 |
/// | B `.extendedByte` | one byte; with bit 2 a second one for bits 8 to 15 |
/// | C `.varint` | varint |
///
/// Several bits have two names: which one holds is a matter of the protocol and of the entry's type.
struct FileEntryFlags: OptionSet, Sendable, Hashable {
    let rawValue: Int32

    static let topDirectory = FileEntryFlags(rawValue: 0x0001)
    static let sameMode = FileEntryFlags(rawValue: 0x0002)
    /// Scheme A.
    static let sameRdev = FileEntryFlags(rawValue: 0x0004)
    /// Scheme B: a second byte follows. Scheme C: filler.
    static let extended = FileEntryFlags(rawValue: 0x0004)
    static let sameUid = FileEntryFlags(rawValue: 0x0008)
    static let sameGid = FileEntryFlags(rawValue: 0x0010)
    static let sameName = FileEntryFlags(rawValue: 0x0020)
    static let longName = FileEntryFlags(rawValue: 0x0040)
    static let sameTime = FileEntryFlags(rawValue: 0x0080)
    /// Devices and specials.
    static let sameRdevMajor = FileEntryFlags(rawValue: 0x0100)
    /// Directories from protocol 30 on.
    static let noContentDirectory = FileEntryFlags(rawValue: 0x0100)
    static let hardLinked = FileEntryFlags(rawValue: 0x0200)
    /// Protocols 28 and 29.
    static let sameLinkDevice = FileEntryFlags(rawValue: 0x0400)
    /// From protocol 30 on.
    static let userNameFollows = FileEntryFlags(rawValue: 0x0400)
    /// Protocols 28 and 29.
    static let rdevMinorIsByte = FileEntryFlags(rawValue: 0x0800)
    /// From protocol 30 on.
    static let groupNameFollows = FileEntryFlags(rawValue: 0x0800)
    static let hardLinkFirst = FileEntryFlags(rawValue: 0x1000)
    static let hasNanoseconds = FileEntryFlags(rawValue: 0x2000)
    /// Only under `--atimes`.
    static let sameAtime = FileEntryFlags(rawValue: 0x4000)

    /// Scheme B: not an entry but the end of the list with an error code (FLS-81).
    static let endWithError = FileEntryFlags(rawValue: 0x1004)

    /// The first thing of an item: flags of an entry, or the end marker.
    enum Start {
        case entry(FileEntryFlags)
        case end(errors: Int32)
    }

    static func read(_ reader: inout ByteReader, traits: SessionTraits) throws(WireError) -> Start {
        switch traits.fileFlagsEncoding {
        case .byte:
            let low = try reader.byte()
            return low == 0 ? .end(errors: 0) : .entry(FileEntryFlags(rawValue: Int32(low)))
        case .extendedByte:
            let low = Int32(try reader.byte())
            if low == 0 { return .end(errors: 0) }
            guard low & extended.rawValue != 0 else { return .entry(FileEntryFlags(rawValue: low)) }
            let flags = FileEntryFlags(rawValue: low | Int32(try reader.byte()) << 8)
            guard flags == .endWithError else { return .entry(flags) }
            guard traits.safeFileList else {
                throw WireError(
                    .malformed, field: "flags", clause: "FLS-82", offset: 0, value: Int64(flags.rawValue), exitCode: 2)
            }
            return .end(errors: try reader.varInt() & knownErrors)
        case .varint:
            let flags = FileEntryFlags(rawValue: try reader.varInt())
            if flags.isEmpty { return .end(errors: try reader.varInt() & knownErrors) }
            return .entry(flags)
        }
    }

    /// Writes flags as computed by the encoder and returns what a reader will see: zero is replaced (FLS-30).
    func write(to writer: inout ByteWriter, traits: SessionTraits, isDirectory: Bool) -> FileEntryFlags {
        var flags = self
        switch traits.fileFlagsEncoding {
        case .byte:
            flags = FileEntryFlags(rawValue: rawValue & 0xff)
            if flags.isEmpty { flags = isDirectory ? .longName : .topDirectory }
            writer.byte(UInt8(truncatingIfNeeded: flags.rawValue))
        case .extendedByte:
            if flags.isEmpty { flags = isDirectory ? .extended : .topDirectory }
            if flags.rawValue & 0xff00 != 0 { flags.insert(.extended) }
            writer.byte(UInt8(truncatingIfNeeded: flags.rawValue))
            if flags.contains(.extended) { writer.byte(UInt8(truncatingIfNeeded: flags.rawValue >> 8)) }
        case .varint:
            if flags.isEmpty { flags = .extended }
            writer.varInt(flags.rawValue)
        }
        return flags
    }

    /// The end marker, with an error code where there is one and the form can carry it (FLS-81).
    static func writeEnd(errors: Int32, to writer: inout ByteWriter, traits: SessionTraits) {
        switch traits.fileFlagsEncoding {
        case .byte:
            writer.byte(0)
        case .extendedByte:
            guard errors != 0, traits.safeFileList else { return writer.byte(0) }
            writer.byte(UInt8(truncatingIfNeeded: endWithError.rawValue))
            writer.byte(UInt8(truncatingIfNeeded: endWithError.rawValue >> 8))
            writer.varInt(errors)
        case .varint:
            writer.varInt(0)
            writer.varInt(errors)
        }
    }

    /// The error bits a receiver keeps (FLS-83).
    private static let knownErrors: Int32 = 0x7
}
