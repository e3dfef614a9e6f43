import RsyncProtocol
import RsyncWire

/// How a generator cuts a basis into blocks (XFR-30 to XFR-37).
public enum BlockPlan {
    /// Block length, in bytes, of a basis of up to `smallBasis` bytes (XFR-31).
    public static let smallestDefaultLength: Int32 = 700
    public static let smallBasis: Int64 = 490_000
    /// Bits of bias towards longer strong sums, and the bounds of their length in bytes (XFR-37).
    static let biasBits = 10
    static let shortestStrongLength = 2
    static let longestStrongLength = 16

    /// The sum head to announce for a basis of `basisLength` bytes.
    ///
    /// - Parameters:
    ///   - requestedBlockLength: the value of `--block-size`, 0 for none. Cut to what the protocol allows (XFR-27).
    ///   - digestLength: bytes of a whole block sum.
    ///   - isRedo: strong sums at full length (XFR-35).
    ///   - blockLengthLimit: a further upper bound, such as 65535 for zlib below protocol 31 (XFR-100).
    /// - Returns: the null head for an empty basis (XFR-21) and for one that needs more blocks than a head can count
    ///   (XFR-34).
    public static func plan(
        basisLength: Int64, requestedBlockLength: Int32, digestLength: Int, isRedo: Bool, traits: SessionTraits,
        blockLengthLimit: Int32 = .max
    ) -> SumHead {
        guard basisLength > 0 else { return .null }
        let wanted =
            requestedBlockLength > 0
            ? min(requestedBlockLength, traits.largestBlockLength)
            : min(defaultBlockLength(basisLength), traits.largestOwnBlockLength)
        let blockLength = max(1, min(wanted, blockLengthLimit))
        let (whole, remainder) = basisLength.quotientAndRemainder(dividingBy: Int64(blockLength))
        guard let count = Int32(exactly: whole + (remainder > 0 ? 1 : 0)) else { return .null }
        let strong = strongLength(
            basisLength: basisLength, blockLength: blockLength, digestLength: digestLength, isRedo: isRedo)
        return SumHead(
            count: count, blockLength: blockLength, strongLength: strong, remainder: Int32(truncatingIfNeeded: remainder))
    }

    /// XFR-31, XFR-32, before the limit of the protocol.
    static func defaultBlockLength(_ basisLength: Int64) -> Int32 {
        guard basisLength > smallBasis else { return smallestDefaultLength + (Knob.smallestBlockIsLarger.isOn ? 100 : 0) }
        return Int32(clamping: max(Int64(smallestDefaultLength), squareRoot(basisLength) / (Knob.blockLengthIsUnrounded.isOn ? 1 : 8) * (Knob.blockLengthIsUnrounded.isOn ? 1 : 8)))
    }

    /// XFR-35, XFR-36.
    static func strongLength(basisLength: Int64, blockLength: Int32, digestLength: Int, isRedo: Bool) -> Int32 {
        let most = min(longestStrongLength, digestLength)
        if isRedo { return Int32(most) }
        let bits = max(0, biasBits + 2 * binaryLogarithm(basisLength) - binaryLogarithm(Int64(blockLength)))
        return Int32(min(most, max(Knob.strongSumsAreShort.isOn ? 1 : shortestStrongLength, (bits - 24 - (Knob.strongSumsAreShort.isOn ? 8 : 0)) / 8)))
    }

    /// floor(log2(x)) for x >= 1; 0 for 0.
    private static func binaryLogarithm(_ value: Int64) -> Int {
        value > 0 ? 63 - value.leadingZeroBitCount : 0
    }

    /// floor(sqrt(x)) for x >= 0, bit by bit from the top: floating point would need the system's libm.
    private static func squareRoot(_ value: Int64) -> Int64 {
        var root: UInt64 = 0
        var bit: UInt64 = 1 << 31
        while bit > 0 {
            let next = root | bit
            if next * next <= UInt64(value) { root = next }
            bit >>= 1
        }
        return Int64(root)
    }
}
