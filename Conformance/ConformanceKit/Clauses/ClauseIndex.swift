/// The index of the specification, `Conformance/Spec/INDEX.md`: every clause with its mark and what it is about.
public enum ClauseIndex {
    public static let fileName = "INDEX.md"

    public static func markdown(_ registry: ClauseRegistry) -> String {
        var lines = [
            "# Index of clauses",
            "",
            "Made by `rsync-conform spec index --write` from the documents; do not edit. `rsync-conform spec show FLS-28` prints a",
            "clause whole. What the marks mean: [How to read it](README.md).",
            "",
            "| document | clauses | MUST | SHOULD | MAY | NOTE |",
            "|---|---|---|---|---|---|",
        ]
        for document in registry.documents where !document.clauses.isEmpty {
            lines.append("| [\(document.title)](\(document.name)) | \(counts(document.clauses)) |")
        }
        lines.append("| all | \(counts(registry.clauses)) |")
        for document in registry.documents where !document.clauses.isEmpty {
            lines += ["", "## \(document.title)"]
            var section: String?
            for clause in document.clauses {
                if clause.section != section {
                    section = clause.section
                    lines += ["", "### \(clause.section)", "", "| clause | mark | about |", "|---|---|---|"]
                }
                lines.append("| \(clause.id) | \(clause.mark.dropFirst().dropLast()) | \(cell(clause.summary())) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func counts(_ clauses: [Clause]) -> String {
        ([clauses.count] + Level.allCases.map { level in clauses.count { $0.level == level } })
            .map(String.init).joined(separator: " | ")
    }

    /// Nothing that ends a cell or opens what the summary's cut may have left open.
    private static func cell(_ text: String) -> String {
        var cell = text.replacing("|", with: "\\|")
        if cell.count(where: { $0 == "`" }) % 2 == 1 { cell += "`" }
        if cell.ranges(of: "**").count % 2 == 1 { cell = cell.replacing("**", with: "") }
        return cell
    }
}
