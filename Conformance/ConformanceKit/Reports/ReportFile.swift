/// The file of a run, `run --json FILE`: written for other programs, read again to be merged or shown
/// (`Conformance/schema/results.schema.json`).
public enum ReportFile {
    /// Counts up when a reader of an older file would understand a newer one wrongly.
    public static let format: Int64 = 1

    public static func json(_ report: RunReport) -> JSONValue {
        .object([
            ("format", .integer(format)),
            ("target", .object([
                ("name", .string(report.target.name)), ("version", .string(report.target.version)),
                ("command", .texts(report.target.command)),
            ])),
            ("roles", .texts(report.roles.map(\.rawValue))),
            ("date", .string(report.date)),
            ("seed", .string("\(report.seed)")),
            ("strict", .bool(report.isStrict)),
            ("seconds", .number(thousandths(report.seconds))),
            ("counts", .object(counts(report.results.map(\.verdict)))),
            ("clauses", .array(report.clauseTallies.map { tally in
                .object([
                    ("clause", .string(tally.clause)),
                    ("counts", .object(Verdict.allCases.compactMap { verdict in
                        tally.counts[verdict.rawValue].map { (verdict.rawValue, .integer(Int64($0))) }
                    })),
                ])
            })),
            ("results", .array(report.results.map(json))),
        ])
    }

    static func counts(_ verdicts: [Verdict]) -> [(String, JSONValue)] {
        Verdict.allCases.map { verdict in (verdict.rawValue, .integer(Int64(verdicts.count { $0 == verdict }))) }
    }

    private static func json(_ result: CellResult) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("case", .string(result.caseID)), ("role", .string(result.role.rawValue)),
            ("protocol", .integer(Int64(result.protocolNumber))), ("verdict", .string(result.verdict.rawValue)),
            ("level", .string(result.level.rawValue)), ("clauses", .texts(result.clauses)), ("title", .string(result.title)),
            ("seconds", .number(thousandths(result.seconds))),
        ]
        // Most cells pass and have nothing more to tell.
        if !result.flags.isEmpty { members.append(("flags", .texts(result.flags))) }
        if !result.reason.isEmpty { members.append(("reason", .string(result.reason))) }
        if !result.findings.isEmpty { members.append(("findings", .array(result.findings.map(json)))) }
        if !result.excerpt.isEmpty { members.append(("excerpt", .string(result.excerpt))) }
        if !result.rerun.isEmpty { members.append(("rerun", .string(result.rerun))) }
        return .object(members)
    }

    private static func json(_ finding: Finding) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("clause", .string(finding.clause)), ("field", .string(finding.field)), ("text", .string(finding.text)),
            ("must", .bool(finding.must)),
        ]
        if let offset = finding.offset { members.append(("offset", .integer(Int64(offset)))) }
        if !finding.expected.isEmpty { members.append(("expected", .string(EscapedText.hexadecimal(finding.expected)))) }
        if !finding.found.isEmpty { members.append(("found", .string(EscapedText.hexadecimal(finding.found)))) }
        return .object(members)
    }

    private static func thousandths(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

extension ReportFile {
    /// Reads what `json` makes. `path` is named in complaints.
    public static func read(_ value: JSONValue, path: String) throws(JSONDefect) -> RunReport {
        var reader = try JSONReader.Item(value, at: path).reader()
        let format = try reader.required("format") { item throws(JSONDefect) in try item.integer() }
        guard format == Int(Self.format) else { throw JSONDefect(path, "format \(format) is not known here") }
        let target = try reader.required("target") { item throws(JSONDefect) in
            var target = try item.reader()
            let name = try target.required("name") { item throws(JSONDefect) in try item.text() }
            let version = try target.required("version") { item throws(JSONDefect) in try item.text() }
            let command = try target.required("command") { item throws(JSONDefect) in try item.texts() }
            try target.finish()
            return RunReport.Target(name: name, version: version, command: command)
        }
        let roles = try reader.required("roles") { item throws(JSONDefect) in
            var roles: [TargetRole] = []
            for role in try item.list() { roles.append(try role.oneOf(TargetRole.self)) }
            return roles
        }
        let date = try reader.required("date") { item throws(JSONDefect) in try item.text() }
        let seed = try reader.required("seed") { item throws(JSONDefect) in
            guard let seed = UInt64(try item.text()) else { throw item.defect("a decimal number in a text expected") }
            return seed
        }
        let isStrict = try reader.required("strict") { item throws(JSONDefect) in try item.truth() }
        let seconds = try reader.required("seconds") { item throws(JSONDefect) in try item.number() }
        let results = try reader.required("results") { item throws(JSONDefect) in
            var results: [CellResult] = []
            for one in try item.list() { results.append(try result(one)) }
            return results
        }
        // Both follow from the results.
        _ = reader.take("counts")
        _ = reader.take("clauses")
        try reader.finish()
        return RunReport(
            target: target, roles: roles, date: date, seed: seed, isStrict: isStrict, results: results, seconds: seconds)
    }

    private static func result(_ item: JSONReader.Item) throws(JSONDefect) -> CellResult {
        var reader = try item.reader()
        let number = try reader.required("protocol") { item throws(JSONDefect) in try item.integer() }
        guard let protocolNumber = Int32(exactly: number) else { throw item.defect("protocol \(number) there is not") }
        let result = CellResult(
            caseID: try reader.required("case") { item throws(JSONDefect) in try item.text() },
            title: try reader.required("title") { item throws(JSONDefect) in try item.text() },
            clauses: try reader.required("clauses") { item throws(JSONDefect) in try item.texts() },
            level: try reader.required("level") { item throws(JSONDefect) in try item.oneOf(Level.self) },
            flags: try reader.optional("flags") { item throws(JSONDefect) in try item.texts() } ?? [],
            role: try reader.required("role") { item throws(JSONDefect) in try item.oneOf(TargetRole.self) },
            protocolNumber: protocolNumber,
            verdict: try reader.required("verdict") { item throws(JSONDefect) in try item.oneOf(Verdict.self) },
            reason: try reader.optional("reason") { item throws(JSONDefect) in try item.text() } ?? "",
            findings: try reader.optional("findings") { item throws(JSONDefect) in
                var findings: [Finding] = []
                for one in try item.list() { findings.append(try finding(one)) }
                return findings
            } ?? [],
            seconds: try reader.required("seconds") { item throws(JSONDefect) in try item.number() },
            rerun: try reader.optional("rerun") { item throws(JSONDefect) in try item.text() } ?? "",
            excerpt: try reader.optional("excerpt") { item throws(JSONDefect) in try item.text() } ?? "")
        try reader.finish()
        return result
    }

    private static func finding(_ item: JSONReader.Item) throws(JSONDefect) -> Finding {
        func bytes(_ item: JSONReader.Item) throws(JSONDefect) -> [UInt8] {
            guard let bytes = EscapedText.hexadecimal(try item.text()) else { throw item.defect("these are no bytes") }
            return bytes
        }
        var reader = try item.reader()
        let finding = Finding(
            clause: try reader.required("clause") { item throws(JSONDefect) in try item.text() },
            field: try reader.required("field") { item throws(JSONDefect) in try item.text() },
            offset: try reader.optional("offset") { item throws(JSONDefect) in try item.integer() },
            text: try reader.required("text") { item throws(JSONDefect) in try item.text() },
            expected: try reader.optional("expected", bytes) ?? [],
            found: try reader.optional("found", bytes) ?? [],
            must: try reader.required("must") { item throws(JSONDefect) in try item.truth() })
        try reader.finish()
        return finding
    }
}
