import RsyncEngine
import Testing
import TraceKit

/// `--remove-source-files` and `--remove-sent-files` (MET-114, MET-115), both roles back to back.
@Suite struct SourceRemovalTests {
    private static func rig(
        _ setting: Setting, _ removal: TransferOptions.SourceRemoval
    ) -> (rig: SessionRig, source: MemoryTree, copy: MemoryTree) {
        let (source, copy) = (MemoryTree(), MemoryTree())
        for tree in [source, copy] {
            tree.file("there", "there", .init(mtime: 1_000_000_000))
            tree.symlink("old", to: "there")
        }
        source.file("d/new", "new", .init(mtime: 1_000_000_000))
        source.symlink("link", to: "d/new")
        var rig = SessionRig(setting, source, copy)
        rig.options.sourceRemoval = removal
        return (rig, source, copy)
    }

    private static func isPresent(_ path: String, _ tree: MemoryTree) -> Bool {
        (try? tree.status(MemoryTree.path(path))) != nil
    }

    @Test(arguments: Setting.everyPipe) func removesWhatIsInPlace(_ setting: Setting) throws {
        let (rig, source, copy) = Self.rig(setting, .synchronized)
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        for path in ["there", "old", "d/new", "link"] {
            #expect(!Self.isPresent(path, source) && Self.isPresent(path, copy), "\(path)")
        }
        #expect(Self.isPresent("d", source))
    }

    @Test(arguments: Setting.plain) func removesOnlyWhatWasSent(_ setting: Setting) throws {
        let (rig, source, _) = Self.rig(setting, .sent)
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(["there", "old"].allSatisfy { Self.isPresent($0, source) })
        #expect(!["d/new", "link"].contains { Self.isPresent($0, source) })
    }

    @Test(arguments: Setting.plain) func aDryRunRemovesNothing(_ setting: Setting) throws {
        var (rig, source, _) = Self.rig(setting, .synchronized)
        rig.options.dryRun = true
        let before = source.listing()
        #expect(try rig.run().exitCodes == [0, 0])
        expectSame(source.listing(), before, "a dry run")
    }

    /// What has changed since it was listed is not what the other side has.
    @Test(arguments: Setting.plain) func keepsWhatHasChanged(_ setting: Setting) throws {
        let (rig, source, _) = Self.rig(setting, .synchronized)
        source.before(.open, "d/new") { tree, _ in tree.file("d/new", "new", .init(mtime: 1_000_000_001)) }
        let outcome = try rig.run()
        #expect(outcome.sender.exitCode == 23, "\(outcome.story)")
        #expect(Self.isPresent("d/new", source) && !Self.isPresent("there", source))
    }

    /// What did not arrive is kept.
    @Test(arguments: Setting.plain) func keepsWhatCannotBeStored(_ setting: Setting) throws {
        let (rig, source, copy) = Self.rig(setting, .synchronized)
        copy.fail(.publish, "d/new", errno: 28)
        _ = try rig.run()
        #expect(Self.isPresent("d/new", source) && !Self.isPresent("there", source))
    }
}
