import CDigest

/// Computes the sum of one file piece by piece (the file sum column of XFR-44).
///
/// Cannot be copied: two copies of a running sum would have to share their state.
@safe
public struct FileHasher: ~Copyable, @unchecked Sendable {
    public let variant: ChecksumVariant
    /// The running state; nil for `none`. Owned by this value alone, which makes sending it safe.
    private let state: OpaquePointer?
    private var isFinished = false

    /// A file sum. `seed` matters only for `md4Legacy`, which hashes it before the data, also when it is 0.
    public init(variant: ChecksumVariant, seed: Int32) {
        self.init(unseeded: variant)
        guard variant == .md4Legacy else { return }
        let pattern = UInt32(bitPattern: seed)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: pattern >> UInt32(8 * $0)) }
        update(bytes, 0..<4)
    }

    private init(unseeded variant: ChecksumVariant) {
        self.variant = variant
        if let kernel = Kernel(variant) {
            guard let created = unsafe ebb_hasher_create(kernel.algorithm) else {
                preconditionFailure("no memory for a checksum's state")
            }
            unsafe state = created
        } else {
            unsafe state = nil
        }
    }

    deinit {
        if let state = unsafe state { unsafe ebb_hasher_destroy(state) }
    }

    /// The list sum of `--checksum` (XFR-135): never seeded.
    public static func listSum(_ variant: ChecksumVariant) -> FileHasher { FileHasher(unseeded: variant) }

    /// Takes `bytes[range]`. Precondition: the range lies in `bytes`, and `finish` was not called yet.
    public mutating func update(_ bytes: [UInt8], _ range: Range<Int>) {
        precondition(!isFinished, "the sum is finished")
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is outside the bytes")
        guard let state = unsafe state, !range.isEmpty else { return }
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe ebb_hasher_update(state, base + range.lowerBound, range.count)
        }
    }

    /// Takes all of `bytes`.
    public mutating func update(_ bytes: [UInt8]) { update(bytes, 0..<bytes.count) }

    /// The full digest in wire order; one zero byte for `none`. May be called once.
    public mutating func finish() -> [UInt8] {
        precondition(!isFinished, "the sum is finished")
        isFinished = true
        var out = [UInt8](repeating: 0, count: variant.digestLength)
        if let state = unsafe state {
            unsafe out.withUnsafeMutableBufferPointer { target in
                guard let destination = target.baseAddress else { return }
                unsafe ebb_hasher_finish(state, destination)
            }
        }
        return out
    }
}
