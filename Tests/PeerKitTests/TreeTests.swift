import Glibc
import PeerKit
import RsyncProtocol
import Testing
import TraceKit

struct TreeTests {
    /// A built tree and its directory, which lives as long as the value.
    private func tree(seed: UInt64, mutated: Bool = false) throws -> (TemporaryDirectory, TreeSnapshot) {
        let directory = try TemporaryDirectory()
        var builder = TreeBuilder(at: directory.path, seed: seed)
        try builder.build()
        if mutated {
            var second = TreeBuilder(at: directory.path, seed: seed + 1)
            try second.mutate()
        }
        return (directory, try TreeSnapshot(directory.path))
    }

    private func run(_ words: [String]) throws -> SpawnedProcess.Outcome {
        let null = unsafe open("/dev/null", O_RDWR)
        defer { close(null) }
        return try SpawnedProcess(words, input: null, output: null).wait()
    }

    @Test(arguments: [false, true])
    func isTheSameForTheSameSeed(mutated: Bool) throws {
        let (_, one) = try tree(seed: 7, mutated: mutated)
        let (_, two) = try tree(seed: 7, mutated: mutated)
        let (_, other) = try tree(seed: 8, mutated: mutated)
        #expect(two.differences(from: one) == [])
        #expect(other.differences(from: one) != [])
    }

    @Test func holdsOneOfEverything() throws {
        let (_, snapshot) = try tree(seed: 1)
        let types = Set(snapshot.items.values.map(\.type))
        #expect(types.isSuperset(of: [.regular, .directory, .symlink, .fifo, .socket]))
        #expect(snapshot.items[Array("nested/hard-b".utf8)]?.linkGroup == Array("hard-a".utf8))
        #expect(snapshot.items.values.contains { $0.mtime < 0 })
        #expect(snapshot.items.values.contains { $0.permissions == 0o4755 })
        if geteuid() == 0 {
            #expect(snapshot.items[Array("device-block".utf8)]?.rdev.minor == 70_000)
            #expect(snapshot.items[Array("owner-70000".utf8)]?.gid == 70_001)
        }
    }

    @Test func namesEveryKindOfDifference() throws {
        let (_, before) = try tree(seed: 1)
        let (_, after) = try tree(seed: 1, mutated: true)
        let lines = after.differences(from: before)
        for expected in [
            "size-701: content of 751 bytes, expected 701, differs from byte 701 on", "size-699: mode 0600, expected 0644",
            "link-to-file: leads to size-701, expected size-700", "doomed: is missing (directory)",
            "new-file: should not exist (regular)", "replaced-dir: type regular, expected directory",
            "hard-a: hard-linked with nothing, expected hard-a", "odd/two\\x20words: is missing (regular)",
            "size-1: mtime 1000020000+0 ns, expected 1000000001+0 ns",
        ] {
            #expect(lines.contains(expected))
        }
    }

    @Test func leavesOutWhatIsRelaxed() throws {
        let (directory, before) = try tree(seed: 1)
        let times = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 5)]
        #expect(unsafe utimensat(AT_FDCWD, "\(directory.path)/time-nanoseconds", times, 0) == 0)
        #expect(unsafe utimensat(AT_FDCWD, "\(directory.path)/empty", times, 0) == 0)
        let after = try TreeSnapshot(directory.path)
        #expect(after.differences(from: before).count == 2)
        #expect(after.differences(from: before, ignoring: .nanoseconds).count == 1)
        #expect(after.differences(from: before, ignoring: [.nanoseconds, .directoryTimes]) == [])
    }

    /// The trees are what rsync can copy, first and again, exactly.
    @Test func stockRsyncCopiesBothTreesExactly() throws {
        let stock = try #require(PeerCatalogue.stock())
        let (source, _) = try tree(seed: 3)
        let destination = try TemporaryDirectory()
        let command = [stock.executable, "-aH", "--delete", "\(source.path)/", "\(destination.path)/"]
        #expect(try run(command) == .exited(0))
        #expect(try TreeSnapshot(destination.path).differences(from: TreeSnapshot(source.path)) == [])
        var builder = TreeBuilder(at: source.path, seed: 4)
        try builder.mutate()
        #expect(try run(command) == .exited(0))
        #expect(try TreeSnapshot(destination.path).differences(from: TreeSnapshot(source.path)) == [])
    }

    @Test func findsTheRealPrograms() throws {
        let stock = try #require(PeerCatalogue.stock())
        #expect(stock.name == "rsync")
        #expect(stock.protocols.first == 27 && stock.protocols.last == stock.newestProtocol)
        for peer in PeerCatalogue.all() { #expect(peer.newestProtocol >= 31, "\(peer)") }
        #expect(PeerCatalogue.inspect("/bin/true") == nil)
        #expect(PeerCatalogue.inspect("/no/such/program") == nil)
    }
}
