import RsyncDigest
import TestSupport
import Testing

private let fox = Array("The quick brown fox jumps over the lazy dog".utf8)

/// XFR-51: block sums for the seeds 0, 0x12345678 and -5.
private let blockSums: [(ChecksumVariant, [String])] = [
    (.md4, ["1bee69a46ba811185c194762abaeae90", "3b936e67ac8d691ecfcc4d1f465d0521", "4389ae719c85d0f2e0275475b0c810d2"]),
    (
        .md4Legacy,
        ["1bee69a46ba811185c194762abaeae90", "3b936e67ac8d691ecfcc4d1f465d0521", "4389ae719c85d0f2e0275475b0c810d2"]
    ),
    (
        .md5SeedFirst,
        ["9e107d9d372bb6826bd81d3542a419d6", "9945c8db4f69b39b330ef0200331810b", "a0ba85872a58ecc7c8a6bf9a028d154e"]
    ),
    (
        .md5SeedLast,
        ["9e107d9d372bb6826bd81d3542a419d6", "e52b4f51c2cea0f0786302cbe452e9fa", "c82abc55cf6f3ffa03c0121c41468809"]
    ),
    (
        .sha1,
        [
            "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "b2dccf38d28c0ef6ee4fd2016a0dbf0128a926bc",
            "0d8d4c2c90feef5884171bcf84528644604352a2",
        ]
    ),
    (.xxh64, ["bc71da1f362d240b", "b988341b28984002", "fb559592e6820435"]),
    (.xxh3, ["65b38f41a5197dce", "f40b7ffe3f303b58", "bbf657c913fb0d3b"]),
    (
        .xxh128,
        ["51768a3a2ecca124fae7a35c2050d6dd", "b7382b16ee5d5bfcf82e4626c978aa0a", "6115b3c0cf2df0615f8512cfb3aea93c"]
    ),
]

private let seeds: [Int32] = [0, 0x1234_5678, -5]

private func fileSum(_ variant: ChecksumVariant, seed: Int32, _ data: [UInt8]) -> [UInt8] {
    var hasher = FileHasher(variant: variant, seed: seed)
    hasher.update(data)
    return hasher.finish()
}

@Suite struct ChecksumTests {
    @Test func blockSumsAreAsInTheTable() {
        for (variant, expected) in blockSums {
            for (seed, text) in zip(seeds, expected) {
                #expect(BlockHasher(variant: variant, seed: seed).sum(of: fox) == hex(text), "\(variant), seed \(seed)")
            }
        }
    }

    @Test func fileSumsIgnoreTheSeedExceptTheOldMD4() {
        for (variant, expected) in blockSums where variant != .md4Legacy {
            for seed in seeds {
                #expect(fileSum(variant, seed: seed, fox) == hex(expected[0]), "\(variant), seed \(seed)")
            }
        }
        let old = ["060c47aabbcd2cca57908e3731e3cb84", "59ac2425fcce0d63ac154dec6280c66f", "7332f43223d87bb7d437de42472af77a"]
        for (seed, text) in zip(seeds, old) { #expect(fileSum(.md4Legacy, seed: seed, fox) == hex(text)) }
    }

    @Test(arguments: [
        (ChecksumVariant.md4, Int32(7), "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (.md4Legacy, 1, "6e2d946b34531b49bd177b49c538ee64"), (.md5SeedFirst, 7, "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5SeedLast, 7, "d41d8cd98f00b204e9800998ecf8427e"), (.xxh64, 7, "99e9d85137db46ef"),
        (.xxh3, 7, "c294d3380580062d"), (.xxh128, 7, "7f498d4624c30160d8984701d306aa99"),
        (.sha1, 7, "da39a3ee5e6b4b0d3255bfef95601890afd80709"), (.none, 7, "00"),
    ] as [(ChecksumVariant, Int32, String)])
    func emptyFilesHaveTheirSums(variant: ChecksumVariant, seed: Int32, text: String) {
        #expect(fileSum(variant, seed: seed, []) == hex(text))
    }

    @Test func listSumsAreNeverSeeded() {
        for (variant, expected) in blockSums {
            var hasher = FileHasher.listSum(variant)
            hasher.update(fox)
            #expect(hasher.finish() == hex(expected[0]), "\(variant)")
        }
    }

    @Test func noneIsOneZeroByte() {
        #expect(fileSum(.none, seed: 5, fox) == [0])
        #expect(BlockHasher(variant: .none, seed: 5).sum(of: fox) == [0])
    }

    /// XFR section 21: the file sum of "hello" at protocol 28 with seed 1, and at 32 with md5.
    @Test func workedExamplesHaveTheirSums() {
        let hello = Array("hello".utf8)
        #expect(fileSum(.md4Legacy, seed: 1, hello) == hex("790d889ef617c339792e9cb1cd0e8379"))
        #expect(fileSum(.md5SeedFirst, seed: 1, hello) == hex("5d41402abc4b2a76b9719d911017c592"))
        let alphabet = (0..<1560).map { UInt8(0x41 + $0 % 26) }
        #expect(fileSum(.md5SeedFirst, seed: 1, alphabet + [0x21]) == hex("dc0a2210381c6192c02144062d37aa46"))
        let ranges = [0..<700, 700..<1400, 1400..<1560]
        for (variant, sums) in [
            (ChecksumVariant.md5SeedFirst, ["0c6e", "2597", "5900"]), (.md4Legacy, ["1f48", "9feb", "f2fc"]),
        ] {
            let hasher = BlockHasher(variant: variant, seed: 1)
            var out = [UInt8](repeating: 0, count: 16)
            for (range, text) in zip(ranges, sums) {
                hasher.sum(of: alphabet, range, into: &out)
                #expect(Array(out[..<2]) == hex(text))
            }
        }
    }

    /// The test suites of RFC 1320 and RFC 1321, A.5, and of RFC 3174, 7.3: lengths on both sides of the padding.
    @Test func standardTextsHaveTheirSums() {
        let digits = Array(String(repeating: "1234567890", count: 8).utf8)
        #expect(fileSum(.md4, seed: 0, Array("abc".utf8)) == hex("a448017aaf21d8525fc10ae87aa6729d"))
        #expect(fileSum(.md4, seed: 0, digits) == hex("e33b4ddc9c38f2199c3e7b164fcc0536"))
        #expect(fileSum(.md5SeedFirst, seed: 0, digits) == hex("57edf4a22be3c955ac49da2e2107b67a"))
        let million = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(fileSum(.sha1, seed: 0, million) == hex("34aa973cd4c4daa4f61eeb2bdbad27316534016f"))
    }

    @Test(arguments: ChecksumVariant.allCases) func piecesDoNotMatter(variant: ChecksumVariant) {
        var random = SplitMix64(seed: 99)
        for length in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 240, 241, 700, 1024, 4099] {
            let data = random.bytes(length)
            let whole = fileSum(variant, seed: 3, data)
            #expect(whole.count == variant.digestLength)
            var hasher = FileHasher(variant: variant, seed: 3)
            var at = 0
            while at < length {
                let next = min(length, at + Int.random(in: 0...90, using: &random))
                hasher.update(data, at..<next)
                at = next
            }
            #expect(hasher.finish() == whole, "\(variant), \(length) bytes, seed 99")
            // Without a seed the one-shot kernel and the running one must agree.
            if variant != .md4Legacy {
                #expect(BlockHasher(variant: variant, seed: 0).sum(of: data) == whole, "\(variant), \(length) bytes")
            }
        }
    }

    @Test func namesAreComparedWithoutCase() {
        #expect(ChecksumName("XXHash") == .xxh64)
        #expect(ChecksumName("Md5") == .md5)
        #expect(ChecksumName("xxh128") == .xxh128)
        #expect(ChecksumName("NONE") == ChecksumName.none)
        #expect(ChecksumName("md6") == nil && ChecksumName("") == nil && ChecksumName("ｍd5") == nil)
        #expect(ChecksumName.allCases.map(\.rawValue) == ["xxh128", "xxh3", "xxh64", "md5", "md4", "sha1", "none"])
        #expect(ChecksumName.allCases.map(\.digestLength) == [16, 8, 8, 16, 16, 20, 1])
        for name in ChecksumName.allCases {
            #expect(name.variant.digestLength == name.digestLength && name.variant.name == name)
        }
    }
}
