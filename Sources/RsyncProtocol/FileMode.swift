/// What kind of item an entry stands for (FLS-53).
public enum FileType: Sendable, Hashable, CaseIterable {
    case regular, directory, symlink, blockDevice, characterDevice, fifo, socket
    /// Mode 0: a source argument that does not exist (FLS-15).
    case missing

    public var isDevice: Bool { self == .blockDevice || self == .characterDevice }
    public var isSpecial: Bool { self == .fifo || self == .socket }
}

/// File type and permissions in the traditional Unix layout, which is also that of the wire (FLS-53).
public struct FileMode: Sendable, Hashable {
    public let bits: UInt32

    public init(bits: UInt32) { self.bits = bits }

    public init(_ type: FileType, permissions: UInt32) {
        bits = Self.typeBits(type) | permissions & 0o7777
    }

    /// nil for a type value the protocol does not know (FLS-54).
    public var type: FileType? {
        switch bits & 0o170000 {
        case 0o100000: .regular
        case 0o040000: .directory
        case 0o120000: .symlink
        case 0o060000: .blockDevice
        case 0o020000: .characterDevice
        case 0o010000: .fifo
        case 0o140000: .socket
        default: bits & 0o177777 == 0 ? .missing : nil
        }
    }

    /// The low 12 bits: setuid, setgid, sticky, rwx three times.
    public var permissions: UInt32 { bits & 0o7777 }
    public var isDirectory: Bool { type == .directory }
    public var isRegular: Bool { type == .regular }
    public var isSymlink: Bool { type == .symlink }

    private static func typeBits(_ type: FileType) -> UInt32 {
        switch type {
        case .regular: 0o100000
        case .directory: 0o040000
        case .symlink: 0o120000
        case .blockDevice: 0o060000
        case .characterDevice: 0o020000
        case .fifo: 0o010000
        case .socket: 0o140000
        case .missing: 0
        }
    }
}

/// Major and minor number of a device node (FLS-61).
public struct DeviceNumber: Sendable, Hashable {
    public var major: UInt32
    public var minor: UInt32

    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    public static let none = DeviceNumber(major: 0, minor: 0)

    /// The 32-bit dev_t of Linux, which protocol 27 sends (FLS-62).
    public var native: UInt32 {
        (minor & 0xff) | (major & 0xfff) << 8 | (minor & 0x000f_ff00) << 12
    }

    public init(native: UInt32) {
        major = (native >> 8) & 0xfff
        minor = (native & 0xff) | (native >> 12) & 0x000f_ff00
    }
}
