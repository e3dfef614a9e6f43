import RsyncProtocol

/// What `-z` and its relatives ask for (SES-54, SES-66).
public struct CompressionOptions: Sendable, Equatable {
    /// `-z`, or a level.
    public var isRequested = false
    /// `--compress-choice` and the options that stand for one.
    public var choice: CompressionName?
    /// `--compress-level`; nil for the default of the compression.
    public var level: Int32?
    /// `--compress-threads`: for zstd alone (XFR-111).
    public var threads: Int32 = 0

    public init() {}

    /// Whether lists of names are exchanged, where the session exchanges any (SES-53).
    var isNegotiated: Bool { isRequested && choice == nil }

    /// SES-68, SES-72.
    func outcome(_ exchanged: CompressionName?) -> CompressionName {
        let name = exchanged ?? choice ?? (isRequested ? .zlib : .none)
        return (name == .zlib || name == .zlibx) && level == 0 ? .none : name
    }
}
