/// An access control list of POSIX kind (MET-121 to MET-130). What is absent of the four is to be had from the mode.
public struct AccessList: Sendable, Hashable {
    public struct Named: Sendable, Hashable {
        public var isUser: Bool
        public var id: UInt32
        /// r 4, w 2, x 1.
        public var permissions: UInt32

        public init(isUser: Bool, id: UInt32, permissions: UInt32) {
            self.isUser = isUser
            self.id = id
            self.permissions = permissions
        }

        /// Users before groups, each by id: the order of the wire and of what is stored.
        static func precedes(_ left: Named, _ right: Named) -> Bool {
            left.isUser == right.isUser ? left.id < right.id : left.isUser
        }
    }

    public var user: UInt32?
    public var group: UInt32?
    public var mask: UInt32?
    public var other: UInt32?
    public var named: [Named]

    public init(
        user: UInt32? = nil, group: UInt32? = nil, mask: UInt32? = nil, other: UInt32? = nil, named: [Named] = []
    ) {
        self.user = user
        self.group = group
        self.mask = mask
        self.other = other
        self.named = named
    }

    /// Nothing beyond the mode; of a default list: there is none.
    public var isEmpty: Bool { user == nil && group == nil && mask == nil && other == nil && named.isEmpty }

    /// Without what the mode says already, as an access list is sent (MET-126).
    public func stripped(mode: FileMode) -> AccessList {
        var list = self
        let class_ = mode.permissions >> 3 & 7
        list.user = nil
        list.other = nil
        if mask == nil || group == class_ { list.group = nil }
        if !named.isEmpty, mask == class_ { list.mask = nil }
        return list
    }

    /// Named entries need a mask (MET-128). `mode` of an access list, nil for a default list.
    public func masked(mode: FileMode?) -> AccessList {
        guard mask == nil, !named.isEmpty else { return self }
        var list = self
        list.mask = mode.map { $0.permissions >> 3 & 7 } ?? named.reduce(group ?? 0) { $0 | $1.permissions }
        return list
    }

    /// An access list as an item with these permissions is to get it (MET-130).
    public func completed(permissions: UInt32) -> AccessList {
        let class_ = permissions >> 3 & 7
        return AccessList(
            user: permissions >> 6 & 7, group: group ?? class_, mask: mask == nil ? nil : class_, other: permissions & 7,
            named: named)
    }

    /// Whether an item that has `present` needs no other access list (MET-129).
    public func isEnough(_ present: AccessList, mode: FileMode) -> Bool {
        let class_ = mode.permissions >> 3 & 7
        return (mask == nil) == (present.mask == nil)
            && (mask == nil || (group ?? class_) == (present.group ?? class_)) && named == present.named
    }
}

// MARK: As stored

extension AccessList {
    private enum Tag {
        static let userObject: UInt32 = 1
        static let user: UInt32 = 2
        static let groupObject: UInt32 = 4
        static let group: UInt32 = 8
        static let mask: UInt32 = 16
        static let other: UInt32 = 32
    }

    private static let version: UInt32 = 2
    private static let noId = UInt32.max

    /// The form of Linux (`system.posix_acl_access`, `system.posix_acl_default`); nil: malformed.
    public init?(stored value: [UInt8]) {
        guard value.count >= 4, (value.count - 4).isMultiple(of: 8), Self.word(value, 0) == Self.version else { return nil }
        self.init()
        for place in stride(from: 4, to: value.count, by: 8) {
            let first = Self.word(value, place)
            let permissions = first >> 16 & 7
            switch first & 0xffff {
            case Tag.userObject: user = permissions
            case Tag.groupObject: group = permissions
            case Tag.mask: mask = permissions
            case Tag.other: other = permissions
            case Tag.user: named.append(Named(isUser: true, id: Self.word(value, place + 4), permissions: permissions))
            case Tag.group: named.append(Named(isUser: false, id: Self.word(value, place + 4), permissions: permissions))
            default: return nil
            }
        }
        named.sort(by: Named.precedes)
    }

    /// What is absent of the three that every list has grants nothing.
    public var stored: [UInt8] {
        var value: [UInt8] = []
        Self.append(Self.version, to: &value)
        func entry(_ tag: UInt32, _ permissions: UInt32, _ id: UInt32 = AccessList.noId) {
            Self.append(tag | (permissions & 7) << 16, to: &value)
            Self.append(id, to: &value)
        }
        let sorted = named.sorted(by: Named.precedes)
        entry(Tag.userObject, user ?? 0)
        for name in sorted where name.isUser { entry(Tag.user, name.permissions, name.id) }
        entry(Tag.groupObject, group ?? 0)
        for name in sorted where !name.isUser { entry(Tag.group, name.permissions, name.id) }
        if let mask { entry(Tag.mask, mask) }
        entry(Tag.other, other ?? 0)
        return value
    }

    // The form of fake mode (MET-138).

    private static let absent: UInt32 = 0x80
    private static let userBit: UInt32 = 0x8000_0000

    public init?(pretended value: [UInt8]) {
        guard value.count >= 16, value.count.isMultiple(of: 8) else { return nil }
        func field(_ place: Int) -> UInt32? {
            let word = Self.word(value, place)
            return word == Self.absent ? nil : word
        }
        self.init(user: field(0), group: field(4), mask: field(8), other: field(12))
        for place in stride(from: 16, to: value.count, by: 8) {
            let word = Self.word(value, place + 4)
            named.append(
                Named(isUser: word & Self.userBit != 0, id: Self.word(value, place), permissions: word & ~Self.userBit))
        }
        let all = [user, group, mask, other].compactMap { $0 } + named.map(\.permissions)
        guard all.allSatisfy({ $0 <= 7 }) else { return nil }
    }

    public var pretended: [UInt8] {
        var value: [UInt8] = []
        for field in [user, group, mask, other] { Self.append(field ?? Self.absent, to: &value) }
        for name in named {
            Self.append(name.id, to: &value)
            Self.append(name.permissions | (name.isUser ? Self.userBit : 0), to: &value)
        }
        return value
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
    }

    private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}
