extension FileOrder {
    /// Number of leading bytes, at most `limit`, that two names share.
    ///
    /// The one hot loop of sorting: names of a list share long prefixes, so it goes by words of eight bytes. The only
    /// unsafe code of the file list: both ranges are checked before the first load.
    @inline(__always)
    static func commonPrefix(
        _ a: Span<UInt8>, from aStart: Int, _ b: Span<UInt8>, from bStart: Int, limit: Int
    ) -> Int {
        precondition(aStart >= 0 && bStart >= 0 && limit >= 0)
        precondition(limit <= a.count - aStart && limit <= b.count - bStart)
        return unsafe a.withUnsafeBytes { left in
            unsafe b.withUnsafeBytes { right in
                var at = 0
                while at + 8 <= limit {
                    let x = unsafe left.loadUnaligned(fromByteOffset: aStart + at, as: UInt64.self)
                    let y = unsafe right.loadUnaligned(fromByteOffset: bStart + at, as: UInt64.self)
                    if x != y { return at + (UInt64(littleEndian: x) ^ UInt64(littleEndian: y)).trailingZeroBitCount / 8 }
                    at += 8
                }
                while at < limit, unsafe left[aStart + at] == right[bStart + at] { at += 1 }
                return at
            }
        }
    }
}
