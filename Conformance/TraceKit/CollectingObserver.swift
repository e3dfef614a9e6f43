import RsyncEngine
import RsyncProtocol

/// Keeps everything that a session tells, in order.
public final class CollectingObserver: SessionObserver {
    private let collected = Monitor<[SessionEvent]>([])

    public init() {}

    public func handle(_ event: SessionEvent) { collected.withLock { $0.append(event) } }

    public var events: [SessionEvent] { collected.withLock { $0 } }

    /// Texts of one kind, or of all, as strings.
    public func texts(_ wanted: SessionEvent.TextKind? = nil) -> [String] {
        events.compactMap { event in
            guard case .text(let kind, let bytes) = event, wanted == nil || kind == wanted else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Deleted names, directories with a slash behind them.
    public var deletions: [String] {
        events.compactMap { event in
            guard case .deleted(let name, let isDirectory) = event else { return nil }
            return String(decoding: name, as: UTF8.self) + (isDirectory ? "/" : "")
        }
    }

    public var items: [ItemReport] {
        events.compactMap { event in
            guard case .item(let item) = event else { return nil }
            return item
        }
    }
}

/// Users and groups of a system in memory.
public final class MemoryIdentities: IdentityDirectory {
    private let users: [UInt32: String]
    private let groups: [UInt32: String]
    private let memberships: Set<UInt32>?

    /// `memberships` nil: member of every group.
    public init(users: [UInt32: String] = [:], groups: [UInt32: String] = [:], memberships: Set<UInt32>? = nil) {
        self.users = users
        self.groups = groups
        self.memberships = memberships
    }

    public func userName(_ id: UInt32) -> [UInt8]? { users[id].map { [UInt8]($0.utf8) } }
    public func groupName(_ id: UInt32) -> [UInt8]? { groups[id].map { [UInt8]($0.utf8) } }
    public func userId(named name: [UInt8]) -> UInt32? { Self.id(name, in: users) }
    public func groupId(named name: [UInt8]) -> UInt32? { Self.id(name, in: groups) }
    public func isMember(of group: UInt32) -> Bool { memberships?.contains(group) ?? true }

    private static func id(_ name: [UInt8], in table: [UInt32: String]) -> UInt32? {
        table.first { $0.value.utf8.elementsEqual(name) }?.key
    }
}
