import RsyncWire

/// What a sending server tells of the session (SES-141, XFR-10). For display only: no value is refused (HOS-531).
///
/// | # | field | before 30 | since 30 | present |
/// |---|---|---|---|---|
/// | 1 | bytes-read | longint | varlong(3) | always |
/// | 2 | bytes-written | longint | varlong(3) | always |
/// | 3 | total-size | longint | varlong(3) | always |
/// | 4 | list-build-time | longint | varlong(3) | since 29 |
/// | 5 | list-transfer-time | longint | varlong(3) | since 29 |
public struct TransferStatistics: Sendable, Hashable {
    /// Bytes that the sender has read from the connection.
    public var bytesRead: Int64
    public var bytesWritten: Int64
    /// Sum of the lengths of all files in the list.
    public var totalSize: Int64
    /// 0 where the protocol does not carry it.
    public var listBuildMilliseconds: Int64
    public var listTransferMilliseconds: Int64

    public init(
        bytesRead: Int64, bytesWritten: Int64, totalSize: Int64, listBuildMilliseconds: Int64 = 0,
        listTransferMilliseconds: Int64 = 0
    ) {
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
        self.totalSize = totalSize
        self.listBuildMilliseconds = listBuildMilliseconds
        self.listTransferMilliseconds = listTransferMilliseconds
    }

    public init(reading reader: inout ByteReader, traits: SessionTraits) throws(WireError) {
        bytesRead = try Self.value(&reader, traits)
        bytesWritten = try Self.value(&reader, traits)
        totalSize = try Self.value(&reader, traits)
        listBuildMilliseconds = traits.statisticsHaveListTimes ? try Self.value(&reader, traits) : 0
        listTransferMilliseconds = traits.statisticsHaveListTimes ? try Self.value(&reader, traits) : 0
    }

    public func write(to writer: inout ByteWriter, traits: SessionTraits) {
        var values = Knob.statisticsSwapped.isOn ? [bytesWritten, totalSize, bytesRead] : [bytesRead, bytesWritten, totalSize]
        if traits.statisticsHaveListTimes, !Knob.statisticsLackOne.isOn { values += [listBuildMilliseconds, listTransferMilliseconds] }
        for value in values {
            if traits.usesVarints { writer.varLong(value, minimum: 3) } else { writer.longInt(value) }
        }
    }

    private static func value(_ reader: inout ByteReader, _ traits: SessionTraits) throws(WireError) -> Int64 {
        traits.usesVarints ? try reader.varLong(minimum: 3) : try reader.longInt()
    }
}
