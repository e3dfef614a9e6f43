import RsyncDigest
import RsyncProtocol
import RsyncWire

// One reply with data: head, basis, tokens, file sum (XFR-55, XFR-113 to XFR-124).

extension Receiver {
    func receiveFile(
        _ entry: FileEntry, _ index: Int32, _ attributes: ItemAttributes, _ request: Outstanding.Request,
        isRedo: Bool
    ) throws(SessionError) {
        let traits = connection.traits
        let before = connection.input.dataBytes
        let variant = connection.transferChecksum
        let head = try connection.input.parse { reader throws(WireError) in
            try SumHead(reading: &reader, traits: traits, digestLength: variant.digestLength)
        }
        // A batch has the sums of the basis it was made for, and the block length (XFR-146).
        guard head == request.head || connection.isReplay || Knob.receiverTakesAnySumHead.isOn else {
            throw .protocolViolation("a sum head for \(quoted(entry.name)) that is not the requested one [HOS-301]")
        }
        let target = try destination.path(entry.name)
        let basis = try basisPlace(entry, attributes, target, isRedo: isRedo)
        // Without sums no block can be asked for.
        let source = head.count > 0 ? basis.flatMap { try? $0.place.tree.open($0.place.path) } : nil
        defer { source?.close() }
        if let source, let basis { tellBuilding(2, "recv mapped \(basis.place.path.bytes) of size \(source.size)") }
        let existing = try? destination.tree.status(target)
        var job = StoringJob(
            entry: entry, index: index, target: target, existing: existing,
            // A symlink that a backup left in place has no permissions to give.
            reference: basis?.type == .destination ? existing.flatMap { $0.mode.isSymlink ? nil : $0 } : basis.flatMap { basis in
                // Below 29 nobody has said that there is a file (XFR-120).
                (try? basis.place.tree.status(basis.place.path)).flatMap { $0.mode.isRegular ? $0 : nil }
            })
        let output: OutputFile
        do throws(FileError) {
            if let existing, existing.mode.isDirectory {
                throw FileError(errno: FileError.isADirectory, operation: "recv_files", path: target)
            }
            output = try openOutput(&job, basis, head, isRedo: isRedo)
        } catch {
            try discard(head, digestLength: variant.digestLength)
            fail(index, noOutput(entry, error))
            return
        }
        report(entry, attributes, stage: .begins, isRedo: isRedo)
        var finished = false
        defer { if !finished { output.file.discard() } }
        let verified: Bool
        var sum: [UInt8] = []
        do {
            verified = try receiveTokens(entry, index, head, source, into: output, sum: &sum)
            try writing(entry) { () throws(FileError) in try output.finish() }
        } catch {
            if output.hasLiterals, !Knob.partIsThrownAway.isOn, keepPart(job, output, interrupted: true) { finished = true }
            throw error
        }
        if basis?.type == .backup, existing?.mode.type?.isDevice == true { failedToCut(entry) }
        guard verified else {
            if keepPart(job, output, interrupted: false) { finished = true }
            verificationFailed(entry, index)
            return
        }
        do throws(FileError) {
            try store(job, output)
            finished = true
        } catch where SideFiles.isOfBackup(error) {
            // Data that has come and cannot be put in its place ends the run (MET-102).
            ledger.noteFailure()
            say(.error, backupFailure(error))
            throw SessionError(exitCode: 11, "")
        } catch {
            // Where the delayed files cannot be, the number says nothing about the file.
            let isPlaceless = "\(error.operation)" == "\(Self.noPartialDirectory)"
            fail(
                index,
                isPlaceless ? "\(error.operation) for \(entry.name) -- discarding completed file." : failure(error.operation, entry, error.errno))
            return
        }
        reportProgress(entry, index, bytes: entry.length, isLast: true)
        if options.reportsCompletion {
            let figures = ItemFigures(
                moved: connection.input.dataBytes - before, checksum: connection.shownSum(entry, sum, options))
            report(entry, attributes, stage: .complete(figures))
        }
        if !options.delaysUpdates { post(.finished(index, .stored)) }
    }

    /// A new file, or what is updated in place (XFR-69).
    private func openOutput(
        _ job: inout StoringJob, _ basis: BasisPlace?, _ head: SumHead, isRedo: Bool
    ) throws(FileError) -> OutputFile {
        var manner = OutputFile.Manner(isSparse: options.sparse)
        let file: any WritableFile
        if let basis, basis.type == .partialDir, connection.traits.updatesPartialInPlace {
            job.updatedPart = basis.place
            manner.isInPlace = true
            manner.updatesBasis = true
            file = try basis.place.tree.openInPlace(basis.place.path, allowsDevices: false)
        } else if options.inPlace {
            manner.isInPlace = true
            manner.updatesBasis = basis?.type == .destination
            if options.append != .off, !isRedo { manner.appendsTo = head.basisLength }
            file = try destination.tree.openInPlace(job.target, allowsDevices: options.writesDevices)
        } else if let directory = destination.temporary {
            file = try directory.createTemporary(named: job.target.lastComponent)
        } else {
            file = try destination.tree.createTemporary(for: job.target)
        }
        if basis?.type == .partialDir { job.usedPart = basis?.place }
        job.isInPlace = manner.isInPlace
        do throws(FileError) {
            if options.preallocate, !manner.isInPlace || job.entry.length > job.existing?.size ?? 0 {
                manner.isPreallocated = allocate(file, job.entry)
            }
            return try OutputFile(file, manner)
        } catch {
            file.discard()
            throw error
        }
    }

    /// False, and said, where that cannot be: the file then grows as it is written (XFR-127).
    private func allocate(_ file: any WritableFile, _ entry: FileEntry) -> Bool {
        do throws(FileError) {
            try file.allocate(entry.length)
            return true
        } catch {
            let name = fullName(entry.name, in: destination.place, from: workingDirectory)
            say(.warning, "rsync: [receiver] \(error.operation) \(quoted(name)): \(errorText(error.errno))")
            return false
        }
    }

    /// Items without data get their extended attributes when their values are here (MET-155).
    func setExtended(_ entry: FileEntry) throws(SessionError) {
        guard let received = plan.attributes else { return }
        let path = try destination.path(entry.name)
        do throws(FileError) {
            var change = AttributeChange()
            change.extended = extendedChange(entry, try received.present(path, in: destination.tree))
            if !change.isEmpty { tell(try destination.tree.apply(change, to: path, type: entry.type), entry.name) }
        } catch {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "rsync_xal_set: lsetxattr(\(quoted(entry.name))) failed: \(errorText(error.errno))")
        }
    }

    /// What could not be set counts, and the item stays.
    func tell(_ failures: [AttributeFailure], _ name: [UInt8]) {
        guard !failures.isEmpty else { return }
        ledger.noteFailure()
        post(.errors(ledger))
        let full = fullName(name, in: destination.place, from: workingDirectory)
        for failure in failures { say(.error, failure.text("receiver", full)) }
    }

    func extendedChange(_ entry: FileEntry, _ present: [ExtendedAttribute]) -> ExtendedAttributeChange {
        guard let received = plan.attributes else { return ExtendedAttributeChange() }
        let (change, missing) = received.change(entry.attributeSet, from: present)
        for name in missing {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "Missing abbreviated xattr value, \(name), for \(entry.name)")
        }
        return change
    }

    /// Nothing to write into: a temporary file is named where it was to be.
    private func noOutput(_ entry: FileEntry, _ error: FileError) -> MessageText {
        guard "\(error.operation)" == "mkstemp" else {
            return failure(options.inPlace ? "open" : "mkstemp", entry, error.errno)
        }
        let words = destination.temporaryWords
        let name = (words.isEmpty || words.last == 0x2f ? words : words + [0x2f]) + error.path.bytes
        return systemError("receiver", "mkstemp", fullName(name, in: destination.place, from: workingDirectory), error.errno)
    }

    private func failure(_ operation: some CustomStringConvertible, _ entry: FileEntry, _ errno: Int32) -> MessageText {
        systemError(
            "receiver", operation, fullName(entry.name, in: destination.place, from: workingDirectory), errno)
    }

    /// Where a backup is the basis the length of a device is to be set too, which cannot be; the rest goes on (MET-54).
    private func failedToCut(_ entry: FileEntry) {
        ledger.noteFailure()
        post(.errors(ledger))
        let full = fullName(entry.name, in: destination.place, from: workingDirectory)
        say(.error, "rsync: [receiver] ftruncate failed on \(quoted(full)): \(errorText(22))")
    }

    func reportProgress(_ entry: FileEntry, _ index: Int32, bytes: Int64, isLast: Bool) {
        guard !connection.isServer, options.reportsProgress || isLast && observer.wantsProgress else { return }
        observer.handle(
            .progress(
                ProgressReport(
                    entry: entry, bytes: bytes, isLast: isLast, transferred: statistics.transferredFiles,
                    position: window.ordinal(of: index), known: knownEntries, listsPending: listsPending,
                    totalBytes: statistics.transferredSize &- entry.length &+ bytes, totalSize: knownSize)))
    }

    // MARK: Basis

    struct BasisPlace {
        let place: SideFiles.Place
        let type: BasisType
    }

    /// The basis that the echoed type names (XFR-119). The type is checked even when nothing is to be opened.
    private func basisPlace(
        _ entry: FileEntry, _ attributes: ItemAttributes, _ target: RelativePath, isRedo: Bool
    ) throws(SessionError) -> BasisPlace? {
        guard connection.traits.hasBasisTypes else { return oldBasis(target, isRedo: isRedo) }
        let type = attributes.basis
        let place: SideFiles.Place?
        switch type {
        case .destination: place = SideFiles.Place(tree: destination.tree, path: target)
        case .partialDir: place = side.partial(of: target)
        case .backup: place = options.inPlace ? side.backup(of: target) : nil
        case _ where type.isFuzzy && options.fuzzy > 0: place = fuzzyPlace(attributes, target)
        case _ where !type.isFuzzy:
            place = type.alternateIndex.flatMap { number in
                number < destination.alternates.count
                    ? SideFiles.Place(tree: destination.alternates[number], path: target) : nil
            }
        default: place = nil
        }
        guard let place else {
            throw .protocolViolation(
                "basis type \(type.rawValue) for \(quoted(entry.name)), which was not asked for [XFR-119]")
        }
        return BasisPlace(place: place, type: type)
    }

    private func fuzzyPlace(_ attributes: ItemAttributes, _ target: RelativePath) -> SideFiles.Place? {
        guard let path = try? (target.parent ?? .root).appending(attributes.xname) else { return nil }
        guard attributes.basis != .fuzzy else { return SideFiles.Place(tree: destination.tree, path: path) }
        guard let number = attributes.basis.alternateIndex, number < destination.alternates.count else { return nil }
        return SideFiles.Place(tree: destination.alternates[number], path: path)
    }

    /// Below 29 nothing is said (XFR-120).
    private func oldBasis(_ target: RelativePath, isRedo: Bool) -> BasisPlace? {
        if options.inPlace, !isRedo, let backup = side.backup(of: target) {
            side.makeBackupDirectories(for: backup)
            return BasisPlace(place: backup, type: .backup)
        }
        if let part = side.presentPartial(of: target) { return BasisPlace(place: part.place, type: .partialDir) }
        if options.inPlace || (try? destination.tree.status(target))?.mode.isRegular == true {
            return BasisPlace(place: SideFiles.Place(tree: destination.tree, path: target), type: .destination)
        }
        return destination.alternates.first.map {
            BasisPlace(place: SideFiles.Place(tree: $0, path: target), type: .alternate(0))
        }
    }
}
