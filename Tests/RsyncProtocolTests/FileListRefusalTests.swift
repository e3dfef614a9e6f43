import RsyncProtocol
import RsyncWire
import Testing

/// FLS-93 and the limits around it: what must end a session, and with which exit code.
@Suite struct FileListRefusalTests {
    /// Flags, name and the rest of an entry of protocol 31, scheme B, without options.
    static func wire(_ name: [UInt8], mode: UInt32 = 0o100644, length: Int64 = 0) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(name.count > 255 ? 0x40 : 0x01)
        if name.count > 255 { writer.varInt(Int32(name.count)) } else { writer.byte(UInt8(name.count)) }
        writer.bytes(name)
        writer.varLong(length, minimum: 3)
        writer.varLong(0, minimum: 4)
        writer.int32(Int32(bitPattern: mode))
        return writer.bytes
    }

    static func outcome(_ wire: [UInt8], relative: Bool = false, traits: SessionTraits = traits(31)) -> Result<FileEntry, WireError> {
        var format = FileListFormat(traits: traits)
        format.relative = relative
        return outcome(wire, format)
    }

    static func outcome(_ wire: [UInt8], _ format: FileListFormat) -> Result<FileEntry, WireError> {
        var decoder = FileListDecoder(format: format)
        var reader = ByteReader(wire)
        do throws(WireError) {
            guard case .entry(let entry) = try decoder.decode(&reader) else { return .failure(.needsMore) }
            return .success(entry)
        } catch { return .failure(error) }
    }

    static func exitCode(_ result: Result<FileEntry, WireError>) -> Int32? {
        if case .failure(let error) = result, error.code != .needsMore { return error.exitCode }
        return nil
    }

    @Test(arguments: ["..", "a/../b", "a/..", "../a", "a//.."]) func refusesParentComponents(_ name: String) {
        #expect(Self.exitCode(Self.outcome(Self.wire(Array(name.utf8)))) == 4)
    }

    @Test func refusesAbsoluteNamesWithoutRelative() throws {
        #expect(Self.exitCode(Self.outcome(Self.wire(Array("/etc".utf8)))) == 4)
        #expect(try Self.outcome(Self.wire(Array("/etc".utf8)), relative: true).get().name == Array("/etc".utf8))
        #expect(Self.exitCode(Self.outcome(Self.wire(Array("/../etc".utf8)), relative: true)) == 4)
    }

    @Test(arguments: [
        ("a//b", "a/b"), ("./a", "a"), ("a/.", "a"), ("a/", "a"), ("a/./b", "a/b"), ("...", "..."), (".a/..b", ".a/..b"),
        ("a/.b/c.", "a/.b/c."),
    ]) func cleansNames(_ raw: String, _ clean: String) throws {
        #expect(try Self.outcome(Self.wire(Array(raw.utf8))).get().name == Array(clean.utf8))
        #expect(try Self.outcome(Self.wire(Array("/".utf8) + Array(raw.utf8)), relative: true).get().name == Array("/\(clean)".utf8))
    }

    @Test(arguments: [("/", "/."), ("/.", "/."), ("//", "/."), ("/./", "/.")]) func keepsTheRoot(_ raw: String, _ clean: String) throws {
        let wire = Self.wire(Array(raw.utf8), mode: 0o40755)
        #expect(try Self.outcome(wire, relative: true).get().name == Array(clean.utf8))
    }

    @Test(arguments: [".", "./", "./."]) func refusesARootThatIsNoDirectory(_ name: String) throws {
        #expect(Self.exitCode(Self.outcome(Self.wire(Array(name.utf8)))) == 2)
        #expect(try Self.outcome(Self.wire(Array(name.utf8), mode: 0o40755)).get().name == [0x2e])
    }

    @Test func keepsAnEmptyNameAsInactive() throws {
        let entry = try Self.outcome(Self.wire([])).get()
        var builder = FileListBuilder(startIndex: 0, traits: traits(31))
        builder.append(entry)
        let list = builder.finish(removingDuplicates: true)
        #expect(list.count == 1 && !list.isActive(0))
    }

    @Test func refusesNulBytes() {
        #expect(Self.exitCode(Self.outcome(Self.wire([0x61, 0, 0x62]))) == 22)
    }

    @Test func limitsTheNameToMaxPath() throws {
        let longest = [UInt8](repeating: 0x61, count: 4095)
        #expect(try Self.outcome(Self.wire(longest)).get().name == longest)
        #expect(Self.exitCode(Self.outcome(Self.wire(longest + [0x61]))) == 22)
        #expect(Self.exitCode(Self.outcome(bytes("40 f0 ff ff ff ff"))) == 22)
    }

    @Test func refusesAPrefixLongerThanThePreviousName() {
        #expect(Self.exitCode(Self.outcome(bytes("20 01 01 61 000000 00000000 a4810000"))) == 22)
    }

    @Test(arguments: [0, 0o030000, 0o050000, 0o070000, 0o110000, 0o130000, 0o150000, 0o160000, 0o170000, 0o644] as [UInt32])
    func refusesUnknownTypes(_ mode: UInt32) {
        #expect(Self.exitCode(Self.outcome(Self.wire([0x61], mode: mode))) == 2)
    }

    @Test func dropsModeBitsAboveTheLow16() throws {
        #expect(try Self.outcome(Self.wire([0x61], mode: 0x7fff_81a4)).get().mode.bits == 0x81a4)
    }

    @Test func refusesNegativeLengths() {
        #expect(Self.exitCode(Self.outcome(Self.wire([0x61], length: -5))) == 4)
        let old = bytes("01 01 61 ffffffff fbffffffffffffff 00000000 a4810000")
        #expect(Self.exitCode(Self.outcome(old, traits: traits(29))) == 4)
    }

    @Test func refusesNanosecondsOfASecondAndMore() {
        for (value, code) in [(999_999_999 as Int32, nil as Int32?), (1_000_000_000, 2), (-1, 2)] {
            var writer = ByteWriter()
            writer.bytes(bytes("04 20 01 61 000000 00000000"))
            writer.varInt(value)
            writer.int32(0o100644)
            #expect(Self.exitCode(Self.outcome(writer.bytes)) == code)
        }
    }

    @Test func refusesAnErrorCodeWhereItWasNotAgreed() {
        #expect(Self.exitCode(Self.outcome(bytes("04 10 01"), traits: traits(30))) == 2)
        #expect(Self.exitCode(Self.outcome(bytes("04 10 01"), traits: traits(29))) == 2)
    }

    @Test func limitsSymlinkTargets() throws {
        var format = FileListFormat(traits: traits(31))
        format.preserveLinks = true
        for (length, code) in [(-1 as Int32, 22 as Int32?), (0, 22), (1, nil), (4095, nil), (4096, 22)] {
            var writer = ByteWriter()
            writer.bytes(Self.wire([0x61], mode: 0o120777))
            writer.varInt(length)
            writer.bytes([UInt8](repeating: 0x78, count: 4096))
            #expect(Self.exitCode(Self.outcome(writer.bytes, format)) == code, "\(length)")
        }
    }

    @Test(arguments: [0, 1, 2, 77, -1] as [Int32]) func refusesHardLinksToNowhere(_ reference: Int32) {
        var format = FileListFormat(traits: traits(31))
        format.preserveHardLinks = true
        var decoder = FileListDecoder(format: format)
        var writer = ByteWriter()
        writer.bytes(Self.wire([0x61]))
        writer.bytes(bytes("04 02 01 62"))
        writer.varInt(reference)
        writer.bytes(bytes("000000 00000000 a4810000"))
        var reader = ByteReader(writer.bytes)
        _ = try? decoder.decode(&reader)
        let before = reader.consumed
        #expect(throws: WireError.self) { try decoder.decode(&reader) }
        #expect(reader.consumed == before)
    }

    /// FLS-36.
    @Test(arguments: [false, true]) func derivesContentBelowProtocol30(_ relative: Bool) throws {
        var format = FileListFormat(traits: traits(29))
        format.recursive = true
        format.relative = relative
        var encoder = encoder(format)
        var decoder = FileListDecoder(format: format)
        var contents: [Bool] = []
        for (name, isTop) in [("x", false), ("a/b", true), ("a/b/c", false), ("a/bc", false), ("a/b/d", false), ("e", true), ("e/f", false)] {
            var writer = ByteWriter()
            encoder.encode(entry(name, .directory, 0o755, isTop: isTop), into: &writer)
            var reader = ByteReader(writer.bytes)
            guard case .entry(let read) = try decoder.decode(&reader) else { return }
            #expect(read.isTop == isTop)
            contents.append(read.hasContent)
        }
        let expected = [false, true, true, !relative, !relative, true, true]
        #expect(contents == expected)
    }
}
