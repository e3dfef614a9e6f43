import Foundation
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Testing

@testable import struct RsyncHost.FakeStatus

@Suite struct FakeStatusTextTests {
    @Test func writesAndReadsTheExamplesOfTheSpecification() throws {
        for text in ["100674 0,0 33:33", "60640 8,300 0:0", "120777 0,0 0:0"] {
            let parsed = try #require(FakeStatus(parsing: Array(text.utf8)))
            #expect(parsed.text == Array(text.utf8))
        }
        let device = try #require(FakeStatus(parsing: Array("60640 8,300 0:0".utf8)))
        #expect(device.mode == FileMode(.blockDevice, permissions: 0o640))
        #expect(device.rdev == DeviceNumber(major: 8, minor: 300))
    }

    @Test(arguments: [
        "", "100644", "100644 0,0", "100644 0,0 0", "100644 0 0:0", "100684 0,0 0:0", "100644 0,0 0:-1", "100644 0,0 +1:0",
        "100644 0,0 0:4294967296", "170644 0,0 0:0", "644 0,0 0:0", "100644 0,0 0:0 ", "1100644 0,0 0:0", "100644  0,0 0:0",
        "0 0,0 0:0",
    ])
    func refusesMalformedValues(_ text: String) {
        #expect(FakeStatus(parsing: Array(text.utf8)) == nil)
    }
}

@Suite struct FakeSuperTreeTests {
    /// nil where the file system of the temporary directory has no user attributes.
    private func fakeTree(_ sandbox: Sandbox) throws -> ConfinedTree? {
        let tree = try sandbox.tree(fakeSuper: true)
        do {
            try tree.makeNode(path("probe"), mode: FileMode(.fifo, permissions: 0o600), device: .none)
            try tree.removeFile(path("probe"))
            return tree
        } catch let error as FileError where error.errno == 95 {
            return nil
        }
    }

    @Test func storesNodesAndSymlinksAsPlainFiles() throws {
        let sandbox = try Sandbox()
        guard let tree = try fakeTree(sandbox) else { return }
        let plain = try sandbox.tree()
        let mode = FileMode(.blockDevice, permissions: 0o640)
        try tree.makeNode(path("sda"), mode: mode, device: DeviceNumber(major: 8, minor: 300))
        try tree.makeSymlink(path("s"), target: Array("target".utf8))
        try tree.apply(AttributeChange(uid: 0, gid: 6), to: path("sda"), type: .blockDevice)

        let status = try tree.status(path("sda"))
        #expect(status.mode == mode && status.rdev == DeviceNumber(major: 8, minor: 300))
        #expect(status.uid == 0 && status.gid == 6)
        #expect(try tree.linkTarget(path("s")) == Array("target".utf8))
        #expect(try tree.status(path("s")).mode.isSymlink)
        #expect(failure { _ = try tree.open(path("sda")) } == 22)
        #expect(failure { _ = try tree.open(path("s")) } == 40)
        #expect(try plain.status(path("sda")).mode == FileMode(.regular, permissions: 0o640))
        #expect(sandbox.text("s") == "target")
    }

    @Test func keepsOwnersAndModesInTheAttribute() throws {
        let sandbox = try Sandbox()
        guard let tree = try fakeTree(sandbox) else { return }
        let plain = try sandbox.tree()
        let file = try tree.createTemporary(for: path("f"))
        try write("data", to: file)
        try file.apply(
            AttributeChange(uid: 33, gid: 34, permissions: 0o4055, mtime: FileTime(seconds: 9, nanoseconds: 1)))
        try file.publish(as: path("f"))
        try tree.makeDirectory(path("d"), permissions: 0o055)
        try tree.apply(AttributeChange(uid: 35), to: path("d"), type: .directory)

        let pretended = try tree.status(path("f"))
        #expect(pretended.uid == 33 && pretended.gid == 34 && pretended.mtime == 9)
        #expect(pretended.mode == FileMode(.regular, permissions: 0o4055))
        let real = try plain.status(path("f"))
        #expect(real.uid == IdentityLookup.effectiveUserID && real.mode.permissions == 0o655)
        #expect(try tree.status(path("d")).uid == 35)
        #expect(try tree.status(path("d")).mode.permissions == 0o055)
        #expect(try plain.status(path("d")).mode.permissions == 0o755)
        // Back to what the item is by itself: the attribute goes.
        try tree.apply(
            AttributeChange(
                uid: IdentityLookup.effectiveUserID, gid: IdentityLookup.effectiveGroupID, permissions: 0o644),
            to: path("f"), type: .regular)
        #expect(try tree.status(path("f")) == plain.status(path("f")))
    }
}
