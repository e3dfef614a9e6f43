/// What is said of one cell in every report that is text.
enum ReportText {
    /// Title, reason, findings with their bytes, excerpt and the command that runs the cell again.
    static func details(_ result: CellResult) -> [String] {
        var lines = [result.title]
        if !result.reason.isEmpty { lines.append(result.reason) }
        for finding in result.findings { lines += details(finding) }
        if !result.excerpt.isEmpty { lines += ["", result.excerpt] }
        if !result.rerun.isEmpty { lines += ["", "again: \(result.rerun)"] }
        return lines
    }

    private static func details(_ finding: Finding) -> [String] {
        let place = [finding.clause, finding.field, finding.offset.map { "at byte \($0)" } ?? ""].filter { !$0.isEmpty }
        var lines = ["\(finding.must ? "MUST" : "SHOULD") \(place.joined(separator: " ")): \(finding.text)"]
        if !finding.expected.isEmpty && !finding.found.isEmpty {
            let same = zip(finding.expected, finding.found).prefix { $0 == $1 }.count
            lines.append("  first difference at \(same)")
        }
        if !finding.expected.isEmpty { lines += ["  expected"] + dump(finding.expected) }
        if !finding.found.isEmpty { lines += ["  found"] + dump(finding.found) }
        return lines
    }

    /// Offset, sixteen bytes a line and the same as characters, at most `limit` lines.
    static func dump(_ bytes: [UInt8], limit: Int = 16) -> [String] {
        var lines: [String] = []
        var position = 0
        while position < bytes.count {
            if lines.count == limit { return lines + ["    … \(bytes.count - position) more bytes"] }
            let line = bytes[position..<min(position + 16, bytes.count)]
            let hexadecimal = EscapedText.hexadecimal(line)
            let padding = String(repeating: " ", count: 16 * 3 - 1 - hexadecimal.count)
            let characters = line.map { (0x20..<0x7f).contains($0) ? Character(UnicodeScalar($0)) : "." }
            lines.append("    \(offset(position))  \(hexadecimal)\(padding)  |\(String(characters))|")
            position += line.count
        }
        return lines
    }

    private static func offset(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
