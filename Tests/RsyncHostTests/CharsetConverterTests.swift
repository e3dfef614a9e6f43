import RsyncHost
import Testing

@Suite struct CharsetConverterTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func convertsBothWays() throws {
        let latin = try #require(CharsetConverter(bytes("ISO-8859-1")))
        #expect(latin.toWire([0x61, 0xe9]) == bytes("a\u{e9}"))
        #expect(latin.toLocal(bytes("a\u{e9}")) == [0x61, 0xe9])
        #expect(latin.toLocal(bytes("\u{3042}")) == nil)
        #expect(latin.toWire([]) == [])
        // A failure leaves nothing behind.
        #expect(latin.toLocal(bytes("\u{fc}")) == [0xfc])
    }

    @Test func refusesWhatIsNoText() throws {
        let converter = try #require(CharsetConverter(bytes("UTF-8")))
        #expect(converter.toWire(bytes("\u{e9}")) == bytes("\u{e9}"))
        for wrong in [[0xff], [0x61, 0xc3], [0xc3, 0x28]] as [[UInt8]] { #expect(converter.toWire(wrong) == nil) }
        #expect(converter.isCutShort([0x61, 0xc3], toWire: true) && converter.isCutShort([0xe2, 0x80], toWire: false))
        #expect(!converter.isCutShort([0xff], toWire: true) && !converter.isCutShort([0xc3, 0x28], toWire: false))
    }

    /// The guess of the room needed is too small here.
    @Test func growsAsMuchAsItTakes() throws {
        let wide = try #require(CharsetConverter(bytes("UTF-32LE")))
        let text = [UInt8](repeating: 0x61, count: 1000)
        let local = try #require(wide.toLocal(text))
        #expect(local.count == 4000)
        #expect(wide.toWire(local) == text)
    }

    @Test func knowsTheLocaleAndNoNonsense() {
        #expect(CharsetConverter([]) != nil)
        #expect(CharsetConverter(bytes(".")) != nil)
        #expect(CharsetConverter(bytes("none-such")) == nil)
    }
}
