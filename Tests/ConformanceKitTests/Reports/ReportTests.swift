import Testing
import TraceKit

@testable import ConformanceKit

/// A run with one cell of each verdict, whose texts hold what each form must escape.
enum SampleReport {
    static let hostile = "</script><b>\"&' | `x` \u{1b}[31m"

    static func cell(_ verdict: Verdict, protocolNumber: Int32 = 31, reason: String = "") -> CellResult {
        var result = CellResult(
            caseID: "SES-1/\(verdict.rawValue)", title: "A title \(hostile)", clauses: ["SES-1", "SES-2"], level: .must,
            flags: ["hostile"], role: .serverSender, protocolNumber: protocolNumber, verdict: verdict, reason: reason, seconds: 0.0625,
            rerun: "rsync-conform run --only 'SES-1/x' -- rsync", excerpt: "")
        if verdict == .fail {
            result.findings = [
                Finding(clause: "SES-1", field: "seed", offset: 7, text: "not \(hostile)", expected: [0, 1, 2], found: [0, 1, 255])
            ]
        }
        return result
    }

    static func report(_ name: String = "rsync", version: String = "3.2.7") -> RunReport {
        RunReport(
            target: RunReport.Target(name: name, version: version, command: ["/usr/bin/rsync", hostile]),
            roles: [.serverSender, .clientReceiver], date: "2026-11-26T10:00:00Z", seed: .max, isStrict: true,
            results: Verdict.allCases.map { cell($0, reason: $0 == .pass ? "" : "because \(hostile)") }, seconds: 2.5)
    }

    static let context = ReportPage.Context(
        registry: ClauseRegistry(documents: [
            ClauseDocument(name: "01-x.md", text: "# Title | one\n\nSES-1. [MUST 27-32] One </script>.\n\nSES-2. [MAY 30] Two.")
        ]),
        unobserved: UnobservedClauses(reasons: [ClauseIdentifier("SES-2")!: "nothing shows it"]))
}

@Suite struct ReportFileTests {
    @Test func comesBackAsItWas() throws {
        let report = SampleReport.report()
        let text = ReportFile.json(report).indentedText
        let again = try ReportFile.read(JSONValue([UInt8](text.utf8)), path: "r.json")
        #expect(ReportFile.json(again) == ReportFile.json(report))
        #expect(again.seed == .max)
        #expect(again.results.map(\.verdict) == Verdict.allCases)
        #expect(again.results.first { $0.verdict == .fail }?.findings == report.results.first { $0.verdict == .fail }?.findings)
        #expect(again.results[2].reason.contains("\u{1b}"))
    }

    @Test(arguments: [#""format": 1"#, #""verdict": "pass","#, #""role": "server-sender""#, #""seed": ""#])
    func refusesAFileThatIsChanged(_ part: String) throws {
        let text = ReportFile.json(SampleReport.report()).indentedText
        try #require(text.contains(part))
        let changed = text.replacing(part, with: part.replacing(": ", with: "x: ").replacing("\"x:", with: "x\":"), maxReplacements: 1)
        #expect(throws: JSONDefect.self) {
            try ReportFile.read(JSONValue([UInt8](changed.utf8)), path: "r.json")
        }
    }

    @Test func writesJSONThatIsReadAsTheSame() throws {
        let value = JSONValue.object([
            ("a", .array([.integer(-1), .number(0.5), .bool(true), .null])), ("b\"\\\n\u{1}", .string("é\u{2028}\u{7f}/")),
            ("c", .object([])), ("d", .array([])), ("e", .array([.object([("x", .texts(["y", "z"]))])])),
        ])
        #expect(try JSONValue([UInt8](value.compactText.utf8)) == value)
        #expect(try JSONValue([UInt8](value.indentedText.utf8)) == value)
        #expect(!value.compactText.contains("\n"))
    }
}

@Suite struct JUnitReportTests {
    private let xml = JUnitReport.xml(SampleReport.report())

    @Test func countsWhatCISystemsCount() {
        #expect(xml.contains(#"<testsuite name="SES-1" timestamp="2026-11-26T10:00:00Z" tests="8" failures="2" errors="1" skipped="3" time="0.500">"#))
        #expect(xml.ranges(of: "<failure").count == 2)
        #expect(xml.ranges(of: "<error").count == 1)
        #expect(xml.ranges(of: "<skipped").count == 3)
        #expect(xml.contains(#"<testcase classname="SES-1/pass" name="server-sender/p31" time="0.063"/>"#))
    }

    @Test func holdsNothingThatXMLDoesNot() {
        #expect(!xml.contains("\u{1b}"))
        #expect(!xml.contains("<b>"))
        #expect(xml.contains("\\x1b[31m"))
        #expect(xml.contains("&lt;/script&gt;&lt;b&gt;&quot;&amp;&apos;") || xml.contains("&lt;/script&gt;&lt;b&gt;&quot;&amp;'"))
    }

    @Test func showsTheBytesOfAFailure() {
        #expect(xml.contains("first difference at 2"))
        #expect(xml.contains("00000000  00 01 ff                                         |...|"))
        #expect(xml.contains("MUST SES-1 seed at byte 7"))
    }
}

@Suite struct MarkdownReportTests {
    @Test func listsEverythingThatDoesNotPass() {
        let text = MarkdownReport.text([SampleReport.report(), SampleReport.report("ebb", version: "1.0")], context: SampleReport.context)
        for verdict in Verdict.allCases where verdict != .pass {
            #expect(text.ranges(of: "### \(verdict.rawValue)\n").count == 2, "\(verdict)")
        }
        #expect(text.contains("| SES-1/fail | server-sender 31 | because &lt;/script>&lt;b>\"&' \\| `x`"))
        #expect(text.contains("| rsync 3.2.7 | server-sender, client-receiver | 8 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"))
        #expect(text.contains("| Title \\| one | 2 | 0 / 2 | 0 / 2 |"))
        #expect(text.contains("`rsync ") && !text.contains("/usr/bin"))
    }

    @Test func namesCellsByRoleAndRanges() {
        let cells = [27, 28, 30].map { SampleReport.cell(.fail, protocolNumber: $0) }
        #expect(MarkdownReport.places(cells) == "server-sender 27-28,30")
    }
}

@Suite struct ReportPageTests {
    private let html = ReportPage.html([SampleReport.report()], context: SampleReport.context)

    @Test func hasNothingInItsDataThatEndsTheScript() throws {
        let start = try #require(html.firstRange(of: #"id="data">"#)).upperBound
        let end = try #require(html[start...].firstRange(of: "</script>")).lowerBound
        let data = try JSONValue([UInt8](html[start..<end].utf8))
        let names = data.object?["targets"]?.array?.compactMap { $0.object?["name"]?.string }
        #expect(names == ["rsync"])
        let details = (data.object?["details"]?.array ?? []).compactMap(\.string)
        #expect(details.contains { $0.contains(SampleReport.hostile) && $0.contains("00 01 ff") })
        let clause = try #require(data.object?["documents"]?.array?.first?.object?["clauses"]?.array)
        #expect(clause[1].array?.last?.string == "nothing shows it")
        #expect(data.object?["cases"]?.array?.count == 8)
    }

    @Test func asksForNothingFromElsewhere() {
        let page = html.replacing(#/<script type="application/json".*?<\/script>/#, with: "")
        for word in ["http:", "https:", "src=", "@import", "url(", "<link", "fetch(", "XMLHttp"] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains(#"<meta name="viewport""#))
    }

    @Test func makesNoHTMLOfTexts() {
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] { #expect(!html.contains(word)) }
    }
}
