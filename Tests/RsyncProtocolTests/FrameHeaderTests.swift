import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct FrameHeaderTests {
    private func read(_ reader: inout ByteReader) throws(WireError) -> FrameHeader {
        try FrameHeader(reading: &reader)
    }

    @Test(arguments: [
        (MessageCode.data, 1, "01 00 00 07"), (.data, 0, "00 00 00 07"), (.info, 3, "03 00 00 09"),
        (.errorExit, 4, "04 00 00 5d"), (.errorExit, 0, "00 00 00 5d"), (.ioTimeout, 4, "04 00 00 28"),
        (.deleted, 5, "05 00 00 6c"), (.data, 0xffffff, "ff ff ff 07"), (.error, 27, "1b 00 00 0a"),
        (.noop, 0, "00 00 00 31"), (.success, 4, "04 00 00 6b"), (.success, 20, "14 00 00 6b"), (.noSend, 4, "04 00 00 6d"),
        (.ioError, 4, "04 00 00 1d"), (.warning, 5119, "ff 13 00 0b"),
    ] as [(MessageCode, Int, String)])
    func isAsInTheClause(code: MessageCode, length: Int, text: String) {
        let header = FrameHeader(code: code, length: length)
        #expect(written { header.write(to: &$0) } == hex(text))
        #expect(assertReads(hex(text), reading: read) == header)
        assertDrips(hex(text), reading: read)
    }

    @Test func refusesEveryOtherTag() {
        let legal = Set(MessageCode.allCases.filter { !$0.isPrivate }.map { $0.rawValue + 7 })
        #expect(legal == [0x07, 0x08, 0x09, 0x0a, 0x0b, 0x1d, 0x28, 0x31, 0x5d, 0x6b, 0x6c, 0x6d])
        for tag in UInt8.min...UInt8.max where !legal.contains(tag) {
            for length in [UInt8(0), 4] {
                var reader = ByteReader([length, 0, 0, tag])
                #expect(throws: WireError(.malformed, field: "", clause: "", offset: 0)) {
                    try FrameHeader(reading: &reader)
                }
            }
        }
    }

    @Test func namesTheTagAsTheReferenceDoes() {
        assertRefuses(hex("00 00 00 cf"), field: "tag", exitCode: 12, code: .malformed, reading: read)
        var reader = ByteReader(hex("00 00 00 cf"))
        do {
            _ = try read(&reader)
        } catch {
            #expect(error.value == -56)
        }
    }

    @Test(arguments: [UInt8(0x0c), 0x0d, 0x0e, 0x0f, 0x10, 0x11])
    func refusesPrivateCodes(tag: UInt8) {
        assertRefuses([4, 0, 0, tag], field: "code", exitCode: 12, code: .malformed, reading: read)
    }

    @Test(arguments: [
        "01 00 00 31", "03 00 00 5d", "08 00 00 5d", "00 00 00 1d", "05 00 00 28", "08 00 00 6b", "00 00 00 6d",
        "00 14 00 08", "00 14 00 0b", "00 14 00 6c",
    ])
    func refusesALengthTheCodeDoesNotHave(text: String) {
        assertRefuses(hex(text), field: "length", exitCode: 12, reading: read)
    }
}
