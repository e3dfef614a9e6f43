import RsyncEngine
import RsyncProtocol
import Testing
import TraceKit

/// A peer that is gone, at every byte.
@Suite struct BrokenConnectionTests {
    /// One of each kind of ending.
    static let versions = Setting.plain.filter { [27, 29, 32].contains($0.version) || $0.version == 30 && $0.incremental }

    private static func trees() -> (source: MemoryTree, copy: MemoryTree) {
        let (source, copy) = (MemoryTree(), MemoryTree())
        source.file("d/a", "the new content of a")
        source.file("b", "b")
        source.link("d/c", to: "b")
        source.symlink("s", to: "b")
        source.directory("d")
        source.directory(".")
        copy.file("d/a", "the old content of a", .init(mtime: 3))
        copy.file("gone", "extraneous")
        return (source, copy)
    }

    private static func rig(_ setting: Setting, _ source: MemoryTree, _ copy: MemoryTree) -> SessionRig {
        var rig = SessionRig(setting, source, copy)
        rig.options.preserveHardLinks = true
        rig.options.deletion = .after
        rig.timeoutSeconds = 20
        return rig
    }

    /// Neither end may hang or crash; the one that lacks bytes must say so; no file may hold anything but its old or its
    /// new content; no temporary file may stay.
    @Test(arguments: versions, [true, false])
    func endsWithAnErrorWhereverTheStreamBreaks(_ setting: Setting, _ breaksToServer: Bool) throws {
        let (source, whole) = Self.trees()
        let complete = try Self.rig(setting, source, whole).run()
        #expect(complete.exitCodes == [0, 0], "\(complete.story)")
        let length = (breaksToServer ? complete.toServer : complete.toClient).written
        for offset in 0..<length {
            let (source, copy) = Self.trees()
            var rig = Self.rig(setting, source, copy)
            let pipe = MemoryPipe(capacity: setting.capacity, breaksAt: offset)
            if breaksToServer { rig.serverPipe = pipe } else { rig.clientPipe = pipe }
            let outcome = try rig.run()
            let receiverLacks = breaksToServer == setting.isPush
            let result = receiverLacks ? outcome.receiver : outcome.sender
            // How data is cut into frames depends on the moment, so one session may be a few bytes shorter than another.
            #expect(result.exitCode != 0 || !pipe.isCut, "byte \(offset) of \(length): \(outcome.story)")
            // Which side misses the rest is said with it: in capitals before there is anything to receive.
            if let text = result.error.map({ String(decoding: $0.message.bytes, as: UTF8.self) }), text.contains("unexpectedly closed") {
                let sides = receiverLacks ? ["[Receiver]", "[receiver]"] : ["[sender]"]
                #expect(sides.contains { text.hasSuffix(" received so far) " + $0) }, "byte \(offset): \(text)")
            }
            check(copy, "byte \(offset) of \(length): \(outcome.story)")
        }
    }

    /// An ordinary user's directories are opened up while they are filled, and no longer (MET-43, MET-44).
    @Test(arguments: Setting.plain)
    func leavesNoDirectoryOpen(_ setting: Setting) throws {
        func rig(_ copy: MemoryTree) -> SessionRig {
            let source = MemoryTree()
            source.file("d/e/a", String(repeating: "0123456789", count: 20_000))
            source.directory("d/e", .init(0o500))
            source.directory("d", .init(0o550))
            source.directory(".")
            var rig = SessionRig(setting, source, copy)
            rig.options.rootMode = .normal
            rig.options.preserveDevices = false
            return rig
        }
        let whole = MemoryTree()
        let complete = try rig(whole).run()
        #expect(complete.exitCodes == [0, 0], "\(complete.story)")
        let copy = MemoryTree()
        var broken = rig(copy)
        let cut = (setting.isPush ? complete.toServer : complete.toClient).written / 2
        let pipe = MemoryPipe(capacity: setting.capacity, breaksAt: cut)
        if setting.isPush { broken.serverPipe = pipe } else { broken.clientPipe = pipe }
        let outcome = try broken.run()
        #expect(outcome.receiver.exitCode != 0, "\(outcome.story)")
        for name in ["d", "d/e"] {
            #expect(
                try copy.status(MemoryTree.path(name)).mode.permissions == whole.status(MemoryTree.path(name)).mode.permissions,
                "\(name): \(outcome.story)")
        }
    }

    private func check(_ copy: MemoryTree, _ context: String) {
        let contents = copy.listing([]).filter { !$0.contains(" directory") }.compactMap { $0.split(separator: " ").first }
        for name in contents.map(String.init) {
            switch name {
            case "d/a":
                let bytes = copy.bytes(name)
                #expect(
                    bytes == [UInt8]("the old content of a".utf8) || bytes == [UInt8]("the new content of a".utf8), "\(context)")
            case "b", "d/c": #expect(copy.bytes(name) == [0x62], "\(context)")
            case "s", "gone": break
            default: Issue.record("left behind: \(name), \(context)")
            }
        }
    }
}
