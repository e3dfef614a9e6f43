import PeerKit
import TraceKit

/// The clauses of all documents of the specification.
public struct ClauseRegistry: Sendable {
    /// Something that must not be in the documents.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public let document: String
        public let line: Int
        public let text: String

        public init(document: String, line: Int, text: String) {
            self.document = document
            self.line = line
            self.text = text
        }

        public var description: String { "\(document):\(line): \(text)" }
    }

    /// In the order of their names.
    public let documents: [ClauseDocument]
    /// In the order of their documents; where an id stands twice, the first.
    public let clauses: [Clause]
    private let byID: [ClauseIdentifier: Clause]

    public init(documents: [ClauseDocument]) {
        self.documents = documents
        var byID: [ClauseIdentifier: Clause] = [:]
        clauses = documents.flatMap(\.clauses).filter { byID.updateValue($0, forKey: $0.id) == nil }
        self.byID = Dictionary(clauses.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the files of `directory` whose names begin with two digits and end in `.md`.
    public init(directory: String) throws {
        guard let entries = DirectoryNames.list([UInt8](directory.utf8)) else {
            throw CaseLibrary.Failure("\(directory) cannot be read")
        }
        let names = entries.map { String(decoding: $0, as: UTF8.self) }.filter { name in
            name.hasSuffix(".md") && name.utf8.prefix(2).allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        }
        try self.init(documents: names.map { try ClauseDocument(path: "\(directory)/\($0)") })
    }

    public subscript(_ id: ClauseIdentifier) -> Clause? { byID[id] }

    public subscript(_ id: String) -> Clause? { ClauseIdentifier(id).flatMap { byID[$0] } }

    /// The three letters of each document, in their order.
    public var prefixes: [String] {
        documents.compactMap { $0.clauses.first?.id.prefix }
    }

    /// What breaks the laws of the documents: a clause without its mark, an id that stands twice, a citation of a clause that
    /// no document has.
    public var problems: [Problem] {
        let prefixes = Set(prefixes)
        var problems: [Problem] = []
        var seen: [ClauseIdentifier: Clause] = [:]
        for document in documents {
            for clause in document.clauses {
                func complain(_ text: String) {
                    problems.append(Problem(document: document.name, line: clause.line, text: "\(clause.id) \(text)"))
                }
                if clause.level == nil || clause.protocols == nil { complain("is not marked") }
                if let first = seen.updateValue(clause, forKey: clause.id) {
                    complain("stands in \(first.document), line \(first.line), already")
                }
                if clause.text.isEmpty && clause.title.isEmpty { complain("says nothing") }
            }
            for (id, line) in document.named where prefixes.contains(id.prefix) && byID[id] == nil {
                problems.append(Problem(document: document.name, line: line, text: "cites \(id), which no document has"))
            }
        }
        return problems
    }
}
