import RsyncWire

/// What stands before the recorded stream of a batch file (XFR-139).
public struct BatchHeader: Sendable, Equatable {
    public var options: BatchOptions
    public var version: ProtocolVersion
    public var compat: CompatFlags
    public var seed: Int32

    public init(options: BatchOptions, version: ProtocolVersion, compat: CompatFlags, seed: Int32) {
        self.options = options
        self.version = version
        self.compat = compat
        self.seed = seed
    }

    public func write(to writer: inout ByteWriter) {
        writer.int32(options.rawValue)
        writer.int32(version.number)
        if SessionTraits(version: version).hasCompatFlags { compat.write(to: &writer) }
        writer.int32(seed)
    }

    /// The header, or the number of a protocol that is not spoken here (XFR-144).
    public enum Reading: Sendable, Equatable {
        case header(BatchHeader)
        case otherProtocol(Int32)
    }

    public static func reading(_ reader: inout ByteReader) throws(WireError) -> Reading {
        let bits = try reader.int32()
        let number = try reader.int32()
        guard let version = ProtocolVersion(number) else { return .otherProtocol(number) }
        let traits = SessionTraits(version: version)
        let compat = traits.hasCompatFlags ? try CompatFlags(reading: &reader) : []
        let options = BatchOptions(rawValue: bits & traits.batchOptionBits)
        return .header(BatchHeader(options: options, version: version, compat: compat, seed: try reader.int32()))
    }
}

/// The options that a batch file says were in force (XFR-140).
public struct BatchOptions: OptionSet, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let recursive = BatchOptions(rawValue: 1 << 0)
    public static let owner = BatchOptions(rawValue: 1 << 1)
    public static let group = BatchOptions(rawValue: 1 << 2)
    public static let links = BatchOptions(rawValue: 1 << 3)
    public static let devices = BatchOptions(rawValue: 1 << 4)
    public static let hardLinks = BatchOptions(rawValue: 1 << 5)
    public static let checksum = BatchOptions(rawValue: 1 << 6)
    public static let directories = BatchOptions(rawValue: 1 << 7)
    public static let compress = BatchOptions(rawValue: 1 << 8)
    public static let iconv = BatchOptions(rawValue: 1 << 9)
    public static let acls = BatchOptions(rawValue: 1 << 10)
    public static let xattrs = BatchOptions(rawValue: 1 << 11)
    public static let inPlace = BatchOptions(rawValue: 1 << 12)
    public static let append = BatchOptions(rawValue: 1 << 13)
    public static let appendVerify = BatchOptions(rawValue: 1 << 14)
}
