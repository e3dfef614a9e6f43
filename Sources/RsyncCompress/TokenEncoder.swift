import RsyncProtocol
import RsyncWire

/// Writes the compressed token stream of one session's files, one after the other (XFR-84 to XFR-112).
public final class TokenEncoder {
    private let name: CompressionName
    /// nil with lz4, whose blocks stand alone.
    private let stream: CompressionStream?
    /// XFR-98: all of a block enters the history, or only its start.
    private let insertsWholeBlocks: Bool
    /// Compressed bytes that no record holds yet: `pending[0..<pendingCount]`.
    private var pending: [UInt8]
    private var pendingCount = 0
    /// Literals have gone into the stream since its last flush.
    private var isRunOpen = false
    /// XFR-85.
    private var previous: Int32 = 0
    /// Blocks in order that are still to be written as one record.
    private var run: (first: Int32, last: Int32)?

    /// The four bytes at the end of a flush, which do not travel (XFR-94).
    private static let markLength = 4

    /// Whether zstd can work in threads: that takes the shared library, which is loaded for it.
    public static var hasThreads: Bool { CompressionStream.hasThreads }

    /// Precondition: not `none`; threads for zstd alone, and only where `hasThreads`. `level`: nil for the default of the compression;
    /// one outside its range is clamped (SES-72). nil when there is no memory for it.
    public init?(_ name: CompressionName, level: Int32?, threads: Int32, insertsWholeBlocks: Bool) {
        precondition(name != .none, "nothing to compress with")
        self.name = name
        self.insertsWholeBlocks = insertsWholeBlocks
        switch name {
        case .zlib, .zlibx:
            let wanted = level ?? -1
            guard let created = CompressionStream(.deflate, level: wanted < 0 ? 6 : min(wanted, 9)) else { return nil }
            stream = created
        case .zstd:
            let wanted = level ?? 0
            let level = wanted == 0 ? 3 : max(-131_072, min(wanted, 22))
            guard let created = CompressionStream(.zstd, level: level, threads: max(0, threads)) else { return nil }
            stream = created
        case .lz4, .none: stream = nil
        }
        pending = [UInt8](repeating: 0, count: 2 * TokenRecord.largestData + 64)
    }

    /// XFR-112. To be called before the first token of each file.
    public func beginFile() {
        previous = 0
        run = nil
        if name != .zstd, !Knob.encoderIsNotReset.isOn { stream?.reset() }
    }

    /// Literal bytes of the file. Precondition: the range is not empty.
    public func literal(_ bytes: [UInt8], _ range: Range<Int>, into writer: inout ByteWriter) {
        flushBlocks(into: &writer)
        guard let stream else { return compressBlocks(bytes, range, into: &writer) }
        isRunOpen = true
        var start = range.lowerBound
        while start < range.upperBound {
            let step = stream.run(bytes, start..<range.upperBound, into: &pending, at: pendingCount)
            precondition(step.outcome != .malformed, "a compressor failed")
            start += step.taken
            pendingCount += step.given
            writeFullRecords(keeping: Self.markLength, into: &writer)
        }
    }

    /// A block of the receiver's, whose bytes they are.
    public func block(_ index: Int32, _ bytes: [UInt8], _ range: Range<Int>, into writer: inout ByteWriter) {
        endLiterals(into: &writer)
        if let current = run, index == current.last &+ 1, index - current.first < TokenRecord.longestRun {
            run = (current.first, index)
        } else {
            flushBlocks(into: &writer)
            run = (index, index)
        }
        guard name == .zlib, !Knob.blocksDoNotEnterHistory.isOn, let stream else { return }
        let wasTaken = stream.insertBlock(bytes, range, isWhole: insertsWholeBlocks)
        precondition(wasTaken, "a flushed compressor is between two blocks")
    }

    /// The end of the file's tokens.
    public func end(into writer: inout ByteWriter) {
        endLiterals(into: &writer)
        flushBlocks(into: &writer)
        TokenRecord.end.write(to: &writer, previous: previous)
    }

    private func flushBlocks(into writer: inout ByteWriter) {
        guard let blocks = run else { return }
        TokenRecord.blocks(first: blocks.first, last: blocks.last).write(to: &writer, previous: previous)
        if !Knob.tokenBaseStandsStill.isOn { previous = blocks.last }
        run = nil
    }

    /// XFR-94, XFR-106.
    private func endLiterals(into writer: inout ByteWriter) {
        guard isRunOpen, let stream else { return }
        isRunOpen = false
        while true {
            let step = stream.run([], 0..<0, into: &pending, at: pendingCount, flush: true)
            precondition(step.outcome != .malformed, "a compressor failed")
            pendingCount += step.given
            if step.outcome == .done { break }
            writeFullRecords(keeping: Self.markLength, into: &writer)
        }
        if name != .zstd, !Knob.flushMarkTravels.isOn { pendingCount -= Self.markLength }
        writeFullRecords(keeping: 0, into: &writer)
        if pendingCount > 0 { writeRecord(pendingCount, into: &writer) }
    }

    private func writeFullRecords(keeping reserve: Int, into writer: inout ByteWriter) {
        while pendingCount >= TokenRecord.largestData + reserve { writeRecord(TokenRecord.largestData, into: &writer) }
    }

    private func writeRecord(_ count: Int, into writer: inout ByteWriter) {
        TokenRecord.data(count).write(to: &writer, previous: previous)
        writer.bytes(pending[..<count])
        if count < pendingCount { pending.replaceSubrange(0..<(pendingCount - count), with: pending[count..<pendingCount]) }
        pendingCount -= count
    }

    /// XFR-103: one block a record, of as much as fits.
    private func compressBlocks(_ bytes: [UInt8], _ range: Range<Int>, into writer: inout ByteWriter) {
        var start = range.lowerBound
        while start < range.upperBound {
            var count = min(TokenRecord.largestData, range.upperBound - start)
            while true {
                if let size = LZ4Block.compress(bytes, start..<(start + count), into: &pending, limit: TokenRecord.largestData) {
                    pendingCount = size
                    writeRecord(size, into: &writer)
                    break
                }
                count = max(1, count / 2)
            }
            start += count
        }
    }
}
