/// The published table: figures, then everything that does not pass with its reason. Without times, so that the same
/// results are the same text.
public enum MarkdownReport {
    public static func text(_ reports: [RunReport], context: ReportPage.Context) -> String {
        var lines = ["# Conformance", ""]
        lines += targets(reports)
        lines += ["", "## By document", ""] + documents(reports, context)
        for report in reports { lines += exceptions(report, context) }
        lines += ["", "## Verdicts", ""]
        lines += meanings
        return lines.joined(separator: "\n") + "\n"
    }

    private static let meanings = [
        "| verdict | meaning |", "|---|---|",
        "| pass | as the clause has it |",
        "| pass-nonstrict | right in every MUST, not in a SHOULD |",
        "| fail | not as the clause has it |",
        "| expected-fail | fails, and is listed in Conformance/known-failures with a reason |",
        "| unexpected-pass | listed there, but passes |",
        "| unsupported | the implementation does not do this: its features lack what the case needs |",
        "| skipped | something that the case needs is not on the machine |",
        "| error | of the suite itself |",
    ]

    private static func targets(_ reports: [RunReport]) -> [String] {
        var lines = [
            "| implementation | roles | cells | " + Verdict.allCases.map(\.rawValue).joined(separator: " | ") + " |",
            "|---|---|---" + String(repeating: "|---", count: Verdict.allCases.count) + "|",
        ]
        for report in reports {
            let roles = report.roles.map(\.rawValue).joined(separator: ", ")
            let counts = Verdict.allCases.map { "\(report.count($0))" }.joined(separator: " | ")
            lines.append("| \(cell(report.displayName)) | \(roles) | \(report.results.count) | \(counts) |")
        }
        return lines
    }

    /// Of each document, how many of its clauses pass in all their cells, of those that were looked at.
    private static func documents(_ reports: [RunReport], _ context: ReportPage.Context) -> [String] {
        let names = reports.map { cell($0.displayName) }.joined(separator: " | ")
        var lines = [
            "Clauses that pass in every cell / clauses with a cell that ran.", "",
            "| document | clauses | \(names) |", "|---|---" + String(repeating: "|---", count: reports.count) + "|",
        ]
        let tallies = reports.map { report in
            Dictionary(report.clauseTallies.map { ($0.clause, $0.counts) }, uniquingKeysWith: { first, _ in first })
        }
        for document in context.registry.documents where !document.clauses.isEmpty {
            let figures = tallies.map { tally in
                let ran = document.clauses.compactMap { tally[$0.id.description] }
                    .filter { counts in counts.keys.contains { $0 != "unsupported" && $0 != "skipped" } }
                let good = ran.filter { counts in
                    counts.keys.allSatisfy { ["pass", "pass-nonstrict", "unsupported", "skipped"].contains($0) }
                }
                return "\(good.count) / \(ran.count)"
            }
            lines.append("| \(cell(document.title)) | \(document.clauses.count) | \(figures.joined(separator: " | ")) |")
        }
        return lines
    }

    /// What does not pass, one line for each case and verdict with its cells; then why cells did not run, counted.
    private static func exceptions(_ report: RunReport, _ context: ReportPage.Context) -> [String] {
        var lines = ["", "## \(report.displayName)", "", "`\(command(report))`"]
        for verdict in [Verdict.fail, .unexpectedPass, .error, .expectedFail, .passNonstrict] {
            let results = report.results.filter { $0.verdict == verdict }
            guard !results.isEmpty else { continue }
            lines += ["", "### \(verdict.rawValue)", "", "| case | cells | what |", "|---|---|---|"]
            var cases = Numbering<String>()
            for result in results { _ = cases.number(of: result.caseID) }
            for caseID in cases.values {
                let cells = results.filter { $0.caseID == caseID }
                let reasons = unique(cells.map { $0.reason.isEmpty ? $0.findings.first?.text ?? "" : $0.reason })
                lines.append("| \(caseID) | \(places(cells)) | \(cell(short(reasons.joined(separator: "; ")))) |")
            }
        }
        for verdict in [Verdict.unsupported, .skipped] {
            let results = report.results.filter { $0.verdict == verdict }
            guard !results.isEmpty else { continue }
            lines += ["", "### \(verdict.rawValue)", "", "| why | cells |", "|---|---|"]
            for reason in unique(results.map(\.reason)).sorted() {
                lines.append("| \(cell(reason)) | \(results.count { $0.reason == reason }) |")
            }
        }
        return lines
    }

    /// Without the directory, which is this machine's affair.
    private static func command(_ report: RunReport) -> String {
        let words = report.target.command
        let program = words.first.map { $0.split(separator: "/").last.map { String($0) } ?? $0 } ?? ""
        return ([program] + words.dropFirst()).joined(separator: " ")
    }

    /// `server-sender 30-32, client-sender 31`.
    static func places(_ cells: [CellResult]) -> String {
        TargetRole.allCases.compactMap { role in
            let numbers = cells.filter { $0.role == role }.map(\.protocolNumber)
            guard !numbers.isEmpty else { return nil }
            let protocols = ProtocolSet(numbers.filter { $0 > 0 }).description
            return protocols.isEmpty ? role.rawValue : "\(role.rawValue) \(protocols)"
        }.joined(separator: ", ")
    }

    private static func unique(_ texts: [String]) -> [String] {
        var numbering = Numbering<String>()
        for text in texts { _ = numbering.number(of: text) }
        return numbering.values
    }

    /// Differences can be as long as the names in them: the page and the JSON have them whole.
    private static func short(_ text: String) -> String { text.count > 240 ? text.prefix(239) + "…" : text }

    /// On one line, and nothing in it ends the cell.
    private static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "&lt;")
    }
}
