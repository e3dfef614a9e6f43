import CDigest

/// Computes block sums (the strong ones) of one session (XFR-43, XFR-44). Allocates nothing per sum.
public struct BlockHasher: Sendable {
    public let variant: ChecksumVariant
    public let seed: Int32
    /// Bytes that `sum` writes.
    public let digestLength: Int
    private let kernel: Kernel?
    private let place: Int32

    /// `seed` is the checksum seed of the handshake; 0 means none (XFR-48).
    public init(variant: ChecksumVariant, seed: Int32) {
        self.variant = variant
        self.seed = seed
        digestLength = variant.digestLength
        kernel = Kernel(variant)
        place = seed == 0 ? 0 : kernel?.blockSeedPlace ?? 0
    }

    /// The sum over `bytes[range]`, in wire order, into `out[0 ..< digestLength]`.
    ///
    /// For `none`, which has no block sums (XFR-50), the result is the zero byte of its file sum.
    /// Precondition: the range lies in `bytes`, and `out` has room.
    public func sum(of bytes: [UInt8], _ range: Range<Int>, into out: inout [UInt8]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is outside the bytes")
        precondition(out.count >= digestLength, "no room for the digest")
        guard let kernel else {
            out[0] = 0
            return
        }
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe out.withUnsafeMutableBufferPointer { target in
                guard let destination = target.baseAddress else { return }
                // An empty array may have no address; then the range is empty and the kernel reads nothing.
                let start = unsafe source.baseAddress.map { unsafe $0 + range.lowerBound }
                unsafe ebb_digest(kernel.algorithm, place, seed, start, range.count, destination)
            }
        }
    }

    /// The full sum as a new array, for places that are not hot.
    public func sum(of bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: digestLength)
        sum(of: bytes, 0..<bytes.count, into: &out)
        return out
    }
}
