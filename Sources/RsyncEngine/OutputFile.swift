/// Where the bytes of one reply go: a new file, or one that is updated in place (XFR-72, XFR-124 to XFR-127).
final class OutputFile {
    struct Manner {
        /// The file is written where it is.
        var isInPlace = false
        /// The basis is the file itself, so that what is in its place already need not be written (XFR-72).
        var updatesBasis = false
        /// Runs of zeros become holes (XFR-126).
        var isSparse = false
        /// Space was allocated beforehand (XFR-127).
        var isPreallocated = false
        /// Bytes at the start that are kept as they are (XFR-76).
        var appendsTo: Int64 = 0
    }

    let file: any WritableFile
    let manner: Manner
    private(set) var position: Int64
    /// Something arrived that is worth being kept (MET-82).
    private(set) var hasLiterals = false
    /// Zeros that have come and are not yet left out: they may go on in the next piece.
    private var pendingHole: Int64 = 0
    /// Zero runs inside a piece count from this length on (XFR-126).
    private static let shortestHole = 1024

    init(_ file: any WritableFile, _ manner: Manner) throws(FileError) {
        self.file = file
        self.manner = manner
        position = manner.appendsTo
        if position > 0 { try file.skip(position) }
    }

    func literal(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError) {
        hasLiterals = true
        try write(bytes, range)
    }

    /// Whether what comes next is there already, being what lies at `offset` of the basis.
    func keeps(_ offset: Int64) -> Bool { manner.updatesBasis && offset == position }

    /// A block of the basis, which lies there at `offset`.
    func block(_ bytes: [UInt8], _ range: Range<Int>, from offset: Int64) throws(FileError) {
        if keeps(offset) {
            position += Int64(range.count)
            // Zeros that are there take up room, perhaps.
            if manner.isSparse, bytes[range].allSatisfy({ $0 == 0 }) {
                pendingHole += Int64(range.count)
                return
            }
            try leaveHole()
            return try file.skip(Int64(range.count))
        }
        try write(bytes, range)
    }

    private func write(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError) {
        position += Int64(range.count)
        if manner.isSparse { try writeSparsely(bytes, range) } else { try file.write(bytes, range) }
    }

    private func writeSparsely(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let (hole, end) = Self.nextHole(bytes, start..<range.upperBound, isFirst: start == range.lowerBound)
            if hole > start {
                try leaveHole()
                try file.write(bytes, start..<hole)
            }
            pendingHole += Int64(end - hole)
            start = end
        }
    }

    /// The first run of zeros that is long enough, or stands at an end of the piece.
    private static func nextHole(_ bytes: [UInt8], _ range: Range<Int>, isFirst: Bool) -> (start: Int, end: Int) {
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == 0 else {
                at += 1
                continue
            }
            var end = at + 1
            while end < range.upperBound, bytes[end] == 0 { end += 1 }
            if end - at >= shortestHole || end == range.upperBound || isFirst && at == range.lowerBound { return (at, end) }
            at = end
        }
        return (range.upperBound, range.upperBound)
    }

    /// What was allocated for zeros at the end stays allocated (XFR-127).
    private func leaveHole(atEnd: Bool = false) throws(FileError) {
        let count = pendingHole
        guard count > 0 else { return }
        pendingHole = 0
        if manner.isInPlace || manner.isPreallocated && !atEnd { try file.punch(count) } else { try file.skip(count) }
    }

    /// All has come: the file gets its length, and what there is no room for is known (XFR-124).
    func finish() throws(FileError) {
        try leaveHole(atEnd: true)
        if manner.isInPlace || manner.isSparse || manner.isPreallocated { try file.cut() } else { try file.flush() }
    }
}
