/// The part of the source that is in memory.
///
///     window    0 ........ filled ....... capacity
///               |          |
///     source    base       base + filled            length
struct SourceWindow {
    /// Least bytes of a window that does not hold the whole source; with blocks of up to a quarter of it, a read
    /// takes at least 384 KiB.
    static let usualCapacity = 524_288

    var bytes: [UInt8]
    private let capacity: Int
    private let length: Int64
    private(set) var base: Int64
    private(set) var filled = 0
    private(set) var missing: Int64 = 0

    /// `storage` is reused where it is large enough. The window holds two blocks, if the source is that long.
    init(storage: consuming [UInt8], from start: Int64, to length: Int64, blockLength: Int) {
        base = start
        self.length = length
        capacity = Int(min(length - start, Int64(max(Self.usualCapacity, 2 * blockLength))))
        bytes = storage
        if bytes.count < capacity { bytes = [UInt8](repeating: 0, count: capacity) }
    }

    /// Whether the window reaches to the end of the source.
    var isLast: Bool { base + Int64(filled) == length }

    /// Drops all before `position`, then reads until the window is full or the source ends.
    mutating func advance<Source: DeltaSource, Sink: DeltaSink>(
        to position: Int, source: inout Source, sink: inout Sink
    ) throws(Sink.Failure) {
        WindowKernel.moveToFront(&bytes, position..<filled)
        base += Int64(position)
        filled -= position
        let goal = Int(min(Int64(capacity), length - base))
        while filled < goal {
            var count = 0
            if missing == 0 {
                count = source.read(into: &bytes, at: filled, count: goal - filled, position: base + Int64(filled))
                precondition(count >= 0 && count <= goal - filled, "a source returned more than it was asked for")
            }
            if count == 0 {
                count = goal - filled
                WindowKernel.clear(&bytes, filled..<goal)
                missing += Int64(count)
            }
            try sink.source(bytes, filled..<(filled + count))
            filled += count
        }
    }
}
