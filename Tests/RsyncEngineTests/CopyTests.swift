import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Whole trees over every protocol and pipes of every size.
@Suite struct CopyTests {
    /// What a copy by this protocol can keep: nanoseconds travel from 31 on, and seconds below 30 in 32 bits.
    static func kept(_ setting: Setting) -> MemoryTree.Aspects {
        setting.version >= 31 ? .all : MemoryTree.Aspects.all.subtracting(.nanoseconds)
    }

    /// Every byte of a tiny pipe costs a change of threads.
    static func big(_ setting: Setting) -> Int { setting.capacity < 100 ? 2800 : 20_000 }

    @Test(arguments: Setting.everyPipe)
    func copiesIntoAnEmptyTree(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(big: Self.big(setting)), MemoryTree())
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.everyPipe)
    func updatesByDeltaAndDeletes(_ setting: Setting) throws {
        for time in [TransferOptions.DeletionTime.unspecified, .before, .during, .after] {
            let big = Self.big(setting)
            let (source, copy) = (SampleTree.mixed(big: big), SampleTree.mixedBefore(big: big))
            var rig = SessionRig(setting, source, copy)
            rig.options.deletion = time
            let outcome = try rig.run()
            #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
            expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), "\(time) \(outcome.story)")
            #expect(outcome.sender.statistics.matched >= Int64(big) / 2)
            #expect(outcome.receiver.statistics.matched == outcome.sender.statistics.matched)
        }
    }

    @Test(arguments: Setting.plain)
    func transfersNothingWhenNothingChanged(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixed())
        let before = copy.listing()
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.transferredFiles == 0)
        expectSame(copy.listing(), before, outcome.story)
    }

    @Test(arguments: Setting.plain)
    func leavesSurplusItemsWithoutADeleteMode(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("surplus") != nil)
        #expect(copy.bytes("deep/surplus/with/children") != nil)
        copy.remove("surplus")
        copy.remove("deep/surplus")
        let aspects = Self.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), source.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func changesNothingInADryRun(_ setting: Setting) throws {
        for destination in [MemoryTree(), SampleTree.mixedBefore()] {
            let before = destination.listing()
            var rig = SessionRig(setting, SampleTree.mixed(), destination)
            rig.options.dryRun = true
            rig.options.deletion = .unspecified
            rig.options.itemizeLevel = 1
            let outcome = try rig.run()
            #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
            expectSame(destination.listing(), before, outcome.story)
            #expect(outcome.client.statistics.transferredFiles > 0)
        }
    }

    @Test(arguments: Setting.plain)
    func transfersEveryFileUnderIgnoreTimes(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixed())
        var rig = SessionRig(setting, source, copy)
        rig.options.ignoreTimes = true
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.transferredFiles == 9)
        #expect(outcome.sender.statistics.matched >= 20_000)
        expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func findsChangesThatOnlyTheSumsShow(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixed())
        copy.overwrite("foo/bar") { $0[17] ^= 1 }
        copy.file("one", "1", .init(0o600, mtime: 4, uid: 5, gid: 6))
        copy.directory(".", .init(0o750, mtime: 1_000_000_123, uid: 3, gid: 4))
        var rig = SessionRig(setting, source, copy)
        rig.options.compareChecksums = true
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.transferredFiles == 1)
        expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func sendsWholeFilesWhenAsked(_ setting: Setting) throws {
        let (source, copy) = (SampleTree.mixed(), SampleTree.mixedBefore())
        var rig = SessionRig(setting, source, copy)
        rig.options.wholeFile = true
        rig.options.deletion = .unspecified
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(outcome.sender.statistics.matched == 0)
        expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.all([7, 4096]))
    func copiesManyFilesAndListsAheadOfTheRequests(_ setting: Setting) throws {
        let source = MemoryTree()
        let (directories, files) = setting.capacity == 7 ? (20, 5) : (120, 12)
        for directory in 0..<directories {
            for file in 0..<files { source.file("d\(directory)/f\(file)", "\(directory) \(file)") }
            source.directory("d\(directory)")
        }
        source.directory(".")
        let copy = MemoryTree()
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func copiesThreeThousandEmptyDirectories(_ setting: Setting) throws {
        let source = MemoryTree()
        for directory in 0..<3000 { source.directory("d\(directory)") }
        source.directory(".")
        let copy = MemoryTree()
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(), source.listing(), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func copiesAChainOfDirectories(_ setting: Setting) throws {
        let source = MemoryTree()
        var path = "d"
        for _ in 0..<60 {
            source.file(path + "/f", "at \(path.count)")
            path += "/d"
        }
        let copy = MemoryTree()
        let outcome = try SessionRig(setting, source, copy).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        expectSame(copy.listing(Self.kept(setting)), source.listing(Self.kept(setting)), outcome.story)
    }

    @Test(arguments: Setting.plain)
    func endsWellWithAnEmptyList(_ setting: Setting) throws {
        let copy = SampleTree.mixed()
        let before = copy.listing()
        var rig = SessionRig(setting, MemoryTree(), copy)
        rig.sources = []
        let outcome = try rig.run()
        #expect(outcome.receiver.error == nil, "\(outcome.story)")
        #expect(outcome.sender.error == nil, "\(outcome.story)")
        expectSame(copy.listing(), before, outcome.story)
    }

    @Test(arguments: Setting.plain)
    func copiesASingleFileToAName(_ setting: Setting) throws {
        let source = SampleTree.mixed()
        let copy = MemoryTree()
        var rig = SessionRig(setting, source, copy)
        rig.sources = [
            SourceArgument(
                tree: try source.subtree("foo"), wireName: [UInt8]("big".utf8), start: MemoryTree.path("big"),
                namesContents: false)
        ]
        rig.destination = Destination(tree: copy, singleName: [UInt8]("other".utf8))
        rig.options.deletion = .unspecified
        copy.file("bystander", "stays")
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.bytes("other") == source.bytes("foo/big"))
        #expect(copy.bytes("bystander") != nil)
    }
}
