import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

@testable import RsyncEngine

/// Senders that lie, against our receiving side as a client (07-hostile-peers.md sections 5 to 10).
struct HostileSenderTests {
    private static func name(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

    private static func file(_ text: String, length: Int64 = 3, mtime: Int64 = 1) -> FileEntry {
        FileEntry(name: name(text), mode: FileMode(.regular, permissions: 0o644), length: length, mtime: mtime)
    }

    private static func directory(_ text: String, isTop: Bool = false) -> FileEntry {
        FileEntry(
            name: name(text), mode: FileMode(.directory, permissions: 0o755), mtime: 1, isTop: isTop, hasContent: true)
    }

    private static func link(_ text: String, to target: String) -> FileEntry {
        FileEntry(
            name: name(text), mode: FileMode(.symlink, permissions: 0o777), length: Int64(target.utf8.count), mtime: 1,
            linkTarget: name(target))
    }

    private static let root = directory(".", isTop: true)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let codes: [Int32]
        let script: @Sendable (ScriptedPeer) throws -> Void

        init(_ name: String, _ codes: Int32..., script: @escaping @Sendable (ScriptedPeer) throws -> Void) {
            testDescription = name
            self.codes = codes
            self.script = script
        }
    }

    /// Lists that end the session before anything is touched.
    static let lists: [Case] = [
        ("an absolute name", 4, [root, file("/etc/evil")]),
        ("a parent component", 4, [root, file("../evil")]),
        ("a parent component inside", 4, [root, directory("a"), file("a/../../evil")]),
        ("nothing but a parent", 4, [root, directory("..")]),
        ("an embedded NUL", 22, [root, file("a\0b")]),
        ("an entry below a symlink", 2, [root, link("d", to: "/etc"), file("d/evil")]),
        ("an entry below a file", 2, [root, file("d"), file("d/evil")]),
        ("an entry below nothing", 2, [root, file("no/such/directory")]),
        ("a root that is no directory", 2, [file(".")]),
        ("an entry without a type", 2, [root, FileEntry(name: name("x"), mode: FileMode(bits: 0o644))]),
        ("an unknown type", 2, [root, FileEntry(name: name("x"), mode: FileMode(bits: 0o160644))]),
        ("a negative length", 4, [root, file("x", length: -5)]),
    ].map { (title: String, code: Int32, entries: [FileEntry]) in
        Case(title, code) { peer in
            try peer.list(entries, start: 0)
            try peer.end()
        }
    }

    @Test(arguments: lists)
    func refusesLists(with given: Case) throws {
        let run = HostileRun()
        run.tree.file("canary", "sings")
        let result = try run.run { try given.script($0) }
        #expect(given.codes.contains(result.exitCode), "\(given.testDescription): \(result.exitCode)")
        #expect(run.tree.listing().count == 2, "nothing but the root and the canary: \(run.tree.listing())")
    }

    /// Replies and messages: the list is the root, "kept" (up to date), "wanted" (absent) and "old" (with a basis).
    static let replies: [Case] = [
        Case("data for a file that is up to date", 2) { peer in
            try peer.reply(1, literal: [1, 2, 3])
        },
        Case("data before it was asked for twice", 2) { peer in
            let asked = try peer.request()
            try peer.reply(asked.index, asked.head, literal: [1, 2, 3])
            try peer.reply(asked.index, asked.head, literal: [4, 5, 6])
            try peer.end()
        },
        Case("data for a directory", 2) { try $0.reply(0, literal: [1]) },
        Case("an index beyond the list", 2) { try $0.reply(99, literal: [1]) },
        Case("the largest index", 2) { try $0.reply(.max, literal: [1]) },
        Case("another sum head", 2) { peer in
            let asked = try peer.request()
            var head = asked.head
            head.count = 1 << 30
            head.blockLength = 700
            try peer.reply(asked.index, head, literal: [1])
        },
        Case("a fuzzy basis with a path", 2) { peer in
            let asked = try peer.request()
            try peer.reply(
                asked.index, asked.head, literal: [1], basis: .fuzzy, xname: HostileSenderTests.name("../../secret"))
        },
        Case("an alternate basis", 2) { peer in
            let asked = try peer.request()
            try peer.reply(asked.index, asked.head, literal: [1], basis: BasisType(rawValue: 0))
        },
        Case("a block where there is no basis", 2) { peer in
            let asked = try peer.wanted()
            try peer.reply(asked.index, asked.head, [.block(0)])
        },
        Case("a block beyond the basis", 2) { peer in
            let asked = try peer.old()
            try peer.reply(asked.index, asked.head, [.block(asked.head.count)])
        },
        Case("the last possible block", 2) { peer in
            let asked = try peer.old()
            try peer.reply(asked.index, asked.head, [.block(.max)])
        },
        Case("a literal without end", 12) { peer in
            let asked = try peer.wanted()
            try peer.item(asked.index, .transfer)
            try peer.data([UInt8](repeating: 0, count: 16) + [0xff, 0xff, 0xff, 0x7f] + [UInt8](repeating: 7, count: 100_000))
        },
        Case("NO_SEND for what was not asked for", 2) { try $0.message(.noSend, [1, 0, 0, 0]) },
        Case("NO_SEND beyond the list", 2) { try $0.message(.noSend, [0xff, 0xff, 0xff, 0x7f]) },
        Case("NO_SEND twice", 2) { peer in
            let asked = try peer.request()
            try peer.message(.noSend, [UInt8(asked.index), 0, 0, 0])
            try peer.message(.noSend, [UInt8(asked.index), 0, 0, 0])
            try peer.end()
        },
        Case("NO_SEND for everything", 23) { peer in
            for _ in 0..<2 { try peer.message(.noSend, [UInt8(peer.request().index), 0, 0, 0]) }
            try peer.end()
        },
        // By what comes first: a mark that answers nothing, or files that never came.
        Case("no reply at all", 23, 2) { try $0.end() },
        Case("more ends than were asked for", 2) { peer in
            try peer.awaitDone()
            for _ in 0..<3 { try peer.index(FileIndex.done) }
        },
        Case("an end of lists where there is one list", 2) { try $0.index(FileIndex.fileListEOF) },
        Case("a further list where there is one list", 2) { try $0.list([], start: 5, of: 0) },
        Case("unknown item flags", 2) { try $0.data([1, 0xff, 0xff]) },
        Case("success in the middle of the run", 12) { try $0.message(.errorExit, [0, 0, 0, 0]) },
        Case("an end without a code in the middle of the run", 12) { try $0.message(.errorExit, []) },
        Case("a negative code", 12) { try $0.message(.errorExit, [0xff, 0xff, 0xff, 0xff]) },
        Case("a code of its own", 99) { try $0.message(.errorExit, [99, 0, 0, 0]) },
        Case("a notice of deletion", 12) { try $0.message(.deleted, HostileSenderTests.name("x")) },
        Case("a notice of success", 12) { try $0.message(.success, [0, 0, 0, 0]) },
        Case("a redo", 12) { try $0.raw([4, 0, 0, 16, 0, 0, 0, 0]) },
        Case("a text that is too long", 12) { try $0.raw([0, 0x14, 0, 9] + [UInt8](repeating: 65, count: 5120)) },
        Case("an end in the middle of a frame", 12) { try $0.raw([0xff, 0xff, 0xff, 7, 1]) },
    ]

    static let listed = [root, file("kept"), file("old", length: 2000, mtime: 2), file("wanted")]

    @Test(arguments: replies)
    func refusesReplies(with given: Case) throws {
        let run = HostileRun()
        run.tree.file("kept", [9, 9, 9], .init(0o644, mtime: 1))
        run.tree.file("old", [UInt8](repeating: 5, count: 2000), .init(0o644, mtime: 1))
        let result = try run.run { peer in
            try peer.list(Self.listed, start: 0)
            try given.script(peer)
        }
        #expect(
            given.codes.contains(result.exitCode),
            "\(given.testDescription): \(result.exitCode) \(String(decoding: result.error?.message.bytes ?? [], as: UTF8.self))")
        #expect(run.tree.bytes("kept") == [9, 9, 9])
        #expect(!run.tree.listing().contains { $0.contains(".t1") }, "a temporary file is left: \(run.tree.listing())")
    }

    @Test func aWrongSumTwiceLeavesTheOldFileAndExits23() throws {
        let run = HostileRun()
        let wrong = [UInt8](repeating: 0, count: 16)
        let result = try run.run { peer in
            try peer.list([Self.root, Self.file("x")], start: 0)
            let first = try peer.request()
            try peer.reply(first.index, first.head, literal: [1, 2, 3], sum: wrong)
            try peer.awaitDone()
            try peer.index(FileIndex.done)
            let second = try peer.request()
            #expect(second.index == first.index)
            try peer.reply(second.index, second.head, literal: [1, 2, 3], sum: wrong)
            for phase in 0..<2 {
                try peer.awaitDone()
                try peer.index(FileIndex.done)
                if phase == 1 { try peer.data([UInt8](repeating: 0, count: 15)) }
            }
            try peer.awaitDone()
            try peer.index(FileIndex.done)
            try peer.awaitDone()
        }
        #expect(result.exitCode == 23)
        #expect(run.tree.bytes("x") == nil)
    }

    @Test func lengthsAndFiguresOfAnySizeDoNotTrap() throws {
        let run = HostileRun()
        let result = try run.run { peer in
            try peer.list(
                [Self.root, Self.file("a", length: .max, mtime: .max), Self.file("b", length: .max, mtime: .min)], start: 0)
            for _ in 0..<2 {
                let asked = try peer.request()
                try peer.reply(asked.index, asked.head, literal: [1])
            }
            try peer.end(TransferStatistics(bytesRead: .max, bytesWritten: .max, totalSize: .min))
        }
        #expect(result.exitCode == 0)
        #expect(run.tree.bytes("a") == [1])
        #expect(result.statistics.sent.addingReportingOverflow(result.statistics.received).overflow == false)
    }

    /// Incremental recursion (section 7).
    static let subLists: [Case] = [
        Case("a list announced twice", 2) { peer in
            try peer.list([file("d/x")], start: 4, of: 1)
            try peer.list([file("d/x")], start: 6, of: 1)
        },
        Case("a list for a directory that does not exist", 2) { try $0.list([], start: 4, of: 99) },
        Case("a list for the root again", 2) { try $0.list([file("y")], start: 4, of: 0) },
        Case("names of another directory", 4) { try $0.list([file("e/x")], start: 4, of: 1) },
        Case("names without a directory", 4) { try $0.list([file("x")], start: 4, of: 1) },
        Case("names that lead out again", 4) { try $0.list([file("d/../../x")], start: 4, of: 1) },
        Case("a list after the end of lists", 2) { peer in
            try peer.list([], start: 4, of: 1)
            try peer.index(FileIndex.fileListEOF)
            try peer.list([], start: 5, of: 1)
        },
        Case("two ends of lists", 2) { peer in
            try peer.index(FileIndex.fileListEOF)
            try peer.index(FileIndex.fileListEOF)
        },
        Case("a list that is released early", 2) { peer in
            try peer.list([], start: 4, of: 1)
            try peer.index(FileIndex.done)
            try peer.index(FileIndex.done)
            try peer.index(FileIndex.done)
        },
        Case("lists that never come", 12) { _ in },
    ]

    @Test(arguments: subLists)
    func refusesSubLists(with given: Case) throws {
        var run = HostileRun()
        run.incremental = true
        let result = try run.run { peer in
            try peer.list([Self.root, Self.directory("d"), Self.link("e", to: "/etc")], start: 1)
            try given.script(peer)
        }
        #expect(given.codes.contains(result.exitCode), "\(given.testDescription): \(result.exitCode)")
    }

    @Test func refusesCompatibilityFlagsWithoutAMeaning() throws {
        let (client, server) = MemoryStream.pair(capacity: 4096)
        // 32; flags 0x7fffffff as a varint.
        let bytes: [UInt8] = [32, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff, 0x7f]
        try server.write(bytes, 0..<bytes.count)
        server.closeWrite()
        let session = Session(
            configuration: SessionConfiguration(
                isServer: false, isSender: false, capabilities: HostileRun.capabilities(false), seed: 0),
            options: TransferOptions(), stream: client, observer: CollectingObserver(),
            environment: SessionEnvironment(identities: MemoryIdentities(), umask: 0, milliseconds: { 0 }))
        final class None: DestinationOpener {
            func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination {
                Destination(tree: MemoryTree())
            }
        }
        #expect(session.runReceiver(None()).exitCode == 2)
    }
}

extension ScriptedPeer {
    /// The request for the file that is not there.
    fileprivate func wanted() throws -> (index: Int32, attributes: ItemAttributes, head: SumHead) {
        while true {
            let asked = try request()
            if asked.head.count == 0 { return asked }
        }
    }

    /// The request for the file that has a basis.
    fileprivate func old() throws -> (index: Int32, attributes: ItemAttributes, head: SumHead) {
        while true {
            let asked = try request()
            if asked.head.count > 0 { return asked }
        }
    }
}
