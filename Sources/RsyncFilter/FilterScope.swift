/// The rules in force inside one directory: the list, and what its dir-merge rules have read on the way down (FLT-30 to
/// FLT-41). A value: leaving a directory is going back to the scope of its parent.
public struct FilterScope: Sendable {
    /// An active dir-merge rule.
    struct Merge: Sendable {
        let rule: FilterRule
        let baseName: [UInt8]
        /// The sub-list: the nearest file's rules first.
        var rules: [FilterRule] = []
        /// Notes of the parent scan, to be told when the first directory is entered.
        var scanNotes: [[UInt8]] = []
    }

    var list: FilterList
    let side: FilterSide
    /// In the order of activation.
    var merges: [Merge] = []
    /// `--from0`: what ends a line of the files.
    private let nulTerminated: Bool

    /// Rules and lines dropped on the way to this directory because they are too long, for the caller to report.
    public private(set) var dropped: [FilterError] = []

    /// The scope in which the first directory is entered, parent scans done (FLT-38).
    ///
    /// - Parameters:
    ///   - firstDirectory: name of the first directory of the transfer that will be entered, `.` for the transfer root.
    ///     Nil for any further one: the parent scan is for the first and what is below it.
    public init(
        _ list: FilterList, side: FilterSide, firstDirectory: [UInt8]?, reader: any FilterFileReader,
        nulTerminated: Bool = false
    ) throws(FilterError) {
        self.list = list
        self.side = side
        self.nulTerminated = nulTerminated
        // The files of merges for the other side are read too: errors in them are errors on both sides.
        for rule in list.rules where rule.kind == .dirMerge {
            merges.append(Merge(rule: rule, baseName: rule.baseName))
        }
        guard let first = firstDirectory.map({ path(of: $0) }) else { return }
        for index in merges.indices {
            for directory in Self.parentScan(of: merges[index].rule.patternText, from: first) {
                try read(index, in: directory, reader: reader)
            }
            if list.notes != nil { merges[index].scanNotes = notes(ofScan: index) }
        }
    }

    /// The scope of a directory below this one (FLT-31). The caller has decided to enter it; `directory` is its name in
    /// the transfer, `.` for the transfer root.
    public func entering(_ directory: [UInt8], reader: any FilterFileReader) throws(FilterError) -> FilterScope {
        if merges.isEmpty { return self }
        var inner = self
        let path = path(of: directory)
        // The files may activate further merges, which are then looked for in this directory too (FLT-37).
        var index = 0
        while index < inner.merges.count {
            if inner.list.notes != nil { inner.noteEntering(index) }
            if inner.merges[index].rule.isNotInherited { inner.dropRules(of: index) }
            try inner.read(index, in: path, reader: reader)
            for rule in inner.merges[index].rules where rule.kind == .dirMerge {
                guard list.effectiveSides(of: rule).applies(to: side) else { continue }
                guard !inner.merges.contains(where: { $0.baseName == rule.baseName }) else { continue }
                inner.merges.append(Merge(rule: rule, baseName: rule.baseName))
            }
            index += 1
        }
        return inner
    }

    /// The same rules for another transfer root.
    public func moved(to list: FilterList) -> FilterScope {
        var scope = self
        scope.list.transferRoot = list.transferRoot
        return scope
    }

    /// As `FilterList.check`, for an item of this directory or for the directory's subtree while it is being deleted.
    public func check(_ name: [UInt8], isDirectory: Bool, insideDoomedDirectory: Bool = false) -> FilterList.Verdict {
        let question = FilterList.Question(
            name: name, isDirectory: isDirectory, side: side, insideDoomedDirectory: insideDoomedDirectory)
        guard let question else { return .none }
        return list.decide(question, list.rules, merges: merges)
    }

    /// Puts the rules of the merge's file in `directory`, if there is one, before the inherited ones.
    private mutating func read(
        _ index: Int, in directory: [UInt8], reader: any FilterFileReader
    ) throws(FilterError) {
        let merge = merges[index]
        let file = FilterPath.joined(directory, merge.baseName)
        let contents = reader.contents(of: FilterPath.location(of: file, root: list.root))
        list.notes?.append(merge.rule.fileNote([slash] + file, found: contents != nil, manner: 4))
        guard let bytes = contents else { return }
        let parsed = try FilterFileParser(reader: reader, root: list.root)
            .parse(
                bytes, named: [slash] + file, of: merge.rule, at: .directory(directory), anchor: directory, depth: merge.rule.depth + 1,
                nulTerminated: nulTerminated, label: list.notes == nil ? nil : merge.rule.isFromFile ? .earlier : FilterFileLabel(name: [slash] + file, isHidden: false),
                context: list.notes == nil ? [] : merge.rule.perDirectory)
        dropped += parsed.dropped
        if list.notes != nil { note(parsed.notes, reader) }
        if parsed.clearsEarlier { dropRules(of: index) }
        var rules: [FilterRule] = []
        for rule in parsed.rules {
            guard rule.patternText.count < FilterLimits.pattern else {
                dropped.append(FilterError(.patternTooLong, rule: rule.patternText, clause: "FLT-14"))
                continue
            }
            if rule.kind == .dirMerge, merges.contains(where: { $0.baseName == rule.baseName }) { continue }
            if rule.standsForCVSList, list.cvsRules == nil {
                list.cvsRules = CVSIgnore.rules(reader: reader, isPerishable: rule.isPerishable)
            }
            rules.append(rule)
        }
        merges[index].rules = rules + merges[index].rules
    }

    /// Empties a sub-list. A merge that was activated from it decides nothing any more, but its name stays taken down to where the
    /// directory that named it is left (FLT-36).
    private mutating func dropRules(of index: Int) { merges[index].rules = [] }

    /// Absolute path without slashes at the ends.
    private func path(of directory: [UInt8]) -> [UInt8] {
        FilterPath.joined(list.root, FilterPath.collapsed(directory))
    }

    /// The directories, outermost first, that a merge name with a slash is looked for in before `first` is entered
    /// (FLT-38).
    private static func parentScan(of name: [UInt8], from first: [UInt8]) -> [[UInt8]] {
        guard let last = name.lastIndex(of: slash) else { return [] }
        let top = FilterPath.collapsed(name.first == slash ? name[..<last] : (first + [slash] + name[..<last])[...])
        guard FilterPath.isProperAncestor(top, of: first) else { return [] }
        var directories: [[UInt8]] = []
        var directory = FilterPath.parent(first)
        while let current = directory {
            directories.append(current)
            directory = current == top ? nil : FilterPath.parent(current)
        }
        return directories.reversed()
    }
}
