import Glibc
import PeerKit
import Testing

/// Where the system refuses an owner, a time, permissions or an extended attribute, the content is there all the same, as with
/// stock rsync: same trees, same exit status, and the same first words about it.
struct RefusedAttributesTests {
    private static let isRoot = geteuid() == 0

    /// Whether a time has to be set, or permissions alone, depends on the clock: both are `failed to set`.
    private static let prologue = """
        umask 022; mkdir -p src/d there/d; echo a >src/a; seq 1 5000 >src/d/b; ln -s x src/l; chmod 644 src/a; chmod 640 src/d/b
        echo old >there/a; echo more >there/d/b; chmod 600 there/a; chown -R 7:7 there
        touch -d @1000000 src/a src/d/b src/d; touch -d @999 there/a there/d/b
        chown -hR 1:1 src; setfattr -n user.x -v 1 src/a; setfacl -m u:5:rx src/a src/d
        show() { (cd $1; find . ! -type d -printf '%p %y %m %U %G ' -exec sh -c 'test -h "$1" || sum <"$1"' - {} \\; -printf '\\n'
                  find . -type d -printf '%p %m %U %G\\n') | sort; }
        words() { sed -nE 's/^rsync: (\\[[a-z]+\\]) (chown|failed to set [a-z]+ on|set_acl: xacl_set|rsync_xal_set: [a-z]setxattr|failed to write xattr).*/\\2/p' |
                  sed 's/[fl]setxattr/setxattr/; s/set [a-z]* on/set/; s/^/said: /' | sort -u; }

        """

    @Test(.enabled(if: isRoot, "needs root"), arguments: [
        "setpriv --bounding-set -chown,-fowner --inh-caps -chown,-fowner", "setpriv --bounding-set -chown --inh-caps -chown",
        "setpriv --bounding-set -fowner --inh-caps -fowner",
        "setpriv --reuid=65534 --regid=65534 --clear-groups",
    ], ["-a", "-aX", "-a --super", "-a --inplace", "-a --delay-updates", "-r --chown=1:1", "-a -b"])
    func withoutThePowerTo(_ powers: String, _ options: String) throws {
        try compare(
            """
            mkdir new; chmod 777 new; chmod 644 src/d/b
            for to in new there; do
              \(powers) $RSYNC \(options) src/ $to 2>err; echo "status $?"; words <err; show $to
            done
            """)
    }

    /// A file system that has none of them.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["-aA", "-aX", "-aAX", "-aX --inplace"])
    func onAFileSystemWithoutAttributes(_ options: String) throws {
        try compare(
            """
            mkdir m; mount -t ramfs none m; mkdir m/new; cp -a --no-preserve=xattr there m/there
            for to in new there; do $RSYNC \(options) src/ m/$to 2>err; echo "status $?"; words <err; show m/$to; done
            """)
    }

    /// What symlinks and nodes stand for cannot be kept there, and ours makes no plain files of them.
    @Test(.enabled(if: isRoot, "needs root"))
    func fakeSuperWithoutAttributes() throws {
        try compare(
            """
            mkdir m; mount -t ramfs none m; rm src/l
            $RSYNC -a --fake-super src/ m/new 2>err; echo "status $?"; words <err; show m/new
            """)
    }

    /// What is missing or not as it should be outweighs what has vanished, on whichever side.
    @Test(.enabled(if: isRoot, "needs root"))
    func aFailureOutweighsWhatHasVanished() throws {
        try compare(
            """
            mkdir new; setpriv --bounding-set -chown --inh-caps -chown $RSYNC -aR --delete-missing-args src/./nope/x src/./a new/ 2>err
            echo "status $?"; words <err; show new
            """)
    }

    /// A directory above a start item whose attributes cannot be read is left out, and all below with it. A stock sender breaks its
    /// receiver with that.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["--inc-recursive", "--no-inc-recursive"])
    func belowWhatIsLeftOut(_ option: String) throws {
        let place = try TemporaryDirectory(prefix: "ebb-above")
        unsafe chmod(place.path, 0o755)
        try Shell.run("mkdir -p a/b to; echo 1 >a/b/f; setfattr -n user.x -v 1 a; chmod 711 a; chmod 777 to; ln -s '\(Programs.ebb)' rsync", at: place.path)
        let result = try CommandResult(
            [
                "sh", "-c", "cd '\(place.path)' && setpriv --reuid=65534 --regid=65534 --clear-groups ./rsync -rRX \(option) a/b to/; echo $?; ls to",
            ], scratch: place.path + "/out")
        #expect(result.output == "23\n", "\(result.output)\(result.errors)")
        #expect(result.errors.contains("get_xattr_data: lgetxattr("))
    }

    /// A file that may not grow that far is an error of writing, and nothing of it stays behind.
    @Test func beyondTheLimitOfFileSizes() throws {
        try compare(
            """
            head -c 100000 /dev/zero >src/d/big; mkdir new; (ulimit -f 20; $RSYNC -rt src/ new/ 2>/dev/null; echo "status $?"); find new | sort
            """, expecting: "status 11")
    }

    private func compare(_ script: String, expecting status: String = "status 23", _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        try SideBySide.compare(Self.prologue + script, expecting: status, sourceLocation)
    }
}
