/// A compression by its name (SES-51). `allCases` is the canonical order.
public enum CompressionName: String, Sendable, Hashable, CaseIterable {
    case zstd, lz4, zlibx, zlib, none

    /// Without regard to ASCII case (SES-52). nil for a name nobody knows.
    public init?(_ name: String) {
        let lower = name.utf8.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        self.init(rawValue: String(decoding: lower, as: UTF8.self))
    }
}
