import ConformanceKit
import Glibc
import Synchronization

/// What a run prints: a line of progress on a terminal, what failed and why, and the sum.
final class RunConsole: Sendable {
    private let isQuiet: Bool
    private let isVerbose: Bool
    private let isTerminal: Bool

    init(isQuiet: Bool, isVerbose: Bool) {
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
        isTerminal = isatty(2) == 1
    }

    func show(_ result: CellResult, _ done: Int, of count: Int) {
        if isVerbose {
            let time = "\((result.seconds * 1000).rounded() / 1000)"
            write("\(result.verdict.rawValue)  \(result.id)  \(time) s\(result.reason.isEmpty ? "" : "  \(result.reason)")\n")
        } else if isTerminal, !isQuiet {
            write("\r\(done)/\(count)  \(result.caseID)\u{1b}[K")
        } else if !isQuiet, count >= 1000, done * 10 / count != (done - 1) * 10 / count {
            // Where nobody looks on, so that a log shows how far it is.
            write("\(done)/\(count)\n")
        }
    }

    /// What is being done, on a terminal.
    func status(_ text: String) {
        if isTerminal, !isQuiet { write("\r\(text)\u{1b}[K") }
    }

    /// What is worth knowing, when all is told.
    func remark(_ text: String) {
        if isVerbose { write("\(text)\n") }
    }

    /// What someone should look at, always told.
    func complain(_ text: String) { write("\(isTerminal ? "\r\u{1b}[K" : "")\(text)\n") }

    /// Failures of one case with one reason stand together: one text for all its roles and protocols.
    func finish(_ report: RunReport, registry: ClauseRegistry) {
        if isTerminal, !isVerbose, !isQuiet { write("\r\u{1b}[K") }
        if !isQuiet {
            for verdict in [Verdict.error, .fail, .unexpectedPass, .passNonstrict] {
                for group in Self.groups(report.results.filter { $0.verdict == verdict }) { print(Self.text(group, registry)) }
            }
            for (reason, results) in Dictionary(grouping: report.results.filter { $0.verdict == .skipped }, by: \.reason)
                .sorted(by: { $0.key < $1.key })
            {
                print("skipped: \(results.count) cells: \(reason)")
            }
        }
        let counts = Verdict.allCases.map { ($0, report.count($0)) }.filter { $0.1 > 0 || $0.0 == .pass || $0.0 == .fail }
        let sum = counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        print("\(sum) in \((report.seconds * 10).rounded() / 10) s, \(Int(Double(report.results.count) / report.seconds)) cells a second")
    }

    private static func groups(_ results: [CellResult]) -> [[CellResult]] {
        var groups: [[CellResult]] = []
        var places: [String: Int] = [:]
        for result in results {
            let key = "\(result.caseID) \(result.findings.first?.field ?? result.reason)"
            if let place = places[key] { groups[place].append(result) } else {
                places[key] = groups.count
                groups.append([result])
            }
        }
        return groups
    }

    private static func text(_ group: [CellResult], _ registry: ClauseRegistry) -> String {
        let first = group[0]
        let byRole = Dictionary(grouping: group, by: \.role).sorted { $0.key < $1.key }
        let cells = byRole.map { "\($0.key.rawValue) \(ProtocolSet($0.value.map(\.protocolNumber)))" }.joined(separator: ", ")
        var lines = ["\(first.verdict.rawValue): \(first.caseID) [\(first.level.rawValue)] \(first.title)", "  in \(cells)"]
        if let clause = registry[first.clauses[0]] { lines.append("  \(clause.id) \(clause.summary(limit: 240))") }
        for finding in first.findings.prefix(6) {
            lines.append("  - \(finding.field)\(finding.offset.map { " at 0x\(String($0, radix: 16))" } ?? ""): \(finding.text)")
        }
        if first.findings.count > 6 { lines.append("  - and \(first.findings.count - 6) more") }
        if first.findings.isEmpty { lines.append("  - \(first.reason)") }
        lines += first.excerpt.split(separator: "\n").map { "    \($0)" }
        return (lines + ["  again: \(first.rerun)"]).joined(separator: "\n")
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
