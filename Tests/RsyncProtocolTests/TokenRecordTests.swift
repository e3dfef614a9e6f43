import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct TokenRecordTests {
    private static let cases: [(record: TokenRecord, previous: Int32, bytes: [UInt8])] = [
        (.end, 5, [0x00]),
        (.data(0x1234), 0, [0x52, 0x34]),
        (.data(16383), 0, [0x7f, 0xff]),
        (.blocks(first: 7, last: 7), 7, [0x80]),
        (.blocks(first: 70, last: 70), 7, [0xbf]),
        (.blocks(first: 71, last: 71), 7, [0x20, 71, 0, 0, 0]),
        (.blocks(first: 6, last: 6), 7, [0x20, 6, 0, 0, 0]),
        (.blocks(first: 8, last: 9), 7, [0xc1, 1, 0]),
        (.blocks(first: 100, last: 100 + 65535), 7, [0x21, 100, 0, 0, 0, 0xff, 0xff]),
    ]

    @Test func isWrittenAsTheClauseSays() {
        for (record, previous, bytes) in Self.cases {
            #expect(written { record.write(to: &$0, previous: previous) } == bytes)
            let read = assertReads(bytes) { reader throws(WireError) in
                try TokenRecord(reading: &reader, previous: previous, blockCount: 1 << 20)
            }
            #expect(read == record)
            assertDrips(bytes) { reader throws(WireError) in
                try TokenRecord(reading: &reader, previous: previous, blockCount: 1 << 20)
            }
        }
    }

    @Test func refusesWhatCannotBe() {
        // Unknown flags, a run of none, blocks below 0 and behind the last one.
        let refused: [([UInt8], Int32)] = [
            ([0x01], 12), ([0x1f], 12), ([0x22], 12), ([0x3f], 12), ([0xc0, 0, 0], 2), ([0x21, 1, 0, 0, 0, 0, 0], 2),
            ([0x20, 0xff, 0xff, 0xff, 0xff], 2), ([0x20, 10, 0, 0, 0], 2), ([0x85], 2), ([0xc4, 1, 0], 2),
            ([0x21, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff], 2),
        ]
        for (bytes, exitCode) in refused {
            var reader = ByteReader(bytes)
            do {
                _ = try TokenRecord(reading: &reader, previous: 5, blockCount: 10)
                Issue.record("\(hex(bytes)) was read")
            } catch {
                #expect(error.code != .needsMore && error.exitCode == exitCode, "\(hex(bytes))")
            }
        }
    }
}
