import TraceKit

/// One file of the specification, taken apart.
///
/// A clause begins a paragraph with its id: `FLS-28. [MUST 30-32] …`, `**HOS-80 — Title.** [MUST 27-32] …` (the title
/// may be longer than its line), or is a row of a table whose first cell is its id and mark. It ends where the next one, a
/// heading or a rule begins. An id anywhere else cites.
public struct ClauseDocument: Sendable {
    public let name: String
    /// The first heading.
    public let title: String
    public let clauses: [Clause]
    /// Every clause named anywhere, with its line; citations and definitions alike.
    let named: [(id: ClauseIdentifier, line: Int)]

    public init(name: String, text: String) {
        self.name = name
        var reader = Reader(document: name)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var named: [(id: ClauseIdentifier, line: Int)] = []
        for (index, line) in lines.enumerated() {
            reader.take(line, number: index + 1)
            named += ClauseIdentifier.all(in: line).map { ($0, index + 1) }
        }
        reader.finish()
        self.title = reader.title
        self.clauses = reader.clauses
        self.named = named
    }

    public init(path: String) throws {
        let name = path.split(separator: "/").last.map { String($0) } ?? path
        self.init(name: name, text: String(decoding: try FileBytes.read(path), as: UTF8.self))
    }
}

extension ClauseDocument {
    /// Goes through the lines once.
    private struct Reader {
        let document: String
        var title = ""
        var clauses: [Clause] = []
        private var section = ""
        private var isFenced = false
        private var isParagraphStart = true
        private var open: (id: ClauseIdentifier, line: Int, lines: [String])?

        init(document: String) { self.document = document }

        mutating func take(_ line: String, number: Int) {
            defer { isParagraphStart = line.allSatisfy(\.isWhitespace) }
            if line.hasPrefix("```") { isFenced.toggle() }
            if !isFenced {
                if line.hasPrefix("#") {
                    finish()
                    let heading = String(line.drop { $0 == "#" }.trimmed())
                    if title.isEmpty { title = heading } else { section = heading }
                    return
                }
                if line == "---" {
                    finish()
                    return
                }
                if let id = Self.row(line) {
                    finish()
                    clauses.append(Self.clause(ofRow: line, id: id, section: section, document: document, line: number))
                    return
                }
                if isParagraphStart, let id = Self.definition(line) {
                    finish()
                    open = (id, number, [line])
                    return
                }
            }
            open?.lines.append(line)
        }

        mutating func finish() {
            guard let (id, line, lines) = open else { return }
            open = nil
            var rest = Substring(lines.joined(separator: "\n"))
            var title = Substring()
            if rest.hasPrefix("**") {
                rest = rest.dropFirst(2).dropFirst(id.description.count)
                title = rest
                if let end = rest.firstRange(ofTwo: "*") {
                    title = rest[..<end]
                    rest = rest[end...].dropFirst(2)
                }
            } else {
                rest = rest.dropFirst(id.description.count + 1)
            }
            let mark = ClauseMark(leading: &rest)
            clauses.append(
                Clause(
                    id: id, level: mark?.level, protocols: mark?.protocols, title: Self.plain(title),
                    text: String(rest.trimmed()), section: section, document: document, line: line))
        }

        /// The id when the line begins a clause.
        private static func definition(_ line: String) -> ClauseIdentifier? {
            let isBold = line.hasPrefix("**")
            let bytes = Array(line.utf8)[...]
            guard let (id, length) = ClauseIdentifier.leading(isBold ? bytes.dropFirst(2) : bytes) else { return nil }
            switch bytes.dropFirst(length + (isBold ? 2 : 0)).first {
            case UInt8(ascii: "."): return isBold ? nil : id
            case UInt8(ascii: "*"), UInt8(ascii: " "): return isBold ? id : nil
            default: return nil
            }
        }

        /// The id when the line is a row of a table that defines a clause: the first cell holds it and a mark at most.
        private static func row(_ line: String) -> ClauseIdentifier? {
            guard line.hasPrefix("|"), let cell = line.dropFirst().split(separator: "|").first else { return nil }
            let trimmed = cell.trimmed()
            guard let (id, length) = ClauseIdentifier.leading(Array(trimmed.utf8)[...]) else { return nil }
            let rest = trimmed.dropFirst(length).trimmed()
            return rest.isEmpty || (rest.hasPrefix("[") && rest.hasSuffix("]")) ? id : nil
        }

        private static func clause(
            ofRow line: String, id: ClauseIdentifier, section: String, document: String, line number: Int
        ) -> Clause {
            let cells = line.dropFirst().split(separator: "|").map { $0.trimmed() }
            var first = cells[0].dropFirst(id.description.count)
            let mark = ClauseMark(leading: &first)
            let text = cells.dropFirst().filter { !$0.isEmpty }.joined(separator: " — ")
            return Clause(
                id: id, level: mark?.level, protocols: mark?.protocols, title: "", text: text, section: section,
                document: document, line: number)
        }

        /// One line without the dash in front and the full stop behind.
        private static func plain(_ title: Substring) -> String {
            var words = title.split(whereSeparator: \.isWhitespace)[...]
            if words.first == "—" { words = words.dropFirst() }
            let joined = words.joined(separator: " ")
            return joined.hasSuffix(".") ? String(joined.dropLast()) : joined
        }
    }
}

/// `[MUST 27-32]`: how binding a clause is, and for which protocols.
struct ClauseMark {
    let level: Level
    let protocols: ProtocolSet?

    /// Takes a mark from the beginning of `text`, spaces before it included; nil, and nothing is taken, when there is none.
    init?(leading text: inout Substring) {
        let rest = text.trimmed()
        guard rest.hasPrefix("["), let end = rest.firstIndex(of: "]") else { return nil }
        let words = rest[..<end].dropFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.first, let level = Level(rawValue: String(first)), words.count <= 2 else { return nil }
        if words.count == 2 {
            guard let protocols = ProtocolSet(String(words[1])) else { return nil }
            self.protocols = protocols
        } else {
            protocols = nil
        }
        self.level = level
        text = rest[end...].dropFirst()
    }
}

extension Substring {
    /// Where the first pair of `character` begins.
    fileprivate func firstRange(ofTwo character: Character) -> Index? {
        var position = startIndex
        while let found = self[position...].firstIndex(of: character) {
            let next = index(after: found)
            if next < endIndex, self[next] == character { return found }
            position = next
        }
        return nil
    }
}
