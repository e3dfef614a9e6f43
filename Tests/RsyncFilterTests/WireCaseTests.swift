import RsyncWire
import Testing

@testable import RsyncFilter

@Suite struct WireCaseTests {
    @Test func sendsWhatTheReferenceSends() throws {
        for item in try FilterCases.load().wire_cases {
            let form = wireForm(
                item.protocol, pull: item.direction == "pull", deletes: item.options.contains("--delete"),
                prunes: item.options.contains("-m"))
            var writer = ByteWriter()
            do throws(FilterError) {
                try list(item, form).encode(into: &writer, form: form)
                #expect(item.error == nil, "\(item.id)")
                #expect(!writer.bytes.isEmpty == item.list_sent, "\(item.id)")
            } catch {
                #expect(item.error != nil && error.exitCode == 2, "\(item.id): \(error)")
            }
            #expect(try decoded(writer.bytes) == (item.rules ?? []), "\(item.id)")
        }
    }

    private func list(_ item: FilterCases.Wire, _ form: FilterWireForm) throws(FilterError) -> FilterList {
        var reader = FilesInMemory()
        reader.files["/w/mrg"] = "- inmerge\n# c\n; c2\n\n+ incl/\n"
        reader.cvsIgnoreVariable = item.env?["CVSIGNORE"].map { [UInt8]($0) }
        var list = FilterList()
        list.deletesExcluded = item.options.contains("--delete-excluded")
        for option in item.options {
            let value = option.replacing("{MERGE}", with: "/w/mrg")
            if value.hasPrefix("--exclude=") {
                try list.add(exclude: [UInt8](String(value.dropFirst(10))))
            } else if value.hasPrefix("--include=") {
                try list.add(include: [UInt8](String(value.dropFirst(10))))
            } else if value.hasPrefix("-f") {
                try list.add(parsing: [UInt8](String(value.dropFirst(2))), reader: reader)
            } else if value.hasPrefix("-F") {
                for occurrence in 1..<value.count { try list.addFilterFileOption(occurrence: occurrence) }
            }
        }
        if item.options.contains("-b") { list.addBackupProtection(suffix: [UInt8]("~")) }
        if item.options.contains("--partial-dir=.pp") {
            list.addPartialDirectoryRule([UInt8](".pp"))
        }
        if item.options.contains("-C"), !form.clientIsReceiver { try list.addCVSOption(reader: reader) }
        return list
    }

    private func decoded(_ bytes: [UInt8]) throws -> [String] {
        var reader = ByteReader(bytes)
        var texts = FilterTextReader()
        var result: [String] = []
        guard !bytes.isEmpty else { return [] }
        while let text = try texts.next(&reader) { result.append(String(decoding: text, as: UTF8.self)) }
        #expect(reader.isAtEnd)
        return result
    }

    @Test func writesTheBytesOfTheSpecification() throws {
        var list = FilterList()
        try list.add(exclude: [UInt8]("*.o"))
        var writer = ByteWriter()
        try list.encode(into: &writer, form: wireForm(29, pull: true))
        #expect(writer.bytes == [5, 0, 0, 0, 0x2d, 0x20, 0x2a, 0x2e, 0x6f, 0, 0, 0, 0])
        writer.removeAll()
        try list.encode(into: &writer, form: wireForm(28, pull: true))
        #expect(writer.bytes == [3, 0, 0, 0, 0x2a, 0x2e, 0x6f, 0, 0, 0, 0])
        writer.removeAll()
        try list.encode(into: &writer, form: wireForm(28, pull: false))
        #expect(writer.bytes.isEmpty)
        try FilterList().encode(into: &writer, form: wireForm(32, pull: true))
        #expect(writer.bytes == [0, 0, 0, 0])
    }

    @Test func asksForMoreAtEveryPrefix() throws {
        let bytes: [UInt8] = [5, 0, 0, 0, 0x2d, 0x20, 0x2a, 0x2e, 0x6f]
        for count in 0..<bytes.count {
            var reader = ByteReader(bytes, to: count)
            var texts = FilterTextReader()
            #expect(throws: WireError.needsMore) { try texts.next(&reader) }
            #expect(reader.consumed == 0)
        }
    }

    @Test func refusesTextsAtTheLimitAndNegativeLengths() throws {
        for length in [Int32(FilterLimits.wireText), -1, .min] {
            var writer = ByteWriter()
            writer.int32(length)
            var reader = ByteReader(writer.bytes)
            var texts = FilterTextReader()
            let error = #expect(throws: WireError.self) { try texts.next(&reader) }
            #expect(error?.exitCode == 22 && error?.code == .outOfRange)
        }
        var writer = ByteWriter()
        writer.int32(Int32(FilterLimits.wireText - 1))
        writer.bytes([UInt8](repeating: 0x61, count: FilterLimits.wireText - 1))
        var reader = ByteReader(writer.bytes)
        var texts = FilterTextReader()
        #expect(try texts.next(&reader)?.count == FilterLimits.wireText - 1)
    }

    @Test func capsTheWholeList() throws {
        var writer = ByteWriter()
        writer.int32(5000)
        writer.bytes([UInt8](repeating: 0x61, count: 5000))
        var texts = FilterTextReader()
        for _ in 0..<(FilterLimits.receivedBytes / 5000) {
            var reader = ByteReader(writer.bytes)
            _ = try texts.next(&reader)
        }
        var reader = ByteReader(writer.bytes)
        #expect(throws: WireError(.outOfRange, field: "", clause: "", offset: 0)) { try texts.next(&reader) }
    }

    @Test func roundTripsEveryExpressibleRule() throws {
        let texts = ["- a", "+ b/", "-/ /x", "-! *.c", "-p q", "-x user.*", "-s h", "-sr both", ":n- .nn", ":w .ew", "-  sp"]
        var sender = FilterList()
        for text in texts { try sender.add(parsing: [UInt8](text)) }
        let form = wireForm(32, pull: true)
        var received = FilterList()
        for text in try sender.wireTexts(form: form) { try received.add(received: text, form: form, side: .sender) }
        #expect(received.rules == sender.rules)
    }

    @Test func serverRefusesMergesAndIgnoresRulesForTheClient() throws {
        let form = wireForm(32, pull: true)
        var list = FilterList()
        for text in [". /etc/passwd", "merge /etc/passwd", ".- x"] {
            let error = #expect(throws: FilterError.self) {
                try list.add(received: [UInt8](text), form: form, side: .sender, reader: FilesInMemory())
            }
            #expect(error?.code == .mergeFromPeer)
        }
        try list.add(received: [UInt8]("-r a"), form: form, side: .sender)
        #expect(list.isEmpty)
        try list.add(received: [UInt8]("- a"), form: form, side: .sender)
        try list.add(received: [UInt8]("!"), form: form, side: .sender)
        #expect(list.isEmpty)
    }

    @Test func protectsPatternsThatOldServersWouldMisread() throws {
        var list = FilterList()
        for text in ["- !", "- - x", "- + y", "+ z/"] { try list.add(parsing: [UInt8](text)) }
        let texts = try list.wireTexts(form: wireForm(27, pull: true)).map { String(decoding: $0, as: UTF8.self) }
        #expect(texts == ["- !", "- - x", "- + y", "+ z/"])
    }
}
