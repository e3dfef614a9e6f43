import RsyncProtocol
import RsyncWire
import Synchronization

/// Remote user and group numbers to local ones (MET-1 to MET-6). Rows are made once and never change; names arrive
/// with the lists on the receiver's thread, look-ups come from both.
final class IdentityMapper: Sendable {
    private let identities: any IdentityDirectory
    private let numericIds: Bool
    private let mayGiveAnyGroup: Bool
    private let userRules: [IdentityRule]
    private let groupRules: [IdentityRule]
    /// What id 0 is taken to be called when its name never travels (MET-10).
    private let nameOfZero: [UInt8]
    private let tables = Mutex(Tables())
    private let tellsRows: Bool
    /// The row used last, remote number above local one, for the many items that have the same: no lock, no search.
    private let latestUser = Atomic<UInt64>(noRow)
    private let latestGroup = Atomic<UInt64>(noRow)
    /// Says that the greatest remote number was used last; for that one nobody looks here.
    private static let noRow = UInt64.max

    private struct Tables: Sendable {
        var users: [UInt32: UInt32] = [:]
        var groups: [UInt32: (id: UInt32, skip: Bool)] = [:]
        /// Rows that were made and not told yet.
        var texts: [MessageText] = []
    }

    /// `--debug=own2`: how numbers were mapped since this was called last.
    func takeTexts() -> [MessageText] {
        tables.withLock { tables in
            defer { tables.texts = [] }
            return tables.texts
        }
    }

    private func note(_ kind: String, _ remote: UInt32, _ name: [UInt8], _ local: UInt32, _ tables: inout Tables) {
        if tellsRows { tables.texts.append("\(kind) \(remote)(\(name)) maps to \(local)") }
    }

    init(identities: any IdentityDirectory, options: TransferOptions, traits: SessionTraits) {
        self.identities = identities
        numericIds = options.numericIds
        tellsRows = options.messages.debug.owners > 1
        mayGiveAnyGroup = options.rootMode != .normal
        userRules = options.userMap
        groupRules = options.groupMap
        nameOfZero = traits.idListsNameZero || options.numericIds ? [] : Array("root".utf8)
    }

    func learn(user remote: UInt32, name: [UInt8]) {
        let local = userId(remote, name)
        tables.withLock {
            guard $0.users[remote] == nil else { return }
            $0.users[remote] = local
            note("uid", remote, name, local, &$0)
        }
    }

    func learn(group remote: UInt32, name: [UInt8]) {
        let row = groupRow(remote, name)
        tables.withLock {
            guard $0.groups[remote] == nil else { return }
            $0.groups[remote] = row
            note("gid", remote, name, row.id, &$0)
        }
    }

    private static func latest(_ row: borrowing Atomic<UInt64>, _ remote: UInt32) -> UInt32? {
        let value = row.load(ordering: .relaxed)
        return UInt32(truncatingIfNeeded: value >> 32) == remote && remote != .max ? UInt32(truncatingIfNeeded: value) : nil
    }

    private static func remember(_ row: borrowing Atomic<UInt64>, _ remote: UInt32, _ local: UInt32) {
        row.store(UInt64(remote) << 32 | UInt64(local), ordering: .relaxed)
    }

    func localUser(_ remote: UInt32) -> UInt32 {
        if let local = Self.latest(latestUser, remote) { return local }
        let local = tableUser(remote)
        Self.remember(latestUser, remote, local)
        return local
    }

    private func tableUser(_ remote: UInt32) -> UInt32 {
        tables.withLock { tables in
            if let known = tables.users[remote] { return known }
            let local = userId(remote, [])
            tables.users[remote] = local
            note("uid", remote, [], local, &tables)
            return local
        }
    }

    /// nil: the group of such items is left alone (MET-5).
    func localGroup(_ remote: UInt32) -> UInt32? {
        if let local = Self.latest(latestGroup, remote) { return local }
        let row = tableGroup(remote)
        if row.skip { return nil }
        Self.remember(latestGroup, remote, row.id)
        return row.id
    }

    private func tableGroup(_ remote: UInt32) -> (id: UInt32, skip: Bool) {
        if let known = tables.withLock({ $0.groups[remote] }) { return known }
        let row = groupRow(remote, [])
        tables.withLock {
            $0.groups[remote] = row
            note("gid", remote, [], row.id, &$0)
        }
        return row
    }

    /// The group whatever may be done with it: in access control lists all count (MET-131).
    func mappedGroup(_ remote: UInt32) -> UInt32 {
        tableGroup(remote).id
    }

    /// MET-2, MET-3: id 0 is never looked up by name.
    private func userId(_ remote: UInt32, _ name: [UInt8]) -> UInt32 {
        if let rule = rule(userRules, remote, name) { return rule.local }
        guard !numericIds, !Knob.namesAreNotLookedUp.isOn, remote != 0, !name.isEmpty else { return remote }
        return identities.userId(named: name) ?? remote
    }

    private func rule(_ rules: [IdentityRule], _ remote: UInt32, _ name: [UInt8]) -> IdentityRule? {
        guard !rules.isEmpty, !Knob.mapIsIgnored.isOn else { return nil }
        let known = remote == 0 && name.isEmpty ? nameOfZero : name
        return rules.first { $0.matches(remote, known) }
    }

    private func groupRow(_ remote: UInt32, _ name: [UInt8]) -> (id: UInt32, skip: Bool) {
        var local = remote
        if let rule = rule(groupRules, remote, name) {
            local = rule.local
        } else if !numericIds, remote != 0, !name.isEmpty {
            local = identities.groupId(named: name) ?? remote
        }
        return (local, !mayGiveAnyGroup && !identities.isMember(of: local))
    }
}
