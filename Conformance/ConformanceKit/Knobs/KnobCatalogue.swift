import RsyncWire
import TraceKit

/// What each knob of the engine does, and which cells notice it: `Conformance/knobs.json`.
public struct KnobCatalogue: Sendable {
    public struct Entry: Sendable {
        public let name: String
        /// The fault in words: what the engine does then.
        public let does: String
        /// What it offends against.
        public let clauses: [String]
        /// Cells that fail with it, `CASE@ROLE/pNN`; any of them is enough.
        public var caughtBy: [String]
        /// Why nothing can notice it, where that is so.
        public var survives: String?
    }

    public var entries: [Entry]

    public init(path: String) throws {
        guard case .object(let object) = try JSONValue(FileBytes.read(path)) else { throw JSONDefect(path, "an object is expected") }
        entries = try object.members.map { member in
            var reader = try JSONReader.Item(member.value, at: "\(path): \(member.name)").reader()
            let entry = Entry(
                name: member.name, does: try reader.required("does") { item throws(JSONDefect) in try item.text() },
                clauses: try reader.required("clauses") { item throws(JSONDefect) in try item.texts() },
                caughtBy: try reader.required("caught-by") { item throws(JSONDefect) in try item.texts() },
                survives: try reader.optional("survives") { item throws(JSONDefect) in try item.text() })
            try reader.finish()
            return entry
        }
    }

    /// The text of the file.
    public var text: [UInt8] {
        let members = entries.map { entry -> (String, JSONValue) in
            var members: [(String, JSONValue)] = [
                ("does", .string(entry.does)), ("clauses", .texts(entry.clauses)), ("caught-by", .texts(entry.caughtBy)),
            ]
            if let survives = entry.survives { members.append(("survives", .string(survives))) }
            return (entry.name, .object(members))
        }
        return Array(JSONValue.object(members).indentedText.utf8) + [0x0a]
    }

    /// What the catalogue and the engine do not agree on.
    public var disagreements: [String] {
        let known = Set(Knob.allCases.map(\.name)), written = Set(entries.map(\.name))
        let twice = Dictionary(grouping: entries, by: \.name).filter { $0.value.count > 1 }.keys
        return known.subtracting(written).sorted().map { "\($0) is not in the catalogue" }
            + written.subtracting(known).sorted().map { "\($0) is no knob of the engine" }
            + twice.sorted().map { "\($0) stands there more than once" }
    }

    /// Entries that name no cell and give no reason either, or both.
    public var undecided: [String] {
        entries.filter { $0.caughtBy.isEmpty != ($0.survives?.isEmpty == false) }.map(\.name)
    }
}
