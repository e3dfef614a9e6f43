import ConformanceKit
import Testing

@Suite struct ClauseDocumentTests {
    private func clauses(_ text: String) -> [Clause] { ClauseDocument(name: "03-x.md", text: text).clauses }

    @Test func readsAPlainClauseWithItsMark() throws {
        let clause = try #require(clauses("# T\n\n## 4. Flags\n\nFLS-28. [MUST 30-32] Scheme C is\nin force.\n\n- a\n").first)
        #expect(clause.id.description == "FLS-28")
        #expect(clause.level == .must)
        #expect(clause.protocols == ProtocolSet("30-32"))
        #expect(clause.text == "Scheme C is\nin force.\n\n- a")
        #expect(clause.section == "4. Flags")
        #expect(clause.title == "")
        #expect(clause.line == 5)
    }

    @Test func readsATitleThatGoesOverItsLine() throws {
        let clause = try #require(clauses("# T\n\n**HOS-182 — ACL index out of\nrange.** [MUST 30-32] S→R.\n*Wire:* x").first)
        #expect(clause.title == "ACL index out of range")
        #expect(clause.level == .must)
        #expect(clause.text == "S→R.\n*Wire:* x")
    }

    @Test func readsABareBoldId() throws {
        let clause = try #require(clauses("# T\n\n**REV-1** [SHOULD 27-29,31] The agent sends.").first)
        #expect(clause.title == "")
        #expect(clause.level == .should)
        #expect(clause.protocols == ProtocolSet("27-29,31"))
        #expect(clause.text == "The agent sends.")
    }

    @Test func readsAClauseInARowOfATable() throws {
        let found = clauses("# T\n\n| id | attack | record |\n|---|---|---|\n| HOS-620 [NOTE 27-32] | spoofs | CVE-1 |\n| HOS-621 | x | y |\n")
        #expect(found.map(\.id.description) == ["HOS-620", "HOS-621"])
        #expect(found.map(\.level) == [.note, nil])
        #expect(found[0].text == "spoofs — CVE-1")
    }

    @Test func takesNoCitationForAClause() {
        let text = "# T\n\nSES-1. [MUST 27-32] As in\nSES-63. [MUST 27] no.\n\n```\nSES-64. [MUST 27] code\n```\n\n| CVE-2026-1 | SES-65 |\n"
        #expect(clauses(text).map(\.id.description) == ["SES-1"])
    }

    @Test(arguments: ["\n## 5. Next\n\nmore", "\n---\n\nmore", "\nSES-2. [MUST 27] more"])
    func endsWhereSomethingElseBegins(_ rest: String) {
        #expect(clauses("# T\n\nSES-1. [MUST 27] One.\n\nTwo.\n" + rest).first?.text == "One.\n\nTwo.")
    }

    @Test func leavesAWrongMarkInTheText() {
        let clause = clauses("# T\n\nSES-1. [MOST 27] One.").first
        #expect(clause?.level == nil)
        #expect(clause?.text == "[MOST 27] One.")
        #expect(clauses("# T\n\nSES-1. [MUST 26] One.").first?.level == nil)
    }

    @Test func summarisesBySentenceAndLength() throws {
        func summary(_ text: String, limit: Int = 100) -> String {
            clauses("# T\n\nSES-1. [MUST 27] " + text).first?.summary(limit: limit) ?? ""
        }
        #expect(summary("P is the smaller number, i.e. `a. b` of\nboth sides. Each side…") == "P is the smaller number, i.e. `a. b` of both sides")
        #expect(summary("Meaning of the bits (blank = never):\n\n| a |") == "Meaning of the bits (blank = never)")
        #expect(summary("one two three four five", limit: 12) == "one two…")
    }
}

@Suite struct ClauseIdentifierTests {
    @Test(arguments: ["FLS-28/a and", "(FLS-28)", "**FLS-28** x", "FLS-28-", "see FLS-28, 29", "FLS-28…"])
    func findsAnIdInALine(_ line: String) {
        let registry = ClauseRegistry(documents: [ClauseDocument(name: "1.md", text: "# T\n\nFLS-1. [MUST 27] x\n" + line)])
        #expect(registry.problems.map(\.description) == ["1.md:4: cites FLS-28, which no document has"])
    }

    @Test(arguments: ["CVE-2024-12085", "UTF-8", "XFLS-28", "FLS-28a", "FLS-x", "AAA-2024-28"])
    func findsNoIdWhereThereIsNone(_ line: String) {
        let registry = ClauseRegistry(documents: [ClauseDocument(name: "1.md", text: "# T\n\nFLS-1. [MUST 27] x\n" + line)])
        #expect(registry.problems.isEmpty)
    }

    @Test func ordersByNumber() {
        let ids = ["XFR-1", "FLS-28", "FLS-9"].compactMap { ClauseIdentifier($0) }
        #expect(ids.sorted().map(\.description) == ["FLS-9", "FLS-28", "XFR-1"])
        #expect(ClauseIdentifier("FLS-28 ") == nil)
        #expect(ClauseIdentifier("fls-28") == nil)
    }
}
