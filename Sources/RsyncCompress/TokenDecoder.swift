import RsyncProtocol
import RsyncWire

/// Reads compressed token streams, one file after the other (XFR-92). It trusts nobody: what it holds is bounded, and
/// data that is none of the compression's is a `WireError`.
///
/// The caller asks for the `next` step; when that needs a record it reads one, hands it over and goes on.
public final class TokenDecoder {
    public enum Step: Sendable, Equatable {
        /// Read a record and give it to `take`; after `.data` its bytes to `add`.
        case needsRecord
        /// So many literal bytes stand in `output` from its start on.
        case literal(Int)
        /// A block of the basis; its bytes go to `sawBlock` where `wantsBlocks`.
        case block(Int32)
        case end
    }

    private let name: CompressionName
    /// nil with lz4.
    private let stream: CompressionStream?
    private let insertsWholeBlocks: Bool
    private var isDiscarding = false
    /// What the last record with blocks ended with (XFR-85).
    public private(set) var previous: Int32 = 0
    /// Data of a record: `input[inputStart..<inputEnd]` is still to be decompressed.
    private var input = [UInt8](repeating: 0, count: TokenRecord.largestData)
    private var inputStart = 0
    private var inputEnd = 0
    /// The record that ends a literal run waits until the run has been delivered.
    private var waiting: TokenRecord?
    private var isRunOpen = false
    private var stage = Stage.records
    public private(set) var output: [UInt8]

    private enum Stage {
        case records
        /// Decompressing what is in `input`.
        case data
        /// Decompressing the mark that closes a literal run (XFR-94).
        case mark(Int)
        case blocks(next: Int32, last: Int32)
        case end
    }

    /// XFR-104: what a lz4 block may become; and one piece of the others.
    private static let outputSize = 32912
    private static let mark: [UInt8] = [0x00, 0x00, 0xff, 0xff]

    /// Precondition: not `none`.
    public init(_ name: CompressionName, insertsWholeBlocks: Bool) {
        precondition(name != .none, "nothing to decompress")
        self.name = name
        self.insertsWholeBlocks = insertsWholeBlocks
        switch name {
        case .zlib, .zlibx: stream = CompressionStream(decompressing: .inflate)
        case .zstd: stream = CompressionStream(decompressing: .unzstd)
        case .lz4, .none: stream = nil
        }
        output = [UInt8](repeating: 0, count: Self.outputSize)
    }

    /// To be called before each file. `discarding`: nothing of it will be kept, so only what a later file needs is
    /// decompressed, and no literals are delivered (XFR-123).
    public func beginFile(discarding: Bool = false) {
        isDiscarding = discarding
        previous = 0
        inputStart = 0
        inputEnd = 0
        waiting = nil
        isRunOpen = false
        stage = .records
        if name != .zstd { stream?.reset() }
    }

    /// The history of zlib needs the bytes of every block (XFR-97).
    public var wantsBlocks: Bool { name == .zlib && !isDiscarding }

    public func sawBlock(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) {
        guard wantsBlocks, let stream else { return }
        guard stream.insertBlock(bytes, range, isWhole: insertsWholeBlocks) else { throw Self.malformed }
    }

    /// Precondition: `next` said `needsRecord`.
    public func take(_ record: TokenRecord) {
        if case .data = record {
            inputStart = 0
            inputEnd = 0
            stage = .data
            return
        }
        waiting = record
        if isRunOpen, name == .zlib || name == .zlibx, !isDiscarding {
            stage = .mark(0)
        } else {
            actOnWaiting()
        }
        isRunOpen = false
    }

    /// Bytes of the DATA record just taken. Precondition: no more than it has.
    public func add(_ bytes: [UInt8], _ range: Range<Int>) {
        input.replaceSubrange(inputEnd..<(inputEnd + range.count), with: bytes[range])
        inputEnd += range.count
    }

    public func next() throws(WireError) -> Step {
        while true {
            switch stage {
            case .records: return .needsRecord
            case .data:
                let count = try decompressInput()
                if count > 0 { return .literal(count) }
            case .mark(let done):
                let count = try decompressMark(from: done)
                if count > 0 { return .literal(count) }
            case .blocks(let next, let last):
                stage = next < last ? .blocks(next: next + 1, last: last) : .records
                return .block(next)
            case .end: return .end
            }
        }
    }

    private func actOnWaiting() {
        switch waiting {
        case .blocks(let first, let last):
            previous = last
            stage = .blocks(next: first, last: last)
        case .end: stage = .end
        case .data, nil: stage = .records
        }
        waiting = nil
    }

    /// Decompresses a piece of the record; 0 when there is nothing to deliver.
    private func decompressInput() throws(WireError) -> Int {
        guard inputEnd > 0 else {
            // An empty record is nothing (XFR-91).
            stage = .records
            return 0
        }
        isRunOpen = true
        guard let stream else {
            stage = .records
            if isDiscarding { return 0 }
            guard let count = LZ4Block.decompress(input, 0..<inputEnd, into: &output), count > 0 else {
                throw Self.malformed
            }
            return count
        }
        if isDiscarding, name != .zstd {
            stage = .records
            return 0
        }
        let step = stream.run(input, inputStart..<inputEnd, into: &output, at: 0)
        if case .malformed = step.outcome { throw Self.malformed }
        inputStart += step.taken
        if case .done = step.outcome {
            stage = .records
        } else if step.taken == 0, step.given == 0 {
            throw Self.malformed
        }
        return isDiscarding ? 0 : step.given
    }

    private func decompressMark(from done: Int) throws(WireError) -> Int {
        guard let stream else { return 0 }
        let step = stream.run(Self.mark, done..<Self.mark.count, into: &output, at: 0)
        switch step.outcome {
        case .malformed: throw Self.malformed
        case .done: actOnWaiting()
        case .more:
            guard step.taken + step.given > 0 else { throw Self.malformed }
            stage = .mark(done + step.taken)
        }
        return step.given
    }

    private static let malformed = WireError(.malformed, field: "compressed data", clause: "XFR-92", offset: 0)
}
