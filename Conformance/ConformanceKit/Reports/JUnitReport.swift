/// The form of JUnit, which most CI systems show: a suite for each clause's folder, a test for each cell.
public enum JUnitReport {
    public static func xml(_ report: RunReport) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        let name = "rsync-conform \(report.target.name) \(report.target.version)"
        lines.append("<testsuites name=\(quoted(name)) \(totals(report.results))>")
        for (folder, results) in folders(report.results) {
            lines.append("  <testsuite name=\(quoted(folder)) timestamp=\(quoted(report.date)) \(totals(results))>")
            for result in results { lines += testcase(result) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// By what stands before the slash of the case's id, in the order of the results.
    private static func folders(_ results: [CellResult]) -> [(String, [CellResult])] {
        var order: [String] = []
        var groups: [String: [CellResult]] = [:]
        for result in results {
            let folder = String(result.caseID.prefix { $0 != "/" })
            if groups[folder] == nil { order.append(folder) }
            groups[folder, default: []].append(result)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    private static func totals(_ results: [CellResult]) -> String {
        let failures = results.count { $0.verdict.failsRun }
        let errors = results.count { $0.verdict == .error }
        let skipped = results.count { isSkip($0.verdict) }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        return #"tests="\#(results.count)" failures="\#(failures)" errors="\#(errors)" skipped="\#(skipped)" time="\#(time(seconds))""#
    }

    private static func isSkip(_ verdict: Verdict) -> Bool {
        verdict == .skipped || verdict == .unsupported || verdict == .expectedFail
    }

    private static func testcase(_ result: CellResult) -> [String] {
        let cell = "\(result.role.rawValue)/p\(result.protocolNumber)"
        let head = "    <testcase classname=\(quoted(result.caseID)) name=\(quoted(cell)) time=\"\(time(result.seconds))\""
        let element: String
        switch result.verdict {
        case .pass: return [head + "/>"]
        case .passNonstrict:
            return [head + ">", "      <system-out>\(escaped(details(result)))</system-out>", "    </testcase>"]
        case .fail, .unexpectedPass: element = "failure"
        case .error: element = "error"
        case .skipped, .unsupported, .expectedFail:
            let message = "\(result.verdict.rawValue): \(result.reason)"
            return [head + ">", "      <skipped message=\(quoted(message))/>", "    </testcase>"]
        }
        let message = quoted(result.reason.isEmpty ? result.title : result.reason)
        return [
            head + ">",
            "      <\(element) type=\(quoted(result.verdict.rawValue)) message=\(message)>\(escaped(details(result)))</\(element)>",
            "    </testcase>",
        ]
    }

    private static func details(_ result: CellResult) -> String { ReportText.details(result).joined(separator: "\n") }

    private static func time(_ seconds: Double) -> String {
        let thousandths = Int((seconds * 1000).rounded())
        let fraction = "\(thousandths % 1000)"
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func quoted(_ text: String) -> String { "\"" + escaped(text).replacing("\n", with: "&#10;") + "\"" }

    /// What XML cannot hold at all, other control characters, is written as `\xNN`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{7f}"..<"\u{a0}", "\u{fffe}", "\u{ffff}":
                result += scalar.value < 256 ? "\\x\(EscapedText.hexadecimal(UInt8(scalar.value)))" : "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
