@testable import RsyncOptions
import Testing

struct StopTimeTests {
    /// What rsync 3.5.0 takes and refuses.
    @Test(arguments: [
        ("foo", false), ("", false), ("T13", false), ("32", false), ("2-30", false), ("2027-2-29", true), ("2020-13-01", false),
        ("2030-1-1T25:00", false), ("2030-1-1T1:60", false), ("2030-1-1T1", false), ("2030-1-1T1:1:1", false), ("13", true),
        ("2030-1-1T1:1Z", false), ("2030-1", false), ("21/11", false), ("11/21", true), ("11/21T11:59", true), ("99-1-1", true),
        ("T13:00", true), ("30T1:1", true), ("23:59", true), (":59", true), ("2020/1/1", true), ("2030-01-01T00:00", true),
        ("2099-2-30", true), ("2099-4-32", false), ("2099-1-1T", true), ("25T", true), ("T", false), ("T:30", false),
        ("2099-1-1T:30", false), ("10000-1-1", true), ("99999999999-1-1", true), ("00-1-1", true), ("1-99999", false),
    ])
    func takesWhatTheReferenceTakes(text: String, isTime: Bool) { #expect((StopTime(Array(text.utf8)) != nil) == isTime) }

    @Test func knowsItsParts() throws {
        let whole = try #require(StopTime(Array("31-12-30T4:05".utf8)))
        #expect([whole.year, whole.month, whole.day, whole.hour, whole.minute] == [31, 12, 30, 4, 5])
        let minute = try #require(StopTime(Array(":07".utf8)))
        #expect([minute.year, minute.month, minute.day, minute.hour, minute.minute] == [nil, nil, nil, nil, 7])
    }

    @Test(arguments: [("0", nil), ("-1", nil), ("x", nil), ("1.5", 1), ("7", 7), ("99999999999", 2_147_483_647)] as [(String, Int64?)])
    func minutes(text: String, minutes: Int64?) { #expect(StopTime.minutes(Array(text.utf8)) == minutes) }
}
