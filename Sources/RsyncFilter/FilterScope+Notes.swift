// What `--debug=filter2` tells of directories that are entered and left, in the words of rsync.

extension FilterScope {
    /// The notes taken since this was called last.
    public mutating func takeNotes() -> [[UInt8]] { list.takeNotes() }

    /// What is said when this scope is left for `outer`; nil: the root of the transfer.
    public func leavingNotes(for outer: FilterScope?) -> [[UInt8]] {
        let known = outer?.merges.count ?? list.rules.count { $0.kind == .dirMerge }
        let numbers = merges.indices.reversed()
        return numbers.map { Array("popping ".utf8) + merges[$0].rule.mergeNote($0) }
            + numbers.filter { $0 >= known }.map { Array("deactivating ".utf8) + merges[$0].rule.mergeNote($0) }
    }

    /// Whether there is anything to be left.
    public var hasMerges: Bool { !merges.isEmpty }

    mutating func noteEntering(_ index: Int) {
        list.notes?.append(Array("pushing ".utf8) + merges[index].rule.mergeNote(index))
        list.notes? += merges[index].scanNotes
        merges[index].scanNotes = []
    }

    /// What the parent scan of a merge has noted, with a line before and one behind it; nothing for a name without a slash.
    mutating func notes(ofScan index: Int) -> [[UInt8]] {
        let taken = takeNotes()
        guard merges[index].rule.patternText.contains(slash) else { return taken }
        let name = merges[index].rule.mergeNote(index)
        return [Array("performing parent_dirscan for ".utf8) + name] + taken + [Array("completed parent_dirscan for ".utf8) + name]
    }

    /// Notes of one file. A clear rule in it takes no merge out of force.
    mutating func note(_ notes: [FilterNote], _ reader: any FilterFileReader) {
        let kept = notes.map { note in
            var note = note
            note.clears = false
            return note
        }
        list.add(kept, active: merges.map(\.rule), reader: reader)
    }
}
