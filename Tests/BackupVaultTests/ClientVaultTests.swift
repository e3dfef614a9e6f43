import Foundation
import RsyncEngine
import RsyncProtocol
import Testing

@testable import BackupVault

/// A vault in a fresh directory, removed in the end.
final class VaultFixture {
    let base: URL
    var path: [UInt8] { [UInt8](base.path.utf8) }

    init() throws {
        // In memory where there is such a place: a commit waits for its whole file system.
        let memory = URL(fileURLWithPath: "/dev/shm")
        let parent = FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        base = parent.appendingPathComponent("ebb-vault-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: false)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: base)
        } catch {
            Issue.record("left behind: \(base.path)")
        }
    }

    func open(_ name: String = "laptop", creating: Bool = true) throws -> ClientVault {
        try ClientVault(vault: path, client: try #require(ClientName(name)), creating: creating)
    }

    func url(_ path: String) -> URL { base.appendingPathComponent("laptop").appendingPathComponent(path) }

    func put(_ text: String, _ path: String) throws {
        try FileManager.default.createDirectory(at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url(path))
    }

    func link(_ from: String, _ to: String) throws {
        try FileManager.default.createDirectory(at: url(to).deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.linkItem(at: url(from), to: url(to))
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

    func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: url(path).path)[.posixPermissions] as? Int)
    }
}

private let noon = UTCTime(seconds: 1_795_262_400)
private let first = "2026-11-21T12:00:00Z"

@Suite struct ClientVaultTests {
    let fixture: VaultFixture

    init() throws { fixture = try VaultFixture() }

    @Test func makesAPrivateDirectory() throws {
        let vault = try fixture.open()
        #expect(try fixture.mode("") == 0o700)
        #expect(try fixture.mode("snapshots") == 0o700)
        #expect(try vault.snapshots().isEmpty)
        _ = try fixture.open()
        _ = try fixture.open(creating: false)
    }

    @Test func refusesAnUnknownClient() throws {
        #expect(throws: VaultError.unknownClient("other")) { try fixture.open("other", creating: false) }
    }

    @Test func refusesASymlinkInTheClientsPlace() throws {
        try FileManager.default.createSymbolicLink(at: fixture.base.appendingPathComponent("evil"), withDestinationURL: URL(fileURLWithPath: "/"))
        #expect(throws: VaultError.self) { try fixture.open("evil") }
        #expect(throws: VaultError.self) { try fixture.open("evil", creating: false) }
    }

    @Test func commitsUnderTheServersTime() throws {
        let vault = try fixture.open()
        do {
            let session = try vault.beginSession(at: noon, peer: "192.0.2.7")
            #expect(session.basis == nil && !session.isResumed)
            try fixture.put("one", "incomplete/home/file")
            #expect(try vault.snapshots().isEmpty)
            #expect(try session.commit(at: noon).description == first)
            #expect(!fixture.exists("incomplete") && fixture.exists("snapshots/\(first)/home/file"))
            #expect(throws: VaultError.nothingToCommit) { try session.commit(at: noon) }
        }
        for expected in ["\(first)-2", "\(first)-3"] {
            let session = try vault.beginSession(at: noon, peer: "192.0.2.7")
            #expect(try session.basis == vault.latestSnapshot() && session.basis != nil)
            #expect(try session.commit(at: noon).description == expected)
        }
        #expect(try vault.snapshots().map(\.description) == [first, "\(first)-2", "\(first)-3"])
    }

    @Test func aClockThatGoesBackDoesNotMakeTheNewestOlder() throws {
        let vault = try fixture.open()
        _ = try vault.beginSession(at: noon, peer: "p").commit(at: noon)
        let early = UTCTime(seconds: noon.seconds - 3600)
        #expect(try vault.beginSession(at: early, peer: "p").commit(at: early).description == "\(first)-2")
    }

    @Test func neverReplacesWhatIsInTheSnapshotsPlace() throws {
        let vault = try fixture.open()
        let session = try vault.beginSession(at: noon, peer: "p")
        let later = UTCTime(seconds: noon.seconds + 1)
        try FileManager.default.createSymbolicLink(at: fixture.url("snapshots/\(later)-2"), withDestinationURL: URL(fileURLWithPath: "/"))
        try FileManager.default.createDirectory(at: fixture.url("snapshots/\(later)"), withIntermediateDirectories: false)
        #expect(try session.commit(at: later).description == "\(later)-3")
    }

    @Test func keepsAModeThatForbidsMoving() throws {
        let vault = try fixture.open()
        let session = try vault.beginSession(at: noon, peer: "p")
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: fixture.url("incomplete").path)
        _ = try session.commit(at: noon)
        #expect(try fixture.mode("snapshots/\(first)") == 0o555)
    }

    @Test func aSecondSessionIsToldWhoAndSinceWhen() throws {
        let vault = try fixture.open()
        let session = try vault.beginSession(at: noon, peer: "192.0.2.7 \u{1b}[2J")
        #expect(throws: VaultError.busy(LockHolder(process: currentProcess, since: noon, peer: "192.0.2.7[2J"))) {
            try fixture.open().beginSession(at: UTCTime(seconds: noon.seconds + 60), peer: "192.0.2.8")
        }
        _ = try fixture.open("desktop").beginSession(at: noon, peer: "192.0.2.8")
        withExtendedLifetime(session) {}
    }

    @Test func theLockEndsWithItsSession() throws {
        let vault = try fixture.open()
        do {
            let session = try vault.beginSession(at: noon, peer: "p")
            withExtendedLifetime(session) {}
        }
        let again = try vault.beginSession(at: noon, peer: "p")
        #expect(again.isResumed)
    }

    @Test func aBreakIsResumedAndCutFromOlderSnapshots() throws {
        let vault = try fixture.open()
        try fixture.put("old", "snapshots/\(first)/linked")
        try fixture.put("old", "snapshots/\(first)/group")
        try fixture.link("snapshots/\(first)/linked", "incomplete/linked")
        try fixture.link("snapshots/\(first)/group", "incomplete/deep/group")
        try fixture.link("snapshots/\(first)/group", "incomplete/deep/group-too")
        try fixture.put("new", "incomplete/alone")
        try fixture.put("new", "incomplete/pair")
        try fixture.link("incomplete/pair", "incomplete/deep/pair-too")
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: fixture.url("incomplete/deep").path)

        let session = try vault.beginSession(at: noon, peer: "p")
        #expect(session.isResumed && session.basis?.description == first)
        for gone in ["linked", "deep/group", "deep/group-too"] { #expect(!fixture.exists("incomplete/\(gone)")) }
        for kept in ["alone", "pair", "deep/pair-too"] { #expect(fixture.exists("incomplete/\(kept)")) }
        #expect(fixture.exists("snapshots/\(first)/linked") && fixture.exists("snapshots/\(first)/group"))
    }

    @Test func addsUpWhatIsNewAndWhatIsThere() throws {
        let vault = try fixture.open()
        let second = "2026-11-21T13:00:00Z"
        try fixture.put("12345", "snapshots/\(first)/a")
        try fixture.put("1234567890", "snapshots/\(first)/d/b")
        try fixture.link("snapshots/\(first)/a", "snapshots/\(second)/a")
        try fixture.put("123", "snapshots/\(second)/d/b")
        try fixture.link("snapshots/\(second)/d/b", "snapshots/\(second)/d/c")
        try fixture.put("passed over", "snapshots/notes")
        try fixture.put("passed over", "incomplete/x")
        var seen: [String] = []
        let summaries = try vault.summaries { seen.append($0.name.description) }
        #expect(seen == [first, second])
        #expect(summaries.map(\.totalBytes) == [15, 8])
        #expect(summaries.map(\.newBytes) == [15, 3])
        #expect(summaries.map(\.items) == [3, 4])
        #expect(summaries.allSatisfy { $0.unreadable == 0 })
    }

    @Test func journalClosesATornLine() throws {
        let vault = try fixture.open()
        #expect(try vault.journal() == Journal())
        try vault.record(JournalTests.full)
        let handle = try FileHandle(forWritingTo: fixture.url("journal.jsonl"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"started":"2026-"#.utf8))
        try handle.close()
        try vault.record(JournalTests.full)
        let journal = try vault.journal()
        #expect(journal.records == [JournalTests.full, JournalTests.full] && journal.skippedLines == 1)
        #expect(try fixture.mode("journal.jsonl") == 0o600)
    }

    @Test func journalRefusesASymlink() throws {
        let vault = try fixture.open()
        try FileManager.default.createSymbolicLink(at: fixture.url("journal.jsonl"), withDestinationURL: fixture.url("elsewhere"))
        #expect(throws: VaultError.self) { try vault.record(JournalTests.full) }
        #expect(!fixture.exists("elsewhere"))
    }
}
