import Foundation
import RsyncOptions
import Testing

@testable import RestrictedShell

/// The command lines of real clients, 2.6.0 to 3.5.0, as the traces have them: nobody can install the old ones any more.
@Suite struct RecordedCommandTests {
    static let recorded: [String] = {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Vectors/traces")
        var found: Set<String> = []
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "trace", let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            for line in text.split(separator: "\n") where line.hasPrefix("argv: --server") { found.insert(String(line.dropFirst(6))) }
        }
        return found.sorted()
    }()

    @Test func thereAreMany() { #expect(Self.recorded.count > 20) }

    /// Served, and understood as a server without restrictions understands it: so the replay of each trace holds here too.
    @Test(arguments: recorded) func isServed(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let plain = Result { try ParsedArguments(parsing: words) }
        let policy = RestrictedPolicy()
        switch plain {
        case .success(let expected):
            if expected.secludedArguments { return }
            let served = try RestrictedRequest(Array("rsync \(line)".utf8), policy: policy).arguments { _, _ in [] }
            var same = served
            same.dropsNodes = false
            #expect("\(same)" == "\(expected)")
            #expect(served.dropsNodes == !expected.isSender)
        case .failure(let error):
            // What the engine cannot do yet is said in its own words.
            let text = (error as? ArgumentError)?.text ?? ""
            #expect(text.hasPrefix("rsync: The server does not support"))
            #expect(throws: Refusal(String(text.dropFirst("rsync: ".count)))) {
                try RestrictedRequest(Array("rsync \(line)".utf8), policy: policy)
            }
        }
    }
}
