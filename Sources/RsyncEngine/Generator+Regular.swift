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
    }

    func processRegular(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?, isLinked: Bool
    ) throws(SessionError) {
        if options.update, let existing, entry.mtime < existing.mtime {
            try say(.info, "\(entry.name) is newer", verbosity: 2)
            if isLinked { try skipLinked(entry, index) }
            return
        }
        var basis = existing.map { Basis(tree: tree, path: path, status: $0, type: .destination) }
        if !destination.linkDestinations.isEmpty {
            switch try useAlternate(entry, index, path, existing) {
            case .done:
                if isLinked { try completeGroup(entry) }
                return
            case .basis(let alternate): basis = alternate
            case .nothing: break
            }
        }
        if basis == nil, isLinked, !links.isLast(entry, index) {
            links.postpone(entry, index: index)
            began(index)
            return
        }
        if let existing, basis?.type == .destination, try isUnchanged(entry, existing, tree, path) {
            try settleUnchanged(entry, index, path, existing)
            if isLinked { try completeGroup(entry) }
            return
        }
        if isLinked { links.request(entry, index: index) }
        began(index)
        try request(entry, index, basis, isRedo: false)
        // Nothing will arrive, so nothing is worth waiting for.
        if isLinked, options.dryRun { try completeGroup(entry) }
    }

    /// MET-13 for regular files.
    func isUnchanged(
        _ entry: FileEntry, _ existing: FileStatus, _ tree: any SourceTree, _ path: RelativePath
    ) throws(SessionError) -> Bool {
        guard existing.mode.isRegular, entry.length == existing.size else { return false }
        if options.compareChecksums {
            return try summer.sum(of: path, in: tree, length: existing.size, connection.listChecksum, alive)
                == entry.checksum
        }
        if options.sizeOnly { return true }
        if options.ignoreTimes { return false }
        return AttributePlan.sameTime(entry, existing)
    }

    /// Step 25: only attributes can differ.
    private func settleUnchanged(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus
    ) throws(SessionError) {
        let flags = plan.flags(entry, against: existing, []).union(extendedFlags(entry, (tree, path)))
        let change = plan.change(entry, from: existing, exactTime: options.compareChecksums)
        try apply(change, entry, path)
        try report(entry, index, flags)
        try sayUnchanged(entry, change)
    }

    /// Sets attributes by name, unless this is a dry run.
    func apply(_ change: AttributeChange, _ entry: FileEntry, _ path: RelativePath) throws(SessionError) {
        guard !options.dryRun, !change.isEmpty else { return }
        do {
            try tree.apply(change, to: path, type: entry.type)
        } catch {
            try failed("\(error.operation)", entry.name, error.errno)
        }
    }

    // MARK: The request

    /// Index, attributes, sum head and block sums (XFR-16).
    func request(_ entry: FileEntry, _ index: Int32, _ basis: Basis?, isRedo: Bool) throws(SessionError) {
        var flags = plan.flags(entry, against: basis?.status, [.transfer])
        flags.formUnion(extendedFlags(entry, basis.map { ($0.tree, $0.path) }))
        if options.compareChecksums, basis != nil { flags.insert(.reportChange) }
        let type = basis?.type ?? .destination
        if type != .destination { flags.insert(.basisTypeFollows) }
        let file = try basisFile(basis, isRedo: isRedo)
        defer { file?.close() }
        let head = file.map { sumHead(of: $0, isRedo: isRedo) } ?? .null
        mailbox.outstanding.add(index, Outstanding.Request(head: head, basis: type))
        try write(entry, index, ItemAttributes(flags: flags, basis: type, xname: []))
        guard !options.dryRun else { return }
        try connection.output.write { head.write(to: &$0) }
        if let file { try writeSums(of: file, head) }
    }

    /// The basis, if its blocks are worth something and it can be opened.
    private func basisFile(_ basis: Basis?, isRedo: Bool) throws(SessionError) -> (any ReadableFile)? {
        guard let basis, !options.dryRun, !options.wholeFile || isRedo, !connection.forcesWholeFile,
            basis.status.size > 0
        else { return nil }
        return try? basis.tree.open(basis.path)
    }

    /// XFR-30 to XFR-38.
    private func sumHead(of file: any ReadableFile, isRedo: Bool) -> SumHead {
        BlockPlan.plan(
            basisLength: file.size, requestedBlockLength: options.blockLength,
            digestLength: connection.transferChecksum.digestLength, isRedo: isRedo, traits: connection.traits)
    }

    /// XFR-52. The sums describe the file as it is held open now.
    private func writeSums(of file: any ReadableFile, _ head: SumHead) throws(SessionError) {
        let variant = connection.transferChecksum
        guard head.count > 0 else { return }
        let hasher = BlockHasher(variant: variant, seed: connection.seed)
        var digest = [UInt8](repeating: 0, count: max(variant.digestLength, Int(head.strongLength)))
        let blockLength = Int(head.blockLength)
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
                let weak = RollingSum(basisBuffer, range).value
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
        if let status = try? tree.status(path), status.mode.isRegular {
            return Basis(tree: tree, path: path, status: status, type: .destination)
        }
        for (number, alternate) in destination.linkDestinations.enumerated() {
            if let status = try? alternate.status(path), status.mode.isRegular {
                return Basis(tree: alternate, path: path, status: status, type: .alternate(number))
            }
        }
        return nil
    }

    func entry(of index: Int32) -> FileEntry? {
        guard let slot = slot(of: index) else { return nil }
        let list = active[slot].live.list
        let position = Int(index - list.startIndex)
        return position >= 0 ? list.entry(at: position) : nil
    }

    /// The receiver is done with an item: those that waited for it go on (MET-59, MET-60).
    func finished(_ index: Int32, _ outcome: ReceiverEvent.FileOutcome) throws(SessionError) {
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
