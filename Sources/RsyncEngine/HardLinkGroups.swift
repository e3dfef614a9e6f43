import RsyncProtocol

/// What has become of each hard-link group on the receiving side (MET-55 to MET-61, MET-185).
///
/// A group that is new to the destination is transferred once, under the name of its last known member; the
/// members before it wait, and are linked to it when it is there.
struct HardLinkGroups {
    /// A member that waits: its index, and the entry that it stands for.
    struct Member {
        let index: Int32
        let entry: FileEntry
        /// `--compare-dest` holds its equal: of itself nothing has to come.
        var isMatched = false
    }

    enum State {
        /// Nothing requested yet; these have no basis of their own.
        case deferred([Member])
        /// A transfer is on its way; these will be linked to what arrives.
        case requested(leader: Int32, waiting: [Member])
        /// This name is in place.
        case done(name: [UInt8])
    }

    private(set) var states: [Int32: State] = [:]
    /// Index of a requested transfer to the group that waits for it.
    private var leaders: [Int32: Int32] = [:]
    /// Per group, the index of the last active member known so far.
    private var lastKnown: [Int32: Int32] = [:]
    private var isAlone: Set<Int32> = []

    /// Learns the groups of a list when it arrives. Without incremental recursion a group with one active member is no
    /// group (MET-55).
    mutating func learn(_ list: FileList, incremental: Bool) {
        var counts: [Int32: Int] = [:]
        for position in 0..<list.count where list.isActive(position) {
            let group = list.linkGroup(at: position)
            guard group >= 0 else { continue }
            lastKnown[group] = list.index(at: position)
            if !incremental { counts[group, default: 0] += 1 }
        }
        for (group, count) in counts where count == 1 { isAlone.insert(group) }
    }

    func isLinked(_ entry: FileEntry) -> Bool { entry.linkGroup >= 0 && !isAlone.contains(entry.linkGroup) }

    func isLast(_ entry: FileEntry, _ index: Int32) -> Bool { lastKnown[entry.linkGroup] == index }

    /// Whether a group waits for this transfer.
    func isLeader(_ index: Int32) -> Bool { leaders[index] != nil }

    /// Transfers that groups still wait for, in order of their indexes.
    var pendingLeaders: [Int32] { leaders.keys.sorted() }

    func state(of entry: FileEntry) -> State? { states[entry.linkGroup] }

    /// The entry has no basis and a later member of its list will be asked for instead (MET-57).
    mutating func postpone(_ entry: FileEntry, index: Int32, isMatched: Bool = false) {
        var members: [Member] = []
        if case .deferred(let earlier) = states[entry.linkGroup] { members = earlier }
        members.append(Member(index: index, entry: entry, isMatched: isMatched))
        states[entry.linkGroup] = .deferred(members)
    }

    /// A transfer of this member has been asked for.
    mutating func request(_ entry: FileEntry, index: Int32) {
        var waiting: [Member] = []
        switch states[entry.linkGroup] {
        case .deferred(let earlier): waiting = earlier
        case .requested(_, let earlier): waiting = earlier
        case .done, nil: break
        }
        states[entry.linkGroup] = .requested(leader: index, waiting: waiting)
        leaders[index] = entry.linkGroup
    }

    /// A member that waits for the transfer on its way.
    mutating func wait(_ entry: FileEntry, index: Int32) {
        guard case .requested(let leader, var waiting) = states[entry.linkGroup] else { return }
        waiting.append(Member(index: index, entry: entry))
        states[entry.linkGroup] = .requested(leader: leader, waiting: waiting)
    }

    /// A member is in place; returns those that can now be linked to it, the last one first.
    mutating func complete(_ entry: FileEntry) -> [Member] {
        let waiting: [Member]
        switch states[entry.linkGroup] {
        case .deferred(let members): waiting = members
        case .requested(let leader, let members):
            leaders[leader] = nil
            waiting = members
        case .done, nil: waiting = []
        }
        states[entry.linkGroup] = .done(name: entry.name)
        return waiting.reversed()
    }

    /// The requested member will not come: the most recent of those that wait takes its place (MET-60).
    mutating func handOver(from index: Int32) -> Member? {
        guard let group = leaders.removeValue(forKey: index),
            case .requested(_, var waiting) = states[group]
        else { return nil }
        guard let next = waiting.popLast() else {
            states[group] = nil
            return nil
        }
        states[group] = .deferred(waiting)
        return next
    }

    /// The last member has its equal in `--compare-dest`. Returns those that wait for nothing any more, and the one that is to
    /// be asked for: the most recent of those without an equal (MET-60).
    mutating func endWithMatch(_ entry: FileEntry) -> (released: [Member], next: Member?) {
        guard case .deferred(var members) = states[entry.linkGroup] else { return ([], nil) }
        guard let place = members.lastIndex(where: { !$0.isMatched }) else {
            states[entry.linkGroup] = nil
            return (members, nil)
        }
        let next = members.remove(at: place)
        states[entry.linkGroup] = .deferred(members)
        return ([], next)
    }

    /// A skipped member that was the last one hands its role to the most recent one that waits (MET-60).
    mutating func skip(_ entry: FileEntry, _ index: Int32) -> Member? {
        guard isLast(entry, index), case .deferred(var members) = states[entry.linkGroup],
            let next = members.popLast()
        else { return nil }
        states[entry.linkGroup] = .deferred(members)
        return next
    }
}
