import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Hard links (MET-55 to MET-61, MET-185) between two sessions.
@Suite struct HardLinkTests {
    private func rig(_ setting: Setting, _ source: MemoryTree, _ copy: MemoryTree) -> SessionRig {
        var rig = SessionRig(setting, source, copy)
        rig.options.preserveHardLinks = true
        return rig
    }

    @Test(arguments: Setting.all([7, 65536]))
    func copiesGroupsAcrossDirectories(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.transferredFiles == 4)
        expectSame(copy.listing(), source.listing(), outcome.story)
        let again = try rig(setting, source, copy).run()
        #expect(again.exitCodes == [0, 0], "\(again.story)")
        #expect(again.sender.statistics.transferredFiles == 0)
        expectSame(copy.listing(), source.listing(), again.story)
    }

    /// The lists of a small tree are all known before the first request, however slowly they come (MET-57).
    @Test(arguments: Setting.everyPipe.filter { $0.version >= 30 })
    func asksForTheLastMemberOfASmallTree(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.file("a/f", "linked")
        for number in 0..<9 { source.file("b/\(number)", "other") }
        source.link("c/f", to: "a/f")
        source.link("d/f", to: "a/f")
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        let sent = (setting.isPush ? outcome.senderSaid : outcome.receiverSaid).items
            .filter { $0.flags.contains(.transfer) }.map { String(decoding: $0.entry.name, as: UTF8.self) }
        #expect(sent.filter { $0.hasSuffix("/f") } == ["d/f"], "\(sent)")
    }

    @Test(arguments: Setting.plain, ["a/first", "a/second", "b/third", "c/d/fourth"])
    func joinsWhatIsPresentOfAGroup(_ setting: Setting, _ present: String) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        copy.file(present, source.bytes(present) ?? [])
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }

    @Test(arguments: Setting.plain, ["a/first", "a/second", "b/third", "c/d/fourth"])
    func updatesAGroupOfWhichAnOldMemberIsPresent(_ setting: Setting, _ present: String) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        copy.file(present, (source.bytes(present) ?? []).dropLast(7) + [1, 2, 3], .init(mtime: 9))
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func separatesWhatIsNoLongerLinked(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.file("a", "1")
        source.file("b", "2", .init(mtime: 7))
        source.directory(".")
        copy.file("a", "1")
        copy.link("b", to: "a")
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }

    @Test(arguments: Setting.plain, ["a/first", "a/second", "b/third", "c/d/fourth"])
    func handsOverWhenAMemberCannotBeSent(_ setting: Setting, _ unreadable: String) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        source.fail(.open, unreadable, errno: FileError.accessDenied)
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCode == 0 || outcome.exitCode == 23, "\(outcome.story)")
        let names = ["a/first", "a/second", "b/third", "c/d/fourth"]
        for name in names where name != unreadable {
            #expect(copy.bytes(name) == source.bytes(name), "\(name): \(outcome.story)")
        }
        #expect(copy.bytes("zz/top") == source.bytes("zz/top"))
    }

    /// Each member that fails before it is asked for names the next: as many as there are, on one stack.
    @Test func passesTheRoleOnAsOftenAsMembersFail() throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        let names = (10_000..<30_000).map { "f\($0)" }
        source.file(names[0], "new")
        for name in names.dropFirst() { source.link(name, to: names[0]) }
        for name in names {
            copy.file(name, "old", .init(mtime: 7))
            copy.fail(.open, name, errno: FileError.accessDenied)
        }
        var rig = rig(Setting.plain[0], source, copy)
        rig.options.inPlace = true
        rig.options.backupSuffix = Array("~".utf8)
        let outcome = try rig.run()
        #expect(outcome.exitCode == 23)
        for name in names { #expect(copy.bytes(name) == Array("old".utf8)) }
    }

    @Test(arguments: Setting.plain)
    func givesUpAGroupThatCannotBeSentAtAll(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        let names = ["a/first", "a/second", "b/third", "c/d/fourth"]
        for name in names { source.fail(.open, name, errno: FileError.accessDenied) }
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCode == 23, "\(outcome.story)")
        for name in names { #expect(copy.bytes(name) == nil) }
        #expect(copy.bytes("zz/top") == source.bytes("zz/top"))
        #expect(copy.bytes("b/pair2") == source.bytes("b/pair"))
    }

    @Test(arguments: Setting.plain)
    func linksAfterARedo(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.linked(setting), MemoryTree())
        for name in ["a/first", "a/second", "b/third", "c/d/fourth"] {
            copy.file(name, (source.bytes(name) ?? []).dropLast(7) + [1, 2, 3], .init(mtime: 9))
            copy.before(.open, name) { tree, count in
                if count == 2 { tree.overwrite(name) { $0[5] ^= 1 } }
            }
        }
        let outcome = try rig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }
}
