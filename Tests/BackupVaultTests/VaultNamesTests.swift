import Testing

@testable import BackupVault

@Suite struct VaultNamesTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
        (951_868_800, "2000-03-01T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        (1_795_227_330, "2026-11-21T02:15:30Z"), (2_147_483_648, "2038-01-19T03:14:08Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
    func writesAndReadsTimes(_ seconds: Int64, _ text: String) {
        #expect(UTCTime(seconds: seconds).description == text)
        #expect(UTCTime(parsing: text)?.seconds == seconds)
    }

    @Test func daysOfFourCenturiesReadBack() {
        for day in stride(from: Int64(0), through: 150_000, by: 11) {
            let time = UTCTime(seconds: day * 86_400 + day % 86_400)
            #expect(UTCTime(parsing: time.description) == time)
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T02:15:30", "2026-11-21 02:15:30Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2026-11-21T02:15:3xZ", "2026-11-21T02:15:30Z ",
        "0000-00-00T00:00:00Z",
    ])
    func refusesAnImpossibleTime(_ text: String) { #expect(UTCTime(parsing: text) == nil) }

    @Test func clampsAMadClock() {
        #expect(UTCTime(seconds: .min).description == "1970-01-01T00:00:00Z")
        #expect(UTCTime(seconds: .max).description == "9999-12-31T23:59:59Z")
    }

    @Test(arguments: ["laptop", "a", "9", "web-1.example.org", "A_b", String(repeating: "x", count: 64)])
    func acceptsClient(_ name: String) { #expect(ClientName(name)?.description == name) }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-x", "_x", "a/b", "/a", "a b", "a\n", "a\0", "ä", "a;b", "a%2f",
        String(repeating: "x", count: 65),
    ])
    func refusesClient(_ name: String) { #expect(ClientName(name) == nil) }

    @Test func ordersSnapshotsBySecondAndOrdinal() throws {
        let names = [
            "2026-11-21T02:15:30Z", "2026-11-21T02:15:30Z-2", "2026-11-21T02:15:30Z-10", "2026-11-21T02:15:31Z",
        ]
        let parsed = names.compactMap(SnapshotName.init(parsing:))
        #expect(parsed.map(\.description) == names)
        #expect(parsed.shuffled().sorted().map(\.description) == names)
    }

    @Test(arguments: [
        "", "incomplete", "2026-11-21T02:15:30Z-", "2026-11-21T02:15:30Z-1", "2026-11-21T02:15:30Z-02",
        "2026-11-21T02:15:30Z-+2", "2026-11-21T02:15:30Z-1000", "2026-11-21T02:15:30Z.old", "2026-11-21T02:15:30Z2",
    ])
    func passesOverWhatIsNoSnapshot(_ name: String) { #expect(SnapshotName(parsing: name) == nil) }
}
