import RsyncCompress
import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

// The reply to one transfer request (XFR-55 to XFR-68, XFR-113).

extension Sender {
    func sendFile(
        _ entry: FileEntry, _ index: Int32, _ attributes: ItemAttributes, origin: Int32, isRedo: Bool,
        behindEcho: () throws(SessionError) -> Void
    ) throws(SessionError) {
        let before = connection.dataBytes
        let appends = options.append != .off && !isRedo
        let signature = try readSignature(withSums: !appends)
        guard let file = try openSource(entry, index, origin: origin) else { return }
        defer { file.close() }
        if appends, file.size < entry.length, !Knob.diminishedIsSent.isOn { return try skipDiminished(entry, index) }
        try echo(index, attributes)
        try behindEcho()
        let path = debug.sender > 0 || debug.search > 1 ? shownPath(entry, origin: origin) : []
        try tellSums(signature)
        try tellSearch(2, "send_files mapped \(path) of size \(file.size)")
        connection.output.isDiverted = options.isBatchOnly
        defer { connection.output.isDiverted = false }
        try connection.output.write { (Knob.sumHeadIsNotEchoed.isOn ? SumHead.null : signature.head).write(to: &$0) }
        report(entry, attributes, origin: origin, stage: .begins, isRedo: isRedo)
        statistics.transferredFiles += 1
        statistics.transferredSize &+= entry.length

        let variant = connection.transferChecksum
        var source = FileSource(file: file)
        let matches = debug.search > 1 ? MatchTexts(diagnostics, level: debug.search) : nil
        var sink = TokenSink(
            output: connection.output, encoder: encoder, hasher: FileHasher(variant: variant, seed: connection.seed),
            progress: progress(for: entry, index), alive: alive, matches: matches)
        let useBlocks = !Knob.blocksAreIgnored.isOn && signature.head.count > 0 && signature.isComplete
        let isUpdating = isUpdating(attributes.basis, isRedo: isRedo)
        let blockHasher = BlockHasher(variant: variant, seed: connection.seed)
        var search =
            useBlocks
            ? DeltaSearch(
                signature: signature, hasher: blockHasher, updatingInPlace: isUpdating, countsHits: debug.search > 0,
                tellsPlaces: matches?.tellsPlaces ?? false)
            : DeltaSearch()
        // HOS-207: what the receiving side has may be longer than what is here.
        let start = appends ? min(signature.head.basisLength, file.size) : 0
        if start > 0, !Knob.appendForgetsOldPart.isOn, options.append == .verifying || connection.traits.appendAlwaysVerifies {
            try sink.sumKept(start, of: &source)
        }
        try tellSearch(2, "calling match_sums \(path)")
        if useBlocks, let matches {
            try tellSearch(2, "built hash table")
            try matches.beginSearch(
                signature, blockHasher, updatingInPlace: isUpdating, length: file.size,
                start: source.start(
                    count: matches.tellsPlaces ? Int(min(Int64(min(signature.head.blockLength, DeltaSearch.longestSearchedBlock)), file.size)) : 0))
        }
        let outcome = try search.run(
            from: start, length: file.size, source: &source, sink: &sink, storage: &windowStorage)
        try sink.end()
        let sum = sink.finish()
        if useBlocks { try tellSearch(2, "done hash search") }
        try tellSearch(2, "sending file_sum")
        try tellSearch(
            2, "false_alarms=\(outcome.falseAlarms) hash_hits=\(outcome.hashHits) matches=\(outcome.matchedBlocks)")
        if options.sourceRemoval == .sent { sentFiles.insert(index) }
        try sendSum(sum, spoilt: outcome.missingBytes > 0)
        if outcome.missingBytes > 0 {
            scanner.ledger.add(.general)
            try diagnostics.error(
                "rsync: [sender] read errors mapping \(quoted(fullName(entry.name, in: scanner.arguments[Int(origin)].directory, from: environment.workingDirectory))): \(errorText(5))")
        }
        statistics.literal += outcome.literalBytes
        statistics.matched += outcome.matchedBytes
        matchedBlocks += outcome.matchedBlocks
        falseAlarms += outcome.falseAlarms
        hashHits += outcome.hashHits
        if !connection.isServer {
            reportProgress(entry, index, bytes: file.size, isLast: true)
        }
        if options.reportsCompletion {
            let after = connection.dataBytes
            let figures = ItemFigures(
                moved: after.written - before.written, returned: after.read - before.read,
                checksum: connection.shownSum(entry, sum, options))
            report(entry, attributes, origin: origin, stage: .complete(figures))
        }
        try tellSending("sender finished \(path)")
    }

    /// Whether the receiving side writes over what it takes blocks from (XFR-69).
    private func isUpdating(_ basis: BasisType, isRedo: Bool) -> Bool {
        guard connection.traits.hasBasisTypes else { return options.inPlace && (isRedo || options.backupSuffix == nil) }
        return options.inPlace && basis == .destination || connection.traits.updatesPartialInPlace && basis == .partialDir
    }

    /// The file has lost what was to be added (XFR-58).
    private func skipDiminished(_ entry: FileEntry, _ index: Int32) throws(SessionError) {
        try diagnostics.warning("skipped diminished file: \(quoted(entry.name))")
        if connection.traits.hasNoSend { try connection.output.send(.noSend, index) }
    }

    /// Head and block sums; they are read whatever becomes of the file (XFR-58).
    private func readSignature(withSums: Bool) throws(SessionError) -> Signature {
        let traits = connection.traits
        let digestLength = connection.transferChecksum.digestLength
        let head = try connection.input.parse { reader throws(WireError) in
            try SumHead(reading: &reader, traits: traits, digestLength: digestLength)
        }
        guard connection.transferChecksum != .none || head.count == 0 else {
            throw SessionError(exitCode: 4, "block sums were sent although the checksum is none [XFR-50]")
        }
        guard withSums else { return Signature(head: head) }
        if let limit = options.allocationLimit, Int(head.count) > limit / Int(4 + head.strongLength) {
            throw .exceeds(allocationLimit: limit)
        }
        // Grows with what arrives, and only so far (B11, HOS-202).
        guard Int64(head.count) * Int64(4 + head.strongLength) <= Self.largestSignature else {
            throw SessionError(exitCode: 22, "\(head.count) block sums are more than may be held [HOS-202]")
        }
        var signature = Signature(head: head)
        let strongLength = Int(head.strongLength)
        for _ in 0..<head.count {
            let sum = try connection.input.parse { reader throws(WireError) in
                try BlockSum(reading: &reader, strongLength: strongLength)
            }
            signature.append(weak: sum.weak, strong: sum.strong)
        }
        guard head.allowsMatches(digestLength: digestLength) else { return Signature(head: head) }
        return signature
    }

    /// Bytes of one file's block sums: at blocks of 128 KiB enough for a file of 1.6 TiB, and of more in a first pass,
    /// whose sums are shorter (B11).
    static var largestSignature: Int64 { 256 << 20 }

    /// XFR-58. nil when the file cannot be sent; the receiving side has been told where it can be.
    private func openSource(
        _ entry: FileEntry, _ index: Int32, origin: Int32
    ) throws(SessionError) -> (any ReadableFile)? {
        let argument = scanner.arguments[Int(origin)]
        guard let path = try? argument.path(of: entry.name) else {
            try refuse(entry, index, origin, errno: FileError.notFound)
            return nil
        }
        do {
            return try argument.tree.open(path)
        } catch {
            try refuse(entry, index, origin, errno: error.errno)
            return nil
        }
    }

    private func refuse(
        _ entry: FileEntry, _ index: Int32, _ origin: Int32, errno: Int32
    ) throws(SessionError) {
        let name = fullName(
            entry.name, in: scanner.arguments[Int(origin)].directory, from: environment.workingDirectory)
        if errno == FileError.notFound {
            if !Knob.vanishedIsNoError.isOn { scanner.ledger.add(.vanished) }
            try diagnostics.warning("file has vanished: \(quoted(name))")
        } else {
            if !Knob.unreadableIsNoError.isOn { scanner.ledger.add(.general) }
            try diagnostics.error(
                "rsync: [sender] send_files failed to open \(quoted(name)): \(errorText(errno))")
        }
        if connection.traits.hasNoSend { try connection.output.send(.noSend, index) }
    }

    /// A sum that cannot be right after missing data: zeros, or with the last byte 1 (XFR-61).
    private func sendSum(_ sum: [UInt8], spoilt: Bool) throws(SessionError) {
        var shown = sum
        if Knob.fileSumIsWrong.isOn, !shown.isEmpty { shown[0] ^= 1 }
        if spoilt {
            shown = [UInt8](repeating: 0, count: sum.count)
            if shown == sum, !shown.isEmpty { shown[shown.count - 1] = 1 }
        }
        try connection.output.write(shown, 0..<shown.count)
    }

    private func progress(for entry: FileEntry, _ index: Int32) -> ((Int64) -> Void)? {
        guard !connection.isServer, options.reportsProgress else { return nil }
        return { [self] bytes in reportProgress(entry, index, bytes: bytes, isLast: false) }
    }

    private func reportProgress(_ entry: FileEntry, _ index: Int32, bytes: Int64, isLast: Bool) {
        guard options.reportsProgress || isLast && observer.wantsProgress else { return }
        observer.handle(
            .progress(
                ProgressReport(
                    entry: entry, bytes: bytes, isLast: isLast, transferred: statistics.transferredFiles,
                    position: window.ordinal(of: index), known: statistics.entries, listsPending: hasPendingLists,
                    totalBytes: statistics.transferredSize &- entry.length &+ bytes, totalSize: statistics.totalSize)))
    }
}

/// The file being sent, as the search reads it.
private struct FileSource: DeltaSource {
    let file: any ReadableFile

    /// Its first bytes.
    func start(count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        if count > 0 { _ = try? file.read(into: &bytes, at: 0, count: count, position: 0) }
        return bytes
    }

    mutating func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) -> Int {
        (try? file.read(into: &buffer, at: offset, count: count, position: position)) ?? 0
    }
}

/// Writes the tokens, plain (XFR-81) or compressed (XFR-84), and keeps the file sum.
private final class TokenSink: DeltaSink {
    private let output: ProtocolOutput
    /// nil for plain tokens.
    private let encoder: TokenEncoder?
    private var hasher: FileHasher
    private let progress: ((Int64) -> Void)?
    private let alive: KeepAlive
    private var done: Int64 = 0
    /// Tells of each match; nil: nobody does.
    private let matches: MatchTexts?

    init(
        output: ProtocolOutput, encoder: TokenEncoder?, hasher: consuming FileHasher, progress: ((Int64) -> Void)?,
        alive: KeepAlive, matches: MatchTexts?
    ) {
        self.alive = alive
        self.matches = matches
        self.encoder = encoder
        encoder?.beginFile()
        self.output = output
        self.hasher = hasher
        self.progress = progress
    }

    func source(_ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        hasher.update(bytes, range)
        try alive.tick()
    }

    /// The part that the receiving side has is part of the sum (XFR-77).
    func sumKept(_ length: Int64, of source: inout FileSource) throws(SessionError) {
        var buffer = [UInt8](repeating: 0, count: 128 * 1024)
        var position: Int64 = 0
        while position < length {
            let wanted = Int(min(Int64(buffer.count), length - position))
            let count = source.read(into: &buffer, at: 0, count: wanted, position: position)
            if count == 0 { return }
            try self.source(buffer, 0..<count)
            position += Int64(count)
        }
    }

    func literal(_ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + PlainToken.largestOwnLiteral, range.upperBound)
            if let encoder {
                try output.write { encoder.literal(bytes, start..<end, into: &$0) }
            } else {
                try output.write { PlainToken.literal(end - start).write(to: &$0) }
                try output.write(bytes, start..<end)
            }
            advance(end - start)
            start = end
        }
    }

    func block(_ index: Int32, _ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        try matches?.tellMatch(at: done, block: index, range.count)
        if let encoder {
            try output.write { encoder.block(index, bytes, range, into: &$0) }
        } else {
            try output.write { PlainToken.block(index).write(to: &$0) }
        }
        advance(range.count)
    }

    func end() throws(SessionError) {
        try output.write { writer in
            if let encoder { encoder.end(into: &writer) } else if !Knob.endTokenMissing.isOn { PlainToken.end.write(to: &writer) }
        }
    }

    func place(_ offset: Int64, _ weak: UInt32, _ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        try matches?.tellPlace(offset, weak, bytes, range)
    }

    private func advance(_ count: Int) {
        done += Int64(count)
        progress?(done)
    }

    func finish() -> [UInt8] { hasher.finish() }
}
