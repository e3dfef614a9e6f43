import CCompress

/// One running compressor or decompressor of zlib or zstd.
@safe
final class CompressionStream: @unchecked Sendable {
    enum Kind {
        case deflate, inflate, zstd, unzstd

        fileprivate var number: Int32 {
            switch self {
            case .deflate: Int32(EBB_DEFLATE.rawValue)
            case .inflate: Int32(EBB_INFLATE.rawValue)
            case .zstd: Int32(EBB_ZSTD.rawValue)
            case .unzstd: Int32(EBB_UNZSTD.rawValue)
            }
        }
    }

    enum Outcome { case done, more, malformed }

    /// Owned by this object alone.
    private let state: OpaquePointer

    static var hasThreads: Bool { ebb_stream_has_threads() != 0 }

    /// nil when there is no memory for its state, or for that of so many threads.
    init?(_ kind: Kind, level: Int32 = 0, threads: Int32 = 0) {
        guard let created = unsafe ebb_stream_create(kind.number, level, threads) else { return nil }
        unsafe state = created
    }

    /// A decompressor, whose state is small until there is data.
    convenience init(decompressing kind: Kind) {
        self.init(kind)!
    }

    deinit { unsafe ebb_stream_destroy(state) }

    /// Takes bytes from `input[range]` and puts bytes at `output[offset...]`; says how many of each.
    func run(
        _ input: [UInt8], _ range: Range<Int>, into output: inout [UInt8], at offset: Int, flush: Bool = false
    ) -> (outcome: Outcome, taken: Int, given: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= input.count, "the range is outside the bytes")
        var taken = range.count
        var given = output.count - offset
        precondition(offset >= 0 && given > 0, "there is no room")
        let code = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe ebb_stream_run(
                    state, source.baseAddress.map { unsafe $0 + range.lowerBound }, &taken, target.baseAddress! + offset, &given,
                    flush ? 1 : 0)
            }
        }
        return (code == 0 ? .done : code > 0 ? .more : .malformed, taken, given)
    }

    func reset() { unsafe ebb_stream_reset(state) }

    /// False where the stream is not between two blocks.
    func insert(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is outside the bytes")
        return unsafe bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return true }
            return unsafe ebb_stream_insert(state, base + range.lowerBound, range.count) == 0
        }
    }

    /// The history that one block leaves behind (XFR-98): its consecutive segments, or each from its start.
    func insertBlock(_ bytes: [UInt8], _ range: Range<Int>, isWhole: Bool) -> Bool {
        var start = range.lowerBound
        var left = range.count
        while left > 0 {
            let count = min(left, Self.longestSegment)
            guard insert(bytes, start..<(start + count)) else { return false }
            if isWhole { start += count }
            left -= count
        }
        return true
    }

    static let longestSegment = 65535
}
