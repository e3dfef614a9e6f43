/// One pass over one source.
struct SearchPass {
    var window: SourceWindow
    private(set) var outcome = DeltaOutcome()
    /// Where in the window the literals that have not been told start.
    private var literalStart = 0
    /// Where in the window the search stands.
    private(set) var position = 0

    private var hits: HashHits?
    let tellsPlaces: Bool

    init(window: consuming SourceWindow, hits: HashHits? = nil, tellsPlaces: Bool = false) {
        self.window = window
        self.hits = hits
        self.tellsPlaces = tellsPlaces && hits != nil
    }

    /// Without sums: what is read is literal.
    mutating func stream<Source: DeltaSource, Sink: DeltaSink>(
        _ source: inout Source, _ sink: inout Sink
    ) throws(Sink.Failure) {
        repeat {
            try advance(&source, &sink)
            position = window.filled
            try flush(&sink)
        } while !window.isLast
        outcome.missingBytes = window.missing
    }

    mutating func search<Source: DeltaSource, Sink: DeltaSink>(
        _ source: inout Source, _ sink: inout Sink, _ matcher: inout BlockMatcher
    ) throws(Sink.Failure) {
        let length = matcher.blockLength
        try advance(&source, &sink)
        // The end of the window that starts at `position` is in memory at the top of both loops.
        fresh: while position + length <= window.filled {
            var sum = RollingSum(window.bytes, position..<(position + length))
            var isCandidate = true
            hits?.look(sum)
            try tellPlace(sum, length: length, &sink)
            while true {
                if isCandidate,
                    let block = matcher.match(window.bytes, position, sum.value, offset: window.base + Int64(position))
                {
                    try flush(&sink)
                    try tell(block, length, &sink)
                    if position + length > window.filled, !window.isLast { try advance(&source, &sink) }
                    continue fresh
                }
                if position + length == window.filled {
                    if window.isLast { break fresh }
                    try flush(&sink)
                    try advance(&source, &sink)
                }
                let (before, old) = (position, sum)
                isCandidate = WindowKernel.scan(
                    window.bytes, position: &position, last: window.filled - length, length: length, sum: &sum,
                    index: matcher.index)
                hits?.look(window.bytes, from: before, to: position, length: length, old)
                try tellPlaces(from: before, length: length, old, &sink)
            }
        }
        try finish(&sink, &matcher)
    }

    /// The end of the source, where alone a short last block is looked for (XFR-64).
    private mutating func finish<Sink: DeltaSink>(
        _ sink: inout Sink, _ matcher: inout BlockMatcher
    ) throws(Sink.Failure) {
        let isCounted = position + matcher.blockLength <= window.filled
        let shortest = matcher.shortLength > 0 ? matcher.shortLength : matcher.blockLength
        if hits != nil, window.base == 0, position == 0, window.filled > 0, window.filled < shortest {
            // What is shorter than any block is looked up once all the same.
            let sum = RollingSum(window.bytes, 0..<window.filled)
            hits?.look(sum)
            try tellPlace(sum, length: window.filled, &sink)
        }
        let counted = isCounted ? position + 1 : position
        hits?.look(window.bytes, from: counted, end: window.filled, shortest: matcher.shortLength)
        try tellPlaces(from: counted, shortest: matcher.shortLength, &sink)
        outcome.hashHits = hits?.count ?? 0
        position = window.filled
        let start = window.filled - matcher.shortLength
        if matcher.shortLength > 0, start >= literalStart {
            let sum = RollingSum(window.bytes, start..<window.filled)
            if let block = matcher.matchShort(window.bytes, start, sum.value, offset: window.base + Int64(start)) {
                position = start
                try flush(&sink)
                try tell(block, matcher.shortLength, &sink)
            }
        }
        try flush(&sink)
        outcome.falseAlarms = matcher.falseAlarms
        outcome.missingBytes = window.missing
    }

    /// Drops what lies before `position` and reads on. No literals may be waiting.
    private mutating func advance<Source: DeltaSource, Sink: DeltaSink>(
        _ source: inout Source, _ sink: inout Sink
    ) throws(Sink.Failure) {
        try window.advance(to: position, source: &source, sink: &sink)
        position = 0
        literalStart = 0
    }

    /// Tells the literals before `position`.
    private mutating func flush<Sink: DeltaSink>(_ sink: inout Sink) throws(Sink.Failure) {
        guard literalStart < position else { return }
        try sink.literal(window.bytes, literalStart..<position)
        outcome.literalBytes += Int64(position - literalStart)
        literalStart = position
    }

    private mutating func tell<Sink: DeltaSink>(
        _ block: Int32, _ length: Int, _ sink: inout Sink
    ) throws(Sink.Failure) {
        try sink.block(block, window.bytes, position..<(position + length))
        position += length
        literalStart = position
        outcome.matchedBlocks += 1
        outcome.matchedBytes += Int64(length)
    }
}
