import PeerKit

/// The matrix as a table: a row for each role and step, a column for each peer and protocol; then what failed.
struct MatrixTable {
    let columns: [Column]
    let verdicts: [Verdict]
    /// Peers that are not there, with what is said of them.
    let missing: [String]

    var text: String {
        var rows = [["", ""] + columns.map(\.peer.version), ["role", "step"] + columns.map { Self.protocolName($0) }]
        for role in Role.allCases {
            for step in Step.allCases {
                let marks = columns.map { column in mark(Cell(role: role, step: step, column: column)) }
                rows.append([role.rawValue, step.rawValue] + marks)
            }
        }
        let widths = rows[0].indices.map { index in rows.map { $0[index].count }.max() ?? 0 }
        var lines = rows.map { row in
            "| " + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
        }
        lines.insert("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|", at: 2)
        for verdict in verdicts where !verdict.reasons.isEmpty { lines += Self.explanation(verdict).map { "| " + $0 } }
        lines += missing.map { "| " + $0 }
        let good = verdicts.count { $0.reasons.isEmpty }
        lines.append("| cells: \(good) ok, \(verdicts.count - good) failed")
        return lines.joined(separator: "\n")
    }

    static func explanation(_ verdict: Verdict) -> [String] {
        ["FAIL \(verdict.cell.name)"] + verdict.reasons.map { "    \($0)" }
            + ["    alone: EBB_CELL=\(verdict.cell.name) swift test --filter CrossCheckTests"]
    }

    private static func protocolName(_ column: Column) -> String { "\(column.number)\(column.incremental ? "" : "w")" }

    private func mark(_ cell: Cell) -> String {
        guard let verdict = verdicts.first(where: { $0.cell.name == cell.name }) else { return "-" }
        return verdict.reasons.isEmpty ? "ok" : "FAIL"
    }
}
