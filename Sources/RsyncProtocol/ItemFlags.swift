/// What an item says of a file: what differs, and what is asked for (MET-68).
public struct ItemFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let reportAtime = ItemFlags(rawValue: 0x0001)
    public static let reportChange = ItemFlags(rawValue: 0x0002)
    public static let reportSize = ItemFlags(rawValue: 0x0004)
    /// The same bit as `reportSize`, for symlinks: the time could not be set.
    public static let reportTimeFail = ItemFlags(rawValue: 0x0004)
    public static let reportTime = ItemFlags(rawValue: 0x0008)
    public static let reportPermissions = ItemFlags(rawValue: 0x0010)
    public static let reportOwner = ItemFlags(rawValue: 0x0020)
    public static let reportGroup = ItemFlags(rawValue: 0x0040)
    public static let reportACL = ItemFlags(rawValue: 0x0080)
    public static let reportXattr = ItemFlags(rawValue: 0x0100)
    public static let reportCrtime = ItemFlags(rawValue: 0x0400)
    /// A basis type byte follows.
    public static let basisTypeFollows = ItemFlags(rawValue: 0x0800)
    /// A name follows.
    public static let xnameFollows = ItemFlags(rawValue: 0x1000)
    /// The item did not exist on the receiving side.
    public static let isNew = ItemFlags(rawValue: 0x2000)
    /// Done on the receiving side without a transfer.
    public static let localChange = ItemFlags(rawValue: 0x4000)
    /// A request for the file's data; in the echo: the data follows.
    public static let transfer = ItemFlags(rawValue: 0x8000)

    /// Every bit that has a meaning; 0x0200 has none.
    public static let known = ItemFlags(rawValue: 0xfdff)
}
