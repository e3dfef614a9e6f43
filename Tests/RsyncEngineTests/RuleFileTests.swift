@testable import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// Rules that read files in the trees, and deletions of what is deep or limited.
@Suite struct RuleFileTests {
    /// There are no files outside of the trees.
    private struct Nothing: FilterFileReader, Sendable {
        func contents(of location: FilterFileLocation) -> [UInt8]? { nil }
        var cvsIgnoreVariable: [UInt8]? { nil }
    }

    private static let modern = Setting.plain.filter { $0.version >= 29 }

    @Test(arguments: modern)
    func readsTheFilesOfBothTrees(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(device: 1), MemoryTree(device: 2))
        source.file("d/.rules", "- hidden\n- /e/here\n")
        for name in ["d/hidden", "d/e/here", "d/e/f/here", "d/shown", "hidden"] { source.file(name, name) }
        copy.file("d/.rules", "- kept\n")
        for name in ["d/kept", "d/e/kept", "kept", "d/surplus"] { copy.file(name, name) }
        var rig = SessionRig(setting, source, copy)
        rig.filterFiles = Nothing()
        rig.options.deletion = .unspecified
        try rig.filters.add(parsing: [UInt8](": .rules".utf8))
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        for name in ["d/shown", "hidden", "d/e/f/here", "d/kept", "d/e/kept"] { #expect(copy.bytes(name) != nil, "\(name)") }
        for name in ["d/hidden", "d/e/here", "kept", "d/surplus"] { #expect(copy.bytes(name) == nil, "\(name)") }
    }

    /// REV-26.
    @Test func refusesRulesThatReadFilesWhereNoneMayBeRead() throws {
        var rig = SessionRig(Setting(isPush: false), MemoryTree(device: 1), MemoryTree(device: 2))
        try rig.filters.add(parsing: [UInt8](": .rules".utf8))
        let outcome = try rig.run()
        #expect(outcome.sender.exitCode == 4, "\(outcome.story)")
    }

    /// Deeper than any stack would like.
    @Test func deletesATreeOfTwoThousandLevels() throws {
        let copy = MemoryTree(device: 2)
        copy.directory(Array(repeating: "d", count: 2000).joined(separator: "/"))
        var rig = SessionRig(Setting(), MemoryTree(device: 1), copy)
        rig.options.deletion = .during
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(throws: FileError.self) { try copy.status(MemoryTree.path("d")) }
    }

    @Test(arguments: Setting.plain)
    func stopsAtTheLimitOfDeletions(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(device: 1), MemoryTree(device: 2))
        for name in ["a", "b", "c"] { copy.file(name, name) }
        var rig = SessionRig(setting, source, copy)
        rig.options.deletion = .delay
        rig.options.deletionLimit = 2
        let outcome = try rig.run()
        #expect(outcome.receiver.exitCode == 25, "\(outcome.story)")
        #expect(copy.bytes("a") != nil && copy.bytes("b") == nil && copy.bytes("c") == nil)
    }

    @Test(arguments: [
        ("a/b", "../c", false), ("b", "../c", true), ("a/b", "/c", true), ("a/b", "c/../d", true), ("a/b", "", true),
        ("a/b", "..", false), ("b", "..", true), ("a/b", "c/..", true), ("b", "./c", false), ("a/./b", "../../c", true),
    ])
    func knowsWhatLeadsOutside(name: String, target: String, isUnsafe: Bool) {
        #expect(SymlinkTarget.isUnsafe([UInt8](target.utf8), at: [UInt8](name.utf8)) == isUnsafe)
    }
}
