/// A row of XFR-44: which digest, and where the seed goes.
///
/// | variant | block sum | file sum |
/// |---|---|---|
/// | `md4Legacy` | MD4(X, seed) | MD4(seed, X), also for seed 0 |
/// | `md4` | MD4(X, seed) | MD4(X) |
/// | `md5SeedLast` | MD5(X, seed) | MD5(X) |
/// | `md5SeedFirst` | MD5(seed, X) | MD5(X) |
/// | `sha1` | SHA1(seed, X) | SHA1(X) |
/// | `xxh64`, `xxh3`, `xxh128` | seeded by the seed, sign-extended | seeded by 0 |
/// | `none` | not defined | one zero byte |
///
/// A seed of 0 is left out of MD4, MD5 and SHA1 block sums.
public enum ChecksumVariant: Sendable, Hashable, CaseIterable {
    /// What protocols 27 to 29 use unless another was chosen by name.
    case md4Legacy
    /// `md4` chosen by name.
    case md4
    /// What protocol 30 and later use without negotiation and without compatibility bit 5.
    case md5SeedLast
    /// The same with bit 5, and `md5` chosen by name.
    case md5SeedFirst
    case sha1, xxh64, xxh3, xxh128, none

    /// Bytes of a full digest (D).
    public var digestLength: Int {
        switch self {
        case .md4Legacy, .md4, .md5SeedLast, .md5SeedFirst, .xxh128: 16
        case .sha1: 20
        case .xxh64, .xxh3: 8
        case .none: 1
        }
    }

    /// The name under which options and messages know it.
    public var name: ChecksumName {
        switch self {
        case .md4Legacy, .md4: .md4
        case .md5SeedLast, .md5SeedFirst: .md5
        case .sha1: .sha1
        case .xxh64: .xxh64
        case .xxh3: .xxh3
        case .xxh128: .xxh128
        case .none: .none
        }
    }
}
