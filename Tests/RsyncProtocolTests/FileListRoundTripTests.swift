import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

/// Whatever the encoder writes the decoder reads, in every protocol and flag scheme.
@Suite struct FileListRoundTripTests {
    static let seed: UInt64 = 0x0ebb_0003

    static let formats: [FileListFormat] = listTraits.flatMap { traits -> [FileListFormat] in
        var bare = FileListFormat(traits: traits)
        bare.numericIds = true
        var numeric = fullFormat(traits, checksumLength: traits.version.number >= 30 ? 8 : 16)
        numeric.numericIds = true
        return [fullFormat(traits), numeric, bare]
    }

    /// Encodes lists of random entries, as incremental recursion would send them.
    static func session(
        _ format: FileListFormat, seed: UInt64, lists: Int, entriesPerList: Int
    ) -> (entries: [[FileEntry]], wire: [[UInt8]]) {
        var random = SeededNumbers(seed: seed)
        let all = randomEntries(lists * entriesPerList, format, &random)
        var encoder = encoder(format)
        var entries: [[FileEntry]] = []
        var wire: [[UInt8]] = []
        for list in 0..<lists {
            entries.append(Array(all[(list * entriesPerList)..<((list + 1) * entriesPerList)]))
            encoder.beginList(startIndex: startIndex(list, entriesPerList, format))
            var writer = ByteWriter()
            for entry in entries[list] { encoder.encode(entry, into: &writer) }
            encoder.encodeEnd(errors: Int32(list), into: &writer)
            wire.append(writer.bytes)
        }
        return (entries, wire)
    }

    static func startIndex(_ list: Int, _ count: Int, _ format: FileListFormat) -> Int32 {
        format.traits.incrementalRecursion ? Int32(1 + list * (count + 1)) : 0
    }

    static func lists(_ format: FileListFormat) -> Int { format.traits.incrementalRecursion ? 3 : 1 }

    /// What must come out: the fields this format carries.
    static func normalised(_ sent: FileEntry, _ received: FileEntry, _ format: FileListFormat) -> FileEntry {
        var expected = sent
        expected.linkIdentity = nil
        expected.linkGroup = received.linkGroup
        expected.userName = received.userName
        expected.groupName = received.groupName
        if !format.traits.directoriesCarryContent { expected.hasContent = received.hasContent }
        return expected
    }

    /// FLS-69.
    static func isTracked(_ entry: FileEntry, _ traits: SessionTraits) -> Bool {
        traits.tracksAllRegularFiles ? entry.mode.isRegular : entry.linkIdentity != nil
    }

    @Test(arguments: formats) func decodesWhatTheEncoderWrote(_ format: FileListFormat) throws {
        for round in 0..<5 {
            let seed = Self.seed + UInt64(round)
            let count = 40
            let (entries, wire) = Self.session(format, seed: seed, lists: Self.lists(format), entriesPerList: count)
            var decoder = FileListDecoder(format: format)
            var groups: [LinkIdentity: Int32] = [:]
            for (list, sent) in entries.enumerated() {
                decoder.beginList(startIndex: Self.startIndex(list, count, format))
                var reader = ByteReader(wire[list])
                for entry in sent {
                    guard case .entry(let received) = try decoder.decode(&reader) else {
                        Issue.record("list ends early, seed \(seed)")
                        return
                    }
                    #expect(received == Self.normalised(entry, received, format), "seed \(seed)")
                    let isTracked = format.preserveHardLinks && Self.isTracked(entry, format.traits)
                    if isTracked, let identity = entry.linkIdentity {
                        #expect(received.linkGroup >= 0, "seed \(seed)")
                        #expect(groups[identity, default: received.linkGroup] == received.linkGroup, "seed \(seed)")
                        groups[identity] = received.linkGroup
                    } else {
                        #expect((received.linkGroup >= 0) == isTracked, "seed \(seed)")
                    }
                }
                let carries = format.traits.fileFlagsEncoding == .varint || format.traits.safeFileList
                #expect(try decoder.decode(&reader) == .end(errors: carries ? Int32(list) : 0), "seed \(seed)")
                #expect(reader.isAtEnd, "seed \(seed)")
            }
            #expect(Set(groups.values).count == groups.count, "seed \(seed)")
        }
    }

    @Test(arguments: formats) func asksForMoreAtEveryPrefixAndKeepsItsState(_ format: FileListFormat) throws {
        let count = 12
        let (_, wire) = Self.session(format, seed: Self.seed, lists: Self.lists(format), entriesPerList: count)
        var whole = FileListDecoder(format: format)
        var dripped = FileListDecoder(format: format)
        for (list, data) in wire.enumerated() {
            let start = Self.startIndex(list, count, format)
            whole.beginList(startIndex: start)
            dripped.beginList(startIndex: start)
            var reader = ByteReader(data)
            while !reader.isAtEnd {
                let from = reader.consumed
                let expected = try whole.decode(&reader)
                for length in from..<reader.consumed {
                    var short = ByteReader(data, from: from, to: length)
                    #expect(throws: WireError.needsMore) { try dripped.decode(&short) }
                    #expect(short.consumed == 0)
                }
                var exact = ByteReader(data, from: from, to: reader.consumed)
                #expect(try dripped.decode(&exact) == expected)
            }
        }
    }

    @Test(arguments: formats) func survivesCorruption(_ format: FileListFormat) {
        var random = SeededNumbers(seed: Self.seed)
        let count = 20
        let (_, wire) = Self.session(format, seed: Self.seed, lists: 1, entriesPerList: count)
        for _ in 0..<100 {
            var data = wire[0]
            for _ in 0...Int.random(in: 0...3, using: &random) {
                data[Int.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            var decoder = FileListDecoder(format: format)
            decoder.beginList(startIndex: Self.startIndex(0, count, format))
            var builder = FileListBuilder(startIndex: 0, traits: format.traits)
            var reader = ByteReader(data)
            var again = encoder(format)
            again.beginList(startIndex: Self.startIndex(0, count, format))
            var writer = ByteWriter()
            while let item = try? decoder.decode(&reader), case .entry(let entry) = item {
                #expect(!entry.name.contains(0) && entry.length >= 0 && entry.name.first != 0x2f)
                builder.append(entry)
                again.encode(entry, into: &writer)
            }
            let list = builder.finish(removingDuplicates: true)
            #expect(list.count <= data.count)
        }
    }

    /// HOS-130: all flag words, each before the same body.
    @Test(arguments: [traits(27), traits(29), traits(30, .varintFileListFlags), traits(31), traits(32, [.varintFileListFlags, .incrementalRecursion])])
    func neverCrashesOnAnyFlagWord(_ traits: SessionTraits) {
        let format = fullFormat(traits, checksumLength: 16)
        let body = [UInt8](repeating: 1, count: 80)
        let words = 1..<Int32(0x1_0000)
        for word in words where word < 256 || traits.fileFlagsEncoding != .byte && (word & 4 != 0 || traits.fileFlagsEncoding == .varint) {
            var writer = ByteWriter()
            switch traits.fileFlagsEncoding {
            case .byte: writer.byte(UInt8(truncatingIfNeeded: word))
            case .extendedByte:
                writer.byte(UInt8(truncatingIfNeeded: word))
                if word & 4 != 0 { writer.byte(UInt8(truncatingIfNeeded: word >> 8)) }
            case .varint: writer.varInt(word)
            }
            writer.bytes(body)
            var decoder = FileListDecoder(format: format)
            decoder.beginList(startIndex: 0)
            var reader = ByteReader(writer.bytes)
            _ = try? decoder.decode(&reader)
        }
    }

    @Test(arguments: listTraits) func idListsHoldEachNamedIdOnce(_ traits: SessionTraits) throws {
        let format = fullFormat(traits)
        var encoder = encoder(format)
        encoder.beginList(startIndex: 0)
        var writer = ByteWriter()
        for id: UInt32 in [0, 4, 4, 3, 4, 4_000_000_000, 0] {
            var entry = entry("f")
            entry.uid = id
            entry.gid = id
            encoder.encode(entry, into: &writer)
        }
        writer.removeAll()
        encoder.encodeIdLists(into: &writer)
        if traits.incrementalRecursion {
            #expect(writer.bytes.isEmpty)
            return
        }
        var decoder = FileListDecoder(format: format)
        var reader = ByteReader(writer.bytes)
        let zero: [UInt8]? = traits.idListsNameZero ? Array("root".utf8) : nil
        #expect(try decoder.decodeIdListItem(&reader) == .name(4, Array("u4".utf8)))
        #expect(try decoder.decodeIdListItem(&reader) == .name(4_000_000_000, Array("u4000000000".utf8)))
        #expect(try decoder.decodeIdListItem(&reader) == .end(zeroName: zero))
        #expect(try decoder.decodeIdListItem(&reader) == .name(4, Array("g4".utf8)))
        #expect(try decoder.decodeIdListItem(&reader) == .name(3, Array("g3".utf8)))
        #expect(try decoder.decodeIdListItem(&reader) == .end(zeroName: zero))
        #expect(reader.isAtEnd)
    }

    @Test func refusesAnIdListWithoutEnd() throws {
        var decoder = FileListDecoder(format: fullFormat(traits(32)))
        let item = bytes("01 01 61")
        for _ in 0..<IdListItem.largestCount {
            var reader = ByteReader(item)
            _ = try decoder.decodeIdListItem(&reader)
        }
        var reader = ByteReader(item)
        #expect(throws: WireError(.outOfRange, field: "id list", clause: "HOS-180", offset: 0)) {
            try decoder.decodeIdListItem(&reader)
        }
    }
}
