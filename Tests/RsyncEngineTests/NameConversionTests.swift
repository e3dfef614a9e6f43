import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// Names that differ between the sides and on the wire (FLS-138 to FLS-140).
@Suite struct NameConversionTests {
    /// A charset in which the small letters run backwards, so that nothing sorts as on the wire. Two characters have no
    /// counterpart: `#` from here, `%` from the wire. The wire's `=` is a slash here, as no decent charset has it.
    private struct Backwards: NameConverter {
        func toWire(_ name: [UInt8]) -> [UInt8]? { name.contains(0x23) ? nil : turned(name) }
        func toLocal(_ name: [UInt8]) -> [UInt8]? {
            name.contains(0x25) ? nil : turned(name).map { $0 == 0x3d ? 0x2f : $0 }
        }
        private func turned(_ name: [UInt8]) -> [UInt8] { name.map { 0x61...0x7a ~= $0 ? 0x61 + 0x7a - $0 : $0 } }
    }

    private struct Unchanged: NameConverter {
        func toWire(_ name: [UInt8]) -> [UInt8]? { name }
        func toLocal(_ name: [UInt8]) -> [UInt8]? { name }
    }

    private func rig(
        _ setting: Setting, _ source: MemoryTree, _ copy: MemoryTree, backwardsAtSender: Bool
    ) -> SessionRig {
        var rig = SessionRig(setting, source, copy)
        rig.senderNames = backwardsAtSender ? Backwards() : Unchanged()
        rig.receiverNames = backwardsAtSender ? Unchanged() : Backwards()
        rig.options.deletion = .unspecified
        return rig
    }

    @Test(arguments: Setting.all([7, 65536]))
    func namesComeBackAsTheyWere(_ setting: Setting) throws {
        let (source, turned, back) = (SampleTree.mixed(), MemoryTree(), SampleTree.mixedBefore())
        let there = try rig(setting, source, turned, backwardsAtSender: false).run()
        #expect(there.exitCodes == [0, 0], "\(there.story)")
        #expect(turned.bytes("wvvk/aa") == Array("z".utf8))
        let again = try rig(setting, turned, back, backwardsAtSender: true).run()
        #expect(again.exitCodes == [0, 0], "\(again.story)")
        expectSame(back.listing(CopyTests.kept(setting)), source.listing(CopyTests.kept(setting)), again.story)
    }

    /// FLS-139: below 30 there is no flag to agree with.
    @Test(arguments: Setting.plain)
    func symlinksAreConvertedWhereBothKnow(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.symlink("l", to: "abc")
        let outcome = try rig(setting, source, copy, backwardsAtSender: false).run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        let expected = MemoryTree()
        expected.symlink("o", to: setting.version >= 30 ? "zyx" : "abc")
        let aspects = CopyTests.kept(setting).subtracting(.directoryTimes)
        expectSame(copy.listing(aspects), expected.listing(aspects), outcome.story)
    }

    @Test(arguments: Setting.plain, [true, false])
    func whatCannotBeConvertedStaysBehindWithAllThatIsInIt(_ setting: Setting, _ atSender: Bool) throws {
        let (source, copy) = (MemoryTree(), MemoryTree())
        let odd = atSender ? "#" : "%"
        source.file("b", "b")
        source.file("c\(odd)", "c")
        source.file("d\(odd)/e/f", "f")
        source.file("g/h\(odd)", "h")
        source.file("g/i", "i")
        copy.file("surplus", "")
        let outcome = try rig(setting, source, copy, backwardsAtSender: atSender).run()
        #expect(outcome.exitCode == 23, "\(outcome.story)")
        // A server may leave it to its client to say so.
        #expect(outcome.story.contains("cannot convert filename: c"), "\(outcome.story)")
        // An error of this kind forbids deletions (MET-108).
        let names = copy.listing([]).map { $0.split(separator: " ").first.map(String.init) ?? "" }
        #expect(copy.bytes("y") == Array("b".utf8), "\(names)")
        #expect(copy.bytes("t/r") == Array("i".utf8))
        #expect(copy.bytes("surplus") != nil)
        #expect(copy.bytes("x\(odd)") == nil)
    }

    /// HOS-113.
    @Test(arguments: Setting.plain)
    func noNameBecomesAPath(_ setting: Setting) throws {
        for name in ["a=b", "..=x", "=", "a="] {
            let (source, copy) = (MemoryTree(), MemoryTree())
            source.file(name, "x")
            let outcome = try rig(setting, source, copy, backwardsAtSender: false).run()
            #expect(outcome.receiver.exitCode == 2, "\(name): \(outcome.story)")
        }
    }
}
