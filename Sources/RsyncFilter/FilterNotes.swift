// What `--debug=filter2` tells of rules and of the files that hold them, in the words of rsync. Nothing is put together unless
// somebody takes notes.

/// What happens to a list while a text is made into rules.
struct FilterNote: Sendable {
    let line: [UInt8]
    /// A rule that brings more along: a dir-merge, or one that stands for the CVS list.
    var rule: FilterRule?
    var clears = false
}

/// A file of rules as notes call it.
struct FilterFileLabel: Sendable {
    let name: [UInt8]
    /// The name comes from a file itself: neither it nor lines of the file are shown.
    let isHidden: Bool

    static let earlier = FilterFileLabel(name: Array("a file read earlier".utf8), isHidden: true)

    /// A rule of the file. `line`: nil in a file of words.
    func rule(line: Int?) -> [UInt8] { Array("<rule from ".utf8) + place(line) + [UInt8(ascii: ">")] }

    /// A file that is named there.
    func file(namedAt line: Int?) -> FilterFileLabel {
        FilterFileLabel(name: Array("a file named at ".utf8) + place(line), isHidden: true)
    }

    private func place(_ line: Int?) -> [UInt8] {
        guard let line, !isHidden else { return name }
        return name + Array(" line \(line)".utf8)
    }
}

extension FilterRule {
    /// The rule as notes show it: a line of a file is not shown.
    var shown: [UInt8] { label ?? hiddenText ?? text }

    /// Of a rule whose file was read while nobody took notes.
    private var hiddenText: [UInt8]? { isFromFile ? FilterFileLabel.earlier.rule(line: nil) : nil }

    /// How a file was asked for, in the figures that rsync shows.
    func fileNote(_ path: [UInt8], found: Bool, manner: Int) -> [UInt8] {
        var flags = kind == .dirMerge ? 0xc00 : 0x400
        if isAbsolute { flags |= 0x10 }
        if isWordSplit { flags |= 0x80 }
        if isNotInherited { flags |= 0x100 }
        if let bareMode { flags |= bareMode == .include ? 0x220 : 0x200 }
        if isCVS { flags |= 0x8000 }
        if sides.contains(.sender) { flags |= 0x10000 }
        if sides.contains(.receiver) { flags |= 0x20000 }
        if isPerishable { flags |= 0x80000 }
        guard isFromFile else { return Self.fileNote(path, flags, manner, found: found) }
        // Whether there is such a file is not told either.
        return Self.fileNote(kind == .dirMerge ? FilterFileLabel.earlier.rule(line: nil) : shown, flags | 0x200000, manner, found: true)
    }

    static func fileNote(_ shown: [UInt8], _ flags: Int, _ manner: Int, found: Bool) -> [UInt8] {
        Array("parse_filter_file(".utf8) + shown + Array(",\(String(flags, radix: 16)),\(manner))\(found ? "" : " [not found]")".utf8)
    }

    /// A dir-merge as notes call it.
    func mergeNote(_ number: Int) -> [UInt8] {
        Array("mergelist #\(number)".utf8) + perDirectory
    }

    /// Behind what a file of this dir-merge brings.
    var perDirectory: [UInt8] { Array(" [per-dir ".utf8) + (label ?? hiddenText ?? baseName) + [UInt8(ascii: "]")] }
}

extension FilterFileParser.Result {
    mutating func note(_ rule: FilterRule) {
        guard isNoting else { return }
        var rule = rule
        // On the client of a pull they stand for both sides without saying so (FLT-70).
        if rule.standsForCVSList, rule.sides == [.sender, .receiver] { rule.sides = [] }
        if deletesExcluded, rule.sides.isEmpty, rule.kind != .dirMerge { rule.sides = .sender }
        if rule.kind == .clear {
            notes.append(FilterNote(line: Array("clearing filter list".utf8) + context, clears: true))
        } else {
            let bringsMore = rule.kind == .dirMerge || rule.standsForCVSList
            notes.append(FilterNote(line: Array("add_rule(".utf8) + rule.shown + [UInt8(ascii: ")")] + context, rule: bringsMore ? rule : nil))
        }
    }
}

extension FilterList {
    /// The notes taken since this was called last.
    public mutating func takeNotes() -> [[UInt8]] {
        guard let taken = notes else { return [] }
        notes = []
        return taken
    }

    /// A rule that an option brings along.
    mutating func note(_ rule: FilterRule) {
        notes?.append(Array("add_rule(".utf8) + rule.shown + [UInt8(ascii: ")")])
    }

    /// Rules of options that wait for the protocol to be known (MET-84).
    public mutating func noteSessionRules() {
        guard notes != nil else { return }
        for var rule in rules where rule.isPerishableForReceiver {
            rule.isPerishable = isReceiver || knowsPerishable
            rule.sides = effectiveSides(of: rule)
            // Without the slash of a directory.
            rule.label = rule.prefix(includingPerishable: true) + [space] + rule.pattern.bytes
            note(rule)
        }
    }

    /// Notes of one text. `active`: the dir-merges that are in force.
    mutating func add(_ new: [FilterNote], active: [FilterRule], reader: (any FilterFileReader)?) {
        guard notes != nil else { return }
        var active = active
        var knowsCVS = cvsRules != nil
        for note in new {
            notes?.append(note.line)
            if note.clears {
                for rule in active { notes?.append(Array("deactivating ".utf8) + rule.mergeNote(active.count - 1)) }
                active = []
            }
            guard let rule = note.rule else { continue }
            if rule.kind != .dirMerge {
                if !knowsCVS, let reader { notes? += CVSIgnore.notes(reader, of: rule, knowsPerishable: knowsPerishable) }
                knowsCVS = true
            } else if !active.contains(where: { $0.baseName == rule.baseName }) {
                notes?.append(Array("activating ".utf8) + rule.mergeNote(active.count))
                active.append(rule)
            }
        }
    }
}

extension CVSIgnore {
    /// Where the list comes from.
    fileprivate static func notes(_ reader: any FilterFileReader, of rule: FilterRule, knowsPerishable: Bool) -> [[UInt8]] {
        let suffix = Array(" [global CVS]".utf8)
        func added(_ word: some Sequence<UInt8>, isPerishable: Bool) -> [UInt8] {
            var entry = FilterRule(kind: .exclude, pattern: word)
            entry.sides = rule.sides
            entry.isPerishable = isPerishable
            return Array("add_rule(".utf8) + (rule.label ?? entry.shown) + [UInt8(ascii: ")")] + suffix
        }
        func noted(_ words: [UInt8], _ text: (ArraySlice<UInt8>) -> [UInt8]) -> [[UInt8]] {
            FilterText.words(words).map { $0.elementsEqual([UInt8(ascii: "!")]) ? Array("clearing filter list".utf8) + suffix : text($0) }
        }
        var lines = noted([UInt8](defaults.utf8)) { added($0, isPerishable: rule.isPerishable || knowsPerishable) }
        if let path = reader.shownPath(of: .inHome(cvsFileName)) {
            let words = reader.contents(of: .inHome(cvsFileName))
            let sides = Int(rule.sides.rawValue) << 16
            let flags = 0x8380 | sides | (rule.isPerishable ? 0x80000 : 0) | (rule.isFromFile ? 0x200000 : 0)
            lines.append(FilterRule.fileNote(rule.label ?? path, flags, 0, found: words != nil || rule.isFromFile))
            let shown = rule.label ?? FilterFileLabel(name: path, isHidden: false).rule(line: nil)
            lines += noted(words ?? []) { _ in Array("add_rule(".utf8) + shown + [UInt8(ascii: ")")] + suffix }
        }
        return lines + noted(reader.cvsIgnoreVariable ?? []) { added($0, isPerishable: rule.isPerishable) }
    }
}
