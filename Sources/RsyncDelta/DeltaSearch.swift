import RsyncDigest
import RsyncProtocol

/// Finds the blocks of a basis in a source (XFR-63 to XFR-71).
///
/// The window moves over the source byte by byte while the weak sum rolls; what the index knows is checked by the
/// strong sum. The work is bounded by the length of the source, whatever sums a peer makes up (`BlockMatcher`).
public struct DeltaSearch: Sendable {
    /// Longest block, in bytes, that is searched for: the window holds two. Blocks that protocol 29 and older allow
    /// above that (XFR-27) are left unused, as XFR-65 permits.
    public static let longestSearchedBlock: Int32 = 67_108_864

    private var matcher: BlockMatcher?
    private var hits: HashHits?
    private var tellsPlaces = false

    /// Precondition: the signature is complete.
    ///
    /// It counts as having no sums when s2 is 0 (XFR-63) or above the digest's length (XFR-38).
    ///
    /// `countsHits`: also find the figure `hashHits`, which takes about as long as the search. `tellsPlaces`: then also tell the
    /// sink of every place that is counted.
    public init(
        signature: Signature, hasher: BlockHasher, updatingInPlace: Bool, countsHits: Bool = false, tellsPlaces: Bool = false
    ) {
        let head = signature.head
        precondition(signature.isComplete, "a search needs the sums of all blocks")
        let isUsable =
            head.allowsMatches(digestLength: hasher.digestLength) && head.blockLength > 0
            && head.blockLength <= Self.longestSearchedBlock
        matcher = isUsable ? BlockMatcher(signature, hasher, updatingInPlace: updatingInPlace) : nil
        hits = isUsable && countsHits ? HashHits(weak: signature.weak) : nil
        self.tellsPlaces = tellsPlaces
    }

    /// A search without sums: everything is literal (XFR-21, XFR-76).
    public init() {}

    /// Goes over the source from `start` (the part before it is skipped, XFR-76) to `length`, which is the size it
    /// had when it was opened (XFR-60).
    ///
    /// One search serves one run; with a `storage` that is kept between files, nothing is allocated for the next.
    public mutating func run<Source: DeltaSource, Sink: DeltaSink>(
        from start: Int64 = 0, length: Int64, source: inout Source, sink: inout Sink, storage: inout [UInt8]
    ) throws(Sink.Failure) -> DeltaOutcome {
        guard start < length else { return DeltaOutcome() }
        let blockLength = matcher?.blockLength ?? 0
        var pass = SearchPass(
            window: SourceWindow(storage: storage, from: start, to: length, blockLength: blockLength), hits: hits,
            tellsPlaces: tellsPlaces)
        storage = []
        defer { storage = pass.window.bytes }
        if matcher == nil {
            try pass.stream(&source, &sink)
        } else {
            // Taken out and put back, so that the matcher's arrays have one owner.
            guard var matcher else { return pass.outcome }
            self.matcher = nil
            defer { self.matcher = matcher }
            try pass.search(&source, &sink, &matcher)
        }
        return pass.outcome
    }

    /// As above, with a window of its own.
    public mutating func run<Source: DeltaSource, Sink: DeltaSink>(
        from start: Int64 = 0, length: Int64, source: inout Source, sink: inout Sink
    ) throws(Sink.Failure) -> DeltaOutcome {
        var storage: [UInt8] = []
        return try run(from: start, length: length, source: &source, sink: &sink, storage: &storage)
    }
}
