/// Which file serves as basis (MET-69).
///
/// | value | basis |
/// |---|---|
/// | `00`...`7f` | the same name in alternate directory 0...127 |
/// | `80` | the destination file |
/// | `81` | the file in the partial directory |
/// | `82` | the backup (`--inplace --backup`) |
/// | `83` | fuzzy: the xname, in the destination directory |
/// | `84`... | fuzzy: the xname, in alternate directory value - 0x84 |
public struct BasisType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let destination = BasisType(rawValue: 0x80)
    public static let partialDir = BasisType(rawValue: 0x81)
    public static let backup = BasisType(rawValue: 0x82)
    public static let fuzzy = BasisType(rawValue: 0x83)

    /// The same name in alternate directory `index`, 0...127.
    public static func alternate(_ index: Int) -> BasisType {
        precondition(index >= 0 && index <= 0x7f, "alternate directories are numbered 0 to 127")
        return BasisType(rawValue: UInt8(index))
    }

    /// Another name in alternate directory `index`, 0...123.
    public static func fuzzy(alternate index: Int) -> BasisType {
        precondition(index >= 0 && index <= 0xff - 0x84, "fuzzy alternate directories are numbered 0 to 123")
        return BasisType(rawValue: 0x84 + UInt8(index))
    }

    /// The number of the alternate directory the basis is in, fuzzy or not.
    public var alternateIndex: Int? {
        switch rawValue {
        case ...0x7f: Int(rawValue)
        case 0x84...: Int(rawValue - 0x84)
        default: nil
        }
    }

    /// The basis has another name, which the xname tells.
    public var isFuzzy: Bool { rawValue >= Self.fuzzy.rawValue }
}
