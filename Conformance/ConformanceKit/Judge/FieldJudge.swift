import TraceKit

/// Whether the target wrote the fields that a case wants.
struct FieldJudge {
    let view: WireView
    let clause: String
    let expand: (String) -> String

    private struct Chosen {
        let fields: [(index: Int, field: DissectedField)]
        /// Of that name, whatever they say.
        let named: [DissectedField]
    }

    func findings(_ wanted: Expectation.Field) throws -> [Finding] {
        let all = view.fields
        let chosen = try choose(wanted, all)
        let text = "\(wanted.name)\(described(wanted))"
        if wanted.isAbsent {
            if let found = chosen.fields.first?.field {
                return [finding(wanted, found.offset, "\(text) is there: \(found.value)", found.bytes)]
            }
            return incomplete(wanted, text)
        }
        if let count = wanted.count, chosen.fields.count != count {
            let surplus = chosen.fields.count > count ? chosen.fields[count].field : chosen.named.last
            return [finding(wanted, surplus?.offset, "\(chosen.fields.count) × \(text), expected \(count)", surplus?.bytes)]
                + incomplete(wanted, text)
        }
        let least = wanted.least ?? (wanted.count == nil ? 1 : 0)
        if chosen.fields.count < least {
            let other = chosen.named.first
            let seen = chosen.named.isEmpty ? "there is none" : "there is \(chosen.named.prefix(4).map(\.value).joined(separator: " | "))"
            return [finding(wanted, other?.offset, "\(chosen.fields.count) × \(text), expected at least \(least): \(seen)", other?.bytes)]
                + incomplete(wanted, text)
        }
        var findings: [Finding] = []
        if let next = wanted.before.first {
            let others = try choose(next, all).fields
            if let other = others.first, let first = chosen.fields.first, other.index < first.index {
                findings.append(finding(wanted, other.field.offset, "\(next.name)\(described(next)) comes before \(text)", other.field.bytes))
            } else if others.isEmpty {
                findings.append(finding(wanted, nil, "there is no \(next.name)\(described(next)) for \(text) to come before", nil))
            }
        }
        findings += try order(wanted, chosen)
        return findings
    }

    private func order(_ wanted: Expectation.Field, _ chosen: Chosen) throws -> [Finding] {
        var rest = chosen.fields[...]
        for pattern in wanted.order {
            let regex = try Patterns.compile(expand(pattern))
            guard let position = rest.firstIndex(where: { Patterns.fits(regex, $0.field.value) }) else {
                let values = chosen.fields.prefix(8).map(\.field.value).joined(separator: " | ")
                return [finding(wanted, rest.first?.field.offset, "no \(wanted.name) fits /\(pattern)/ in its turn: \(values)", rest.first?.field.bytes)]
            }
            rest = rest[(position + 1)...]
        }
        return []
    }

    private func choose(_ wanted: Expectation.Field, _ all: [DissectedField]) throws -> Chosen {
        let regex = try wanted.matches.map { try Patterns.compile(expand($0)) }
        let bytes = try wanted.bytes.map { try Patterns.compile($0) }
        let value = wanted.value.map { expand($0) }
        let named = all.enumerated().filter { $0.element.name == wanted.name }
        let fields = named.filter { field in
            (value.map { $0 == field.element.value } ?? true) && (regex.map { Patterns.fits($0, field.element.value) } ?? true)
                && (bytes.map { Patterns.fits($0, EscapedText.hexadecimal(field.element.bytes).filter { $0 != " " }) } ?? true)
        }
        return Chosen(fields: fields.map { (index: $0.offset, field: $0.element) }, named: named.map(\.element))
    }

    /// What was not understood could hold anything.
    private func incomplete(_ wanted: Expectation.Field, _ text: String) -> [Finding] {
        guard let gap = view.gap, gap.byteCount > 0 else { return [] }
        return [finding(wanted, gap.offset, "\(text): \(gap)", Array(view.raw[min(gap.offset, view.raw.count)...].prefix(32)))]
    }

    private func described(_ wanted: Expectation.Field) -> String {
        (wanted.value.map { " = \($0)" } ?? "") + (wanted.matches.map { " /\($0)/" } ?? "") + (wanted.bytes.map { " bytes /\($0)/" } ?? "")
    }

    private func finding(_ wanted: Expectation.Field, _ offset: Int?, _ text: String, _ found: [UInt8]?) -> Finding {
        Finding(clause: clause, field: wanted.name, offset: offset, text: text, found: found ?? [], must: wanted.isMust)
    }
}

/// Regular expressions of cases: lines anchored, as the whole of an output may be looked at.
enum Patterns {
    static func compile(_ text: String) throws -> Regex<AnyRegexOutput> { try Regex(text).anchorsMatchLineEndings() }

    static func fits(_ regex: Regex<AnyRegexOutput>, _ text: String) -> Bool { (try? regex.firstMatch(in: text)) ?? nil != nil }
}
