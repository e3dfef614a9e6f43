import RsyncEngine
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// File lists that try to reach outside the destination (FLS-93, HOS). The hostile sender is ours with start items
/// whose names no opener would make.
@Suite struct HostileListTests {
    private static func item(_ wireName: String, in tree: MemoryTree, _ path: String) -> SourceArgument {
        SourceArgument(
            tree: tree, wireName: [UInt8](wireName.utf8), start: MemoryTree.path(path), namesContents: false)
    }

    @Test(arguments: Setting.plain, ["/etc/passwd", "../outside", "a/../../outside", ".."])
    func refusesNamesThatPointOutside(_ setting: Setting, _ name: String) throws {
        let (source, all) = (MemoryTree(), MemoryTree())
        source.file("evil", "evil")
        all.file("inside/kept", "kept")
        let before = all.listing()
        var rig = SessionRig(setting, source, try all.subtree("inside"))
        rig.sources = [Self.item(name, in: source, "evil")]
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode != 0, "\(outcome.story)")
        expectSame(all.listing(), before, outcome.story)
    }

    /// `x` is a symlink that leads out, and `x/evil` lies beneath it.
    @Test(arguments: Setting.plain)
    func doesNotFollowASymlinkOfTheSameList(_ setting: Setting) throws {
        let (source, all) = (MemoryTree(), MemoryTree())
        source.symlink("x", to: "../outside")
        source.file("evil", "evil")
        all.directory("inside")
        all.file("outside/kept", "kept")
        all.directory("outside")
        let before = try all.subtree("outside").listing()
        var rig = SessionRig(setting, source, try all.subtree("inside"))
        rig.sources = [Self.item("x", in: source, "x"), Self.item("x/evil", in: source, "evil")]
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode != 0, "\(outcome.story)")
        expectSame(try all.subtree("outside").listing(), before, outcome.story)
    }
}
