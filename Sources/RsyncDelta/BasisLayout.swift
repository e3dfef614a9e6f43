import RsyncProtocol

/// Where the blocks of a basis lie (XFR-25): what a receiver needs to turn block tokens into bytes.
public struct BasisLayout: Sendable {
    public let head: SumHead

    public init(_ head: SumHead) { self.head = head }

    /// Place of a block in the basis, in bytes.
    public struct Extent: Sendable, Equatable {
        public let offset: Int64
        public let length: Int

        public init(offset: Int64, length: Int) {
            self.offset = offset
            self.length = length
        }
    }

    /// nil when there is no such block, which is fatal for a token (XFR-83).
    public func extent(of block: Int32) -> Extent? {
        guard block >= 0, block < head.count else { return nil }
        return Extent(offset: Int64(block) * Int64(head.blockLength), length: Int(head.length(ofBlock: block)))
    }

    /// Whether an update in place need not write the block, since it lies where the output has got to (XFR-72).
    public func isInPlace(_ block: Int32, at outputOffset: Int64) -> Bool {
        extent(of: block)?.offset == outputOffset
    }
}
