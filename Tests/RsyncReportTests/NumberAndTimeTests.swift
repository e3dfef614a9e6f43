@testable import RsyncReport
import Testing

struct NumberAndTimeTests {
    /// Seen in listings of rsync 3.5.0.
    @Test(arguments: [
        (0, "0", "0", "0", "0"), (999, "999", "999", "999", "999"), (1000, "1000", "1,000", "1.00K", "1,000"),
        (1023, "1023", "1,023", "1.02K", "1,023"), (4096, "4096", "4,096", "4.10K", "4.00K"),
        (999_999, "999999", "999,999", "1000.00K", "976.56K"), (1_048_575, "1048575", "1,048,575", "1.05M", "1024.00K"),
        (1_234_567_890_123, "1234567890123", "1,234,567,890,123", "1.23T", "1.12T"),
        (-12345, "-12345", "-12,345", "-12.35K", "-12.06K"),
    ])
    func showsNumbersByLevel(value: Int64, plain: String, grouped: String, thousand: String, kibi: String) {
        #expect(HumanNumber(level: 0).text(value) == plain)
        #expect(HumanNumber(level: 1).text(value) == grouped)
        if value >= 0 { #expect(HumanNumber(level: 2).text(value) == thousand) }
        if value >= 0 { #expect(HumanNumber(level: 3).text(value) == kibi) }
    }

    /// As C's printf does, from the exact binary value.
    @Test(arguments: [
        (0.125, "0.12"), (0.375, "0.38"), (1.005, "1.00"), (2.675, "2.67"), (1980.2148, "1980.21"), (0.0, "0.00"),
        (0.995, "0.99"), (99.995, "100.00"), (123456789.125, "123456789.12"),
    ])
    func roundsTheExactValue(value: Double, expected: String) {
        #expect(HumanNumber.fixed(value, digits: 2) == expected)
    }

    @Test func groupsTheWholePartOfFractions() {
        #expect(HumanNumber(level: 1).text(600_882.0, digits: 2) == "600,882.00")
        #expect(HumanNumber(level: 3).text(600_882.0, digits: 2) == "586.80K")
        #expect(HumanNumber(level: 2).count(1980.21, digits: 2) == "1,980.21")
    }

    @Test(arguments: [
        (0, "1970/01/01 00:00:00"), (951_782_400, "2000/02/29 00:00:00"), (4_107_542_399, "2100/02/28 23:59:59"),
        (4_107_542_400, "2100/03/01 00:00:00"), (-1, "1969/12/31 23:59:59"), (-315_619_200, "1960/01/01 00:00:00"),
        (1_577_934_245, "2020/01/02 03:04:05"),
    ])
    func showsTimesOfTheCalendar(seconds: Int64, expected: String) {
        #expect(LocalTime(seconds) { _ in 0 }.text == expected)
        #expect(LocalTime(seconds - 5400) { _ in 5400 }.text == expected)
    }

    @Test func survivesTheEndsOfTime() {
        for seconds in [Int64.min, Int64.max, Int64.min + 1, 67_768_036_191_676_799] {
            #expect(!LocalTime(seconds) { _ in 3600 }.text.isEmpty)
        }
    }

    /// MET-170, as rsync 3.5.0 shows it under the C locale.
    @Test func escapesWhatATerminalCouldObey() {
        let name = Array("o\u{1}dd\\#123\ty".utf8) + [0xff, 0xe9, 0x7a]
        #expect(String(decoding: NameEscaping.ascii.escape(name), as: UTF8.self) == "o\\#001dd\\#134#123\ty\\#377\\#351z")
        #expect(NameEscaping.utf8.escape(name) == NameEscaping.ascii.escape(name))
        let text = Array("é€😀\\#12x\\".utf8)
        #expect(NameEscaping.utf8.escape(text) == text)
        #expect(
            String(decoding: NameEscaping.ascii.escape(Array("é".utf8)), as: UTF8.self) == "\\#303\\#251")
        #expect(String(decoding: NameEscaping.utf8.escape([0xc2, 0x9b]), as: UTF8.self) == "\\#302\\#233")
        #expect(String(decoding: NameEscaping.utf8.escape([0xc3]), as: UTF8.self) == "\\#303")
    }
}
