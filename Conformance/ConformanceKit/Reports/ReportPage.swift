/// One page of HTML with everything in it: implementations × protocols × clauses, filters, and of each cell what was wrong.
/// It asks for nothing from elsewhere, so that it can be kept, sent, and opened from a file.
public enum ReportPage {
    /// What a page or a table knows beside the results.
    public struct Context: Sendable {
        public var registry: ClauseRegistry
        public var unobserved: UnobservedClauses

        public init(registry: ClauseRegistry, unobserved: UnobservedClauses) {
            self.registry = registry
            self.unobserved = unobserved
        }

        /// That of a suite's directory.
        public init(suite: String) throws {
            self.init(
                registry: try ClauseRegistry(directory: "\(suite)/Spec"),
                unobserved: try UnobservedClauses(directory: "\(suite)/Cases/unobserved"))
        }
    }

    public static func html(_ reports: [RunReport], context: Context) -> String {
        // A text inside a script ends at the first "</script", whatever stands around it.
        let data = data(reports, context).compactText.replacing("<", with: "\\u003c")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>rsync conformance</title>
            <style>
            \(ReportPageStyle.text)
            </style>
            </head>
            <body>
            \(ReportPageStyle.body)
            <noscript><p>The clauses are listed by a script; the figures are these.</p>
            \(plainTable(reports))
            </noscript>
            <script type="application/json" id="data">\(data)</script>
            <script>
            \(ReportPageScript.text)
            </script>
            </body>
            </html>

            """
    }

    private static func plainTable(_ reports: [RunReport]) -> String {
        let head = (["implementation"] + Verdict.allCases.map(\.rawValue)).map { "<th>\($0)</th>" }.joined()
        let rows = reports.map { report in
            let cells = [JUnitReport.escaped(report.displayName)] + Verdict.allCases.map { "\(report.count($0))" }
            return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<table><tr>\(head)</tr>\(rows.joined())</table>"
    }

    /// What the script reads: cases, texts of details and clauses once each, the cells as numbers.
    static func data(_ reports: [RunReport], _ context: Context) -> JSONValue {
        var cases = Numbering<String>()
        var details = Numbering<String>()
        var caseRows: [JSONValue] = []
        var targets: [JSONValue] = []
        for report in reports {
            var cells: [JSONValue] = []
            for result in report.results {
                let (number, isNew) = cases.number(of: result.caseID)
                if isNew {
                    caseRows.append(.array([
                        .string(result.caseID), .string(result.title), .texts(result.clauses), .string(result.level.rawValue),
                        .texts(result.flags),
                    ]))
                }
                let text: String =
                    switch result.verdict {
                    case .pass: ""
                    case .skipped, .unsupported: result.reason
                    default: ReportText.details(result).dropFirst().joined(separator: "\n")
                    }
                let detail = text.isEmpty ? -1 : details.number(of: text).number
                let role = TargetRole.allCases.firstIndex(of: result.role) ?? 0
                let verdict = Verdict.allCases.firstIndex(of: result.verdict) ?? 0
                cells += [number, role, Int(result.protocolNumber), verdict, detail].map { .integer(Int64($0)) }
            }
            targets.append(.object([
                ("name", .string(report.target.name)), ("version", .string(report.target.version)),
                ("command", .string(report.target.command.joined(separator: " "))), ("date", .string(report.date)),
                ("roles", .texts(report.roles.map(\.rawValue))), ("seconds", .integer(Int64(report.seconds.rounded()))),
                ("cells", .array(cells)),
            ]))
        }
        return .object([
            ("verdicts", .texts(Verdict.allCases.map(\.rawValue))), ("roles", .texts(TargetRole.allCases.map(\.rawValue))),
            ("targets", .array(targets)), ("cases", .array(caseRows)), ("details", .texts(details.values)),
            ("documents", .array(context.registry.documents.filter { !$0.clauses.isEmpty }.map { document($0, context) })),
        ])
    }

    private static func document(_ document: ClauseDocument, _ context: Context) -> JSONValue {
        .object([
            ("name", .string(document.name)), ("title", .string(document.title)),
            ("clauses", .array(document.clauses.map { clause in
                .array([
                    .string(clause.id.description), .string(clause.level?.rawValue ?? ""),
                    .string(clause.protocols?.description ?? ""), .string(clause.title), .string(clause.summary()),
                    .string(clause.text), .string(context.unobserved.reasons[clause.id] ?? ""),
                ])
            })),
        ])
    }
}

extension RunReport {
    /// `rsync 3.2.7`.
    public var displayName: String {
        target.version.isEmpty || target.version == "unknown" ? target.name : "\(target.name) \(target.version)"
    }

    /// The same as a part of a file's name.
    public var fileName: String {
        String(displayName.map { $0.isASCII && ($0.isLetter || $0.isNumber) || "._-".contains($0) ? $0 : "-" })
    }
}

/// Numbers for values, in the order in which they come.
struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    init() {}

    mutating func number(of value: Value) -> (number: Int, isNew: Bool) {
        if let number = numbers[value] { return (number, false) }
        numbers[value] = values.count
        values.append(value)
        return (values.count - 1, true)
    }
}
