import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// How files are written and what they are built from, both roles back to back.
@Suite struct WritingTests {
    private static func content(_ count: Int, from start: UInt32 = 1) -> [UInt8] {
        var value = start
        return (0..<count).map { _ in
            value = value &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: value >> 24)
        }
    }

    private static let whole = content(60_000)

    private static func trees(_ setting: Setting) -> (source: MemoryTree, copy: MemoryTree) {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.file("d/a", whole, .init(mtime: 1_000_000_000))
        source.file("b", "b", .init(mtime: 1_000_000_000))
        return (source, copy)
    }

    /// Whatever a file ends in, and whatever stood in its place.
    @Test(arguments: Setting.plain)
    func holesAreWhereTheyWere(_ setting: Setting) throws {
        let zeros = [UInt8](repeating: 0, count: 20_000)
        let text = Self.content(9_000, from: 7)
        let contents: [[UInt8]] = [
            zeros, [0], [], text + zeros, zeros + text, text + zeros + text + zeros, text + [UInt8](repeating: 0, count: 5),
        ]
        for mask in 1..<8 {
            for old in 0..<5 {
                let (source, copy) = (MemoryTree(), MemoryTree())
                for (number, content) in contents.enumerated() {
                    source.file("f\(number)", content, .init(mtime: 1_000_000_000))
                    let present: [UInt8]? =
                        switch old {
                        case 0: nil
                        case 1: [UInt8](content.prefix(content.count / 2))
                        case 2: content + text + text
                        case 3: content + zeros
                        default: [UInt8](repeating: 0x6a, count: content.count)
                        }
                    if let present { copy.file("f\(number)", present, .init(mtime: 5)) }
                }
                var rig = SessionRig(setting, source, copy)
                rig.options.sparse = mask & 1 != 0
                rig.options.preallocate = mask & 2 != 0
                rig.options.inPlace = mask & 4 != 0
                let outcome = try rig.run()
                #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
                for (number, content) in contents.enumerated() {
                    #expect(copy.bytes("f\(number)") == content, "options \(mask), file \(number) over \(old)")
                }
            }
        }
    }

    /// A basis that goes between the request and the reply, as for a directory in its place, is done without in the redo.
    @Test(arguments: Setting.plain)
    func doesWithoutABasisThatVanishes(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        copy.file("d/a", [UInt8](Self.whole.prefix(50_000)), .init(mtime: 5))
        copy.before(.open, "d/a") { tree, count in if count == 2 { try? tree.removeFile(MemoryTree.path("d/a")) } }
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("d/a") == Self.whole)
    }

    /// Without its backup a file is not written over. In place the others are; one whose data has come ends the session.
    @Test(arguments: Setting.plain, [true, false])
    func aBackupThatCannotBeMadeKeepsTheFile(_ setting: Setting, _ inPlace: Bool) throws {
        let (source, copy) = Self.trees(setting)
        copy.file("d/a", [UInt8](Self.whole.prefix(50_000)), .init(mtime: 5))
        source.file("d/b", "new")
        copy.fail(.createTemporary, "d/a~", errno: FileError.accessDenied)
        copy.fail(.makeLink, "d/a~", errno: FileError.accessDenied)
        var rig = SessionRig(setting, source, copy)
        rig.options.inPlace = inPlace
        rig.options.backupSuffix = Array("~".utf8)
        let outcome = try rig.run()
        #expect(inPlace ? outcome.exitCode == 23 : outcome.receiver.exitCode == 11, "\(outcome.story)")
        #expect(outcome.story.contains("keep_backup"), "\(outcome.story)")
        #expect(copy.bytes("d/a") == [UInt8](Self.whole.prefix(50_000)))
        #expect(copy.bytes("d/b") == (inPlace ? Array("new".utf8) : nil))
    }

    /// Cut in the middle of a file, then again with what was kept.
    @Test(arguments: Setting.plain)
    func keepsAPartAndGoesOnWithIt(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        var rig = SessionRig(setting, source, copy)
        rig.options.keepPartial = true
        rig.options.partialDirectory = Array(".p".utf8)
        rig.timeoutSeconds = 20
        let pipe = MemoryPipe(capacity: setting.capacity, breaksAt: 40_000)
        if setting.isPush { rig.serverPipe = pipe } else { rig.clientPipe = pipe }
        let broken = try rig.run()
        #expect(broken.receiver.exitCode != 0)
        #expect(copy.bytes("d/a") == nil)
        let part = try #require(copy.bytes("d/.p/a"), "\(broken.story)")
        #expect(part.count > 10_000 && Self.whole.starts(with: part))
        (rig.serverPipe, rig.clientPipe) = (nil, nil)
        let resumed = try rig.run()
        #expect(resumed.exitCodes == [0, 0], "\(resumed.story)")
        #expect(resumed.sender.statistics.matched > 10_000, "\(resumed.sender.statistics.matched)")
        #expect(copy.bytes("d/a") == Self.whole)
        #expect(copy.bytes("d/.p/a") == nil)
        #expect((try? copy.status(MemoryTree.path("d/.p"))) == nil)
    }

    @Test(arguments: Setting.plain)
    func addsTheEnd(_ setting: Setting) throws {
        for mode in [TransferOptions.AppendMode.plain, .verifying] {
            let (source, copy) = Self.trees(setting)
            copy.file("d/a", [UInt8](Self.whole.prefix(50_000)), .init(mtime: 5))
            copy.link("other", to: "d/a")
            var rig = SessionRig(setting, source, copy)
            rig.options.inPlace = true
            rig.options.append = mode
            let outcome = try rig.run()
            #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
            #expect(copy.bytes("d/a") == Self.whole && copy.bytes("other") == Self.whole)
            #expect(outcome.sender.statistics.literal == 10_001)
        }
    }

    /// A wrong start is found, and the redo repairs it in place.
    @Test(arguments: Setting.plain)
    func repairsWhatItAddedTo(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        copy.file("d/a", [0] + Self.whole[1..<50_000], .init(mtime: 5))
        var rig = SessionRig(setting, source, copy)
        rig.options.inPlace = true
        rig.options.append = .verifying
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("d/a") == Self.whole)
        #expect(outcome.sender.statistics.matched > 50_000)
    }

    /// Blocks that moved both ways: what was overwritten is not taken from the basis (XFR-70).
    @Test(arguments: Setting.plain)
    func updatesInPlace(_ setting: Setting) throws {
        for suffix in [nil, Array("~".utf8)] {
            let (source, copy) = Self.trees(setting)
            let old = [UInt8](Self.whole[30_000...] + Self.content(700, from: 9) + Self.whole[..<30_000])
            copy.file("d/a", old, .init(mtime: 5))
            copy.link("other", to: "d/a")
            var rig = SessionRig(setting, source, copy)
            rig.options.inPlace = true
            rig.options.backupSuffix = suffix
            let outcome = try rig.run()
            #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
            #expect(copy.bytes("d/a") == Self.whole && copy.bytes("other") == Self.whole)
            #expect(copy.bytes("d/a~") == (suffix == nil ? nil : old))
            #expect(outcome.sender.statistics.matched > 25_000)
        }
    }

    @Test(arguments: Setting.plain)
    func delaysUpdatesAndKeepsBackups(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        source.link("z", to: "d/a")
        copy.file("d/a", "old", .init(mtime: 5))
        copy.file("gone", "gone")
        var rig = SessionRig(setting, source, copy)
        rig.options.preserveHardLinks = true
        rig.options.keepPartial = true
        rig.options.partialDirectory = Array(".~tmp~".utf8)
        rig.options.delaysUpdates = true
        rig.options.deletion = .after
        rig.options.backupSuffix = Array("~".utf8)
        rig.filters.addBackupProtection(suffix: Array("~".utf8))
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("d/a") == Self.whole && copy.bytes("z") == Self.whole)
        #expect(copy.bytes("d/a~") == Array("old".utf8) && copy.bytes("gone~") == Array("gone".utf8))
        #expect(copy.bytes("gone") == nil && (try? copy.status(MemoryTree.path(".~tmp~"))) == nil)
        #expect(try copy.status(MemoryTree.path("z")).inode == copy.status(MemoryTree.path("d/a")).inode)
    }

    @Test(arguments: Setting.plain.filter { $0.version >= 29 })
    func findsASimilarFile(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        copy.file("d/a.old", [UInt8](Self.whole.prefix(50_000)), .init(mtime: 5))
        var rig = SessionRig(setting, source, copy)
        rig.options.fuzzy = 1
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("d/a") == Self.whole)
        #expect(outcome.sender.statistics.matched > 40_000)
    }

    @Test(arguments: Setting.plain.filter { $0.version < 29 })
    func oldProtocolsKnowNoFuzzyBasis(_ setting: Setting) throws {
        let (source, copy) = Self.trees(setting)
        var rig = SessionRig(setting, source, copy)
        rig.options.fuzzy = 1
        #expect(try rig.run().exitCode == 2)
    }
}
