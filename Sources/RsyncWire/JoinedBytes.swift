/// The bytes of two pieces in one array of just that size. The only unsafe code of this module: names are put together for
/// every item of every list, and each step more would be felt.
@usableFromInline
func joinedBytes(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    let count = first.count + second.count
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { place, filled in
        let whole = UnsafeMutableRawBufferPointer(place)
        unsafe first.withUnsafeBytes { unsafe whole.copyMemory(from: $0) }
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: whole[first.count...])
        unsafe second.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
        filled = count
    }
}
