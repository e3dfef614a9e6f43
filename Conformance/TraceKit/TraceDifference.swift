/// Where two traces part, field by field. Frames are no fields: how data is cut into them is nobody's meaning.
public struct TraceDifference: Sendable, CustomStringConvertible {
    /// nil: in the head.
    public let direction: Trace.Direction?
    /// In the first trace, and in the second; nil where that one has nothing there.
    public let old: DissectedField?
    public let new: DissectedField?
    public let text: String

    public var description: String {
        guard direction != nil else { return text }
        var lines: [String] = []
        for (mark, field) in [("-", old), ("+", new)] {
            guard let field else { continue }
            lines.append("\(mark) \(field.line)")
            lines.append("\(mark)   \(FieldText.hexadecimal(Array(field.bytes.prefix(48))))\(field.bytes.count > 48 ? "…" : "")")
        }
        return lines.joined(separator: "\n")
    }
}

/// Compares two traces.
public enum TraceComparison {
    public enum Measure: Sendable {
        /// Every field, and the bytes of those that are data.
        case exact
        /// What one recipe gives anew is the same: file system's and clock's own numbers do not count (inode numbers, sizes
        /// of directories, the order in which a directory was read, durations), nor do keep-alives and what is said of them.
        case meaning
    }

    public static func differences(_ old: Trace, _ new: Trace, _ measure: Measure = .exact) -> [TraceDifference] {
        var found = head(old.header, new.header, measure)
        let (first, second) = (Dissection(old), Dissection(new))
        for direction in Trace.Direction.allCases {
            let left = fields(first, old, direction, measure), right = fields(second, new, direction, measure)
            found += differences(left, right, direction)
            let gaps = [first, second].map { $0.gaps.first { $0.direction == direction }?.reason }
            if gaps[0] != gaps[1] {
                let shown = gaps.map { $0 ?? "none" }
                found.append(TraceDifference(direction: nil, old: nil, new: nil, text: "gap: \(shown[0]) / \(shown[1])"))
            }
        }
        return found
    }

    private static func head(_ old: TraceHeader, _ new: TraceHeader, _ measure: Measure) -> [TraceDifference] {
        var lines: [(String, String, String)] = [
            ("role", old.role.rawValue, new.role.rawValue),
            ("protocol", "\(old.protocolNumber)", "\(new.protocolNumber)"),
            ("argv", QuotedWords.write(old.arguments), QuotedWords.write(new.arguments)),
            ("options", QuotedWords.write(old.options), QuotedWords.write(new.options)),
            ("source", old.sourceTree ?? "unknown", new.sourceTree ?? "unknown"),
            ("destination", old.destinationTree ?? "none", new.destinationTree ?? "none"),
            ("beside", old.besideTree ?? "none", new.besideTree ?? "none"),
            // Not known: an older recorder did not see it.
            ("exit", (old.exitStatus ?? new.exitStatus).map { "\($0)" } ?? "unknown", (new.exitStatus ?? old.exitStatus).map { "\($0)" } ?? "unknown"),
        ]
        if measure == .exact { lines.append(("peer", "\(old.peer) \(old.version)", "\(new.peer) \(new.version)")) }
        return lines.filter { $0.1 != $0.2 }.map { name, left, right in
            TraceDifference(direction: nil, old: nil, new: nil, text: "\(name): \(left) / \(right)")
        }
    }

    private struct Placed {
        let field: DissectedField
        let key: String
    }

    private static func fields(
        _ dissection: Dissection, _ trace: Trace, _ direction: Trace.Direction, _ measure: Measure
    ) -> [Placed] {
        let plain = dissection.fields.filter { $0.direction == direction && !$0.name.hasPrefix("frame ") && $0.name != "keep-alive" }
        var placed = plain.map { Placed(field: $0, key: key($0, trace.header, measure)) }
        guard measure == .meaning else { return placed }
        // Entries of one list, in an order of their own.
        var start = 0
        while start < placed.count {
            let end = placed[start...].firstIndex { $0.field.name != "entry" } ?? placed.count
            if end - start > 1 { placed[start..<end].sort { $0.key < $1.key } }
            start = max(end, start + 1)
        }
        // Texts come from another process than the data, and pass when they pass.
        let texts = placed.filter { $0.field.name == "text" }.sorted { $0.key < $1.key }
        return placed.filter { $0.field.name != "text" } + texts
    }

    private static let carriesContent: Set<String> = ["literal", "compressed", "file-sum", "block-sum", "xattr-value"]

    private static func key(_ field: DissectedField, _ header: TraceHeader, _ measure: Measure) -> String {
        var value = field.value
        if measure == .meaning {
            if field.name == "statistics" { value = "" }
            if field.name == "entry" {
                if value.contains(", mode 4") { value.removeText(from: ", length ", to: ", ") }
                value.removeText(from: ", link group ", to: ", ")
            }
            // Durations, process numbers.
            if field.name == "text" { value = value.filter { !$0.isNumber } }
        }
        let data = carriesContent.contains(field.name) ? FieldText.hexadecimal(field.bytes) : ""
        return "\(field.name) \(value) \(data)"
    }

    private static func differences(_ old: [Placed], _ new: [Placed], _ direction: Trace.Direction) -> [TraceDifference] {
        var found: [TraceDifference] = []
        let changes = new.map(\.key).difference(from: old.map(\.key))
        var removed: [Int] = [], inserted: [Int] = []
        for change in changes {
            switch change {
            case .remove(let offset, _, _): removed.append(offset)
            case .insert(let offset, _, _): inserted.append(offset)
            }
        }
        removed.sort()
        inserted.sort()
        while !removed.isEmpty || !inserted.isEmpty {
            // One that went and one that came at about the same place are one that changed.
            let left = removed.first, right = inserted.first
            let isPair = left.flatMap { left in right.map { abs(left - $0) <= 2 && old[left].field.name == new[$0].field.name } } ?? false
            let takesLeft = isPair || right == nil || left.map { $0 <= right ?? .max } ?? false
            let takesRight = isPair || !takesLeft
            found.append(
                TraceDifference(
                    direction: direction, old: takesLeft ? left.map { old[$0].field } : nil,
                    new: takesRight ? right.map { new[$0].field } : nil, text: ""))
            if takesLeft { removed.removeFirst() }
            if takesRight { inserted.removeFirst() }
        }
        return found
    }
}

extension String {
    /// Takes out a part with its value: from `start` up to the next `end`, which stays, or to the text's own end.
    fileprivate mutating func removeText(from start: String, to end: String) {
        guard let begin = firstRange(of: start, from: startIndex) else { return }
        let stop = firstRange(of: end, from: begin.upperBound)?.lowerBound ?? endIndex
        removeSubrange(begin.lowerBound..<stop)
    }

    private func firstRange(of text: String, from start: String.Index) -> Range<String.Index>? {
        var position = start
        while position < endIndex {
            if self[position...].hasPrefix(text) { return position..<index(position, offsetBy: text.count) }
            position = index(after: position)
        }
        return nil
    }
}
