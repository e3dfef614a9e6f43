/// The bytes of two pieces in one array of just that size. The only unsafe code of this module: names are put together for
/// every item of every list, and each step more would be felt.
@usableFromInline
func joinedBytes(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    // Room is asked for like this because the other ways go through the runtime, which looks the array's type up each time.
    var whole: [UInt8] = []
    whole.reserveCapacity(first.count + second.count)
    unsafe first.withUnsafeBufferPointer { unsafe whole.append(contentsOf: $0) }
    unsafe second.withUnsafeBufferPointer { unsafe whole.append(contentsOf: $0) }
    return whole
}
