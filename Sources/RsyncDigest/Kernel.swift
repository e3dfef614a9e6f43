import CDigest

/// The C kernel of a variant and the place of the seed in its block sum. The only file, with the two hashers, that
/// names the C module.
struct Kernel: Sendable {
    let algorithm: Int32
    let blockSeedPlace: Int32

    /// nil for `none`, which has no kernel.
    init?(_ variant: ChecksumVariant) {
        let last = Int32(EBB_SEED_LAST.rawValue)
        let first = Int32(EBB_SEED_FIRST.rawValue)
        switch variant {
        case .md4Legacy, .md4: (algorithm, blockSeedPlace) = (Int32(EBB_MD4.rawValue), last)
        case .md5SeedLast: (algorithm, blockSeedPlace) = (Int32(EBB_MD5.rawValue), last)
        case .md5SeedFirst: (algorithm, blockSeedPlace) = (Int32(EBB_MD5.rawValue), first)
        case .sha1: (algorithm, blockSeedPlace) = (Int32(EBB_SHA1.rawValue), first)
        case .xxh64: (algorithm, blockSeedPlace) = (Int32(EBB_XXH64.rawValue), 0)
        case .xxh3: (algorithm, blockSeedPlace) = (Int32(EBB_XXH3.rawValue), 0)
        case .xxh128: (algorithm, blockSeedPlace) = (Int32(EBB_XXH128.rawValue), 0)
        case .none: return nil
        }
    }
}
