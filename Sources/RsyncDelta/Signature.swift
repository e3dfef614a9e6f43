import RsyncDigest
import RsyncProtocol

/// The sums of all blocks of a basis (XFR-52).
public struct Signature: Sendable {
    public let head: SumHead
    /// Weak sums, by block number.
    public private(set) var weak: [UInt32] = []
    /// The kept bytes of the strong sums, `head.strongLength` for each block, end to end.
    public private(set) var strong: [UInt8] = []

    /// Most blocks for which memory is set aside before their sums have arrived: the count is the peer's claim.
    private static let trustedCount = 65_536

    /// A signature that has no sums yet.
    public init(head: SumHead) {
        self.head = head
        let expected = min(Int(head.count), Self.trustedCount)
        weak.reserveCapacity(expected)
        strong.reserveCapacity(expected * Int(head.strongLength))
    }

    /// Adds the sums of the next block. Precondition: `strong` has `head.strongLength` bytes, and blocks are missing.
    public mutating func append(weak: UInt32, strong: some Collection<UInt8>) {
        precondition(strong.count == Int(head.strongLength) && self.weak.count < Int(head.count))
        self.weak.append(weak)
        self.strong.append(contentsOf: strong)
    }

    /// Adds the next block by its content. `scratch` has room for a whole digest and is overwritten.
    public mutating func append(block bytes: [UInt8], _ range: Range<Int>, hasher: BlockHasher, scratch: inout [UInt8]) {
        hasher.sum(of: bytes, range, into: &scratch)
        append(weak: RollingSum(bytes, range).value, strong: scratch[..<Int(head.strongLength)])
    }

    /// Whether every block of the head has its sums.
    public var isComplete: Bool { weak.count == Int(head.count) }
}
