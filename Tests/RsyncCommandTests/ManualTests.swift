import Foundation
import RsyncCommand
import RsyncOptions
import RsyncProtocol
import RsyncReport
import Testing

/// What the code knows stands in the manual.
struct ManualTests {
    private func terms(_ title: String) throws -> [String] {
        try #require(ManualSection.all.first { $0.title == title }).terms
    }

    @Test func everyExitCodeStandsThere() throws {
        let codes = (Int32(0)...255).filter { ExitCode(rawValue: $0).meaning != nil }
        #expect(try terms("EXIT STATUS") == codes.map(String.init))
    }

    @Test func everyEscapeStandsThere() throws {
        #expect(try terms("ESCAPES OF --out-format AND --log-file-format").sorted() == OutputFormat.letters.map { "%\($0)" }.sorted())
    }

    /// Those that the sources ask for.
    @Test func everyVariableStandsThere() throws {
        let known = Set(try terms("ENVIRONMENT"))
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = root.appendingPathComponent("Sources/RsyncCommand")
        var asked: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        where file.pathExtension == "swift" {
            for piece in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "variable(\"").dropFirst() {
                asked.insert(String(piece.prefix { $0 != "\"" }))
            }
        }
        #expect(asked.count > 5 && asked == known)
    }

    @Test func whatIsElsewhereInRsyncsManualIsTold() {
        let manual = RsyncProgram.manual
        for words in ["~/.popt", "\\-\\-no\\-OPTION", "STATS3", "YXcstpogaux", ".rsync\\-filter", "dir\\-merge"] {
            #expect(manual.contains(words), "\(words)")
        }
    }
}
