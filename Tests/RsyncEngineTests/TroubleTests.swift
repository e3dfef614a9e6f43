import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Single files that fail: the rest goes on, and the exit code tells (SES-100 to SES-103, XFR-58, XFR-115).
@Suite struct TroubleTests {
    @Test(arguments: Setting.plain)
    func asksAgainForAFileThatFailsVerificationOnce(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        copy.before(.open, "foo/big") { tree, count in
            if count == 2 { tree.overwrite("foo/big") { $0[100] ^= 0xff } }
        }
        var rig = SessionRig(setting, source, copy)
        rig.options.deletion = .unspecified
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func reportsAFileThatFailsVerificationTwice(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        copy.before(.open, "foo/big") { tree, count in
            if count % 2 == 0 { tree.overwrite("foo/big") { $0[2000 * count] ^= 0xff } }
        }
        var rig = SessionRig(setting, source, copy)
        rig.options.deletion = .unspecified
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode == 23, "\(outcome.story)")
        #expect((copy.bytes("foo/big") == source.bytes("foo/big")) == false)
        source.remove("foo/big")
        copy.remove("foo/big")
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func sendsTheRestWhenAFileCannotBeOpened(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        source.fail(.open, "foo/bar", errno: FileError.accessDenied)
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCode == 23, "\(outcome.story)")
        #expect(copy.bytes("foo/bar") == nil)
        source.remove("foo/bar")
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func sendsTheRestWhenAFileHasVanished(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        source.fail(.open, "foo/bar", errno: FileError.notFound)
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCode == 24, "\(outcome.story)")
        #expect(copy.bytes("foo/bar") == nil)
        source.remove("foo/bar")
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func refusesContentOfAFileThatShrinks(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        source.before(.read, "foo/big") { tree, count in
            if count == 1 { tree.overwrite("foo/big") { $0.removeLast(5000) } }
        }
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCode == 23, "\(outcome.story)")
        if let bytes = copy.bytes("foo/big") { #expect(bytes == source.bytes("foo/big")) }
        #expect(copy.bytes("with space/\u{e4}\u{f6}") != nil)
    }

    @Test(arguments: Setting.plain)
    func deletesNothingAfterAnErrorOfTheSender(_ setting: Setting) throws {
        for time in [TransferOptions.DeletionTime.before, .during, .after] {
            for ignores in [false, true] {
                let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
                source.fail(.names, "foo-bar", errno: FileError.accessDenied)
                var rig = SessionRig(setting, source, copy)
                rig.options.deletion = time
                rig.options.ignoreErrors = ignores
                let outcome = try rig.run()
                #expect(outcome.exitCode == 23, "\(time) \(outcome.story)")
                // During the transfer, a list that came before the error was known may have been acted on.
                if time != .during || ignores {
                    #expect((copy.bytes("deep/surplus/with/children") == nil) == ignores, "\(time) \(ignores)")
                    #expect((copy.bytes("surplus") == nil) == ignores, "\(time) \(ignores)")
                }
                #expect(ignores || copy.bytes("foo-bar/x") != nil)
            }
        }
    }

    @Test(arguments: Setting.plain)
    func goesOnWhenTheDestinationRefusesItems(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        copy.fail(.createTemporary, "one", errno: FileError.accessDenied)
        copy.fail(.makeSymlink, "link", errno: FileError.accessDenied)
        copy.fail(.makeNode, "sda", errno: 1)
        copy.fail(.makeDirectory, "deep/er", errno: FileError.accessDenied)
        copy.fail(.publish, "foo/bar", errno: FileError.accessDenied)
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.receiver.exitCode == 23, "\(outcome.story)")
        for gone in ["one", "link", "sda", "foo/bar", "deep/er/and/deeper", "deep/er/and", "deep/er"] {
            source.remove(gone)
        }
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    /// The receiver stops in the middle of a large file while requests and data fill both pipes.
    @Test(arguments: Setting.all([7, 4096]))
    func endsBothSidesWhenTheDiskIsFull(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        let size = setting.capacity == 7 ? 2000 : 60_000
        for number in 0..<8 {
            source.file("f\(number)", [UInt8](repeating: 7, count: size), .init(mtime: 5))
            copy.file("f\(number)", [UInt8](repeating: 8, count: size), .init(mtime: 6))
        }
        copy.fail(.write, "f2", errno: 28)
        var rig = SessionRig(setting, source, copy)
        rig.timeoutSeconds = 30
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode == 11, "\(outcome.story)")
        #expect(outcome.sender.exitCode != 0, "\(outcome.story)")
        #expect(!copy.listing([]).contains { $0.hasPrefix(".f") }, "temporary files are left")
    }
}
