import RsyncFilter
import RsyncProtocol
import Testing
import TraceKit

@testable import RsyncEngine

/// Receiving sides that lie, against our sender as a server (07-hostile-peers.md section 9).
struct HostileReceiverTests {
    typealias Case = HostileSenderTests.Case

    /// The list is the root (0), "a" (1) and "d" (2), then "d/x" (3).
    static let requests: [Case] = [
        Case("a negative count", 2) { try $0.ask(1, SumHead(count: -1, blockLength: 700, strongLength: 2, remainder: 0)) },
        Case("a count beyond memory", 22) {
            try $0.ask(1, SumHead(count: .max, blockLength: 700, strongLength: 2, remainder: 0))
        },
        Case("64 million blocks", 22) {
            try $0.ask(1, SumHead(count: 1 << 26, blockLength: 700, strongLength: 16, remainder: 0))
        },
        Case("blocks of no length", 2) { try $0.ask(1, SumHead(count: 1, blockLength: 0, strongLength: 2, remainder: 0)) },
        Case("blocks that are too long", 2) {
            try $0.ask(1, SumHead(count: 1, blockLength: 131_073, strongLength: 2, remainder: 0))
        },
        Case("sums that are too long", 2) { try $0.ask(1, SumHead(count: 1, blockLength: 700, strongLength: 64, remainder: 0)) },
        Case("a negative length of sums", 2) {
            try $0.ask(1, SumHead(count: 1, blockLength: 700, strongLength: -1, remainder: 0))
        },
        Case("a remainder above the block length", 2) {
            try $0.ask(1, SumHead(count: 1, blockLength: 700, strongLength: 2, remainder: 701))
        },
        Case("an index beyond the list", 2) { try $0.ask(99) },
        Case("the largest index", 2) { try $0.ask(.max) },
        Case("a transfer of a directory", 2) { try $0.ask(0) },
        Case("an end of lists", 2) { try $0.item(FileIndex.fileListEOF, .transfer) },
        Case("a list", 2) { try $0.item(FileIndex.fileListOffset, .transfer) },
        Case("the same file without end", 2) { peer in for _ in 0..<50 { try peer.ask(1) } },
        Case("a request after the phases", 2) { peer in
            for _ in 0..<2 { try peer.index(FileIndex.done) }
            try peer.ask(1)
        },
        Case("unknown item flags", 2) { try $0.data([2, 0xff, 0xff]) },
        Case("deletion counts beyond all bounds", 2) { peer in
            try peer.index(FileIndex.deletionStatistics)
            try peer.data([0xf0, 0xff, 0xff, 0xff, 0x7f])
        },
        Case("success in the middle of the run", 12) { try $0.message(.errorExit, [0, 0, 0, 0]) },
        Case("an error of the sender", 12) { try $0.message(.ioError, [1, 0, 0, 0]) },
        Case("an error of the wrong length", 12) { try $0.raw([3, 0, 0, 29, 1, 1, 1]) },
        Case("a keep-alive with a body", 12) { try $0.raw([1, 0, 0, 49, 0]) },
        Case("a time limit told to a server", 12) { try $0.message(.ioTimeout, [5, 0, 0, 0]) },
        Case("an end in the middle of a request", 12) { try $0.item(1, .transfer) },
    ]

    @Test(arguments: requests)
    func refusesRequests(with given: Case) throws {
        var run = HostileRun()
        run.weReceive = false
        run.tree.file("a", "content")
        run.tree.file("d/x", "more")
        let result = try run.run { try given.script($0) }
        #expect(
            given.codes.contains(result.exitCode),
            "\(given.testDescription): \(result.exitCode) \(String(decoding: result.error?.message.bytes ?? [], as: UTF8.self))")
    }

    /// HOS-58: where only what was sent is removed.
    @Test(arguments: [false, true]) func removesOnlyWhatItHasSent(isSent: Bool) throws {
        var run = HostileRun()
        run.weReceive = false
        run.options.sourceRemoval = .sent
        run.tree.file("a", "content")
        let result = try run.run { peer in
            if isSent { try peer.ask(1) }
            try peer.message(.success, [1, 0, 0, 0])
            for _ in 0..<2 { try peer.index(FileIndex.done) }
            try peer.ask(1)
        }
        #expect(result.exitCode == 2)
        #expect(((try? run.tree.status(MemoryTree.path("a"))) == nil) == isSent)
    }

    @Test func takesAnyTimeout() throws {
        var run = HostileRun()
        run.weReceive = false
        run.options.timeout = .max
        run.tree.file("a", "content")
        #expect(try run.run { try $0.ask(99) }.exitCode == 2)
    }
}

/// What bounds the two threads of a receiving side.
struct ReceivingSideTests {
    @Test func dropsTextsThatNobodyTakes() {
        let mailbox = Mailbox()
        for _ in 0..<100_000 { mailbox.post(.text(.info, [UInt8](repeating: 65, count: 1000))) }
        mailbox.post(.mark(1))
        let events = mailbox.take()
        #expect(events.count < 1100)
        guard case .mark(1)? = events.last else {
            Issue.record("the mark is lost")
            return
        }
    }

    @Test func mergesNoticesOfErrors() {
        let mailbox = Mailbox()
        for _ in 0..<1000 { mailbox.post(.errors(ErrorLedger())) }
        #expect(mailbox.take().count == 1)
    }

    @Test func longWorkWithoutOutputSendsKeepAlives() throws {
        let (client, _) = MemoryStream.pair(capacity: 4096)
        let output = ProtocolOutput(stream: client, role: "peer")
        try output.startMultiplexing(SessionTraits(version: .newest))
        let clock = JumpingClock(step: 100)
        let alive = KeepAlive(output, timeout: 10, milliseconds: { clock.read() })
        for _ in 0..<49 { try alive.tick() }
        #expect(output.bytesWritten == 0)
        for _ in 0..<60 { try alive.tick() }
        #expect(output.bytesWritten == 8, "one empty frame for each five seconds")
    }

    /// A server that tells of each entry and each rule while the client, which writes them, reads nothing.
    @Test(arguments: Setting.versions.flatMap { version, incremental in
        [true, false].map { Setting(version: version, incremental: incremental, capacity: 4096, isPush: $0) }
    })
    func manyDebugTextsHoldNobodyUp(_ setting: Setting) throws {
        let (source, destination) = (MemoryTree(), MemoryTree())
        for number in 0..<1500 { source.file("a-name-that-is-rather-long-\(number)", "") }
        var rig = SessionRig(setting, source, destination)
        rig.options.messages.debug.lists = 3
        rig.options.messages.debug.filtering = 2
        for number in 0..<1500 { try rig.filters.add(exclude: Array("a-pattern-that-is-rather-long-\(number)-".utf8)) }
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story.prefix(500))")
        #expect(destination.bytes("a-name-that-is-rather-long-7") != nil)
    }

    /// A full disk while both directions are busy: somebody must go on reading, or neither side ever ends.
    @Test(arguments: [Setting(capacity: 1), Setting(capacity: 4096), Setting(capacity: 4096, isPush: false)])
    func aFullDiskEndsBothSides(_ setting: Setting) throws {
        let source = MemoryTree()
        let destination = MemoryTree()
        for name in ["a", "b", "c"] {
            source.file(name, [UInt8](repeating: 1, count: 150_000))
            destination.file(name, [UInt8](repeating: 2, count: 150_000), .init(mtime: 5))
            destination.fail(.write, name, errno: 28)
        }
        var rig = SessionRig(setting, source, destination)
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode == 11)
        #expect(outcome.sender.exitCode != 0)
        #expect(!destination.listing().contains { $0.contains(".t1") })
    }
}
