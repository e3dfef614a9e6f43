import Foundation
import Testing

@testable import BackupVault

@Suite struct JournalTests {
    static var full: JournalRecord {
        var record = JournalRecord(
            started: UTCTime(seconds: 1_795_227_330), ended: UTCTime(seconds: 1_795_227_390), client: "laptop", exitCode: 24)
        record.request = "backup root=/home"
        record.argv = ["rsync", "--server", "a \"quoted\" \\ word", "tab\tnul\u{0}del\u{7f}", "ü\u{fffd}€😀"]
        record.peer = JournalRecord.peer(sshConnection: "192.0.2.7 50000 192.0.2.1 22")
        record.protocolVersion = 31
        record.received = 1 << 40
        record.sent = 0
        record.files = 12
        record.snapshot = "2026-11-21T02:15:30Z"
        record.error = "two\nlines"
        return record
    }

    @Test func readsBackWhatItWrote() {
        #expect(JournalRecord(line: Self.full.line[...]) == Self.full)
        let bare = JournalRecord(started: UTCTime(seconds: 0), ended: UTCTime(seconds: 0), client: "a", exitCode: 0)
        #expect(JournalRecord(line: bare.line[...]) == bare)
        #expect(
            String(decoding: bare.line, as: UTF8.self)
                == #"{"started":"1970-01-01T00:00:00Z","ended":"1970-01-01T00:00:00Z","client":"a","exit":0}"#)
    }

    @Test func aLineIsOneLineOfOrdinaryJSON() throws {
        let line = Self.full.line
        #expect(!line.contains { $0 < 0x20 })
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        #expect(object?["argv"] as? [String] == Self.full.argv)
        #expect(object?["error"] as? String == "two\nlines")
    }

    @Test func everyPrefixOfALineIsNoRecord() {
        let line = Self.full.line
        for length in 0..<line.count { #expect(JournalRecord(line: line[..<length]) == nil) }
    }

    @Test func passesOverWhatItDoesNotKnow() {
        let known = #""started":"1970-01-01T00:00:00Z","ended":"1970-01-01T00:00:00Z","client":"a","exit":0"#
        let odd = #"{ "new": {"a": [1, {"b": null}], "c": "\u00e9\ud83d"}, "x":true, "f":-1.5e3 , "#
        let text = "garbage\n\n" + odd + known + "}\n{\"exit\":1}\n[1]\n{" + known + "}{}\n{" + known + ",\"files\":\"x\"}\n{" + known
        let journal = Journal(parsing: [UInt8](text.utf8))
        #expect(journal.records.count == 2)
        #expect(journal.skippedLines == 5)
    }

    @Test func boundsNesting() {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        #expect(JSONLine.decode([UInt8](deep.utf8)[...]) == nil)
    }

    @Test func survivesRandomDamage() {
        var state: UInt64 = 0x5eed_0002
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<3_000 {
            var line = Self.full.line
            for _ in 0...random(3) { line[random(line.count)] = UInt8(random(256)) }
            if let record = JournalRecord(line: line[...]) { #expect(JournalRecord(line: record.line[...]) == record) }
        }
    }
}
