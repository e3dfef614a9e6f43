/// How files are written: parts, delayed updates, in place, appended, holes, backups.
extension OptionCase {
    private static let aSourceAndB =
        "mkdir src dst; seq 1 9000 >src/a; seq 500 9500 >src/b; touch -d @1000000000 src/a src/b; "
    private static let anOlderA =
        "seq 1 8000 >dst/a; touch -d @900000000 dst/a; "
    private static let withHoles =
        "mkdir src dst; head -c 300000 /dev/zero >src/z; { seq 1 99; head -c 200000 /dev/zero; seq 1 99; head -c 99999 /dev/zero; } >src/h; touch -d @1000000000 src/z src/h; "

    static let writing: [OptionCase] = [
        OptionCase(
            "partial-dir/uses-a-part", covers: ["partial-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir dst/.p; seq 1 8500 >dst/.p/a; touch -d @990000000 src dst",
            ["-ai", "--no-W", "--partial-dir=.p", "--stats"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "partial-dir/drops-the-part-of-what-is-unchanged", covers: ["partial-dir"],
            setUp: aSourceAndB + "cp -p src/* dst; mkdir dst/.p; seq 1 8500 >dst/.p/a; touch -d @990000000 src dst",
            ["-ai", "--partial-dir=.p"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "partial-dir/absolute", covers: ["partial-dir"],
            setUp: aSourceAndB + "mkdir parts; seq 1 8500 >parts/a; seq 1 3 >parts/keep; touch -d @990000000 src dst",
            ["-ai", "--no-W", "--partial-dir=@DIR@/parts"], comparing: [.tree, .status, .stdout], extraTrees: ["parts"]),
        OptionCase(
            "partial-dir/deeper-and-deletion", covers: ["partial-dir"],
            setUp: aSourceAndB + "mkdir -p src/d dst/d/.p/x dst/e/.p; seq 1 50 >src/d/f; seq 1 20 >dst/d/.p/f; seq 1 3 >dst/e/.p/old; touch -d @1000000000 src/d/f src/d; touch -d @990000000 src dst",
            ["-ai", "--no-W", "--delete", "--partial-dir=.p"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "partial-dir/from-the-environment", covers: ["partial"],
            setUp: aSourceAndB + anOlderA + "mkdir dst/.env; seq 1 8500 >dst/.env/a; touch -d @990000000 src dst",
            ["-ai", "--no-W", "--partial"], comparing: [.tree, .status, .stdout], environment: ["RSYNC_PARTIAL_DIR": ".env"]),
        OptionCase(
            "P/keeps-parts-and-shows-progress", covers: ["P"],
            setUp: aSourceAndB + anOlderA + "rm src/b; mkdir dst/.env; seq 1 8500 >dst/.env/a; touch -d @990000000 src dst",
            ["-ai", "--no-W", "-P"], comparing: [.tree, .status, .stdout], environment: ["RSYNC_PARTIAL_DIR": ".env"]),
        OptionCase(
            "partial-dir/not-in-place", covers: ["partial-dir"],
            setUp: aSourceAndB,
            ["-a", "--inplace", "--partial-dir=.p"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "delay-updates/puts-all-in-place", covers: ["delay-updates"],
            setUp: aSourceAndB + anOlderA + "mkdir -p src/d; echo new >src/d/f; touch -d @1000000000 src/d/f src/d; mkdir dst/.~tmp~; seq 1 8500 >dst/.~tmp~/a; mkdir dst/.~tmp~/in-the-way; touch -d @990000000 src dst",
            ["-ai", "--no-W", "--delay-updates"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "delay-updates/with-links-backups-and-deletion", covers: ["delay-updates"],
            setUp: aSourceAndB + anOlderA + "ln src/a src/z; echo gone >dst/gone; cp -p dst/a dst/z; touch -d @990000000 src dst",
            ["-aHi", "--delay-updates", "-b", "--delete"], comparing: [.tree, .status, .stdout],
            unobservable: "what is there in the meantime is gone in the end"),
        OptionCase(
            "delay-updates/own-directory", covers: ["delay-updates"],
            setUp: aSourceAndB + anOlderA + "touch -d @990000000 src dst",
            ["-ai", "--delay-updates", "--partial-dir=@DIR@/parts"], comparing: [.tree, .status, .stdout], extraTrees: ["parts"]),
        OptionCase(
            "temp-dir/same-file-system", covers: ["temp-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir tmp; touch -d @990000000 src dst",
            ["-ai", "--temp-dir=@DIR@/tmp"], comparing: [.tree, .status, .stdout], extraTrees: ["tmp"], unobservable: "what is there in the meantime is gone in the end"),
        OptionCase(
            "temp-dir/relative", covers: ["temp-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir dst/tmp; touch -d @990000000 src dst",
            ["-ai", "--temp-dir=tmp"], comparing: [.tree, .status, .stdout], unobservable: "what is there in the meantime is gone in the end"),
        OptionCase(
            "temp-dir/other-file-system", covers: ["temp-dir"],
            setUp: aSourceAndB + anOlderA + "ln -s /dev/shm tmp; touch -d @990000000 src dst",
            ["-ai", "--temp-dir=@DIR@/tmp"], comparing: [.tree, .status, .stdout], unobservable: "what is there in the meantime is gone in the end"),
        OptionCase(
            "temp-dir/missing", covers: ["temp-dir"],
            setUp: aSourceAndB + anOlderA + "touch -d @990000000 src dst",
            ["-a", "--temp-dir=@DIR@/nowhere"]),
        OptionCase(
            "inplace/keeps-the-file", covers: ["inplace"],
            setUp: aSourceAndB + anOlderA + "ln dst/a dst/other; touch -d @990000000 src dst",
            ["-ai", "--inplace", "--no-W", "--stats"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "inplace/shorter", covers: ["inplace"],
            setUp: aSourceAndB + "seq 1 20000 >dst/a; ln dst/a dst/other; chmod 444 dst/a; touch -d @990000000 src dst",
            ["-ai", "--inplace", "--no-W"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "inplace/blocks-moved", covers: ["inplace"],
            setUp: aSourceAndB + "{ seq 5000 9000; seq 1 5000; } >dst/a; { seq 8000 9500; seq 500 9500; } >dst/b; ln dst/a dst/other; touch -d @990000000 src dst",
            ["-ai", "--inplace", "--no-W", "-B700", "--stats"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "inplace/with-backup", covers: ["inplace"],
            setUp: aSourceAndB + anOlderA + "ln dst/a dst/other; touch -d @990000000 src dst",
            ["-ai", "--inplace", "--no-W", "-b", "--stats"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "inplace/with-backup-whole", covers: ["inplace"],
            setUp: aSourceAndB + anOlderA + "ln dst/a dst/other; touch -d @990000000 src dst",
            ["-ai", "--inplace", "-W", "-b"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "append/adds-the-end", covers: ["append"],
            setUp: aSourceAndB + "seq 1 8000 >dst/a; printf X | dd of=dst/a bs=1 seek=5 conv=notrunc status=none; ln dst/a dst/other; seq 1 20000 >dst/b; touch -d @990000000 src dst",
            ["-ai", "--append", "--stats"], comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "append/old-protocols-verify", covers: ["append"],
            setUp: aSourceAndB + "seq 1 8000 >dst/a; printf X | dd of=dst/a bs=1 seek=5 conv=notrunc status=none; ln dst/a dst/other; touch -d @990000000 src dst",
            ["-ai", "--append"], comparing: [.tree, .status, .stdout], protocols: [27, 29]),
        OptionCase(
            "append/not-whole", covers: ["append"],
            setUp: aSourceAndB,
            ["-a", "--append", "-W"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "append-verify/adds-the-end", covers: ["append-verify"],
            setUp: aSourceAndB + "seq 1 8000 >dst/a; ln dst/a dst/other; seq 1 20000 >dst/b; echo new >src/c; touch -d @1000000000 src/c; touch -d @990000000 src dst",
            ["-ai", "--append-verify", "--stats"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "append-verify/repairs-the-start", covers: ["append-verify"],
            setUp: aSourceAndB + "seq 1 8000 >dst/a; printf X | dd of=dst/a bs=1 seek=5 conv=notrunc status=none; ln dst/a dst/other; touch -d @990000000 src dst",
            ["-a", "--append-verify"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "sparse/leaves-holes", covers: ["sparse"],
            setUp: withHoles + "touch -d @990000000 src dst",
            ["-a", "--sparse"], probe: "for f in dst/*; do set -- $(stat -c '%b %s' $f); [ $(($1 * 512)) -lt $(($2 / 2)) ] && echo $f sparse; done; cmp src/h dst/h; cmp src/z dst/z; true"),
        OptionCase(
            "sparse/in-place", covers: ["sparse", "inplace"],
            setUp: withHoles + "yes | head -c 300000 >dst/z; ln dst/z dst/y; touch -d @990000000 src dst",
            ["-a", "--sparse", "--inplace"], probe: "for f in dst/*; do set -- $(stat -c '%b %s' $f); [ $(($1 * 512)) -lt $(($2 / 2)) ] && echo $f sparse; done; cmp src/h dst/h; cmp src/z dst/z; true"),
        OptionCase(
            "sparse/in-place-with-blocks", covers: ["sparse"],
            setUp: withHoles + "yes | head -c 300000 >dst/z; cp dst/z dst/h; head -c 400000 /dev/zero >dst/q; truncate -s 500000 src/q; touch -d @990000000 src dst",
            ["-a", "--sparse", "--inplace", "--no-W"], probe: "for f in dst/*; do set -- $(stat -c '%b %s' $f); [ $(($1 * 512)) -lt $(($2 / 2)) ] && echo $f sparse; done; cmp src/h dst/h; cmp src/z dst/z; true"),
        OptionCase(
            "preallocate/takes-the-space", covers: ["preallocate"],
            setUp: aSourceAndB + anOlderA + "touch -d @990000000 src dst",
            ["-ai", "--preallocate"], comparing: [.tree, .status, .stdout], unobservable: "the space allocated beforehand is that of the content"),
        OptionCase(
            "preallocate/with-sparse", covers: ["preallocate", "sparse"],
            setUp: withHoles + "touch -d @990000000 src dst",
            ["-a", "--sparse", "--preallocate"], probe: "for f in dst/*; do set -- $(stat -c '%b %s' $f); [ $(($1 * 512)) -lt $(($2 / 2)) ] && echo $f sparse; done; cmp src/h dst/h; cmp src/z dst/z; true", unobservable: "which holes are left is the file system's"),
        OptionCase(
            "fsync/flushes", covers: ["fsync"],
            setUp: aSourceAndB + anOlderA + "touch -d @990000000 src dst",
            ["-ai", "--fsync"], comparing: [.tree, .status, .stdout], unobservable: "what is on the disk shows after a power failure only"),
        OptionCase(
            "backup/keeps-what-is-replaced", covers: ["backup"],
            setUp: aSourceAndB + anOlderA + "ln -s x dst/l; ln -s y src/l; mkfifo dst/b; touch -h -d @1000000000 src/l; touch -d @990000000 src dst",
            ["-ai", "--backup"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup/and-deleted", covers: ["backup"],
            setUp: aSourceAndB + anOlderA + "echo gone >dst/gone; echo kept >dst/kept~; mkdir -p dst/d/e; echo deep >dst/d/e/f; ln -s x dst/sym; touch -d @800000000 dst/gone; touch -d @990000000 src dst",
            ["-ai", "-b", "--delete"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup/and-deleted-excluded", covers: ["backup"],
            setUp: aSourceAndB + anOlderA + "echo gone >dst/gone; echo kept >dst/kept~; touch -d @990000000 src dst",
            ["-ai", "-b", "--delete-excluded"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup/verbose", covers: ["backup"],
            setUp: aSourceAndB + anOlderA + "echo gone >dst/gone; touch -d @990000000 src dst",
            ["-avv", "-b", "--delete"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup/linked-groups", covers: ["backup"],
            setUp: aSourceAndB + "ln src/a src/z; seq 1 80 >dst/a; ln dst/a dst/z; touch -d @900000000 dst/a; touch -d @990000000 src dst",
            ["-aHi", "-b"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup/file-for-a-directory", covers: ["backup"],
            setUp: aSourceAndB + "mkdir -p dst/a; echo x >dst/a/x; mkdir src/e; echo f >dst/e; touch -d @1000000000 src/e; touch -d @990000000 src dst",
            ["-ai", "-b", "--delete"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "suffix/names-the-backup", covers: ["suffix"],
            setUp: aSourceAndB + anOlderA + "echo gone >dst/gone; echo old >dst/a.old; echo k >dst/k.old; touch -d @990000000 src dst",
            ["-ai", "-b", "--suffix=.old", "--delete"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "suffix/no-slash", covers: ["suffix"],
            setUp: aSourceAndB,
            ["-a", "-b", "--suffix=x/y"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "suffix/not-empty", covers: ["suffix"],
            setUp: aSourceAndB,
            ["-a", "-b", "--suffix="], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "backup-dir/relative", covers: ["backup-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir -p src/d dst/d; seq 1 5 >src/d/f; seq 1 4 >dst/d/f; chmod 750 dst/d; echo gone >dst/gone; echo gone >dst/d/gone; touch -d @1000000000 src/d/f src/d; ln -s x dst/sym; touch -d @990000000 src dst",
            ["-ai", "--backup-dir=bk", "--delete", "--exclude=/bk"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup-dir/absolute", covers: ["backup-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir -p src/d dst/d; seq 1 5 >src/d/f; seq 1 4 >dst/d/f; echo gone >dst/gone; touch -d @1000000000 src/d/f src/d; touch -d @990000000 src dst",
            ["-avv", "--backup-dir=@DIR@/bk/deep", "--suffix=.s", "--delete"], comparing: [.tree, .status, .stdout], extraTrees: ["bk"]),
        OptionCase(
            "backup-dir/above", covers: ["backup-dir"],
            setUp: aSourceAndB + anOlderA + "mkdir bk; echo in >bk/a; echo old >dst/b; touch -d @990000000 src dst",
            ["-ai", "--backup-dir=../bk"], comparing: [.tree, .status, .stdout], extraTrees: ["bk"]),
        OptionCase(
            "backup-dir/other-file-system", covers: ["backup-dir"],
            setUp: aSourceAndB + anOlderA + "ln -s x dst/sym; d=$(mktemp -d /dev/shm/ebbXXXXXX); ln -s $d bk; touch -d @990000000 src dst",
            ["-ai", "--backup-dir=@DIR@/bk", "--delete"], comparing: [.tree, .status, .stdout], probe: "find bk/ -type f -o -type l | sort; cksum <bk/a; rm -rf $(readlink bk)"),
    ]
}
