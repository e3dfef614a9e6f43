import ConformanceKit
import Testing

@Suite struct CaseReadingTests {
    private func read(_ text: String) throws -> Case {
        try Case(id: "FLS-28/a", path: "FLS-28/a.json", JSONValue(Array(text.utf8)))
    }

    private func defect(_ text: String) -> String {
        do { _ = try read(text) } catch { return "\(error)" }
        return "none"
    }

    private static let least = #""title": "t", "clauses": ["FLS-28"], "roles": ["server-sender"]"#

    @Test func givesTheDefaultsOfTheSchema() throws {
        let one = try read("{\(Self.least)}")
        #expect(one.options == [Array("-r".utf8)] && one.peer == .engine(deviates: nil) && one.paths == .contents)
        #expect(one.expect.outcome == .completes && one.expect.allowedCodes == .success)
        #expect(one.expect.seconds == 20 && one.expect.mebibytes == 512)
    }

    @Test(arguments: [
        (#"{\#(least), "sorce": {}}"#, "FLS-28/a.json: sorce is not known here"),
        (#"{\#(least), "expect": {"outcome": "completes", "exti": 1}}"#, "FLS-28/a.json: expect: exti is not known here"),
        (#"{\#(least), "source": {"a": {"file": "x", "mod": "1"}}}"#, "FLS-28/a.json: source: a: mod is not known here"),
        (#"{\#(least), "source": {"../a": {"file": "x"}}}"#,
            "FLS-28/a.json: source: ../a: a path below the root expected, without a slash at either end"),
        (#"{\#(least), "expect": {"outcome": "works"}}"#,
            "FLS-28/a.json: expect: outcome: one of completes, refuses, ends expected"),
        (#"{\#(least), "title": "u"}"#, "line 1: title stands twice"),
        (#"{\#(least), "protocols": "26-"}"#, "FLS-28/a.json: protocols: no range of protocols"),
        (#"{"title": "t", "clauses": ["FLS-9"], "roles": ["server-sender"]}"#,
            "FLS-28/a.json: the first of clauses is not the folder's"),
    ])
    func namesWhatItDoesNotKnow(text: String, expected: String) {
        #expect(defect(text) == expected)
    }

    @Test func readsAnyByteInPathsAndTexts() throws {
        let one = try read(#"{\#(Self.least), "source": {"a\\xff": {"file": "\\x00\\\\x"}}, "options": ["-r", "\\x0a"]}"#)
        guard case .items(let items)? = one.source, case .file(.text(let text)) = items[0].kind else {
            Issue.record("not the tree described")
            return
        }
        #expect(items[0].path == [0x61, 0xff] && text == [0, 0x5c, 0x78] && one.options == [[0x2d, 0x72], [0x0a]])
    }

    @Test(arguments: [
        ("27-32", [27, 28, 29, 30, 31, 32]), ("30-", [30, 31, 32]), ("-28", [27, 28]), ("28,31", [28, 31]), ("29", [29]),
    ] as [(String, [Int32])])
    func readsRangesOfProtocols(text: String, numbers: [Int32]) {
        #expect(ProtocolSet(text)?.numbers == numbers)
    }

    @Test(arguments: ["", "-", "26", "33", "31-30", "a", "27-28-29", "28,"])
    func refusesWhatIsNoRangeOfProtocols(text: String) { #expect(ProtocolSet(text) == nil) }

    @Test(arguments: [
        (["FLS-28/*"], true), (["FLS-2/*"], false), (["hostile/*"], true), (["limit/*"], false), (["p31/*"], true),
        (["p30/*"], false), (["p31/*", "XFR-*"], false), ([], true), (["FLS-28/a@server-sender/p31"], true),
        (["FLS-28/a@server-sender/p30"], false), (["*/?"], true),
    ] as [([String], Bool)])
    func choosesCellsByGlobs(words: [String], isChosen: Bool) {
        let cell = CellID(caseID: "FLS-28/a", role: .serverSender, protocolNumber: 31)
        #expect(CaseSelection(words).contains(cell, flags: ["hostile"]) == isChosen)
    }
}
