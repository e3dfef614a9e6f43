/// What random jobs have found, each as the smallest job that showed it.
extension OptionCase {
    /// A file about to be replaced, below directories of another owner, one of them setgid.
    private static let ownedDirectories = """
        umask 0; for t in src dst; do mkdir -p $t/d/e; echo $t >$t/d/e/f; chown 1000:1001 $t/d $t/d/e; chmod 2775 $t/d; chmod 777 $t/d/e; done
        echo more >>src/d/e/f; touch -d @1000000000 src/d/e/f dst/d/e/f src/d/e src/d src dst/d/e dst/d dst

        """
    /// A file about to be written over that has an owner, a time and an attribute of its own.
    private static let ownFile = """
        mkdir src dst; seq 1 900 >src/f; seq 2 900 >dst/f; chmod 757 dst/f; chown 5:6 dst/f
        setfattr -n user.x -v y dst/f; touch -d @1000000000 dst/f dst

        """
    private static let linkToACopy = """
        mkdir -p src dst ref; for n in b c d e f; do seq 9 >src/$n-1; ln src/$n-1 src/$n-2; touch -d @1000000000 src/$n-1
        cp -p src/$n-1 ref/$n-1; cp -p src/$n-1 ref/$n-2; done
        chown 9:9 ref/[bcde]-1; chmod 600 ref/c-2; chgrp 7 ref/d-2; touch -d @5 ref/e-2; touch -d @1000000000 src dst ref

        """
    private static let twoNames = "mkdir src dst; echo a >src/a; chmod 600 src/a; ln src/a src/b; touch -d @1000000000 src/a src; cp -a src/a dst/a; "

    static let found: [OptionCase] = [
        // The second name has an equal in the alternate directory, but waits for the data of the first.
        OptionCase(
            "copy-dest/equal-of-a-link-that-waits", covers: ["copy-dest"],
            setUp: "mkdir -p src/d dst ref/d; seq 9 >src/d/b; ln src/d/b src/a; cp -p src/d/b ref/d/b; echo old >ref/a",
            ["-rHi", "--no-inc-recursive", "--copy-dest=../ref"], comparing: [.tree, .status, .stdout]),
        // The first name is copied here, the second one compared with its equal, or with what differs in its group or time.
        OptionCase(
            "copy-dest/link-to-a-copy", covers: ["copy-dest"], setUp: linkToACopy, ["-aHi", "--no-inc-recursive", "--copy-dest=../ref"],
            comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase(
            "compare-dest/link-to-a-copy", covers: ["compare-dest"], setUp: linkToACopy,
            ["-aHi", "--no-inc-recursive", "--compare-dest=../ref"], comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase(
            "link-dest/link-to-another", covers: ["link-dest"], setUp: linkToACopy, ["-aHi", "--no-inc-recursive", "--link-dest=../ref"],
            comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase(
            "link-dest/equal-of-a-link-that-waits", covers: ["link-dest"],
            setUp: "mkdir -p src/d dst ref/d; seq 9 >src/d/b; ln src/d/b src/a; cp -p src/d/b ref/d/b; echo old >ref/a",
            ["-rHi", "--no-inc-recursive", "--link-dest=../ref"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "backup-dir/directories-look-alike", covers: ["backup-dir"], setUp: ownedDirectories,
            ["-a", "--backup-dir=../bk"], needsRoot: true, extraTrees: ["bk"]),
        OptionCase(
            "backup-dir/directories-without-permissions", covers: ["backup-dir"], setUp: ownedDirectories,
            ["-rog", "--backup-dir=../bk"], needsRoot: true, extraTrees: ["bk"]),
        OptionCase(
            "backup-dir/directories-with-lists", covers: ["backup-dir"], setUp: ownedDirectories + "setfacl -m u:7:rwx src/d dst/d",
            ["-aA", "--backup-dir=../bk"], protocols: [30, 31, 32], needsRoot: true, extraTrees: ["bk"]),
        OptionCase(
            "backup-dir/made-for-nothing-in-place", covers: ["backup-dir"],
            setUp: "mkdir -p src/d dst; echo a >src/d/f; chmod 700 src/d; touch -d @1000000000 src/d src dst",
            ["-a", "--inplace", "--backup-dir=bk"], protocols: [27, 28, 29]),
        OptionCase(
            "backup/of-what-is-written-over", covers: ["backup"], setUp: ownFile, ["-r", "--inplace", "-b"], needsRoot: true),
        OptionCase(
            "backup/of-what-is-written-over-with-all", covers: ["backup"], setUp: ownFile, ["-aX", "--inplace", "-b"],
            protocols: [30, 31, 32], needsRoot: true),
        OptionCase(
            "backup/whole-seconds", covers: ["backup"],
            setUp: ownFile + "touch -d @1000000000.5 dst/f", ["-a", "--inplace", "-b"], needsRoot: true),
        OptionCase(
            "suffix/a-directory-called-like-a-backup", covers: ["suffix"],
            setUp: "mkdir -p src/g~ dst; echo a >dst/g~; touch -d @1000000000 src/g~ src dst/g~ dst", ["-r", "-b", "--suffix=~"],
            unobservable: "it is the suffix that stands without it"),
        OptionCase(
            "recursive/below-a-setgid-directory", covers: ["recursive"],
            setUp: "mkdir -p src/d/e dst/d; echo a >src/d/e/f; chmod 700 src/d/e; chmod 2775 dst/d; touch -d @1000000000 src/d/e src/d src",
            ["-r"]),
        OptionCase(
            "hard-links/for-a-symlink", covers: ["hard-links"], setUp: twoNames + "ln -s zz dst/b", ["-aHi"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "hard-links/for-a-fifo", covers: ["hard-links"], setUp: twoNames + "mkfifo dst/b", ["-aHi", "--no-t"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "super/after-fake-super", covers: ["super"],
            setUp: "mkdir src dst; echo a >src/a; chown 5:6 src/a; touch -d @1000000000 src/a src", ["-a", "--fake-super", "--super"],
            roles: [.local, .wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "fake-super/time-of-a-new-symlink", covers: ["fake-super"],
            setUp: "mkdir src dst; ln -s zz src/l; touch -h -d @1000000000 src/l src", ["-aJ", "--fake-super"],
            roles: [.local, .wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "checksum-choice/none-where-no-sum-is-needed", covers: ["checksum-choice"], setUp: "mkdir -p src/d dst; ln -s x src/l",
            ["-rlc", "--cc=none"], unobservable: "no sum is made"),
        OptionCase(
            "temp-dir/copies-from-a-reference", covers: ["temp-dir"],
            setUp: "mkdir src dst ref tmp; echo a >src/a; cp -p src/a ref; chmod 600 src/a; touch -d @1000000000 src/a ref/a tmp src",
            ["-a", "--link-dest=@DIR@/ref", "--temp-dir=@DIR@/tmp"], extraTrees: ["tmp"]),
        OptionCase(
            "link-dest/a-directory-with-other-attributes", covers: ["link-dest"],
            setUp: "mkdir -p src/d src/e dst ref/d ref/e; chmod 700 ref/d; touch -d @1000000000 src/d src/e ref/d ref/e src ref",
            ["-rpi", "--link-dest=../ref"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "append/attributes-before-the-second-try", covers: ["append"],
            setUp: "mkdir src dst; seq 1 900 >src/f; chmod 600 src/f; echo zz >dst/f; chmod 755 dst/f; touch -d @1000000000 src/f src dst",
            ["-ai", "--append"], comparing: [.tree, .status, .stdout], protocols: [29]),
        OptionCase(
            "append-verify/attributes-before-the-second-try", covers: ["append-verify"],
            setUp: "mkdir src dst; seq 1 900 >src/f; chmod 600 src/f; echo zz >dst/f; chmod 755 dst/f; touch -d @1000000000 src/f src dst",
            ["-ai", "--append-verify"], comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "existing/a-file-for-a-directory", covers: ["existing"],
            setUp: "mkdir -p src/d dst; echo a >src/d/f; echo b >dst/d; touch -d @1000000000 src/d src dst/d dst", ["-a", "--existing"]),
        OptionCase(
            "super/closed-directories", covers: ["super"],
            setUp: "mkdir -p src/d src/e/f dst/e; chmod 555 src/d src/e src/e/f dst/e; touch -d @1000000000 src/d src/e/f src/e src dst/e dst",
            ["-rt", "--no-super", "-M--no-super"], needsRoot: true,
            unobservable: "root has its directories' permissions as they are to be at once"),
    ]
}
