import RsyncProtocol
import RsyncWire
import Testing

/// The worked examples of FLS-147 to FLS-154, read and written.
@Suite struct FileListGoldenTests {
    /// Decodes one entry behind those in `decoder`; it must take exactly the bytes.
    static func decode(_ hexadecimal: String, _ decoder: inout FileListDecoder) throws -> FileListDecoder.Item {
        var reader = ByteReader(bytes(hexadecimal))
        let item = try decoder.decode(&reader)
        #expect(reader.isAtEnd)
        return item
    }

    static func decodeEntry(_ hexadecimal: String, _ decoder: inout FileListDecoder) throws -> FileEntry {
        guard case .entry(let entry) = try decode(hexadecimal, &decoder) else {
            Issue.record("an end marker")
            return entry("")
        }
        return entry
    }

    static func encode(_ entry: FileEntry, _ encoder: inout FileListEncoder) -> [UInt8] {
        var writer = ByteWriter()
        encoder.encode(entry, into: &writer)
        return writer.bytes
    }

    @Test func firstEntriesOfProtocol32() throws {
        let format = fullFormat(traits(32, [.varintFileListFlags, .incrementalRecursion]))
        let dot = "ac 01 01 2e 00 00 10 6b 76 d7 00 ee ce 64 86 ed 41 00 00 00 04 726f6f74 00 04 726f6f74"
        let link = "a0 98 03 6c6e6b 00 05 00 ee ce 64 86 ff a1 00 00 05 612e747874"
        var decoder = FileListDecoder(format: format)
        decoder.beginList(startIndex: 1)
        var encoder = encoder(format)
        encoder.beginList(startIndex: 1)

        var root = entry(".", .directory, 0o755, length: 4096, mtime: 0x6b00_d776, isTop: true, hasContent: true)
        root.nanoseconds = 243_688_654
        #expect(Self.encode(root, &encoder) == bytes(dot))
        root.userName = Array("root".utf8)
        root.groupName = Array("root".utf8)
        #expect(try Self.decodeEntry(dot, &decoder) == root)

        var symlink = entry("lnk", .symlink, 0o777, length: 5, mtime: 0x6b00_d776)
        symlink.nanoseconds = 243_688_654
        symlink.linkTarget = Array("a.txt".utf8)
        #expect(Self.encode(symlink, &encoder) == bytes(link))
        #expect(try Self.decodeEntry(link, &decoder) == symlink)
        #expect(try Self.decode("00 00", &decoder) == .end(errors: 0))
    }

    /// Brings both sides to the state in which the examples of FLS-148 and FLS-149 begin: same owner and time.
    static func started(_ format: FileListFormat) throws -> (FileListEncoder, FileListDecoder) {
        var encoder = encoder(format)
        var decoder = FileListDecoder(format: format)
        encoder.beginList(startIndex: 0)
        decoder.beginList(startIndex: 0)
        var reader = ByteReader(encode(entry(".", .directory, 0o755, isTop: true), &encoder))
        _ = try decoder.decode(&reader)
        return (encoder, decoder)
    }

    @Test func hardLinksAndDevicesOfProtocol29() throws {
        let sum = "000102030405060708090a0b0c0d0e0f"
        var (encoder, decoder) = try Self.started(fullFormat(traits(29), checksumLength: 16))
        var one = entry("one", .regular, 0o4755, length: 3)
        one.checksum = bytes(sum)
        one.linkIdentity = LinkIdentity(device: 65024, inode: 16_304_370)
        var last = one
        last.name = Array("zz_hl3".utf8)
        var character = entry("chr", .characterDevice)
        character.rdev = DeviceNumber(major: 1, minor: 3)
        let steps: [(FileEntry, String)] = [
            (one, "9c 02 03 6f6e65 03000000 ed890000 01fe0000 f2c8f800" + sum),
            (entry("fifo", .fifo), "9c 09 04 6669666f 00000000 a4110000 00"),
            (character, "9c 08 03 636872 00000000 a4210000 01000000 03"),
            (last, "9c 06 06 7a7a5f686c33 03000000 ed890000 f2c8f800" + sum),
        ]
        for (entry, wire) in steps {
            #expect(Self.encode(entry, &encoder) == bytes(wire))
            var expected = entry
            expected.linkGroup = entry.linkIdentity == nil ? -1 : 1
            expected.linkIdentity = nil
            #expect(try Self.decodeEntry(wire, &decoder) == expected)
        }
        #expect(try Self.decode("00", &decoder) == .end(errors: 0))
        var trailer = ByteReader(bytes("01 00 00 00"))
        #expect(try decoder.decodeErrorTrailer(&trailer) == 1)
    }

    @Test func hardLinksAndDevicesOfProtocol27() throws {
        let sum = "305dcc2c0fdd5339969552c7b8996348"
        var (encoder, decoder) = try Self.started(fullFormat(traits(27), checksumLength: 16))
        var one = entry("one", .regular, 0o4755, length: 3)
        one.checksum = bytes(sum)
        one.linkIdentity = LinkIdentity(device: 65024, inode: 16_304_370)
        var block = entry("blk", .blockDevice, 0o640)
        block.rdev = DeviceNumber(major: 8, minor: 300)
        let zeros = String(repeating: "00", count: 16)
        for (entry, wire) in [
            (one, "98 03 6f6e65 03000000 ed890000 01fe0000 f2c8f800" + sum),
            (block, "98 03 626c6b 00000000 a0610000 2c081000" + zeros),
        ] {
            #expect(Self.encode(entry, &encoder) == bytes(wire))
            var expected = entry
            expected.linkGroup = entry.linkIdentity == nil ? -1 : 1
            expected.linkIdentity = nil
            #expect(try Self.decodeEntry(wire, &decoder) == expected)
        }
        var writer = ByteWriter()
        encoder.encodeEnd(errors: 1, into: &writer)
        #expect(writer.bytes == [0])
    }

    /// FLS-150 without the ACL and xattr bytes.
    @Test func anAbbreviatedHardLinkTakesOverTheFields() throws {
        let format = fullFormat(traits(32, [.varintFileListFlags, .incrementalRecursion]))
        var encoder = encoder(format)
        var decoder = FileListDecoder(format: format)
        encoder.beginList(startIndex: 0)
        decoder.beginList(startIndex: 0)
        var first = entry("one", .regular, 0o755, length: 3, mtime: 9)
        first.nanoseconds = 5
        first.linkIdentity = LinkIdentity(device: 1, inode: 2)
        var later = first
        later.name = Array("zz_hl3".utf8)
        for entry in [entry(".", .directory), entry("x", mtime: 9), first] {
            var reader = ByteReader(Self.encode(entry, &encoder))
            _ = try decoder.decode(&reader)
        }
        // As in the clause but for SAME_MODE, since here the entry before has the same mode.
        let wire = "a2 9a 06 7a7a5f686c33 02"
        #expect(Self.encode(later, &encoder) == bytes(wire))
        var expected = later
        expected.linkIdentity = nil
        expected.linkGroup = 2
        #expect(try Self.decodeEntry(wire, &decoder) == expected)
    }

    @Test func aTimeBefore1970() throws {
        let old = entry("f", mtime: -304_819_200)
        for (number, field, expected) in [
            (32 as Int32, "f8 00 d4 d4 ed ff ff ff ff", -304_819_200 as Int64),
            (27, "00 d4 d4 ed", 0xedd4_d400),
        ] {
            let format = FileListFormat(traits: traits(number))
            var encoder = encoder(format)
            var decoder = FileListDecoder(format: format)
            let wire = Self.encode(old, &encoder)
            #expect(wire.dropFirst(number == 32 ? 6 : 7).starts(with: bytes(field)))
            var reader = ByteReader(wire)
            guard case .entry(let read) = try decoder.decode(&reader) else { return }
            #expect(read.mtime == expected)
        }
    }

    @Test func aMissingEntryIsLegalOnlyWhenAskedFor() throws {
        var format = fullFormat(traits(32, .varintFileListFlags))
        format.numericIds = true
        let wire = "80 82 04 6e6f7065 000000 00 00"
        var encoder = encoder(format)
        #expect(Self.encode(FileEntry(name: Array("nope".utf8), mode: FileMode(bits: 0)), &encoder) == bytes(wire))
        var strict = FileListDecoder(format: format)
        #expect(throws: WireError(.malformed, field: "mode", clause: "FLS-54", offset: 0)) {
            try Self.decode(wire, &strict)
        }
        format.acceptsMissing = true
        var decoder = FileListDecoder(format: format)
        #expect(try Self.decodeEntry(wire, &decoder) == FileEntry(name: Array("nope".utf8), mode: FileMode(bits: 0)))
    }

    @Test(arguments: [
        (traits(29), 1 as Int32, "00"), (traits(31), 1, "04 10 01"), (traits(31), 0, "00"), (traits(30), 1, "00"),
        (traits(30, .safeFileList), 1, "04 10 01"), (traits(32, .varintFileListFlags), 0, "00 00"),
        (traits(32, .varintFileListFlags), 1, "00 01"),
    ]) func endMarkers(_ traits: SessionTraits, _ errors: Int32, _ wire: String) throws {
        var writer = ByteWriter()
        encoder(fullFormat(traits)).encodeEnd(errors: errors, into: &writer)
        #expect(writer.bytes == bytes(wire))
        var decoder = FileListDecoder(format: fullFormat(traits))
        let carried = bytes(wire).count > 1 ? errors : 0
        #expect(try Self.decode(wire, &decoder) == .end(errors: carried))
    }

    @Test func zeroFlagsAreReplaced() {
        for (compat, type, first) in [
            (nil as CompatFlags?, FileType.directory, "40 01000000 64"), (nil, .regular, "01 01 64"),
            ([], .directory, "04 00 01 64"), ([], .regular, "01 01 64"), (.varintFileListFlags, .directory, "04 01 64"),
            (.varintFileListFlags, .regular, "04 01 64"),
        ] {
            let format = FileListFormat(traits: compat.map { traits(31, $0) } ?? traits(27), preserveOwner: true, preserveGroup: true)
            var encoder = encoder(format)
            let wire = Self.encode(entry("d", type, 0o700, length: 1, mtime: 1, hasContent: true), &encoder)
            #expect(wire.starts(with: bytes(first)))
        }
    }
}
