import RsyncWire

/// What the server tells the client behind the version exchange (SES-42 to SES-49).
public struct CompatFlags: OptionSet, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let incrementalRecursion = CompatFlags(rawValue: 0x001)
    public static let symlinkTimes = CompatFlags(rawValue: 0x002)
    public static let symlinkIconv = CompatFlags(rawValue: 0x004)
    public static let safeFileList = CompatFlags(rawValue: 0x008)
    public static let avoidXattrOptimisation = CompatFlags(rawValue: 0x010)
    public static let checksumSeedFix = CompatFlags(rawValue: 0x020)
    public static let inplacePartialDir = CompatFlags(rawValue: 0x040)
    public static let varintFileListFlags = CompatFlags(rawValue: 0x080)
    public static let idZeroNames = CompatFlags(rawValue: 0x100)

    /// Every bit with a meaning: a bit that no client ever asks for is never to be set (HOS-22).
    public static let known = CompatFlags(rawValue: 0x1ff)

    /// SES-43: a client reads a varint; a plain byte of older servers looks the same.
    public init(reading reader: inout ByteReader) throws(WireError) {
        self.init(rawValue: try reader.varInt())
    }

    public func write(to writer: inout ByteWriter) {
        writer.varInt(rawValue)
    }
}
