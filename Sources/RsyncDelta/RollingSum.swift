/// The weak sum of a window of bytes, kept up while the window moves (XFR-40, XFR-41).
///
/// Bytes count as signed values and no constant is added to them. Both halves are modulo 65536; they are held in 32
/// bits because only `value` cuts them.
public struct RollingSum: Sendable, Equatable {
    /// Sum of the bytes.
    @usableFromInline var low: UInt32 = 0
    /// Sum of the bytes, each times its distance from the window's end.
    @usableFromInline var high: UInt32 = 0

    /// The sum of no bytes.
    public init() {}

    /// The sum of `bytes[range]`, from scratch.
    public init(_ bytes: [UInt8], _ range: Range<Int>) {
        self = WindowKernel.sum(bytes, range)
    }

    init(low: UInt32, high: UInt32) {
        self.low = low
        self.high = high
    }

    /// What goes over the wire: the byte sum in the low 16 bits, the weighted sum above.
    @inlinable public var value: UInt32 { (low & 0xffff) | high << 16 }

    /// Moves a window of `length` bytes one byte on.
    @inlinable
    public mutating func roll(removing first: UInt8, adding next: UInt8, length: Int) {
        let leaving = Self.signed(first)
        low = low &+ Self.signed(next) &- leaving
        high = high &+ low &- UInt32(truncatingIfNeeded: length) &* leaving
    }

    /// Makes a window of `length` bytes one byte shorter, at its start.
    @inlinable
    public mutating func drop(_ first: UInt8, length: Int) {
        let leaving = Self.signed(first)
        low = low &- leaving
        high = high &- UInt32(truncatingIfNeeded: length) &* leaving
    }

    public static func == (left: Self, right: Self) -> Bool { left.value == right.value }

    @inlinable
    static func signed(_ byte: UInt8) -> UInt32 {
        UInt32(bitPattern: Int32(Int8(bitPattern: byte)))
    }
}
