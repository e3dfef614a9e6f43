import ConformanceKit
import Glibc
import PeerKit
import Testing
import TraceKit

/// The suite's own files.
@Suite struct SuiteFilesTests {
    private static let suite = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/Conformance"

    @Test func everyFlagIsExplained() throws {
        let value = try JSONValue(FileBytes.read("\(Self.suite)/Cases/flags.json"))
        let explained = Set(value.object?.names ?? [])
        let used = Set(try CaseLibrary(suite: Self.suite).cases.flatMap(\.flags))
        #expect(!explained.isEmpty && used.subtracting(explained) == [])
    }

    @Test func everyDefectIsToldAtOnceWithItsFile() throws {
        let directory = try TemporaryDirectory(prefix: "ebb-library")
        for path in ["Cases", "Cases/FLS-1", "Spec"] { #expect(unsafe mkdir("\(directory.path)/\(path)", 0o755) == 0) }
        let right = #"{"title": "t", "clauses": ["FLS-1"], "roles": ["server-sender"]}"#
        for (name, text) in [("good", right), ("cut", String(right.dropLast())), ("unknown", right.replacing("title", with: "titel"))] {
            try FileBytes.write(Array(text.utf8), to: "\(directory.path)/Cases/FLS-1/\(name).json")
        }
        let failure = #expect(throws: CaseLibrary.Failure.self) { try CaseLibrary(suite: directory.path) }
        #expect(failure?.description == "FLS-1/cut.json: line 1: } expected\nFLS-1/unknown.json: title is missing")
    }
}
