import Synchronization

/// Names of users and groups and their numbers, each asked for once: a look-up may go to a directory server.
public final class IdentityLookup: Sendable {
    private struct Known: Sendable {
        var userNames: [UInt32: [UInt8]?] = [:]
        var groupNames: [UInt32: [UInt8]?] = [:]
        var userIDs: [[UInt8]: UInt32?] = [:]
        var groupIDs: [[UInt8]: UInt32?] = [:]
    }

    private let known = Mutex(Known())

    public init() {}

    /// Lets the C library load what it needs for look-ups, while it still may.
    public func prepare() {
        _ = userName(0)
        _ = groupName(0)
        _ = userID(Array("root".utf8))
        _ = groupID(Array("root".utf8))
    }

    public func userName(_ uid: UInt32) -> [UInt8]? {
        remembered(\.userNames, uid) { System.userName(uid) }
    }

    public func groupName(_ gid: UInt32) -> [UInt8]? {
        remembered(\.groupNames, gid) { System.groupName(gid) }
    }

    public func userID(_ name: [UInt8]) -> UInt32? {
        guard !name.isEmpty, !name.contains(0) else { return nil }
        return remembered(\.userIDs, name) { System.userID(SystemName(anything: name)) }
    }

    public func groupID(_ name: [UInt8]) -> UInt32? {
        guard !name.isEmpty, !name.contains(0) else { return nil }
        return remembered(\.groupIDs, name) { System.groupID(SystemName(anything: name)) }
    }

    /// The most that is remembered of one kind: a peer may send any number of names (HOS: id lists are unbounded).
    private static let limit = 10_000

    private func remembered<Key: Hashable & Sendable, Value: Sendable>(
        _ table: any WritableKeyPath<Known, [Key: Value?]> & Sendable, _ key: Key, _ ask: () -> Value?
    ) -> Value? {
        if let answer = known.withLock({ $0[keyPath: table][key] }) { return answer }
        // Outside the lock: this can take seconds.
        let answer = ask()
        known.withLock { known in
            if known[keyPath: table].count >= Self.limit { known[keyPath: table].removeAll() }
            known[keyPath: table].updateValue(answer, forKey: key)
        }
        return answer
    }

    // MARK: This process

    public static var effectiveUserID: UInt32 { System.effectiveUserID }
    public static var effectiveGroupID: UInt32 { System.effectiveGroupID }
    /// May give files away and make devices, as far as a user id tells.
    public static var isRoot: Bool { System.effectiveUserID == 0 }

    /// The groups this process may give its own files to. Only the effective one if the system does not tell.
    public static var groups: Set<UInt32> {
        var groups: Set<UInt32> = [System.effectiveGroupID]
        if let more = try? System.supplementaryGroups { groups.formUnion(more) }
        return groups
    }

    public enum Becoming: Sendable, Equatable { case done, unknownUser, unknownGroup, refused(Int32) }

    /// Makes this process another user's, for good: with that user's own groups, or with the one given. `oneThread`: only the
    /// calling thread and those it starts.
    public static func become(user: [UInt8], group: [UInt8]?, oneThread: Bool = false) -> Becoming {
        guard !user.isEmpty, !user.contains(0) else { return .unknownUser }
        if let group, group.isEmpty || group.contains(0) { return .unknownGroup }
        return System.become(SystemName(anything: user), group.map { SystemName(anything: $0) }, oneThread: oneThread)
    }

    public static var processID: Int32 { System.processID }
}
