/// One field of a session: where it stands, what it is called, what it says.
public struct DissectedField: Sendable, Equatable {
    public let direction: Trace.Direction
    /// Of its first byte, counted in the bytes of its direction, frame headers included.
    public let offset: Int
    /// Behind its last byte. A field of framed data may be interrupted by frame headers.
    public let end: Int
    public let name: String
    public let value: String
    public let clause: String
    /// Its bytes, without frame headers; of a long one the first `longestBytes`.
    public let bytes: [UInt8]

    /// Enough for every field but data of files and frames.
    public static let longestBytes = 8192

    /// `> 00000004  compat-flags                 0x1ff incremental-recursion …  [SES-42]`
    public var line: String {
        let mark = direction == .toServer ? ">" : "<"
        let digits = String(offset, radix: 16)
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        let named = name + String(repeating: " ", count: max(0, 24 - name.count))
        return "\(mark) \(padded)  \(named)  \(value)  [\(clause)]"
    }
}

/// Why fields end before the bytes do.
public struct DissectionGap: Sendable, Equatable, CustomStringConvertible {
    public let direction: Trace.Direction
    /// Of the first byte that was not understood.
    public let offset: Int
    public let byteCount: Int
    public let reason: String

    public var description: String {
        "\(direction == .toServer ? ">" : "<") \(byteCount) bytes from offset \(offset) on are not dissected: \(reason)"
    }
}
