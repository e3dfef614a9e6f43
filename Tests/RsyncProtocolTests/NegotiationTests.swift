import RsyncDigest
import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct NegotiatedListTests {
    private typealias Checksums = NegotiatedList<ChecksumName>
    private typealias Compressions = NegotiatedList<CompressionName>

    private func peer(_ text: String) -> Checksums? {
        assertReads(written { $0.vString(Array(text.utf8)) }) { (r) throws(WireError) in try Checksums(reading: &r) }
    }

    /// SES-55 and SES-204.
    @Test func standardListsAreThoseOfTheReference() {
        let golden: [(bytes: [UInt8], length: UInt8, text: String)] = [
            (written { Checksums.standard(isServer: false).write(to: &$0) }, 0x1e, "xxh128 xxh3 xxh64 md5 md4 sha1"),
            (written { Checksums.standard(isServer: true).write(to: &$0) }, 0x23, "xxh128 xxh3 xxh64 md5 md4 sha1 none"),
            (written { Compressions.standard(isServer: false).write(to: &$0) }, 0x13, "zstd lz4 zlibx zlib"),
            (written { Compressions.standard(isServer: true).write(to: &$0) }, 0x18, "zstd lz4 zlibx zlib none"),
        ]
        for (bytes, length, text) in golden {
            #expect(bytes == [length] + Array(text.utf8))
            assertDrips(bytes) { (r) throws(WireError) in try Checksums(reading: &r) }
        }
    }

    @Test func bothSidesChooseTheFirstOfTheClient() {
        let cases: [(client: String, server: String, chosen: ChecksumName?)] = [
            ("xxh128 xxh3 xxh64 md5 md4 sha1", "xxh128 xxh3 xxh64 md5 md4 sha1 none", .xxh128),
            ("md5 xxh64 xxh128", "xxh128 xxh64 md5 none", .md5), ("md4", "md5 none", nil),
            ("blake9 MD5", "md5", .md5), ("xxhash", "xxh64", .xxh64), ("none md5", "md5 none", ChecksumName.none),
            ("INVALID", "md5", nil), ("", "md5", nil),
        ]
        for (client, server, chosen) in cases {
            guard let own = peer(client), let other = peer(server) else { continue }
            #expect(own.chosen(byClientFrom: other) == chosen, "\(client) / \(server)")
            #expect(other.chosen(byServerFrom: own) == chosen, "\(client) / \(server)")
        }
    }

    @Test func aListAbove255BytesHasNothingInCommon() {
        let filler = String(repeating: "x", count: 251)
        #expect(peer("md5 " + filler)?.names == [.md5])
        #expect(peer("md5 " + filler + "x")?.names == [])
        let long = written { $0.vString([UInt8](repeating: 0x61, count: 0x7fff)) }
        assertReads(long) { (r) throws(WireError) in try Checksums(reading: &r) }
    }

    @Test func readsTheEnvironment() {
        func names(_ value: String, isServer: Bool) -> [ChecksumName]? {
            Checksums(environment: value, isServer: isServer)?.names
        }
        #expect(names("", isServer: false) == nil)
        #expect(names(" \t", isServer: true) == nil)
        #expect(names("md5 bogus xxhash MD5", isServer: true) == [.md5, .xxh64])
        #expect(names("md5 & md4", isServer: false) == [.md5])
        #expect(names("md5 & md4", isServer: true) == [.md4])
        #expect(names("md5 &", isServer: true) == nil)
        #expect(Checksums(environment: "bogus", isServer: false)?.text == Array("INVALID".utf8))
    }

    @Test func withoutANameTheProtocolDecides() {
        #expect(ChecksumVariant(name: nil, traits: traits(29)) == .md4Legacy)
        #expect(ChecksumVariant(name: nil, traits: traits(30)) == .md5SeedLast)
        #expect(ChecksumVariant(name: nil, traits: traits(31, .checksumSeedFix)) == .md5SeedFirst)
        #expect(ChecksumVariant(name: .md5, traits: traits(31)) == .md5SeedFirst)
        #expect(ChecksumVariant(name: .md4, traits: traits(29)) == .md4)
    }
}

@Suite struct CapabilitiesTests {
    private func flags(_ text: String, incremental: Bool = true) -> CompatFlags {
        Capabilities(optionValue: Array(text.utf8)).compatFlags(allowsIncrementalRecursion: incremental)
    }

    /// SES-48.
    @Test func typicalStringsGiveTypicalFlags() {
        #expect(flags(".iLsfxCIvu").rawValue == 0x1ff)
        #expect(flags(".LsfxCIvu").rawValue == 0x1fe)
        #expect(flags(".iLsfxC").rawValue == 0x3f)
        #expect(flags(".Lsf").rawValue == 0x0e)
        #expect(flags("").rawValue == 0x06)
        #expect(flags(".iLsfxCIvu", incremental: false).rawValue == 0x1fe)
        #expect(flags("31.9iQQf") == [.symlinkTimes, .symlinkIconv, .incrementalRecursion, .safeFileList])
    }

    @Test func flagsAreAVarint() {
        #expect(written { CompatFlags(rawValue: 0x1ff).write(to: &$0) } == hex("81 ff"))
        #expect(assertReads(hex("3f")) { (r) throws(WireError) in try CompatFlags(reading: &r) }?.rawValue == 0x3f)
        assertDrips(hex("81 fe")) { (r) throws(WireError) in try CompatFlags(reading: &r) }
    }

    @Test func ourOwnStringAsksForWhatWeCan() {
        #expect(Capabilities.offered(incremental: true) == ".iLsfxCIvu")
        #expect(Capabilities.offered(incremental: false) == ".LsfxCIvu")
    }

    /// SES-40, as observed with 32.
    @Test(arguments: [
        ("32.1iLs", Int32(31)), ("31.1iLs", 30), ("30.5", 29), ("28.3", 27), ("33.1i", 32), ("32.0i", 32), (".iLs", 32),
        ("", 32), ("31.", 32), ("0.1", 32), ("99999999999.1", 32),
    ])
    func preReleasesAreAnsweredWithALowerNumber(text: String, number: Int32) {
        #expect(Capabilities(optionValue: Array(text.utf8)).advertised(own: 32) == number)
    }
}
