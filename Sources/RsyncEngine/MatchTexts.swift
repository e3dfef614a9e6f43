import RsyncDelta
import RsyncDigest
import RsyncProtocol

/// What `--debug=deltasum` tells of the search in one file, in the words of rsync: 2 matches, 3 also the blocks that are
/// candidates, 4 every place that is looked at.
///
/// The search itself has tables of its own; which blocks a place could be is found out once more here, from the last block on.
final class MatchTexts {
    private let diagnostics: Diagnostics
    private let level: UInt8
    private var endOfMatch: Int64 = 0
    private var candidates: Candidates?

    /// Of the blocks: by their weak sums, the last one first.
    private struct Candidates {
        let signature: Signature
        let hasher: BlockHasher
        let updatingInPlace: Bool
        var blocks: [UInt32: [Int32]] = [:]
        /// Blocks that stay where they are (XFR-70).
        var kept: Set<Int32> = []
    }

    /// `level`: above 1.
    init(_ diagnostics: Diagnostics, level: UInt8) {
        self.diagnostics = diagnostics
        self.level = level
    }

    var tellsPlaces: Bool { level > 2 }
    /// A peer may send one sum for all of its blocks.
    private static let mostCandidates = 1024

    /// Before the search for blocks in a file of this length. `start`: its first bytes, a block of them or all.
    func beginSearch(_ signature: Signature, _ hasher: BlockHasher, updatingInPlace: Bool, length: Int64, start: [UInt8]) throws(SessionError) {
        try diagnostics.info("hash search b=\(signature.head.blockLength) len=\(length)")
        guard tellsPlaces else { return }
        var found = Candidates(signature: signature, hasher: hasher, updatingInPlace: updatingInPlace)
        for (block, weak) in signature.weak.enumerated().reversed() { found.blocks[weak, default: []].append(Int32(block)) }
        candidates = found
        try diagnostics.info("sum=\(weakText(RollingSum(start, 0..<start.count).value)) k=\(start.count)")
        try diagnostics.info("hash search s->blength=\(signature.head.blockLength) len=\(length) count=\(signature.head.count)")
    }

    /// A place that is looked at: `bytes[range]`, whose weak sum this is.
    func tellPlace(_ offset: Int64, _ weak: UInt32, _ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        if level > 3 { try diagnostics.info("offset=\(offset) sum=\(weakText(weak))") }
        guard let candidates, let blocks = candidates.blocks[weak] else { return }
        let strongLength = Int(candidates.signature.head.strongLength)
        var digest: [UInt8] = []
        for block in blocks.prefix(Self.mostCandidates) where candidates.signature.head.length(ofBlock: block) == range.count {
            if candidates.updatingInPlace, candidates.signature.head.offset(ofBlock: block) < offset, !candidates.kept.contains(block) { continue }
            try diagnostics.info("potential match at \(offset) i=\(block) sum=\(weakText(weak))")
            if digest.isEmpty {
                digest = [UInt8](repeating: 0, count: candidates.hasher.digestLength)
                candidates.hasher.sum(of: bytes, range, into: &digest)
            }
            let place = Int(block) * strongLength
            if candidates.signature.strong[place..<(place + strongLength)] == digest[..<strongLength] { return }
        }
    }

    func tellMatch(at offset: Int64, block: Int32, _ length: Int) throws(SessionError) {
        try diagnostics.info("match at \(offset) last_match=\(endOfMatch) j=\(block) len=\(length) n=\(offset - endOfMatch)")
        endOfMatch = offset + Int64(length)
        if let head = candidates?.signature.head, head.offset(ofBlock: block) == offset { candidates?.kept.insert(block) }
    }
}
