import Foundation
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Testing

@Suite struct TemporaryFileTests {
    @Test func namesTemporariesAfterTheirTargets() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        for (name, stem) in [("a", ".a."), (".hid", ".hid."), ("name.", ".name.")] {
            let file = try tree.createTemporary(for: path(name))
            let made = file.path.lastComponent
            #expect(made.dropLast(6).elementsEqual(Array(stem.utf8)))
            #expect(made.suffix(6).allSatisfy(alphabet.contains))
            #expect(try file.status().mode == FileMode(.regular, permissions: 0o600))
            let other = try tree.temporaryName(for: path(name)).lastComponent
            #expect(other == Array((stem + String(IdentityLookup.processID)).utf8))
        }
        #expect(sandbox.names().isEmpty)
    }

    @Test func cutsLongNamesWithoutSplittingACharacter() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        let plain = try tree.createTemporary(for: path(String(repeating: "x", count: 255)))
        #expect(plain.path.lastComponent.count == 1 + 246 + 1 + 6)
        // 245 bytes and then two-byte characters: the first of them would be cut in half.
        let name = String(repeating: "x", count: 245) + String(repeating: "\u{e9}", count: 5)
        let split = try tree.createTemporary(for: path(name))
        #expect(split.path.lastComponent.count == 1 + 245 + 1 + 6)
        let longest = try tree.temporaryName(for: path(String(repeating: "y", count: 255)))
        #expect(longest.lastComponent.count <= 255)
    }

    @Test func skipsTakenTemporaryNames() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.symlink(".f.\(IdentityLookup.processID)", to: "nowhere")
        #expect(
            try tree.temporaryName(for: path("f")).lastComponent
                == Array(".f.\(Int(IdentityLookup.processID) + 1)".utf8))
    }

    @Test func publishesWholeFilesOnly() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.write("f", "old")
        let file = try tree.createTemporary(for: path("f"))
        var expected: [UInt8] = []
        for number in 0..<3000 {
            let piece = [UInt8](repeating: UInt8(number % 251), count: number % 400)
            expected += piece
            try file.write(piece, 0..<piece.count)
        }
        let large = [UInt8](repeating: 0xee, count: 600_000)
        expected += large[1..<599_999]
        try file.write(large, 1..<599_999)
        #expect(try file.status().size == Int64(expected.count))
        #expect(sandbox.text("f") == "old")
        try file.apply(AttributeChange(permissions: 0o644, mtime: FileTime(seconds: 5, nanoseconds: 6)))
        try file.publish(as: path("f"))
        #expect(FileManager.default.contents(atPath: sandbox.root + "/f") == Data(expected))
        #expect(try tree.status(path("f")).nanoseconds == 6)
        #expect(sandbox.names() == ["f"])
        #expect(failure { try file.write([1], 0..<1) } == 9)
        #expect(failure { try file.publish(as: path("g")) } == 9)
        // Ended is ended: what has been published is not ours to remove.
        file.discard()
        #expect(sandbox.names() == ["f"])
    }

    @Test func leavesTheTemporaryToDiscardWhenPublishingFails() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.directory("d")
        let file = try tree.createTemporary(for: path("d"))
        try write("x", to: file)
        #expect(failure { try file.publish(as: path("d")) } == FileError.isADirectory)
        #expect(sandbox.names().count == 2)
        file.discard()
        #expect(sandbox.names() == ["d"])
    }

    @Test func discardsWhatAnInterruptedTreeHasOpen() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        let files = try (0..<5).map { try tree.createTemporary(for: path("f\($0)")) }
        try files[0].publish(as: path("f0"))
        LiveFiles.discardAll(of: tree)
        #expect(sandbox.names() == ["f0"])
        #expect(failure { try write("x", to: files[1]) } == 9)
        #expect(failure { try files[1].publish(as: path("f1")) } == 9)
    }

    @Test func leavesNothingBehindWhenForgotten() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        do {
            let file = try tree.createTemporary(for: path("f"))
            try write("x", to: file)
            #expect(sandbox.names().count == 1)
        }
        #expect(sandbox.names().isEmpty)
    }
}
