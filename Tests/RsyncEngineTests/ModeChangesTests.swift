import RsyncEngine
import RsyncProtocol
import Testing

/// What rsync 3.5.0 made of modes under a umask of 027 (MET-116 to MET-120).
@Suite struct ModeChangesTests {
    /// Specification; then a directory of 2750 and files of 0000, 0644, 0755, 1666 and 4711, each with its outcome.
    static let seen: [(String, [UInt32])] = [
        ("g=u", [0o770, 0, 0o664, 0o775, 0o1666, 0o4771]),
        ("=u", [0o750, 0, 0o640, 0o750, 0o640, 0o750]),
        ("-w", [0o2550, 0, 0o444, 0o555, 0o1466, 0o4511]),
        ("=rX", [0o2550, 0o440, 0o440, 0o550, 0o1440, 0o4550]),
        ("a=s", [0o6000, 0o6000, 0o6000, 0o6000, 0o7000, 0o6000]),
        ("u=t", [0o3050, 0o1000, 0o1044, 0o1055, 0o1066, 0o1011]),
        ("D755,F644", [0o755, 0o644, 0o644, 0o644, 0o644, 0o644]),
        ("go=s", [0o2700, 0o2000, 0o2600, 0o2700, 0o3600, 0o6700]),
        ("g=o,o=u", [0o707, 0, 0o646, 0o757, 0o666, 0o4717]),
        ("+rwxXst", [0o7750, 0o5640, 0o5644, 0o5755, 0o5666, 0o5751]),
    ]

    @Test(arguments: seen) func asSeen(_ text: String, _ outcomes: [UInt32]) {
        var changes = ModeChanges()
        let isFine = changes.add(Array(text.utf8), umask: 0o027)
        #expect(isFine)
        let before: [FileMode] =
            [FileMode(.directory, permissions: 0o2750)]
            + [0, 0o644, 0o755, 0o1666, 0o4711].map { FileMode(.regular, permissions: $0) }
        #expect(before.map { changes.applied(to: $0).permissions } == outcomes)
    }

    @Test(arguments: ["", ",", "q", "DF+x", "a", "u=g+x", "8777", "17777", "D644+x", "t+x"]) func refused(_ text: String) {
        var changes = ModeChanges()
        let isFine = changes.add(Array(text.utf8), umask: 0)
        #expect(!isFine)
    }

    @Test func symlinksKeepTheirs() {
        var changes = ModeChanges()
        let isFine = changes.add(Array("a=".utf8), umask: 0)
        #expect(isFine)
        #expect(changes.applied(to: FileMode(.symlink, permissions: 0o777)).permissions == 0o777)
    }
}
