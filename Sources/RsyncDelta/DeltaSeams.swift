/// Where a search reads from.
public protocol DeltaSource {
    /// Reads up to `count` bytes at `position` into `buffer[offset...]` and returns how many, 0 for none any more.
    ///
    /// It does not throw: what cannot be read goes out as zeros (XFR-61), so a source keeps its error to itself and
    /// returns 0, and the search reports the bytes that were missing.
    mutating func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) -> Int
}

/// Where a search tells what it finds. The arrays are the search's window, lent for the call: whoever keeps a
/// reference to them makes the next read copy the window.
public protocol DeltaSink {
    associatedtype Failure: Error

    /// Every byte of the source, once and in order, as it is read and before anything below tells of it: for the sum
    /// of the file.
    mutating func source(_ bytes: [UInt8], _ range: Range<Int>) throws(Failure)
    /// Source bytes to send as they are. One run of literals may come in several calls (XFR-68), each of any length.
    mutating func literal(_ bytes: [UInt8], _ range: Range<Int>) throws(Failure)
    /// The source goes on with this block of the basis; `bytes[range]` is its content, for the history of zlib
    /// (XFR-97).
    mutating func block(_ index: Int32, _ bytes: [UInt8], _ range: Range<Int>) throws(Failure)
    /// A place that the search looks at, before what it finds there: only where a search was told to tell.
    mutating func place(_ offset: Int64, _ weak: UInt32, _ bytes: [UInt8], _ range: Range<Int>) throws(Failure)
}

extension DeltaSink {
    public mutating func place(_ offset: Int64, _ weak: UInt32, _ bytes: [UInt8], _ range: Range<Int>) throws(Failure) {}
}

/// What a search did. Byte counts are of the source.
public struct DeltaOutcome: Sendable, Equatable {
    public var literalBytes: Int64 = 0
    public var matchedBytes: Int64 = 0
    public var matchedBlocks: Int64 = 0
    /// Windows with the weak sum of some block and the strong sum of none.
    public var falseAlarms: Int64 = 0
    /// Places that a table of sums has something for (`HashHits`); 0 unless they were to be counted.
    public var hashHits: Int64 = 0
    /// Bytes that the source did not deliver and that went out as zeros: unless 0, the file sum must be spoilt
    /// (XFR-61).
    public var missingBytes: Int64 = 0

    public init() {}
}
