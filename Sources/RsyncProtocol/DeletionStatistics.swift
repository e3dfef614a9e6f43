import RsyncWire

/// How many items were deleted (SES-137, XFR-12): five varints behind the index NDX_DEL_STATS, since protocol 31.
///
/// | # | field | allowed |
/// |---|---|---|
/// | 1 | files | 0...2^28; regular files only |
/// | 2 | directories | 0...2^28 |
/// | 3 | symlinks | 0...2^28 |
/// | 4 | devices | 0...2^28 |
/// | 5 | specials | 0...2^28 |
public struct DeletionStatistics: Sendable, Hashable {
    public var files: Int32
    public var directories: Int32
    public var symlinks: Int32
    public var devices: Int32
    public var specials: Int32

    /// Largest count a reader accepts: the bound of 3.5.0, so that sums of them stay small (SES-137).
    public static let largestCount: Int32 = 1 << 28

    public init(
        files: Int32 = 0, directories: Int32 = 0, symlinks: Int32 = 0, devices: Int32 = 0, specials: Int32 = 0
    ) {
        self.files = files
        self.directories = directories
        self.symlinks = symlinks
        self.devices = devices
        self.specials = specials
    }

    public init(reading reader: inout ByteReader) throws(WireError) {
        files = try Self.count(&reader, "files")
        directories = try Self.count(&reader, "directories")
        symlinks = try Self.count(&reader, "symlinks")
        devices = try Self.count(&reader, "devices")
        specials = try Self.count(&reader, "specials")
    }

    public func write(to writer: inout ByteWriter) {
        for count in [files, directories, symlinks, devices, specials] { writer.varInt(count) }
    }

    /// All deleted items.
    public var total: Int64 {
        Int64(files) + Int64(directories) + Int64(symlinks) + Int64(devices) + Int64(specials)
    }

    private static func count(_ reader: inout ByteReader, _ field: StaticString) throws(WireError) -> Int32 {
        let offset = reader.consumed
        let value = try reader.varInt()
        guard value >= 0, value <= largestCount else {
            throw WireError(
                .outOfRange, field: field, clause: "SES-137", offset: offset, value: Int64(value), exitCode: 2)
        }
        return value
    }
}
