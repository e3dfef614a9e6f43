import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Whole trees in every compression (XFR-80 to XFR-112).
@Suite struct CompressionTests {
    static let names: [CompressionName?] = [nil, .zlib, .zlibx, .lz4, .zstd]
    /// Every protocol one way, and pipes that cut records.
    static let settings = Setting.all([7, 65536]).filter { $0.isPush == ($0.capacity == 7) }

    /// nil: by agreement.
    private func rig(_ setting: Setting, _ name: CompressionName?, _ source: MemoryTree, _ copy: MemoryTree) -> SessionRig {
        var rig = SessionRig(setting, source, copy)
        rig.options.deletion = .unspecified
        rig.options.compression.isRequested = true
        rig.options.compression.choice = name
        return rig
    }

    @Test(arguments: settings, names)
    func updatesByDelta(_ setting: Setting, _ name: CompressionName?) throws {
        let big = CopyTests.big(setting)
        let (source, copy) = (SampleTree.mixed(big: big), SampleTree.mixedBefore(big: big))
        let repeated = [UInt8](repeating: 0x41, count: big)
        source.file("repeated", repeated + Array("end".utf8), .init())
        let outcome = try rig(setting, name, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), outcome.story)
        #expect(outcome.sender.statistics.matched >= Int64(big) / 2)
        #expect(outcome.receiver.statistics.literal == outcome.sender.statistics.literal)
        #expect(outcome.sender.statistics.sent < outcome.sender.statistics.literal)
    }

    /// The history that a changed basis leaves is not the sender's: what comes of it is wrong, found out, and made good.
    @Test(arguments: Setting.plain, names)
    func asksAgainWhenTheBasisChanged(_ setting: Setting, _ name: CompressionName?) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        copy.before(.open, "foo/big") { tree, count in
            if count == 2 { tree.overwrite("foo/big") { $0[100] ^= 0xff } }
        }
        let outcome = try rig(setting, name, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), outcome.story)
    }

    /// XFR-123: a file that is thrown away leaves the stream usable for the next ones.
    @Test(arguments: Setting.plain, names)
    func goesOnBehindAFileThatCannotBeWritten(_ setting: Setting, _ name: CompressionName?) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        copy.fail(.createTemporary, "foo/big", errno: FileError.accessDenied)
        let outcome = try rig(setting, name, source, copy).run()
        #expect(outcome.receiver.exitCode == 23, "\(outcome.story)")
        source.remove("foo/big")
        copy.remove("foo/big")
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    /// SES-72.
    @Test(arguments: Setting.plain)
    func aLevelOfNothingIsPlain(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), MemoryTree())
        var rig = rig(setting, .zlib, source, copy)
        rig.options.compression.level = 0
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.sent > outcome.sender.statistics.literal)
    }
}
