/// A checksum by the name it has in options and in negotiation (SES-50 to SES-52).
///
/// `allCases` is the canonical order, strongest first.
public enum ChecksumName: String, Sendable, Hashable, CaseIterable {
    case xxh128, xxh3, xxh64, md5, md4, sha1, none

    /// Without regard to ASCII case; `xxhash` is an alias of `xxh64` (SES-52). nil for a name nobody knows.
    public init?(_ name: String) {
        let lower = String(decoding: name.utf8.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }, as: UTF8.self)
        self.init(rawValue: lower == "xxhash" ? "xxh64" : lower)
    }

    /// Bytes of a full digest (D); 1 for `none`, whose digest is one zero byte.
    public var digestLength: Int {
        switch self {
        case .xxh128, .md5, .md4: 16
        case .xxh3, .xxh64: 8
        case .sha1: 20
        case .none: 1
        }
    }

    /// The row of XFR-44 that this name selects when it was chosen or negotiated.
    public var variant: ChecksumVariant {
        switch self {
        case .xxh128: .xxh128
        case .xxh3: .xxh3
        case .xxh64: .xxh64
        case .md5: .md5SeedFirst
        case .md4: .md4
        case .sha1: .sha1
        case .none: .none
        }
    }
}
