import RsyncDelta
import RsyncDigest
import RsyncProtocol
import TestSupport

typealias SeededRandom = SplitMix64

extension SplitMix64 {
    mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }

    mutating func bytes(_ count: Int, alphabet: Int = 256) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: below(alphabet)) }
    }
}

/// A source in memory that delivers at most `piece` bytes at a time and can end before its time.
struct MemorySource: DeltaSource {
    let bytes: [UInt8]
    var piece = Int.max
    private(set) var reads = 0

    init(_ bytes: [UInt8], piece: Int = .max) {
        self.bytes = bytes
        self.piece = piece
    }

    mutating func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) -> Int {
        reads += 1
        let start = min(Int(position), bytes.count)
        let taken = min(count, piece, bytes.count - start)
        for index in 0..<taken { buffer[offset + index] = bytes[start + index] }
        return taken
    }
}

enum Event: Equatable {
    case literal(Int)
    case block(Int32)
}

/// Puts the output together as a receiver does, and checks the rules that every search must keep.
struct Patcher: DeltaSink {
    let basis: [UInt8]
    let layout: BasisLayout
    var output: [UInt8] = []
    var seen: [UInt8] = []
    var events: [Event] = []
    /// Uses of a block that XFR-70 forbids.
    var violations = 0
    /// Blocks told with other bytes than the basis has.
    var wrongBlocks = 0
    private var inPlace: Set<Int32> = []

    init(basis: [UInt8], head: SumHead) {
        self.basis = basis
        layout = BasisLayout(head)
    }

    mutating func source(_ bytes: [UInt8], _ range: Range<Int>) { seen += bytes[range] }

    mutating func literal(_ bytes: [UInt8], _ range: Range<Int>) {
        output += bytes[range]
        if case .literal(let before)? = events.last {
            events[events.count - 1] = .literal(before + range.count)
        } else {
            events.append(.literal(range.count))
        }
    }

    mutating func block(_ index: Int32, _ bytes: [UInt8], _ range: Range<Int>) {
        guard let extent = layout.extent(of: index) else {
            wrongBlocks += 1
            return
        }
        let content = basis[Int(extent.offset)..<(Int(extent.offset) + extent.length)]
        if !content.elementsEqual(bytes[range]) { wrongBlocks += 1 }
        let offset = Int64(output.count)
        if extent.offset == offset { inPlace.insert(index) }
        if extent.offset < offset, !inPlace.contains(index) { violations += 1 }
        output += content
        events.append(.block(index))
    }

    var blocks: [Int32] { events.compactMap { if case .block(let index) = $0 { index } else { nil } } }
}

let fastHasher = BlockHasher(variant: .xxh128, seed: 7)

func makeHead(_ basis: [UInt8], blockLength: Int, strongLength: Int = 16) -> SumHead {
    let (whole, remainder) = basis.count.quotientAndRemainder(dividingBy: blockLength)
    return SumHead(
        count: Int32(whole + (remainder > 0 ? 1 : 0)), blockLength: Int32(blockLength), strongLength: Int32(strongLength),
        remainder: Int32(remainder))
}

func makeSignature(_ basis: [UInt8], _ head: SumHead, hasher: BlockHasher = fastHasher) -> Signature {
    var signature = Signature(head: head)
    var scratch = [UInt8](repeating: 0, count: hasher.digestLength)
    let layout = BasisLayout(head)
    for block in 0..<head.count {
        guard let extent = layout.extent(of: block) else { continue }
        let start = Int(extent.offset)
        signature.append(block: basis, start..<(start + extent.length), hasher: hasher, scratch: &scratch)
    }
    return signature
}

/// Runs a search over `source` against `basis`.
func delta(
    _ source: [UInt8], _ basis: [UInt8], blockLength: Int, updating: Bool = false, piece: Int = .max,
    length: Int? = nil
) -> (patcher: Patcher, outcome: DeltaOutcome) {
    let head = makeHead(basis, blockLength: blockLength)
    var search = DeltaSearch(signature: makeSignature(basis, head), hasher: fastHasher, updatingInPlace: updating)
    var reader = MemorySource(source, piece: piece)
    var patcher = Patcher(basis: basis, head: head)
    let outcome = search.run(length: Int64(length ?? source.count), source: &reader, sink: &patcher)
    return (patcher, outcome)
}
