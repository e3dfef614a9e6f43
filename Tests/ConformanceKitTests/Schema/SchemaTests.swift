import PeerKit
import Testing
import TraceKit

@testable import ConformanceKit

/// The schemas in `Conformance/schema` are what others are told about our files: every file of ours fits, and what the readers
/// here refuse for its form the schema refuses too.
@Suite struct SchemaTests {
    private static let suite = packageRoot + "/Conformance"

    private func schema(_ name: String) throws -> JSONSchema {
        JSONSchema(try JSONValue(FileBytes.read("\(Self.suite)/schema/\(name).schema.json")))
    }

    private func files(_ directory: String) -> [String] {
        (DirectoryNames.list([UInt8](directory.utf8)) ?? []).map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasSuffix(".json") }
            .map { "\(directory)/\($0)" }
    }

    private func expectFits(_ path: String, _ schema: JSONSchema) throws {
        let problems = try schema.problems(JSONValue(FileBytes.read(path)))
        #expect(problems.isEmpty, "\(path): \(problems.prefix(3))")
    }

    @Test func everyCaseFits() throws {
        let schema = try schema("case")
        for one in try CaseLibrary(suite: Self.suite).cases { try expectFits("\(Self.suite)/Cases/\(one.path)", schema) }
    }

    @Test func everyListFits() throws {
        let unobserved = try schema("unobserved")
        for path in files("\(Self.suite)/Cases/unobserved") { try expectFits(path, unobserved) }
        let known = try schema("known-failures")
        for path in files("\(Self.suite)/known-failures") { try expectFits(path, known) }
        try expectFits("\(Self.suite)/peers.json", schema("peers"))
    }

    @Test func whatIsWrittenFits() throws {
        #expect(try schema("results").problems(ReportFile.json(SampleReport.report())) == [])
        let features = TargetFeatures(name: "x", protocols: ProtocolSet("27,30-31")!, features: ["acls", "codec:zstd", "option:--mkpath"])
        #expect(try schema("features").problems(features.json) == [])
    }

    @Test(arguments: [
        ("case", #"{"title": "x", "clauses": ["SES-1"]}"#), ("case", #"{"title": "x", "clauses": ["SES-1"], "roles": ["sender"]}"#),
        ("case", #"{"title": "x", "clauses": [], "roles": ["restricted"]}"#),
        ("case", #"{"title": "x", "clauses": ["SES-1"], "roles": ["restricted"], "protocol": "27"}"#),
        ("case", #"{"title": "x", "clauses": ["SES-1"], "roles": ["restricted"], "expect": {"exit": 256}}"#),
        ("case", #"{"title": "x", "clauses": ["SES-1"], "roles": ["restricted"], "source": {"a": {"files": "x"}}}"#),
        ("case", #"{"title": "x", "clauses": ["SES-1"], "roles": ["restricted"], "peer": {}}"#),
        ("known-failures", #"[{"id": "x"}]"#), ("known-failures", "{}"), ("unobserved", #"{"SES-1": ""}"#),
        ("peers", #"[{"name": "a b", "command": ["x"]}]"#), ("peers", #"[{"name": "a", "command": []}]"#),
        ("features", #"{"protocols": "x"}"#), ("features", #"{"features": ["acls", "acls"]}"#), ("results", "{}"),
    ])
    func refusesWhatTheReadersRefuse(_ name: String, _ text: String) throws {
        #expect(try !schema(name).problems(JSONValue([UInt8](text.utf8))).isEmpty)
    }

    @Test func aKeywordThatIsNotCheckedIsAProblem() throws {
        let schema = JSONSchema(try JSONValue([UInt8](#"{"maxLength": 3}"#.utf8)))
        #expect(schema.problems(.string("x")).count == 1)
    }
}
