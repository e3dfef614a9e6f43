import RsyncDelta
import RsyncDigest
import RsyncProtocol
import RsyncWire

// The tokens of a reply: a file is built from them, or they are dropped (XFR-80 to XFR-83, XFR-121 to XFR-124).

extension Receiver {
    /// Builds the file; true when its sum is right.
    func receiveTokens(
        _ entry: FileEntry, _ index: Int32, _ head: SumHead, _ basis: (any ReadableFile)?,
        into file: OutputFile, sum: inout [UInt8]
    ) throws(SessionError) -> Bool {
        var hasher = FileHasher(variant: connection.transferChecksum, seed: connection.seed)
        if file.position > 0, isVerifyingAppend { try hashKept(file.position, of: basis) { hasher.update($0, $1) } }
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
                sum = sent
                tellBuilding(2, "got file_sum")
                return sent == hasher.finish() || Knob.sumsAreNotChecked.isOn
            case .literal(let count):
                tellBuilding(3, "data recv \(count) at \(file.position)")
                try tokens.consume(count) { bytes, range throws(SessionError) in
                    hasher.update(bytes, range)
                    try writing(entry) { () throws(FileError) in try file.literal(bytes, range) }
                }
                statistics.literal += Int64(count)
                total += Int64(count)
            case .block(let block):
                guard let extent = layout.extent(of: block) else {
                    throw .protocolViolation("block \(block) of \(head.count), for \(quoted(entry.name)) [XFR-121]")
                }
                tellBuilding(
                    3,
                    "chunk[\(block)] of size \(extent.length) at \(extent.offset) offset=\(file.position)\(file.keeps(extent.offset) ? " (seek)" : "")")
                try copy(extent, of: basis, to: file, entry) { bytes, range in hasher.update(bytes, range) }
                if tokens.wantsBlocks { try tokens.sawBlock(blockBuffer, 0..<extent.length) }
                statistics.matched &+= Int64(extent.length)
                total &+= Int64(extent.length)
            }
        }
    }

    /// Until protocol 29 append mode always looks at the old part (SES-30).
    private var isVerifyingAppend: Bool { options.append == .verifying || connection.traits.appendAlwaysVerifies }

    /// The part that stays is part of the sum (XFR-77).
    private func hashKept(
        _ length: Int64, of basis: (any ReadableFile)?, _ hash: ([UInt8], Range<Int>) -> Void
    ) throws(SessionError) {
        if blockBuffer.count < 128 * 1024 { blockBuffer = [UInt8](repeating: 0, count: 128 * 1024) }
        var position: Int64 = 0
        while position < length {
            let wanted = Int(min(Int64(blockBuffer.count), length - position))
            let count = (try? basis?.read(into: &blockBuffer, at: 0, count: wanted, position: position)) ?? 0
            // What has gone meanwhile makes the sum wrong, and the file is asked for again.
            if count == 0 { return }
            hash(blockBuffer, 0..<count)
            position += Int64(count)
        }
    }

    /// Block bytes from the basis. What a basis lacks that was cut or removed meanwhile counts as zeros: verification will fail, and
    /// the file is asked for again.
    private func copy(
        _ extent: BasisLayout.Extent, of basis: (any ReadableFile)?, to file: OutputFile, _ entry: FileEntry,
        _ hash: ([UInt8], Range<Int>) -> Void
    ) throws(SessionError) {
        if blockBuffer.count < extent.length {
            blockBuffer = [UInt8](repeating: 0, count: extent.length)
        }
        var have = 0
        while have < extent.length {
            let count =
                (try? basis?.read(
                    into: &blockBuffer, at: have, count: extent.length - have, position: extent.offset + Int64(have)))
                ?? 0
            if count == 0 {
                for position in have..<extent.length { blockBuffer[position] = 0 }
                break
            }
            have += count
        }
        hash(blockBuffer, 0..<extent.length)
        try writing(entry) { () throws(FileError) in
            try file.block(blockBuffer, 0..<extent.length, from: extent.offset)
        }
    }

    /// XFR-124: what cannot be written ends the session (exit 11).
    func writing(_ entry: FileEntry, _ write: () throws(FileError) -> Void) throws(SessionError) {
        do throws(FileError) {
            try write()
        } catch {
            throw SessionError(exitCode: 11, "rsync: [receiver] write failed on \(quoted(fullName(entry.name, in: destination.place, from: workingDirectory))): \(errorText(error.errno))")
        }
    }

    /// XFR-122: the reply is read and dropped.
    /// A reply that has no use (XFR-122).
    func discardData() throws(SessionError) {
        let traits = connection.traits
        let digestLength = connection.transferChecksum.digestLength
        let head = try connection.input.parse { reader throws(WireError) in
            try SumHead(reading: &reader, traits: traits, digestLength: digestLength)
        }
        try discard(head, digestLength: digestLength)
    }

    func discard(_ head: SumHead, digestLength: Int) throws(SessionError) {
        tokens.beginFile(discarding: true)
        while true {
            switch try tokens.next(blockCount: head.count) {
            case .end:
                _ = try connection.input.parse { reader throws(WireError) in try reader.skip(digestLength) }
                return
            case .literal(let count):
                statistics.literal &+= Int64(count)
                try tokens.consume(count) { _, _ throws(SessionError) in }
            case .block: break
            }
        }
    }
}
