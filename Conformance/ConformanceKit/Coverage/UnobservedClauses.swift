import PeerKit
import TraceKit

/// Why a clause has no case: `Conformance/Cases/unobserved/<PREFIX>.json`, one object of clause and reason each.
public struct UnobservedClauses: Sendable {
    public let reasons: [ClauseIdentifier: String]

    public init(reasons: [ClauseIdentifier: String]) { self.reasons = reasons }

    /// Reads all files of `directory`; none there is no reason given.
    public init(directory: String) throws {
        var reasons: [ClauseIdentifier: String] = [:]
        for name in DirectoryNames.list([UInt8](directory.utf8)) ?? [] {
            let file = String(decoding: name, as: UTF8.self)
            guard file.hasSuffix(".json") else { continue }
            let more = try Self.read(JSONValue(FileBytes.read("\(directory)/\(file)")), file: file)
            reasons.merge(more) { first, _ in first }
        }
        self.reasons = reasons
    }

    /// One file. The clauses of a file have the prefix that it is named for.
    static func read(_ value: JSONValue, file: String) throws(JSONDefect) -> [ClauseIdentifier: String] {
        let item = JSONReader.Item(value, at: file)
        guard let object = value.object else { throw item.defect("an object of clauses and reasons expected") }
        var reasons: [ClauseIdentifier: String] = [:]
        for member in object.members {
            guard let id = ClauseIdentifier(member.name), "\(id.prefix).json" == file else {
                throw item.defect("\(member.name) is no clause that belongs here")
            }
            guard let reason = member.value.string, !reason.isEmpty else { throw item.defect("\(id) has no reason") }
            reasons[id] = reason
        }
        return reasons
    }
}
