import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

// Regular files: quick check, basis, request (MET-16 steps 17 to 28, XFR-16 to XFR-23).

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
        if options.fuzzy > 0 { noteReplaced(path) }
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

    // MARK: The request

    /// Index, attributes, sum head and block sums (XFR-16).
    func request(_ entry: FileEntry, _ index: Int32, _ basis: Basis?, isRedo: Bool) throws(SessionError) {
        var flags = plan.flags(entry, against: basis?.compared, [.transfer])
        if plan.comparesExtended { flags.formUnion(extendedFlags(entry, try comparedPlace(entry, basis))) }
        if options.compareChecksums, basis?.compared != nil { flags.insert(.reportChange) }
        guard let basis = try withBackup(entry, basis, isRedo: isRedo) else { return try finished(index, .failed) }
        let type = basis?.type ?? .destination
        if type != .destination { flags.insert(.basisTypeFollows) }
        let file = try basisFile(basis, isRedo: isRedo)
        defer { file?.close() }
        let head = file.map { sumHead(of: $0, isRedo: isRedo) } ?? .null
        let xname = basis?.xname ?? []
        mailbox.outstanding.add(index, Outstanding.Request(head: head, basis: type, xname: xname))
        try write(entry, index, ItemAttributes(flags: flags, basis: type, xname: xname))
        guard asksForData else { return }
        try connection.output.write { head.write(to: &$0) }
        if let file, let basis { try tellSums(file, of: basis.path, head, index) }
        if let file, isRedo || options.append == .off { try writeSums(of: file, head) }
    }

    /// Where the item lies that the report compares with; nil: there is none.
    private func comparedPlace(
        _ entry: FileEntry, _ basis: Basis?
    ) throws(SessionError) -> (tree: any SourceTree, path: RelativePath)? {
        guard let basis, basis.compared != nil else { return nil }
        if !basis.type.isFuzzy, basis.type.alternateIndex != nil { return (basis.tree, basis.path) }
        return (tree, try destination.path(entry.name))
    }

    /// What is updated in place is copied before, and the copy is the basis (MET-80). nil: no copy, so no update.
    private func withBackup(
        _ entry: FileEntry, _ basis: Basis?, isRedo: Bool
    ) throws(SessionError) -> Basis?? {
        guard options.inPlace, options.backupSuffix != nil, !Knob.backupOfUpdateMissing.isOn, !isRedo, !options.dryRun, let basis, basis.type == .destination
        else { return .some(basis) }
        let place: SideFiles.Place?
        do throws(FileError) {
            place = try side.keepCopy(basis.path, basis.status)
        } catch {
            try tellSideFailures()
            try failed("\(error.operation)", entry.name, error.errno)
            return nil
        }
        guard let place else { return .some(basis) }
        try sayBackedUp(basis.path, .copied)
        guard !options.wholeFile, options.append == .off else { return .some(basis) }
        return .some(Basis(place, basis.status, .backup, compared: basis.compared))
    }

    func sayBackedUp(_ path: RelativePath, _ manner: SideFiles.BackupManner) throws(SessionError) {
        try tellSideFailures()
        try say(.info, manner.text(path), when: debug.backup > 0)
        try say(.info, "backed up \(path.bytes) to \(side.backupWords(of: path))", when: options.messages.backups > 0)
    }

    /// What backups could not take over of their files.
    func tellSideFailures() throws(SessionError) {
        for (name, failure) in side.failures.take() { try tell([failure], name) }
    }

    /// In a batch it is there, asked for or not.
    private var asksForData: Bool { !connection.isReplay && (!options.dryRun || options.isBatchOnly) }

    /// The basis, if its blocks are worth something and it can be opened.
    private func basisFile(_ basis: Basis?, isRedo: Bool) throws(SessionError) -> (any ReadableFile)? {
        guard let basis, asksForData, !Knob.basisIsNeverUsed.isOn, !options.wholeFile || isRedo, !connection.forcesWholeFile,
            basis.status.size > 0, options.append == .off || isRedo || basis.type == .destination
        else { return nil }
        return try? basis.tree.open(basis.path)
    }

    /// XFR-30 to XFR-38.
    private func sumHead(of file: any ReadableFile, isRedo: Bool) -> SumHead {
        BlockPlan.plan(
            basisLength: file.size, requestedBlockLength: options.blockLength,
            digestLength: connection.transferChecksum.digestLength, isRedo: isRedo && !Knob.redoHasShortSums.isOn, traits: connection.traits)
    }

    /// XFR-52. The sums describe the file as it is held open now.
    private func writeSums(of file: any ReadableFile, _ head: SumHead) throws(SessionError) {
        let variant = connection.transferChecksum
        guard head.count > 0 else { return }
        let hasher = BlockHasher(variant: variant, seed: Knob.strongSumsAreUnseeded.isOn ? 0 : connection.seed)
        var digest = [UInt8](repeating: 0, count: max(variant.digestLength, Int(head.strongLength)))
        let blockLength = Int(head.blockLength)
        let tells = debug.search > 2
        let blocksPerRead = max(1, Self.basisReadSize / blockLength)
        if basisBuffer.count < blocksPerRead * blockLength {
            basisBuffer = [UInt8](repeating: 0, count: blocksPerRead * blockLength)
        }
        var block: Int32 = 0
        while block < head.count {
            let last = block + min(Int32(blocksPerRead), head.count - block)
            try alive.tick()
            try readBasis(file, from: head.offset(ofBlock: block), count: blocksPerRead * blockLength)
            var offset = 0
            while block < last {
                let length = Int(head.length(ofBlock: block))
                let range = offset..<(offset + length)
                hasher.sum(of: basisBuffer, range, into: &digest)
                let weak = RollingSum(basisBuffer, range).value &+ (Knob.weakSumsAreUnsigned.isOn && basisBuffer[range].contains { $0 > 127 } ? 256 : 0)
                if tells { try tellBlock(block, head, weak) }
                try connection.output.write { [digest] writer in
                    writer.int32(Int32(bitPattern: weak))
                    writer.bytes(digest[0..<Int(head.strongLength)])
                }
                offset += length
                block += 1
            }
        }
    }

    /// Bytes read from a basis at once; a multiple of any block length that is not larger.
    private static var basisReadSize: Int { 256 * 1024 }

    /// Fills the buffer; what the file has lost meanwhile counts as zeros, which verification will find.
    private func readBasis(_ file: any ReadableFile, from position: Int64, count: Int) throws(SessionError) {
        var have = 0
        while have < count {
            let got =
                (try? file.read(into: &basisBuffer, at: have, count: count - have, position: position + Int64(have)))
                ?? 0
            if got == 0 {
                for place in have..<count { basisBuffer[place] = 0 }
                return
            }
            have += got
        }
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
