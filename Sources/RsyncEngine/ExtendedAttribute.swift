import RsyncDigest
import RsyncFilter
import RsyncProtocol

/// One extended attribute of an item.
public struct ExtendedAttribute: Sendable, Equatable {
    public var name: [UInt8]
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// What is to become of an item's extended attributes; what is named in neither stays.
public struct ExtendedAttributeChange: Sendable, Equatable {
    public var set: [ExtendedAttribute] = []
    public var remove: [[UInt8]] = []

    public init(set: [ExtendedAttribute] = [], remove: [[UInt8]] = []) {
        self.set = set
        self.remove = remove
    }

    public var isEmpty: Bool { self.set.isEmpty && remove.isEmpty }

    /// Access control lists are among them, and so permissions.
    public var touchesAccessLists: Bool {
        self.set.contains { $0.name.starts(with: Self.listPrefix) } || remove.contains { $0.starts(with: Self.listPrefix) }
    }

    private static let listPrefix = Array("system.posix_acl_".utf8)
}

/// Which attributes exist for a session, and what they are called on the wire (MET-147).
struct AttributeNames: Sendable {
    /// `-XX`: rsync's own attributes too.
    let includesOwn: Bool
    private let takesSystem: Bool
    let rootMode: TransferOptions.RootMode
    /// Rules with modifier `x`, which take the place of the name spaces (FLT-72); nil: there is none.
    private let rules: FilterList?
    private let side: FilterSide

    init(_ options: TransferOptions, side: FilterSide) {
        self.side = side
        rules = options.filters.hasAttributeRules ? options.filters : nil
        includesOwn = options.preserveOwnAttributes
        takesSystem = options.takesSystemAttributes
        rootMode = options.rootMode
    }

    private static let user = Array("user.".utf8)
    private static let system = Array("system.".utf8)
    private static let own = Array("user.rsync.".utf8)
    static let statistics = ["user.rsync.%stat", "user.rsync.%aacl", "user.rsync.%dacl"].map { Array($0.utf8) }

    private static func isReserved(_ name: [UInt8]) -> Bool {
        name.count > own.count && name[own.count] == UInt8(ascii: "%") && name.starts(with: own)
    }

    /// The name on the wire of an attribute that a sender has; nil: it is not sent.
    func sent(_ name: [UInt8]) -> [UInt8]? {
        guard rules.map({ allows($0, name) }) ?? !name.starts(with: Self.system) else { return nil }
        if Self.isReserved(name) { return includesOwn && rootMode != .fake ? name : nil }
        guard rootMode == .fake, name.count > Self.own.count, name.starts(with: Self.own) else { return name }
        return [UInt8](name[Self.own.count...])
    }

    /// The name under which a receiver keeps an attribute; nil: it does not.
    func kept(_ name: [UInt8]) -> [UInt8]? {
        if Self.isReserved(name) { return includesOwn ? name : nil }
        if let rules, !allows(rules, name) { return nil }
        switch rootMode {
        case .root: return rules == nil && !takesSystem && name.starts(with: Self.system) ? nil : name
        case .normal where rules == nil: return name.starts(with: Self.user) ? name : nil
        case .normal, .fake: return name.starts(with: Self.user) ? name : Self.own + name
        }
    }

    /// Whether a receiver compares and removes this attribute of an item of its own (MET-156).
    func isVisible(_ name: [UInt8]) -> Bool {
        if rootMode == .fake, Self.statistics.contains(name) { return false }
        if let rules { return allows(rules, name) }
        return switch rootMode {
        case .root: !name.starts(with: Self.system)
        case .normal: name.starts(with: Self.user)
        // Everything that we store there is in this namespace.
        case .fake: name.starts(with: Self.user)
        }
    }

    private func allows(_ rules: FilterList, _ name: [UInt8]) -> Bool {
        rules.checkAttribute(name, side: side) != .exclude
    }

    static func digest(_ value: [UInt8]) -> [UInt8] {
        var hasher = FileHasher.listSum(.md5SeedLast)
        hasher.update(value)
        return hasher.finish()
    }

    static func item(name: [UInt8], value: [UInt8]) -> XattrWire.Item {
        XattrWire.Item(
            name: name, length: value.count,
            data: value.count > XattrWire.longestPlainValue ? digest(value) : value)
    }

    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
}
