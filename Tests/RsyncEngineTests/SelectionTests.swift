import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// What is copied and where it is taken from: filters, relative names, link-dest.
@Suite struct SelectionTests {
    @Test(arguments: Setting.plain)
    func leavesOutAndProtectsWhatIsExcluded(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        copy.file("deep/keep.me", "protected")
        var rig = SessionRig(setting, source, copy)
        rig.options.deletion = .unspecified
        try rig.filters.add(exclude: [UInt8]("*.me".utf8))
        try rig.filters.add(exclude: [UInt8]("/foo/".utf8))
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("deep/keep.me") != nil)
        #expect(copy.bytes("surplus") == nil)
        #expect((copy.bytes("foo/big") == source.bytes("foo/big")) == false)
        copy.remove("deep/keep.me")
        for tree in [source, copy] { tree.remove("foo") }
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func linksWhatAnEarlierCopyHas(_ setting: Setting) throws {
        let (source, all) = (SampleTree.mixed(), MemoryTree())
        all.directory("1")
        all.directory("2")
        let first = try SessionRig(setting, source, all.subtree("1")).run()
        #expect(first.exitCodes == [0, 0], "\(first.story)")
        source.file("one", "changed", .init(mtime: 55))
        source.directory("foo", .init(0o711, mtime: 1_000_000_555))
        source.directory(".", .init(0o711, mtime: 1_000_000_555))
        var rig = SessionRig(setting, source, try all.subtree("2"))
        rig.destination = Destination(tree: try all.subtree("2"), alternates: [try all.subtree("1")])
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.transferredFiles == 1)
        expectSame(try all.subtree("2").listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), outcome.story)
        for name in ["foo/big", "deep/zz", "empty"] {
            #expect(
                try all.status(MemoryTree.path("1/\(name)")).inode == all.status(MemoryTree.path("2/\(name)")).inode, "\(name)")
        }
        #expect(try all.status(MemoryTree.path("1/one")).inode != all.status(MemoryTree.path("2/one")).inode)
    }

    @Test(arguments: Setting.plain)
    func takesTheBasisFromAnEarlierCopy(_ setting: Setting) throws {
        let (source, all) = (SampleTree.mixed(), MemoryTree())
        all.directory("1")
        all.directory("2")
        _ = try SessionRig(setting, SampleTree.mixedBefore(), all.subtree("1")).run()
        let before = try all.subtree("1").listing()
        var rig = SessionRig(setting, source, try all.subtree("2"))
        rig.destination = Destination(tree: try all.subtree("2"), alternates: [try all.subtree("1")])
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.matched > 10_000)
        expectSame(try all.subtree("2").listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), outcome.story)
        expectSame(try all.subtree("1").listing(), before, "the earlier copy")
    }

    /// `-R a/b/c` and `-R a/x`: with the directories above.
    @Test(arguments: Setting.plain)
    func keepsTheNamesOfRelativeArguments(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        var rig = SessionRig(setting, source, copy)
        rig.options.relative = true
        rig.sources = [
            try Self.relative("deep/er/and", in: source), try Self.relative("foo/bar", in: source),
            try Self.relative("deep/zz", in: source),
        ]
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        let wanted: Set = ["deep", "deep/er", "deep/er/and", "deep/er/and/deeper", "deep/zz", "foo", "foo/bar"]
        let expected = source.listing(CopyTests.kept(setting)).filter { wanted.contains(String($0.prefix { $0 != " " })) }
        let actual = copy.listing(CopyTests.kept(setting)).filter { !$0.hasPrefix(". ") }
        expectSame(actual, expected, outcome.story)
    }

    /// `-m`: what the receiving side's rules exclude is kept, empty or not, and deletion takes the others away.
    @Test(arguments: Setting.plain)
    func leavesOutDirectoriesWithoutFiles(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.file("full/below/x", "x")
        for path in ["full/below", "full/none", "full", "a/b/c", "a/b", "a", "kept/in", "kept", "."] { source.directory(path) }
        for path in ["a/b", "a", "."] { copy.directory(path) }
        var rig = SessionRig(setting, source, copy)
        rig.options.prunesEmptyDirectories = true
        rig.options.deletion = .unspecified
        try rig.filters.add(parsing: [UInt8]("P in/".utf8))
        let outcome = try rig.run()
        guard setting.version >= 29 else {
            #expect(outcome.exitCodes.contains(2), "\(outcome.story)")
            return
        }
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        let names = Set(copy.listing(CopyTests.kept(setting)).map { String($0.prefix { $0 != " " }) })
        #expect(names == [".", "full", "full/below", "full/below/x", "kept", "kept/in"], "\(outcome.story)")
    }

    /// `--no-implied-dirs`: what leads to an argument is left as it is, or made when it is not there.
    @Test(arguments: Setting.plain)
    func leavesImpliedDirectoriesAlone(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        copy.directory("foo", .init(0o711, mtime: 77))
        copy.directory(".")
        var rig = SessionRig(setting, source, copy)
        rig.options.relative = true
        rig.options.impliedDirectories = false
        rig.sources = [try Self.relative("deep/er/and", in: source), try Self.relative("foo/bar", in: source)]
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(try copy.status(MemoryTree.path("foo")).mode.permissions == 0o711)
        #expect(copy.bytes("foo/bar") == source.bytes("foo/bar"))
        #expect(try copy.status(MemoryTree.path("deep/er")).mode.isDirectory)
        #expect(try copy.status(MemoryTree.path("deep/er")).mtime != source.status(MemoryTree.path("deep/er")).mtime)
        #expect(copy.bytes("deep/er/and/deeper") == source.bytes("deep/er/and/deeper"))
    }

    static func relative(_ path: String, in tree: MemoryTree) throws -> SourceArgument {
        var parent = MemoryTree.path(path).parent
        var implied: [(name: [UInt8], status: FileStatus)] = []
        while let directory = parent, !directory.isRoot {
            implied.insert((directory.bytes, try tree.status(directory)), at: 0)
            parent = directory.parent
        }
        let item = MemoryTree.path(path)
        if try tree.status(item).mode.isDirectory {
            return SourceArgument(
                tree: try tree.subtree(path), wireName: item.bytes, start: .root, namesContents: false, implied: implied)
        }
        let above = implied.last.map { String(decoding: $0.name, as: UTF8.self) } ?? "."
        return SourceArgument(
            tree: try tree.subtree(above), wireName: item.bytes, start: try .root.appending(item.lastComponent),
            namesContents: false, implied: implied)
    }

    /// Two arguments with a directory in common, and the same one twice.
    @Test(arguments: Setting.plain)
    func mergesArgumentsThatOverlap(_ setting: Setting) throws {
        let (one, two, copy) = (MemoryTree(device: 1), MemoryTree(device: 2), MemoryTree(device: 3))
        one.file("d/a", "from one")
        one.file("d/both", "from one")
        two.file("d/b", "from two")
        two.file("d/both", "from two, but late")
        two.file("e/only", "two")
        for tree in [one, two] { for path in ["d", "."] { tree.directory(path) } }
        two.directory("e")
        var rig = SessionRig(setting, one, copy)
        rig.sources = [
            SessionRig.contents(of: one), SessionRig.contents(of: two), SessionRig.contents(of: one),
        ]
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("d/a") == one.bytes("d/a"))
        #expect(copy.bytes("d/b") == two.bytes("d/b"))
        #expect(copy.bytes("e/only") == two.bytes("e/only"))
        #expect(copy.bytes("d/both") != nil)
    }
}
