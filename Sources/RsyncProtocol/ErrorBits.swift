import RsyncWire

/// Errors that one side has met and the other must know of (SES-100): an int32. Unknown bits are dropped on reading.
public struct ErrorBits: OptionSet, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// A general I/O error.
    public static let general = ErrorBits(rawValue: 1)
    /// A file vanished while it was being sent.
    public static let vanished = ErrorBits(rawValue: 2)
    /// Deletions were stopped by `--max-delete`.
    public static let deleteLimit = ErrorBits(rawValue: 4)

    private static let known: ErrorBits = [.general, .vanished, .deleteLimit]

    /// What a peer sent, less the bits nobody knows.
    public init(peer bits: Int32) { self = ErrorBits(rawValue: bits).intersection(Self.known) }

    public init(reading reader: inout ByteReader) throws(WireError) { self.init(peer: try reader.int32()) }

    public func write(to writer: inout ByteWriter) { writer.int32(rawValue) }

    /// The exit code of a side that has no other error (SES-103).
    public var exitCode: ExitCode {
        if contains(.general) { return .partialTransfer }
        if contains(.vanished) { return .vanished }
        return contains(.deleteLimit) ? .deleteLimit : .success
    }
}
