import RsyncProtocol

/// Figures of one session, for `--stats` and the closing lines (MET-177 to MET-179). Sizes in bytes.
public struct SessionStatistics: Sendable {
    /// Active entries of all lists, by kind.
    public var files = ItemCounts()
    public var created = ItemCounts()
    public var deleted = ItemCounts()
    public var transferredFiles = 0
    public var transferredSize: Int64 = 0
    public var literal: Int64 = 0
    public var matched: Int64 = 0
    public var totalSize: Int64 = 0
    public var entries = 0
    /// Bytes of the file lists on the wire.
    public var listSize: Int64 = 0
    public var listBuildMilliseconds: Int64 = 0
    public var listTransferMilliseconds: Int64 = 0
    /// As the client says it: what it sent and what it received.
    public var sent: Int64 = 0
    public var received: Int64 = 0

    public init() {}
}

/// How many items of each class that `--stats` names.
public struct ItemCounts: Sendable, Equatable {
    public var regular = 0
    public var directories = 0
    public var symlinks = 0
    public var devices = 0
    public var specials = 0

    public init() {}

    public var total: Int { regular + directories + symlinks + devices + specials }

    public mutating func add(_ type: FileType) {
        switch type {
        case .regular: regular += 1
        case .directory: directories += 1
        case .symlink: symlinks += 1
        case .blockDevice, .characterDevice: devices += 1
        case .fifo, .socket: specials += 1
        case .missing: break
        }
    }
}

extension ItemCounts {
    init(_ counts: DeletionStatistics) {
        self.init()
        regular = Int(counts.files)
        directories = Int(counts.directories)
        symlinks = Int(counts.symlinks)
        devices = Int(counts.devices)
        specials = Int(counts.specials)
    }
}
