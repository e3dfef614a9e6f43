/// What a peer is known to get wrong: `Conformance/known-failures/<peer>.json`, a list of rules.
///
///     [ { "id": "HOS-54/*@server-sender/p3?", "reason": "the handler enters itself again while it flushes",
///         "link": "https://example.org/issues/7" } ]
public struct KnownFailures: Sendable {
    public struct Rule: Sendable, Equatable {
        /// A glob over case ids; one with an `@` over the ids of cells.
        public let id: String
        public let reason: String
        /// Where more is told; empty where there is no such place.
        public let link: String
        /// It does not fail each time (a race): a pass is no surprise.
        public let isSometimes: Bool

        public init(id: String, reason: String, link: String = "", isSometimes: Bool = false) {
            self.id = id
            self.reason = reason
            self.link = link
            self.isSometimes = isSometimes
        }

        func covers(_ cell: CellID) -> Bool {
            let name = id.contains("@") ? cell.description : cell.caseID
            return CaseSelection.matches(Array(id.utf8)[...], Array(name.utf8)[...])
        }

        /// Whether a case of this id can have cells that the rule is about.
        func mayCover(caseID: String) -> Bool {
            let pattern = id.prefix { $0 != "@" }
            return CaseSelection.matches(Array(pattern.utf8)[...], Array(caseID.utf8)[...])
        }
    }

    public let rules: [Rule]

    public init(rules: [Rule]) { self.rules = rules }

    public init(_ value: JSONValue, path: String) throws(JSONDefect) {
        var rules: [Rule] = []
        for item in try JSONReader.Item(value, at: path).list() {
            var reader = try item.reader()
            let id = try reader.required("id") { item throws(JSONDefect) in try item.text() }
            let reason = try reader.required("reason") { item throws(JSONDefect) in try item.text() }
            let link = try reader.optional("link") { item throws(JSONDefect) in try item.text() } ?? ""
            let isSometimes = try reader.optional("sometimes") { item throws(JSONDefect) in try item.truth() } ?? false
            try reader.finish()
            guard !id.isEmpty, !reason.isEmpty else { throw item.defect("a rule has an id and a reason") }
            guard !rules.contains(where: { $0.id == id }) else { throw item.defect("\(id) stands twice") }
            rules.append(Rule(id: id, reason: reason, link: link, isSometimes: isSometimes))
        }
        self.rules = rules
    }

    /// Judges again: a failure that a rule is about becomes expected, a pass unexpected. The first rule that covers a cell
    /// counts; what was not run, or is an error of the suite, stays as it is.
    public func applied(to results: [CellResult]) -> [CellResult] {
        results.map { result in
            guard let rule = rule(for: result.cell) else { return result }
            var judged = result
            switch result.verdict {
            case .fail:
                judged.verdict = .expectedFail
                judged.reason = rule.link.isEmpty ? rule.reason : "\(rule.reason) (\(rule.link))"
            case .pass, .passNonstrict:
                guard !rule.isSometimes else { return result }
                judged.verdict = .unexpectedPass
                judged.reason = "passes, although known to fail: \(rule.reason)"
            case .unsupported, .skipped, .expectedFail, .unexpectedPass, .error: break
            }
            return judged
        }
    }

    /// The rules that changed or excused nothing in `results`: what they are about was not run, or is no cell at all.
    public func unused(in results: [CellResult]) -> [Rule] {
        rules.filter { rule in
            !results.contains { result in
                rule.covers(result.cell) && result.verdict != .unsupported && result.verdict != .skipped
            }
        }
    }

    /// The rules that can be about none of these cases.
    public func strangers(among caseIDs: [String]) -> [Rule] {
        rules.filter { rule in !caseIDs.contains { rule.mayCover(caseID: $0) } }
    }

    public func covers(_ cell: CellID) -> Bool { rule(for: cell) != nil }

    private func rule(for cell: CellID) -> Rule? { rules.first { $0.covers(cell) } }
}

extension CellResult {
    var cell: CellID { CellID(caseID: caseID, role: role, protocolNumber: protocolNumber) }
}
