import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

// One reply with data: head, tokens, file sum (XFR-55, XFR-80 to XFR-83, XFR-113 to XFR-124).

extension Receiver {
    func receiveFile(
        _ entry: FileEntry, _ index: Int32, _ attributes: ItemAttributes, _ requested: SumHead,
        isRedo: Bool
    ) throws(SessionError) {
        let traits = connection.traits
        let variant = connection.transferChecksum
        let head = try connection.input.parse { reader throws(WireError) in
            try SumHead(reading: &reader, traits: traits, digestLength: variant.digestLength)
        }
        guard head == requested else {
            throw .protocolViolation("a sum head for \(quoted(entry.name)) that is not the requested one [HOS-301]")
        }
        let target = try destination.path(entry.name)
        // Without sums no block can be asked for.
        let basis = try openBasis(entry, attributes, head.count > 0 ? target : nil)
        defer { basis?.close() }
        let file: any WritableFile
        let existing = try? destination.tree.status(target)
        do throws(FileError) {
            if let existing, existing.mode.isDirectory {
                throw FileError(errno: FileError.isADirectory, operation: "recv_files", path: target)
            }
            file = try destination.tree.createTemporary(for: target)
        } catch {
            try discard(head, digestLength: variant.digestLength)
            fail(index, "mkstemp \(quoted(entry.name)) failed: \(errorText(error.errno))")
            return
        }
        report(entry, attributes)
        var finished = false
        defer { if !finished { file.discard() } }
        let verified: Bool
        do {
            verified = try receiveTokens(entry, index, head, basis, into: file)
        } catch {
            if options.keepPartial, keepPartial(entry, file, target, existing) { finished = true }
            throw error
        }
        guard verified else {
            if options.keepPartial, keepPartial(entry, file, target, existing) { finished = true }
            verificationFailed(entry, index)
            return
        }
        do {
            try store(entry, file, target, existing)
            finished = true
        } catch {
            fail(index, "\(error.operation) \(quoted(entry.name)) failed: \(errorText(error.errno))")
            return
        }
        reportProgress(entry, index, bytes: entry.length, isLast: true)
        post(.finished(index, .stored))
    }

    /// Items without data get their extended attributes when their values are here (MET-155).
    func setExtended(_ entry: FileEntry) throws(SessionError) {
        guard let received = plan.attributes else { return }
        let path = try destination.path(entry.name)
        do throws(FileError) {
            var change = AttributeChange()
            change.extended = extendedChange(entry, try received.present(path, in: destination.tree))
            if !change.isEmpty { try destination.tree.apply(change, to: path, type: entry.type) }
        } catch {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "rsync_xal_set: lsetxattr(\(quoted(entry.name))) failed: \(errorText(error.errno))")
        }
    }

    private func extendedChange(_ entry: FileEntry, _ present: [ExtendedAttribute]) -> ExtendedAttributeChange {
        guard let received = plan.attributes else { return ExtendedAttributeChange() }
        let (change, missing) = received.change(entry.attributeSet, from: present)
        for name in missing {
            ledger.noteFailure()
            post(.errors(ledger))
            say(.error, "Missing abbreviated xattr value, \(name), for \(entry.name)")
        }
        return change
    }

    /// Attributes onto the temporary file, then its name (MET-77). What stood there decides about permissions without
    /// `-p` (MET-32).
    private func store(
        _ entry: FileEntry, _ file: any WritableFile, _ target: RelativePath, _ existing: FileStatus?
    ) throws(FileError) {
        let status = try file.status()
        var change = plan.change(entry, from: status, exactTime: true)
        change.permissions = plan.permissions(entry, existing: existing)
        if let received = plan.attributes {
            change.extended = extendedChange(entry, try file.extendedAttributes { received.isVisible($0) })
        }
        try file.apply(change)
        try file.publish(as: target)
    }

    /// MET-82: a part that has arrived replaces the destination, marked by a time that no quick check takes for the
    /// source's.
    private func keepPartial(
        _ entry: FileEntry, _ file: any WritableFile, _ target: RelativePath, _ existing: FileStatus?
    ) -> Bool {
        guard let status = try? file.status(), status.size > 0 else { return false }
        var change = plan.change(entry, from: status, exactTime: false)
        change.mtime = FileTime(seconds: 0, nanoseconds: 0)
        change.permissions = plan.permissions(entry, existing: existing)
        guard (try? file.apply(change)) != nil else { return false }
        return (try? file.publish(as: target)) != nil
    }

    // MARK: Basis

    /// The basis that the echoed type names (XFR-119); below 29 the destination, else the alternate (XFR-120). The type
    /// is checked even when nothing is to be opened.
    private func openBasis(
        _ entry: FileEntry, _ attributes: ItemAttributes, _ target: RelativePath?
    ) throws(SessionError) -> (any ReadableFile)? {
        guard connection.traits.hasBasisTypes else {
            guard let target else { return nil }
            if let file = try? destination.tree.open(target) { return file }
            return try? destination.linkDestinations.first?.open(target)
        }
        if attributes.basis == .destination { return target.flatMap { try? destination.tree.open($0) } }
        guard let alternate = attributes.basis.alternateIndex, alternate < destination.linkDestinations.count else {
            throw .protocolViolation(
                "basis type \(attributes.basis.rawValue) for \(quoted(entry.name)), which was not asked for [XFR-119]")
        }
        return target.flatMap { try? destination.linkDestinations[alternate].open($0) }
    }

    // MARK: Tokens

    /// Builds the file; true when its sum is right.
    private func receiveTokens(
        _ entry: FileEntry, _ index: Int32, _ head: SumHead, _ basis: (any ReadableFile)?,
        into file: any WritableFile
    ) throws(SessionError) -> Bool {
        var hasher = FileHasher(variant: connection.transferChecksum, seed: connection.seed)
        let layout = BasisLayout(head)
        var total: Int64 = 0
        tokens.beginFile()
        while true {
            guard !isCancelled else { throw SessionError(exitCode: 20, "the session was ended") }
            let token = try tokens.next(blockCount: head.count)
            if case .end = token {} else { reportProgress(entry, index, bytes: total, isLast: false) }
            switch token {
            case .end:
                let digestLength = connection.transferChecksum.digestLength
                let sent = try connection.input.parse { reader throws(WireError) in try reader.bytes(digestLength) }
                return sent == hasher.finish()
            case .literal(let count):
                try tokens.consume(count) { bytes, range throws(SessionError) in
                    hasher.update(bytes, range)
                    try write(bytes, range, to: file, entry)
                }
                statistics.literal += Int64(count)
                total += Int64(count)
            case .block(let block):
                guard let basis, let extent = layout.extent(of: block) else {
                    throw .protocolViolation(
                        "block \(block) of a basis that cannot be read, for \(quoted(entry.name)) [XFR-121]")
                }
                try copy(extent, of: basis, to: file, entry) { bytes, range in hasher.update(bytes, range) }
                if tokens.wantsBlocks { try tokens.sawBlock(blockBuffer, 0..<extent.length) }
                statistics.matched &+= Int64(extent.length)
                total &+= Int64(extent.length)
            }
        }
    }

    /// Block bytes from the basis. What a truncated basis lacks counts as zeros: verification will fail.
    private func copy(
        _ extent: BasisLayout.Extent, of basis: any ReadableFile, to file: any WritableFile, _ entry: FileEntry,
        _ hash: ([UInt8], Range<Int>) -> Void
    ) throws(SessionError) {
        if blockBuffer.count < extent.length {
            blockBuffer = [UInt8](repeating: 0, count: extent.length)
        }
        var have = 0
        while have < extent.length {
            let count =
                (try? basis.read(
                    into: &blockBuffer, at: have, count: extent.length - have, position: extent.offset + Int64(have)))
                ?? 0
            if count == 0 {
                for position in have..<extent.length { blockBuffer[position] = 0 }
                break
            }
            have += count
        }
        hash(blockBuffer, 0..<extent.length)
        try write(blockBuffer, 0..<extent.length, to: file, entry)
    }

    /// XFR-124: what cannot be written ends the session (exit 11).
    private func write(
        _ bytes: [UInt8], _ range: Range<Int>, to file: any WritableFile, _ entry: FileEntry
    ) throws(SessionError) {
        do throws(FileError) {
            try file.write(bytes, range)
        } catch {
            throw SessionError(exitCode: 11, "write failed on \(quoted(entry.name)): \(errorText(error.errno))")
        }
    }

    /// XFR-122: the reply is read and dropped.
    private func discard(_ head: SumHead, digestLength: Int) throws(SessionError) {
        tokens.beginFile(discarding: true)
        while true {
            switch try tokens.next(blockCount: head.count) {
            case .end:
                _ = try connection.input.parse { reader throws(WireError) in try reader.skip(digestLength) }
                return
            case .literal(let count): try tokens.consume(count) { _, _ throws(SessionError) in }
            case .block: break
            }
        }
    }

    private func reportProgress(_ entry: FileEntry, _ index: Int32, bytes: Int64, isLast: Bool) {
        guard !connection.isServer, options.reportsProgress else { return }
        observer.handle(
            .progress(
                ProgressReport(
                    entry: entry, bytes: bytes, isLast: isLast, transferred: statistics.transferredFiles,
                    position: window.ordinal(of: index), known: knownEntries, listsPending: listsPending)))
    }
}
