import RsyncDigest
import RsyncProtocol
import RsyncWire

/// Decides which block, if any, a window equals: the checks behind a weak sum that may be known.
///
/// Strong sums and candidates are paid from an allowance of `allowance + allowancePerByte * offset`. Without it a
/// peer could have a strong sum taken at every byte of a file, of 131072 bytes each. Where it is used up, bytes go
/// out as literals, and it recovers within a fraction of a block.
struct BlockMatcher: Sendable {
    /// Most candidates looked at for one window (XFR-67).
    static let mostCandidates = 1024
    /// Bytes of hashing that any search may spend in vain, and those it may spend per source byte. Ordinary data
    /// needs less than one per byte up to a basis of some gigabytes (basis length / 2^32).
    static let allowance: Int64 = 67_108_864
    static let allowancePerByte: Int64 = 64
    /// What looking at one candidate counts as, in bytes of hashing.
    static let candidatePrice: Int64 = 8

    /// Length of all blocks but a short last one, in bytes.
    let blockLength: Int
    /// Length of a short last block, 0 if there is none.
    let shortLength: Int
    private(set) var falseAlarms: Int64 = 0
    private let signature: Signature
    private let hasher: BlockHasher
    let index: WeakIndex
    /// Blocks 0 ..< this have the full length.
    private let fullCount: Int
    private let strongLength: Int
    private let updatingInPlace: Bool
    /// One bit per block that was sent at its own offset (XFR-70); only kept for an update in place.
    private var sentInPlace: [UInt64]
    private var digest: [UInt8]
    /// Whether `digest` is that of the window being matched.
    private var hasDigest = false
    /// The block after the one that matched last (XFR-67).
    private var next = 0
    private var spent: Int64 = 0

    init(_ signature: Signature, _ hasher: BlockHasher, updatingInPlace: Bool) {
        let head = signature.head
        self.signature = signature
        self.hasher = hasher
        self.updatingInPlace = updatingInPlace
        blockLength = Int(head.blockLength)
        strongLength = Int(head.strongLength)
        let lastLength = Int(head.length(ofBlock: head.count - 1))
        shortLength = lastLength < blockLength ? lastLength : 0
        fullCount = Int(head.count) - (shortLength > 0 ? 1 : 0)
        index = WeakIndex(weak: signature.weak, count: fullCount)
        sentInPlace = updatingInPlace ? [UInt64](repeating: 0, count: (Int(head.count) + 63) / 64) : []
        digest = [UInt8](repeating: 0, count: hasher.digestLength)
    }

    /// The full-length block to send for the window at `position`, whose place in the source is `offset`.
    mutating func match(_ bytes: [UInt8], _ position: Int, _ weak: UInt32, offset: Int64) -> Int32? {
        hasDigest = false
        let range = position..<(position + blockLength)
        guard let block = find(bytes, range, weak, offset) else {
            if hasDigest { falseAlarms += 1 }
            return nil
        }
        accept(block, offset)
        return Int32(truncatingIfNeeded: block)
    }

    /// As `match`, for the short last block and a window of its length.
    mutating func matchShort(_ bytes: [UInt8], _ position: Int, _ weak: UInt32, offset: Int64) -> Int32? {
        hasDigest = false
        guard !Knob.shortBlockIsNotFound.isOn, signature.weak[fullCount] == weak, mayUse(fullCount, offset),
            equals(fullCount, bytes, position..<(position + shortLength))
        else {
            if hasDigest { falseAlarms += 1 }
            return nil
        }
        accept(fullCount, offset)
        return Int32(truncatingIfNeeded: fullCount)
    }

    private mutating func find(_ bytes: [UInt8], _ range: Range<Int>, _ weak: UInt32, _ offset: Int64) -> Int? {
        guard spent <= Self.allowance + Self.allowancePerByte * offset else { return nil }
        if updatingInPlace, let aligned = alignedBlock(offset), signature.weak[aligned] == weak,
            equals(aligned, bytes, range)
        {
            return aligned
        }
        if next < fullCount, signature.weak[next] == weak, mayUse(next, offset), equals(next, bytes, range) {
            return next
        }
        let candidates = index.candidates(weak)
        guard !candidates.isEmpty else { return nil }
        if updatingInPlace { return findUpdating(candidates, bytes, range, offset) }
        for place in candidates.prefix(Self.mostCandidates) {
            let block = Int(index.block(at: place))
            if equals(block, bytes, range) { return block }
        }
        return nil
    }

    /// Blocks that start at or behind `offset` first, then nearby ones that were sent at their own offset (XFR-70).
    private mutating func findUpdating(
        _ candidates: Range<Int>, _ bytes: [UInt8], _ range: Range<Int>, _ offset: Int64
    ) -> Int? {
        let length = Int64(blockLength)
        let ahead = index.position(ofBlockFrom: (offset + length - 1) / length, in: candidates)
        let end = min(candidates.upperBound, ahead + Self.mostCandidates)
        for place in ahead..<end {
            let block = Int(index.block(at: place))
            if equals(block, bytes, range) { return block }
        }
        let left = Self.mostCandidates - (end - ahead)
        for place in (max(candidates.lowerBound, ahead - left)..<ahead).reversed() {
            let block = Int(index.block(at: place))
            if mayUse(block, offset) {
                if equals(block, bytes, range) { return block }
            } else {
                spent += 1
            }
        }
        return nil
    }

    /// The full-length block whose own offset this is (XFR-71).
    private func alignedBlock(_ offset: Int64) -> Int? {
        let (block, misplacement) = offset.quotientAndRemainder(dividingBy: Int64(blockLength))
        return misplacement == 0 && block < Int64(fullCount) ? Int(block) : nil
    }

    /// XFR-70: the receiver must still find the block's bytes where they were.
    private func mayUse(_ block: Int, _ offset: Int64) -> Bool {
        guard updatingInPlace, !Knob.inPlaceUsesOverwritten.isOn, Int64(block) * Int64(blockLength) < offset else { return true }
        return sentInPlace[block >> 6] >> UInt64(block & 63) & 1 != 0
    }

    private mutating func accept(_ block: Int, _ offset: Int64) {
        next = block + 1
        if updatingInPlace, Int64(block) * Int64(blockLength) == offset {
            sentInPlace[block >> 6] |= 1 << UInt64(block & 63)
        }
    }

    /// Whether the strong sum of `bytes[range]` is that of the block. It is taken once for a window.
    private mutating func equals(_ block: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        if !hasDigest {
            hasher.sum(of: bytes, range, into: &digest)
            hasDigest = true
            spent += Int64(range.count)
        }
        spent += Self.candidatePrice
        let place = block * strongLength
        for byte in 0..<(Knob.strongSumsAreNotCompared.isOn ? 0 : strongLength) where signature.strong[place + byte] != digest[byte] { return false }
        return true
    }
}
