import RsyncDigest
import RsyncProtocol

extension Connection {
    /// The sum of which %C shows: what `-c` compared, else that of the transfer (MET-171).
    private func shownVariant(_ options: TransferOptions) -> ChecksumVariant {
        options.compareChecksums ? listChecksum : transferChecksum
    }

    func shownSumLength(_ options: TransferOptions) -> Int { shownVariant(options).digestLength }

    /// The sum itself; empty for one that depends on the seed. The xxHash family travels with its least significant
    /// byte first.
    func shownSum(_ entry: FileEntry, _ transferSum: [UInt8], _ options: TransferOptions) -> [UInt8] {
        let sum = options.compareChecksums ? entry.checksum : transferSum
        switch shownVariant(options) {
        case .md4Legacy, .none: return []
        case .xxh64, .xxh3, .xxh128: return sum.reversed()
        case .md4, .md5SeedLast, .md5SeedFirst, .sha1: return sum
        }
    }
}
