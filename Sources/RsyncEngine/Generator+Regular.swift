import RsyncProtocol
import RsyncWire

// Regular files: quick check and basis (MET-16 steps 17 to 28).

extension Generator {
    /// A file on the receiving side whose blocks may be reused.
    struct Basis {
        let tree: any DestinationTree
        let path: RelativePath
        let status: FileStatus
        let type: BasisType
        /// The name of a fuzzy basis.
        var xname: [UInt8] = []
        /// What the item is compared with in the report; nil: there is nothing of its name.
        let compared: FileStatus?

        init(
            tree: any DestinationTree, path: RelativePath, status: FileStatus, type: BasisType, xname: [UInt8] = [],
            compared: FileStatus?
        ) {
            self.tree = tree
            self.path = path
            self.status = status
            self.type = type
            self.xname = xname
            self.compared = compared
        }

        init(_ place: SideFiles.Place, _ status: FileStatus, _ type: BasisType, compared: FileStatus?) {
            self.init(tree: place.tree, path: place.path, status: status, type: type, compared: compared)
        }
    }

    func processRegular(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, isLinked: Bool
    ) throws(SessionError) {
        // MET-17
        if options.update, !Knob.updateIsIgnored.isOn, let existing, isNewer(existing, than: entry) {
            try say(.info, "\(entry.name) is newer", when: options.messages.skips > 0)
            if isLinked { try skipLinked(entry, index) }
            return
        }
        // Most files of most runs: there is one of this name and nothing else to be looked for.
        let isOnly = destination.alternates.isEmpty && options.partialDirectory == nil
        if isOnly, let existing, try isUnchanged(entry, existing, tree, path) {
            return try leave(entry, index, path, existing, isLinked: isLinked)
        }
        var basis = existing.map { ownBasis(path, $0) }
        if !destination.alternates.isEmpty, existing == nil || options.alternateKind != .copy {
            let use = try useAlternate(entry, index, path, existing)
            switch use {
            case .done, .matched:
                try confirm(entry, index, isSent: false)
                guard isLinked else { return }
                if case .matched = use { return try settleMatched(entry, index) }
                return try completeGroup(entry)
            case .basis(let alternate): basis = alternate
            case .nothing: break
            }
        }
        let part = options.partialDirectory == nil ? nil : side.presentPartial(of: path)
        if basis == nil, part == nil, options.fuzzy > 0 { basis = try findFuzzy(entry, path) }
        if basis == nil, part == nil, isLinked, !links.isLast(entry, index) {
            links.postpone(entry, index: index)
            began(index)
            return
        }
        if !isOnly, let existing, basis?.type == .destination, try isUnchanged(entry, existing, tree, path) {
            if let part, !options.dryRun { side.removePartial(part.place) }
            return try leave(entry, index, path, existing, isLinked: isLinked)
        }
        // MET-16 step 26.
        if options.append != .off, let basis, basis.status.size >= entry.length {
            if isLinked { try skipLinked(entry, index) }
            return
        }
        if options.fuzzy > 0, !options.wholeFile { noteReplaced(path) }
        if let part { basis = Basis(part.place, part.status, .partialDir, compared: existing) }
        if isLinked { links.request(entry, index: index) }
        began(index)
        try request(entry, index, basis, isRedo: false)
        // Nothing will arrive, so nothing is worth waiting for.
        if isLinked, options.dryRun { try completeGroup(entry) }
    }

    /// What `--compare-dest` holds is not created, but linked to what comes for a later member. Where the last one is held, none
    /// of the group comes; under incremental recursion, where a stock receiver does not end, those without an equal do (MET-57).
    func settleMatched(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        guard links.isLast(entry, index) else {
            links.postpone(entry, index: index, isMatched: true)
            return began(index)
        }
        guard incremental else { return }
        let (released, next) = links.endWithMatch(entry)
        for member in released { ended(member.index) }
        if let next { try requestWaiting(next) }
    }

    private func isNewer(_ existing: FileStatus, than entry: FileEntry) -> Bool {
        let (distance, overflow) = entry.mtime.subtractingReportingOverflow(existing.mtime)
        return overflow ? entry.mtime < existing.mtime : distance < options.modifyWindow
    }

    /// What `--max-size` or `--min-size` leaves out, which is said (MET-16 steps 17 and 18).
    func isOutOfSize(_ entry: FileEntry) throws(SessionError) -> Bool {
        if let limit = options.largestSize, entry.length > limit, !Knob.maximumIsIgnored.isOn {
            try say(.info, "\(entry.name) is over max-size", when: options.messages.skips > 0)
            return true
        }
        if let limit = options.smallestSize, entry.length < limit, !Knob.minimumIsIgnored.isOn {
            try say(.info, "\(entry.name) is under min-size", when: options.messages.skips > 0)
            return true
        }
        return false
    }

    func ownBasis(_ path: RelativePath, _ status: FileStatus) -> Basis {
        Basis(tree: tree, path: path, status: status, type: .destination, compared: status)
    }

    /// MET-13 for regular files.
    func isUnchanged(
        _ entry: FileEntry, _ existing: FileStatus, _ tree: any SourceTree, _ path: RelativePath
    ) throws(SessionError) -> Bool {
        guard writesInto(existing), entry.length == existing.size || Knob.quickCheckForgetsSize.isOn else { return false }
        if options.compareChecksums, !Knob.checksumIsIgnored.isOn {
            return try summer.sum(path, in: tree, length: existing.size, alive) && summer.digest == entry.checksum
        }
        if options.sizeOnly, !Knob.sizeOnlyIsIgnored.isOn { return true }
        if options.ignoreTimes, !Knob.ignoreTimesIsIgnored.isOn { return false }
        return plan.sameTime(entry, existing) || Knob.quickCheckForgetsTime.isOn
    }

    /// Step 25: only attributes can differ.
    private func leave(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus, isLinked: Bool
    ) throws(SessionError) {
        try settleUnchanged(entry, index, path, existing)
        try confirm(entry, index, isSent: false)
        if isLinked { try completeGroup(entry) }
    }

    private func settleUnchanged(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus
    ) throws(SessionError) {
        if !saysUnchanged, plan.leavesAsIs(entry, existing, exactTime: options.compareChecksums) { return }
        var change = plan.change(entry, from: existing, exactTime: options.compareChecksums)
        try addAccessLists(&change, entry, path, from: existing)
        let flags = plan.flags(entry, against: plan.seen(existing, before: change), [])
            .union(extendedFlags(entry, (tree, path)))
        // Before the report: when that comes back the receiver finds the item with its owner and permissions.
        try apply(change, entry, path, type: existing.mode.type)
        try report(entry, index, flags)
        try sayUnchanged(entry, change)
    }

    /// Sets attributes by name, unless this is a dry run. `type`: what is there, if that may differ from the entry's.
    func apply(
        _ change: AttributeChange, _ entry: FileEntry, _ path: RelativePath, type: FileType? = nil
    ) throws(SessionError) {
        if debug.tellsAttributes { try tellAttributes(change, entry, path) }
        guard !options.dryRun || Knob.dryRunSetsAttributes.isOn, !change.isEmpty else { return }
        var change = change
        for id in change.takeImpossibleIds(options) {
            ledger.noteFailure()
            let full = fullName(entry.name, in: destination.place, from: environment.workingDirectory)
            try say(.error, "\(id) is impossible to set on \(quoted(full))")
        }
        if change.isEmpty { return }
        let failures: [AttributeFailure]
        do {
            failures = try tree.apply(change, to: path, type: type ?? entry.type)
        } catch {
            // A directory outside, reached through a symlink: left alone (MET-45).
            if error.errno == FileError.tooManyLinks, entry.isDirectory, options.keepDirectoryLinks { return }
            return try failed("\(error.operation)", entry.name, error.errno)
        }
        if entry.isDirectory, failures.contains(where: { $0.step == .times }) { refusedDirectories.insert(entry.name) }
        try tell(failures, entry.name)
    }

    /// What could not be set counts, and the item stays.
    func tell(_ failures: [AttributeFailure], _ name: [UInt8]) throws(SessionError) {
        guard !failures.isEmpty else { return }
        ledger.noteFailure()
        let full = fullName(name, in: destination.place, from: environment.workingDirectory)
        for failure in failures { try say(.error, failure.text("generator", full)) }
    }

    // MARK: Afterwards

    /// A file that failed verification once: what is there now is its basis (XFR-23).
    func redo(_ index: Int32) throws(SessionError) {
        guard let entry = entry(of: index) else { return }
        let path = try destination.path(entry.name)
        try request(entry, index, try basisForRedo(entry, path), isRedo: true)
    }

    private func basisForRedo(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> Basis? {
        var existing = (try? tree.status(path)).flatMap { writesInto($0) ? $0 : nil }
        if existing?.mode.isRegular == false { existing?.size = tree.deviceSize(path) }
        if options.partialDirectory != nil, let part = side.presentPartial(of: path) {
            return Basis(part.place, part.status, .partialDir, compared: existing)
        }
        if let existing { return ownBasis(path, existing) }
        for (number, alternate) in destination.alternates.enumerated() {
            if let status = try? alternate.status(path), status.mode.isRegular {
                return Basis(tree: alternate, path: path, status: status, type: .alternate(number), compared: status)
            }
        }
        return options.fuzzy > 0 ? try findFuzzy(entry, path) : nil
    }

    func entry(of index: Int32) -> FileEntry? {
        guard let slot = slot(of: index) else { return nil }
        let list = active[slot].live.list
        return index >= list.startIndex ? list.entry(at: list.position(of: index)) : nil
    }

    /// The receiver is done with an item: those that waited for it go on (MET-59, MET-60).
    func finished(_ index: Int32, _ outcome: ReceiverEvent.FileOutcome) throws(SessionError) {
        if options.sourceRemoval != nil, outcome == .stored, let entry = entry(of: index) {
            try confirm(entry, index, isSent: true)
        }
        if options.preserveHardLinks, let entry = entry(of: index), links.isLeader(index) {
            if outcome == .stored {
                try completeGroup(entry)
            } else if let next = links.handOver(from: index) {
                try requestWaiting(next)
            }
        }
        ended(index)
    }
}
