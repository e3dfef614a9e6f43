import RsyncWire

/// A client's directory in the vault: 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first (REV-40).
public struct ClientName: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    public static let maximumLength = 64

    /// nil for anything else: `..`, a slash, an option, an empty name.
    public init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        guard (1...Self.maximumLength).contains(bytes.count), Self.isAlphanumeric(bytes[0]),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || ".-_".utf8.contains($0) })
        else { return nil }
        description = text
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}

/// A complete snapshot's directory name: the server's time, with `-2`, `-3` … for further ones in the same second.
public struct SnapshotName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let time: UTCTime
    /// 1 for the first of its second.
    public let ordinal: Int

    /// More commits than this in one second are not believed.
    public static let maximumOrdinal = 999

    public init(time: UTCTime, ordinal: Int = 1) {
        self.time = time
        self.ordinal = ordinal
    }

    public init?(parsing text: String) {
        let parts = text.split(separator: "Z", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let time = UTCTime(parsing: parts[0] + "Z") else { return nil }
        if parts[1].isEmpty {
            self.init(time: time)
            return
        }
        guard parts[1].hasPrefix("-"), let ordinal = Int(parts[1].dropFirst()), (2...Self.maximumOrdinal).contains(ordinal)
        else { return nil }
        self.init(time: time, ordinal: ordinal)
        guard description == text else { return nil }
    }

    public static func < (left: Self, right: Self) -> Bool { (left.time, left.ordinal) < (right.time, right.ordinal) }
    public var description: String { ordinal == 1 ? time.description : "\(time)-\(ordinal)" }
}

/// The fixed names below a client's directory (REV-40).
enum VaultLayout {
    static let snapshots = plain("snapshots")
    static let incomplete = plain("incomplete")
    static let parts = plain("parts")
    static let journal = plain("journal.jsonl")
    static let lock = plain("lock")

    static func snapshot(_ name: SnapshotName) -> RelativePath { join(snapshots, name.description) }

    /// Names of this module's own making: one component without a slash, so they cannot be refused.
    static func plain(_ name: String) -> RelativePath { join(.root, name) }

    private static func join(_ directory: RelativePath, _ name: String) -> RelativePath {
        do {
            return try directory.appending([UInt8](name.utf8))
        } catch {
            preconditionFailure("\(name) is not a plain name: \(error)")
        }
    }
}
