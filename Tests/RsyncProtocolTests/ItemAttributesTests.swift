import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct ItemAttributesTests {
    /// XFR-131, SES-203 and section 21 of the transfer part.
    @Test(arguments: [
        (ItemAttributes(flags: [.transfer, .isNew]), "00 a0"),
        (ItemAttributes(flags: [.transfer, .reportTime, .reportSize]), "0c 80"),
        (ItemAttributes(flags: [.reportTime]), "08 00"),
        (ItemAttributes(flags: [.localChange, .isNew]), "00 60"),
        (ItemAttributes(flags: [.transfer, .isNew], basis: .fuzzy, xname: Array("old".utf8)), "00 b8 83 03 6f 6c 64"),
        (ItemAttributes(flags: [.transfer, .isNew], basis: .partialDir), "00 a8 81"),
        (ItemAttributes(flags: [.transfer, .reportTime, .reportSize], basis: .alternate(2)), "0c 88 02"),
        (ItemAttributes(flags: [.localChange, .xnameFollows]), "00 50 00"),
    ])
    func isAsInTheClauses(item: ItemAttributes, text: String) {
        for traits in allTraits where traits.hasItemFlags {
            #expect(written { item.write(to: &$0, traits: traits) } == hex(text))
            let read = assertReads(hex(text)) { (r) throws(WireError) in try ItemAttributes(reading: &r, traits: traits) }
            #expect(read == item)
            assertDrips(hex(text)) { (r) throws(WireError) in try ItemAttributes(reading: &r, traits: traits) }
        }
    }

    @Test func isNothingBeforeProtocol29() {
        for traits in allTraits where !traits.hasItemFlags {
            let item = assertReads([]) { (r) throws(WireError) in try ItemAttributes(reading: &r, traits: traits) }
            #expect(item == ItemAttributes(flags: .transfer))
            let again = written { item?.write(to: &$0, traits: traits) }
            #expect(again.isEmpty)
        }
    }

    @Test func echoesADestinationTypeThatWasSpelledOut() {
        let bytes = hex("00 88 80")
        let item = assertReads(bytes) { (r) throws(WireError) in try ItemAttributes(reading: &r, traits: traits(31)) }
        #expect(item?.basis == .destination)
        let again = written { item?.write(to: &$0, traits: traits(31)) }
        #expect(again == bytes)
    }

    @Test func refusesTheFlagWithoutAMeaning() {
        assertRefuses(hex("00 82"), field: "iflags", exitCode: 2, code: .malformed) { (r) throws(WireError) in
            try ItemAttributes(reading: &r, traits: traits(30))
        }
    }

    @Test func boundsTheXname() {
        let longest = [UInt8](repeating: 0x61, count: 4095)
        assertReads(hex("00 90 8f ff") + longest) { (r) throws(WireError) in
            try ItemAttributes(reading: &r, traits: traits(30))
        }
        assertRefuses(hex("00 90 90 00"), field: "xname", exitCode: 2) { (r) throws(WireError) in
            try ItemAttributes(reading: &r, traits: traits(30))
        }
    }

    @Test func survivesCorruption() {
        assertSurvivesCorruption(
            of: hex("00 b8 83 03 6f 6c 64"),
            reading: { (r) throws(WireError) in try ItemAttributes(reading: &r, traits: traits(31)) },
            writing: { $0.write(to: &$1, traits: traits(31)) })
    }

    @Test func basisTypesHaveTheirPlaces() {
        #expect(BasisType.alternate(5).alternateIndex == 5 && !BasisType.alternate(5).isFuzzy)
        #expect(BasisType.fuzzy(alternate: 1).rawValue == 0x85 && BasisType.fuzzy(alternate: 1).alternateIndex == 1)
        #expect(BasisType.fuzzy.isFuzzy && BasisType.fuzzy.alternateIndex == nil)
        #expect(BasisType.destination.alternateIndex == nil && !BasisType.backup.isFuzzy)
    }
}
