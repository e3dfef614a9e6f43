import RsyncFilter

/// What `--debug=filter2` tells of the directories that rules are looked for in: which were entered and not left yet, each inside
/// the one before.
final class FilterTrail {
    private let say: (MessageText) -> Void
    private var entered: [(name: [UInt8], scope: FilterScope?, stays: Bool)] = []

    /// Leaving is said where there are no rules that read files, too.
    private let saysAlways: Bool

    init(_ say: @escaping (MessageText) -> Void, saysAlways: Bool = false) {
        self.say = say
        self.saysAlways = saysAlways
    }

    /// A directory, by its name in the transfer; what the new one is not in is left. `scope`: nil without rules that read files.
    /// `stays`: at the end of all it is not left.
    func enter(_ name: [UInt8], root: [UInt8], _ scope: FilterScope?, stays: Bool = false) {
        while let last = entered.last, !Self.contains(last.name, name) { leave() }
        let path = fullDirectory(name, in: root, from: [])
        say("pushing local filters for \(path)\(path.last == 0x2f ? "" : "/")")
        guard var scope else { return entered.append((name, nil, stays)) }
        for note in scope.takeNotes() { say(MessageText(note)) }
        entered.append((name, scope, stays))
    }

    /// The directory that was entered last. `always`: said without rules that read files, too.
    func leave(always: Bool = false) {
        guard let last = entered.popLast() else { return }
        if always || saysAlways || last.scope?.hasMerges == true { say("popping local filters") }
        for note in last.scope?.leavingNotes(for: entered.last?.scope) ?? [] { say(MessageText(note)) }
    }

    func leaveAll() { while let last = entered.last, !last.stays { leave() } }

    static func contains(_ outer: [UInt8], _ inner: [UInt8]) -> Bool {
        outer == [0x2e] ? inner != outer : inner.count > outer.count && inner.starts(with: outer) && inner[outer.count] == 0x2f
    }
}
