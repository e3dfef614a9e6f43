import Glibc
import PeerKit
import Testing

/// Programs that call `rsync` by name work the same when that name leads to ours.
///
/// Each job is done twice from the same start, once with stock rsync and once with a link to ours in its place, and must
/// leave the same trees, hard links between them included.
struct WrapperTests {
    private static let stock = "/usr/bin/rsync"

    /// A source that changes between runs: `round 0` makes it, each further number changes something else.
    private static let source = """
        round() {
          case $1 in
          0) mkdir -p src/docs/old src/pics src/skip; seq 1 9000 >src/docs/big; seq 1 50 >src/docs/old/note; echo p >src/pics/one
             ln src/docs/big src/docs/big-too; ln -s big src/docs/link; echo no >src/skip/this; mkfifo src/pipe; chmod 640 src/pics/one ;;
          1) seq 2 9001 >src/docs/big; rm src/docs/old/note; echo new >src/docs/new ;;
          2) mv src/pics/one src/pics/two; chmod 600 src/docs/new; rm -r src/docs/old ;;
          esac
          find src -newermt 2001-01-01 -depth -exec touch -h -d "@$((900000000 + $1 * 1000)).5" {} +
        }

        """

    /// What is there, with link counts and times, and which names share an inode.
    private static let listing = """
        list() { (cd "$1" && find . ! -type d -printf '%y %m %U %G %s %n %T@ %p -> %l\\n' -o -printf '%y %m %U %G %T@ %p\\n' | sort
                  find . -type f -links +1 -printf '%i %p\\n' | sort -k2 |
                    awk '!($1 in group) { group[$1] = ++groups } { print group[$1], $2 }'); }

        """

    /// Runs the script with `$RSYNC` and, first in PATH, a program called `rsync`; returns what it printed.
    private func run(_ script: String, with program: String) throws -> String {
        let place = try TemporaryDirectory(prefix: "ebb-wrapper")
        let prologue = """
            cd '\(place.path)'; mkdir bin; ln -s '\(program)' bin/rsync; PATH=$PWD/bin:$PATH; RSYNC=$PWD/bin/rsync; export PATH
            umask 022

            """
        let result = try CommandResult(
            ["bash", "-euc", prologue + Self.source + Self.listing + script], scratch: place.path + "/job")
        #expect(result.status == 0, "\(program): status \(result.status): \(result.errors)")
        return result.output
    }

    private func compare(_ script: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = try run(script, with: Self.stock)
        #expect(!expected.isEmpty, sourceLocation: sourceLocation)
        #expect(try run(script, with: Programs.ebb) == expected, sourceLocation: sourceLocation)
    }

    private static let canRotate =
        unsafe access("/usr/bin/rsnapshot", X_OK) == 0 || Programs.variable("CI") != nil

    @Test(.enabled(if: canRotate, "rsnapshot is not installed"), arguments: [0, 1])
    func rsnapshotRotates(linkDest: Int) throws {
        try compare(
            """
            t=$(printf '\\t'); cat >conf <<END
            config_version${t}1.2
            snapshot_root${t}$PWD/snap/
            cmd_rsync${t}$RSYNC
            cmd_cp${t}/bin/cp
            cmd_rm${t}/bin/rm
            lockfile${t}$PWD/lock
            link_dest${t}\(linkDest)
            retain${t}alpha${t}3
            exclude${t}skip
            backup${t}$PWD/src/${t}host/
            END
            for n in 0 1 2; do round $n; rsnapshot -c conf alpha; done
            find snap -depth -type d ! -path '*/src*' -exec touch -d @1 {} +
            for n in 0 1 2; do mv "snap/alpha.$n/host$PWD/src" snap/$n; rm -r snap/alpha.$n; done
            touch -d @1 snap; list snap
            """)
    }

    /// As rsync-time-backup does it: a dated directory, `latest`, and `--link-dest` to the previous one.
    @Test func datedSnapshotsLinkToTheLatest() throws {
        try compare(
            """
            mkdir backups
            for n in 0 1 2; do
              round $n; previous=; [ ! -e backups/latest ] || previous="--link-dest=$PWD/backups/latest"
              rsync -D --numeric-ids --links --hard-links --one-file-system --itemize-changes --times --recursive --perms \\
                --owner --group --stats --human-readable --log-file=log --exclude=/skip $previous -- src/ backups/day-$n/ >/dev/null
              ln -sfn day-$n backups/latest
            done
            touch -h -d @1 backups backups/latest; list backups
            """)
    }
}
