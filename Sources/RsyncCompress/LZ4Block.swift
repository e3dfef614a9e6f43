import CCompress

/// Independent LZ4 blocks (XFR-102).
enum LZ4Block {
    /// The size of the block at `output[0...]`; nil when it does not fit.
    static func compress(_ input: [UInt8], _ range: Range<Int>, into output: inout [UInt8], limit: Int) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= input.count, "the range is outside the bytes")
        precondition(limit <= output.count, "there is no room")
        let count = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe ebb_lz4_compress(source.baseAddress! + range.lowerBound, range.count, target.baseAddress, limit)
            }
        }
        return count > 0 ? Int(count) : nil
    }

    /// The bytes of the block `input[range]`, at `output[0...]`; nil when it is none, or is larger than that.
    static func decompress(_ input: [UInt8], _ range: Range<Int>, into output: inout [UInt8]) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= input.count, "the range is outside the bytes")
        let count = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe ebb_lz4_decompress(
                    source.baseAddress.map { unsafe $0 + range.lowerBound }, range.count, target.baseAddress, target.count)
            }
        }
        return count >= 0 ? Int(count) : nil
    }
}
