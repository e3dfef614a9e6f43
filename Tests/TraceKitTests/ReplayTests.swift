import Foundation
import RsyncProtocol
import TestSupport
import Testing
import TraceKit

/// Every committed recording, in every chunk size.
@Suite struct ReplayTests {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Vectors/traces"

    static let vectors: [String] =
        (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".trace") }.sorted()

    /// What cannot be played to our engine in memory, by file or by scenario, and why.
    static let notReplayed: [String: String] = [
        "rsync-2.6.0/p27/pull-first.trace": "rsync 2.6.0 asks for another link of a new group",
        "push-files-from.trace": "the option --files-from of a client that sends is not known to the replay",
        "push-missing.trace": "the option --files-from of a client that sends is not known to the replay",
        "push-iconv.trace": "the option --iconv=UTF-8,ISO-8859-1 is not known to the replay",
        "pull-iconv.trace": "the option --iconv=UTF-8,ISO-8859-1 is not known to the replay",
        "push-acls.trace": "the option -A is not known to the replay",
        "pull-acls.trace": "the option -A is not known to the replay",
    ]

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
            let name = vector.split(separator: "/").last ?? ""
            let reason = Self.notReplayed[vector] ?? Self.notReplayed.first { $0.key == name }?.value
            #expect(obstacle == reason, "\(vector)")
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
        #expect(Self.vectors.filter { $0.contains("compressed") }.count >= 8 + 2 * 6)
        for version in 27...32 {
            for scenario in ["update-delete", "hard-links", "checksum", "append", "inplace", "link-dest", "filters", "vanished"] {
                for way in ["push", "pull"] { #expect(Self.vectors.contains("rsync-3.5.0/p\(version)/\(way)-\(scenario).trace")) }
            }
        }
    }
}

/// What a client offers decides whether a recorded server can be played to it.
struct OfferedCapabilitiesTests {
    @Test(arguments: [
        (".iLsfxCIvu", true), (".LsfxCIvu", false), (".iLsfxC", false),
        // Every release that speaks 30 has had these: to lack them is no excuse.
        (".iIvu", true),
    ])
    func withholdsATraceOnlyForWhatSomeReleaseHasNot(offered: String, isPlayed: Bool) throws {
        let trace = try Trace(text: FileBytes.read("\(ReplayTests.root)/rsync-3.5.0/p31/push-first.trace"))
        let reason = try TraceFeed(trace, targetIsServer: false).mismatch(with: Capabilities(optionValue: Array(offered.utf8)))
        #expect((reason == nil) == isPlayed, "\(reason ?? "")")
    }
}
