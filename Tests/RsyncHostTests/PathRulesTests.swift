import Glibc
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Testing

/// Paths of the operator's words: whose symlinks are followed, and how far.
@Suite struct PathRulesTests {
    private func open(_ name: String, _ rules: PathRules) -> Int32? {
        failure {
            let file = try rules.open(Array(name.utf8), flags: O_RDONLY | O_CLOEXEC)
            close(file)
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func foreignSymlinksAreRefusedWhereverTheyStand() throws {
        let sandbox = try Sandbox()
        try sandbox.directory("d/e")
        try sandbox.write("d/e/f")
        try sandbox.symlink("own", to: "d/e")
        try sandbox.symlink("foreign", to: "d")
        try sandbox.symlink("over", to: sandbox.root + "/foreign/e")
        try sandbox.symlink("d/up", to: "../own/f")
        #expect(unsafe lchown(sandbox.root + "/foreign", 65534, 65534) == 0)
        let rules = PathRules()
        for name in ["d/e/f", "own/f", "own/../e/f", "d/up", "./d/./e//f"] {
            #expect(open(sandbox.root + "/" + name, rules) == nil, "\(name)")
        }
        for name in ["foreign", "foreign/", "foreign/e/f", "over/f", "own/../../foreign/e/f"] {
            #expect(open(sandbox.root + "/" + name, rules) == ELOOP, "\(name)")
            #expect(open(sandbox.root + "/" + name, .trusting) == nil, "\(name)")
        }
        #expect(open(sandbox.root + "/d/none", rules) == ENOENT)
        #expect(open(sandbox.root + "/none/f", rules) == ENOENT)
        #expect(open(sandbox.root + "/d/e/f/", rules) == ENOTDIR)
        #expect(failure { _ = try ConfinedTree(opening: Array((sandbox.root + "/foreign").utf8), rules: rules) } == ELOOP)
        #expect(failure { _ = try ConfinedTree(opening: Array((sandbox.root + "/own").utf8), rules: rules) } == nil)
    }

    @Test func loopsEnd() throws {
        let sandbox = try Sandbox()
        try sandbox.symlink("a", to: "b")
        try sandbox.symlink("b", to: "a")
        #expect(open(sandbox.root + "/a", PathRules()) == ELOOP)
    }

    @Test func whatComesOutElsewhereIsRefused() throws {
        let sandbox = try Sandbox()
        try sandbox.directory("in/d")
        try sandbox.write("in/d/f")
        try sandbox.write("g")
        try sandbox.symlink("in/out", to: "..")
        try sandbox.symlink("away", to: "in/d")
        let rules = PathRules(root: Array((sandbox.root + "/in").utf8))
        for name in ["in/d/f", "in/out/in/d/f", "away/f", "in/d/../d/f", "in/.", "in/d"] {
            #expect(open(sandbox.root + "/" + name, rules) == nil, "\(name)")
        }
        for name in ["g", "in/out/g", "in/../g", "in/d/../../g", "."] {
            #expect(open(sandbox.root + "/" + name, rules) == ELOOP, "\(name)")
        }
        #expect(open(sandbox.root + "/g", PathRules(root: Array("//".utf8))) == nil)
    }

    @Test func whatTheProcessHoldsOpenIsReachedByItsName() throws {
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(open("/dev/fd/\(ends[0])", PathRules()) == nil)
        #expect(open("/proc/self/cwd/.", PathRules()) == nil)
    }

    @Test(.enabled(if: geteuid() == 0)) func devicesAreOpenedWhereTheyAreMeantToBe() throws {
        let sandbox = try Sandbox()
        #expect(unsafe mknod(sandbox.root + "/null", S_IFCHR | 0o600, 0x103) == 0)
        let plain = try sandbox.tree()
        #expect(failure { _ = try plain.open(path("null")) } == EINVAL)
        #expect(failure { _ = try plain.openInPlace(path("null"), allowsDevices: false) } == EINVAL)
        #expect(plain.deviceSize(try path("null")) == 0)
        let opening = try ConfinedTree(opening: Array(sandbox.root.utf8), opensDevices: true)
        #expect(try opening.open(path("null")).size == 0)
        #expect(throws: Never.self) { try opening.openInPlace(path("null"), allowsDevices: true).discard() }
        // Whoever is kept in a directory reaches no device, whatever is asked for.
        let kept = try Places.beneath(plain).tree([UInt8(ascii: "/")], opensDevices: true)
        #expect(failure { _ = try kept.open(path("null")) } == EINVAL)
    }
}
