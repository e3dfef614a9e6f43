import Foundation
import TestSupport
import Testing
import TraceKit

/// Every committed recording, in every chunk size.
@Suite struct ReplayTests {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Vectors/traces"

    static let vectors: [String] =
        (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".trace") }.sorted()

    static func replay(_ vector: String) throws -> TraceReplay {
        let file = "\(root)/\(vector)"
        return try TraceReplay(Trace(text: FileBytes.read(file))) { name in
            try TreeArchive.unpack(ReplayFiles.tree(name, for: file))
        }
    }

    @Test(arguments: vectors)
    func answersTheRecordedPeerAsTheRecordedClientDid(_ vector: String) throws {
        let replay = try Self.replay(vector)
        if let obstacle = replay.obstacle {
            #expect(vector == "rsync-2.6.0/p27/pull-first.trace")
            #expect(obstacle == "rsync 2.6.0 asks for another link of a new group")
            return
        }
        var outputs: Set<[UInt8]> = []
        for chunk in TraceReplay.chunks {
            let (verdict, output) = try replay.run(chunk: chunk)
            #expect(verdict == .same, "chunks of \(chunk.map { String($0) } ?? "everything")")
            if vector.contains("/push-") { outputs.insert(output) }
        }
        #expect(outputs.count <= 1, "a sender's output depends on the chunks")
    }

    @Test func hasRecordingsOfEveryProtocol() throws {
        #expect(Self.vectors.filter { $0.contains("compressed") }.count == 8)
        for version in 27...32 {
            #expect(Self.vectors.contains("rsync-3.5.0/p\(version)/pull-update-delete.trace"))
        }
    }
}
