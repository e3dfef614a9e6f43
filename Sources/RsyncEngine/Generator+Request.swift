import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

// The request for a regular file, with the sums of its basis (XFR-16 to XFR-23, XFR-30 to XFR-52).

extension Generator {
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
            if SideFiles.isOfBackup(error) {
                try backupFailed(error)
            } else {
                try failed("\(error.operation)", entry.name, error.errno)
            }
            return nil
        }
        guard let place else { return .some(basis) }
        try sayBackedUp(basis.path, .copied)
        guard !options.wholeFile, options.append == .off else { return .some(basis) }
        return .some(Basis(place, basis.status, .backup, compared: basis.compared))
    }

    /// MET-102: the item stays as it is.
    func backupFailed(_ error: FileError) throws(SessionError) {
        ledger.noteFailure()
        try say(.error, side.backupFailure("generator", error.path, error.errno, from: environment.workingDirectory))
    }

    func sayBackedUp(_ path: RelativePath, _ manner: SideFiles.BackupManner) throws(SessionError) {
        try tellSideFailures()
        if manner == .itself {
            let name = fullName(path.bytes, in: destination.place, from: environment.workingDirectory)
            ledger.add(.vanished)
            return try say(.warning, "file has vanished: \(quoted(name))")
        }
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
}
