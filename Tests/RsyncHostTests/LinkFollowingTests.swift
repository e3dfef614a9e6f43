import Glibc
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Testing

/// Trees that follow symlinks (FLS-19, MET-45): as far as they were told to.
@Suite struct LinkFollowingTests {
    @Test(arguments: ResolutionMethod.allCases)
    func staysBeneathTheOuterRoot(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let outer = try sandbox.tree(method)
        for name in ["in", "in/d", "beside"] { try outer.makeDirectory(path(name), permissions: 0o755) }
        for name in ["in/d/f", "beside/g"] {
            let file = try outer.createTemporary(for: path(name))
            try write(name, to: file)
            try file.publish(as: path(name))
        }
        let targets = [
            "in/l": "d", "in/up": "../beside", "in/out": "../../..", "in/abs": "/etc", "in/loop": "loop", "in/dang": "gone",
            "in/round": "d/../../beside/./g", "in/late": "../in/../../x",
        ]
        for (name, target) in targets { try outer.makeSymlink(path(name), target: Array(target.utf8)) }
        let tree = try outer.subtree(path("in"), links: .anywhere)

        #expect(try tree.status(path("l")).mode.isSymlink)
        #expect(try tree.followedStatus(path("l")).mode.isDirectory)
        #expect(try tree.status(path("l/f")).mode.isRegular)
        #expect(try tree.names(in: path("up")) == [Array("g".utf8)])
        #expect(try tree.open(path("round")).size == 8)
        #expect(failure { _ = try tree.open(path("l")) } == EISDIR)
        for name in ["out", "abs", "dang", "late"] {
            #expect(failure { _ = try tree.followedStatus(path(name)) } == ENOENT, "\(name)")
            #expect(failure { _ = try tree.names(in: path(name)) } == ENOENT, "\(name)")
            #expect(failure { _ = try tree.open(path(name)) } == ENOENT, "\(name)")
        }
        #expect(failure { _ = try tree.status(path("abs/passwd")) } == ENOENT)
        #expect(failure { _ = try tree.followedStatus(path("loop")) } == ELOOP)
        // A tree of a tree may go as far as the first.
        #expect(try tree.subtree(path("l")).status(path("f")).mode.isRegular)
        // One that follows nothing is as before.
        #expect(failure { _ = try outer.followedStatus(path("in/l")) } == ENOENT)
        #expect(failure { _ = try outer.status(path("in/l/f")) } == ENOTDIR)
    }

    @Test func aDestinationIsNotLeft() throws {
        let sandbox = try Sandbox()
        let tree = try ConfinedTree(opening: Array(sandbox.root.utf8), links: .inside)
        try tree.makeDirectory(path("d"), permissions: 0o755)
        try tree.makeSymlink(path("l"), target: Array("d".utf8))
        try tree.makeSymlink(path("out"), target: Array("/".utf8))
        try tree.makeDirectory(path("l/e"), permissions: 0o700)
        #expect(try tree.status(path("d/e")).mode.isDirectory)
        try tree.apply(AttributeChange(permissions: 0o711), to: path("l"), type: .directory)
        #expect(try tree.status(path("d")).mode.permissions == 0o711)
        // What it is can be told, no more.
        #expect(try tree.followedStatus(path("out")).mode.isDirectory)
        #expect(failure { _ = try tree.names(in: path("out")) } == ELOOP)
        #expect(failure { try tree.makeDirectory(path("out/x"), permissions: 0o700) } == ELOOP)
        #expect(failure { try tree.apply(AttributeChange(permissions: 0o700), to: path("out"), type: .directory) } == ELOOP)
    }
}
