import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Extended attributes through both roles (MET-141 to MET-157).
@Suite struct XattrTests {
    static let settings = Setting.plain.filter { $0.version >= 30 }
    static let long = [UInt8](repeating: 5, count: 5000)

    static func source() -> MemoryTree {
        let tree = MemoryTree()
        tree.file("a", "content")
        tree.file("b", "other content")
        tree.file("c", "no attributes")
        tree.directory("d")
        tree.file("d/e", "deep")
        tree.symlink("l", to: "a")
        for path in ["a", "b", "d", "d/e"] {
            tree.attribute(path, "user.short", [1])
            tree.attribute(path, "user.long", long)
        }
        tree.attribute("l", "trusted.of-the-link", long)
        tree.attribute("b", "system.posix_acl_access", [2])
        tree.attribute("d/e", "user.rsync.%stat", [3])
        return tree
    }

    static let all = ["a", "b", "c", "d", "d/e", "l"]

    static func rig(_ setting: Setting, _ source: MemoryTree, _ copy: MemoryTree) -> SessionRig {
        var rig = SessionRig(setting, source, copy)
        rig.options.preserveXattrs = true
        return rig
    }

    static func expected(_ source: MemoryTree, _ path: String) -> [String: [UInt8]] {
        source.attributes(path).filter { !$0.key.hasPrefix("system.") && !$0.key.hasPrefix("user.rsync.%") }
    }

    @Test(arguments: settings) func newItemsGetAll(_ setting: Setting) throws {
        let (source, copy) = (Self.source(), MemoryTree())
        let outcome = try Self.rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        for path in Self.all { #expect(copy.attributes(path) == Self.expected(source, path), "\(path) \(outcome.story)") }
    }

    @Test(arguments: settings) func oldItemsAreBroughtUpToDate(_ setting: Setting) throws {
        let (source, copy) = (Self.source(), Self.source())
        copy.attribute("a", "user.surplus", [1])
        copy.attribute("a", "user.short", nil)
        copy.attribute("b", "user.long", Self.long.map { $0 + 1 })
        copy.attribute("d", "user.long", nil)
        copy.attribute("c", "user.surplus", Self.long)
        copy.file("d/e", "changed")
        let outcome = try Self.rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        for path in Self.all where path != "b" {
            #expect(
                copy.attributes(path).filter { !$0.key.hasPrefix("user.rsync.%") } == Self.expected(source, path),
                "\(path) \(outcome.story)")
        }
        // What is out of sight stays.
        #expect(copy.attributes("b") == source.attributes("b"))
    }

    @Test(arguments: settings) func dryRunsChangeNothing(_ setting: Setting) throws {
        let (source, copy) = (Self.source(), Self.source())
        copy.attribute("a", "user.surplus", Self.long)
        var rig = Self.rig(setting, source, copy)
        rig.options.dryRun = true
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.attributes("a")["user.surplus"] == Self.long)
    }

    @Test(arguments: settings) func ordinaryUsersKeepUserAttributesOnly(_ setting: Setting) throws {
        let (source, copy) = (Self.source(), MemoryTree())
        source.attribute("a", "security.x", Self.long)
        var rig = Self.rig(setting, source, copy)
        rig.options.rootMode = .normal
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.attributes("a").keys.sorted() == ["user.long", "user.short"])
        #expect(copy.attributes("l").isEmpty)
    }

    @Test func oldProtocolsAreRefused() throws {
        let setting = Setting(version: 29, incremental: false)
        let outcome = try Self.rig(setting, Self.source(), MemoryTree()).run()
        #expect(outcome.exitCodes == [2, 2], "\(outcome.story)")
    }
}
