// The inner loops. The one file of this module with unchecked memory access: every pointer lives for one call, and
// the preconditions at the top of each function cover every index below them.

enum WindowKernel {
    /// Weak sum from scratch. All arithmetic is in 16 bits, which is what the sum is modulo, so that it vectorises.
    static func sum(_ bytes: [UInt8], _ range: Range<Int>) -> RollingSum {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var low: UInt16 = 0
        var weighted: UInt16 = 0
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            let first = unsafe start + range.lowerBound
            var index: UInt16 = 0
            for position in 0..<range.count {
                let value = unsafe UInt16(bitPattern: Int16(Int8(bitPattern: first[position])))
                low &+= value
                weighted &+= value &* index
                index &+= 1
            }
        }
        let high = UInt16(truncatingIfNeeded: range.count) &* low &- weighted
        return RollingSum(low: UInt32(low), high: UInt32(high))
    }

    /// Moves the window of `length` bytes on from `position` until some block may have its weak sum, or until `last`
    /// is reached. `sum` belongs to `position` on entry and on return.
    ///
    /// Returns whether there may be such a block for the new position; the position on entry is not looked at.
    static func scan(
        _ window: [UInt8], position: inout Int, last: Int, length: Int, sum: inout RollingSum, index: WeakIndex
    ) -> Bool {
        precondition(position >= 0 && last >= position && length >= 0 && last <= window.count - length)
        let start = position
        let steps = last - position
        var step = 0
        let isHit = unsafe window.withUnsafeBufferPointer { window -> Bool in
            unsafe index.filter.words.withUnsafeBufferPointer { words -> Bool in
                guard let base = window.baseAddress, let words = words.baseAddress else { return false }
                let first = unsafe base + start
                while unsafe roll(first, first + length, length, &step, steps, &sum, words, index.filter.mask) {
                    if unsafe mayContain(index, WeakIndex.scatter(sum.value)) { return true }
                }
                return false
            }
        }
        position = start + step
        return isHit
    }

    /// The innermost loop: from `step` on until the filter is hit (true) or `steps` is reached (false). Everything it
    /// touches fits the registers.
    @inline(never) @unsafe
    private static func roll(
        _ first: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>, _ length: Int, _ step: inout Int, _ steps: Int,
        _ sum: inout RollingSum, _ words: UnsafePointer<UInt64>, _ mask: UInt64
    ) -> Bool {
        let multiplier = UInt32(truncatingIfNeeded: length)
        var low = sum.low
        var high = sum.high
        var current = step
        var isHit = false
        while current < steps {
            let leaving = unsafe RollingSum.signed(first[current])
            low = unsafe low &+ (RollingSum.signed(next[current]) &- leaving)
            high = high &+ (low &- multiplier &* leaving)
            current &+= 1
            let bit = WeakFilter.hash((low & 0xffff) | high << 16) & mask
            if unsafe words[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1 != 0 {
                isHit = true
                break
            }
        }
        step = current
        sum = RollingSum(low: low, high: high)
        return isHit
    }

    /// Whether a bucket has an entry with this scattered sum; a long bucket is left to the caller's binary search.
    @inline(__always) @unsafe
    private static func mayContain(_ index: WeakIndex, _ scattered: UInt32) -> Bool {
        let bucket = Int(scattered &>> index.shift)
        return unsafe index.starts.withUnsafeBufferPointer { starts -> Bool in
            let (low, high) = unsafe (Int(starts[bucket]), Int(starts[bucket + 1]))
            guard high - low <= WeakIndex.shortRange else { return true }
            return unsafe index.entries.withUnsafeBufferPointer { entries -> Bool in
                for place in low..<high where unsafe UInt32(truncatingIfNeeded: entries[place] >> 32) == scattered {
                    return true
                }
                return false
            }
        }
    }

    /// Moves `bytes[range]` to the start of the buffer.
    static func moveToFront(_ bytes: inout [UInt8], _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe base.copyMemory(from: base + range.lowerBound, byteCount: range.count)
        }
    }

    /// Makes `bytes[range]` zero.
    static func clear(_ bytes: inout [UInt8], _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + range.lowerBound).update(repeating: 0, count: range.count)
        }
    }
}
