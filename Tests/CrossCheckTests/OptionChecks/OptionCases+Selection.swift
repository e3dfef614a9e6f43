extension OptionCase {
    static let selection: [OptionCase] = [
        OptionCase(
            "recursive/goes-down", covers: ["recursive"],
            setUp: "mkdir -p src/a/b dst; echo 1 >src/a/b/c; echo 2 >src/d; touch -d 2020-02-02 src/a/b/c src/a/b src/a src/d src",
            ["-rt"], comparing: [.tree, .status, .stdout, .stderr]),
        OptionCase(
            "update/leaves-what-is-newer", covers: ["update"],
            setUp: """
                mkdir src dst; echo new >src/a; echo other >src/b; echo old >dst/a; echo mine >dst/b
                touch -d 2020-02-02 src/a src/b dst/a; touch -d 2021-02-02 dst/b; touch -d 2020-01-01 src dst; touch -d 2019-01-01 dst/a
                """,
            ["-aui"], comparing: [.tree, .status, .stdout]),
        OptionCase("max-size/leaves-out-larger", covers: ["max-size"], setUp: sized, ["-rlt", "--max-size=5000"]),
        OptionCase("min-size/leaves-out-smaller", covers: ["min-size"], setUp: sized, ["-rltH", "--min-size=4.8k"]),
        OptionCase(
            "modify-window/takes-near-times-for-equal", covers: ["modify-window"], setUp: sized,
            ["-rlti", "--modify-window=3"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "fuzzy/for-an-empty-file", covers: ["fuzzy"],
            setUp: "mkdir -p src dst; seq 99 >dst/sub; chmod 444 dst/sub; : >src/foobar; chmod 600 src/foobar\n",
            ["-rt", "-y"], protocols: [29, 30, 31, 32]),
        OptionCase(
            "fuzzy/whole-files-stay-candidates", covers: ["fuzzy"],
            setUp: "mkdir -p src dst; seq 99 >dst/core; chmod 606 dst/core; for f in adash core foobar; do echo $f >src/$f; done; chmod 640 src/*\n",
            ["-rt", "-W", "-y"], protocols: [29, 30, 31, 32]),
        OptionCase(
            "chmod/a-new-destination-behind-a-name", covers: ["chmod"], setUp: "mkdir src; echo 1 >'src/#hash'\n", ["-r", "--chmod=D700,F604"]),
        OptionCase(
            "delete/a-destination-that-cannot-be-read", covers: ["delete"],
            setUp: "mkdir -p src/d dst/d dst/e; touch src/a src/d/q dst/x dst/d/y dst/e/z; chmod 777 dst dst/e; chmod 733 dst/d\n",
            ["-r", "--delete"], comparing: [.tree, .status, .wholeStderr], roles: [.local, .wePull, .stockPulls], asNobody: true),
        // A name of one byte is as long as that of a root.
        OptionCase(
            "partial-dir/a-file-in-the-way", covers: ["partial-dir"],
            setUp: "mkdir src dst; echo new >src/f; echo x >dst/p; touch -d @1000000000 src/f\n", ["-rt", "--partial-dir=p", "--delay-updates"],
            unobservable: "the directory is gone in the end"),
        OptionCase(
            "backup-dir/a-file-in-the-way", covers: ["backup-dir"],
            setUp: "mkdir -p src/d dst/d bak; echo new >src/d/x; echo old >dst/d/x; echo y >bak/d; touch -d @1000000000 src/d/x\n",
            ["-rtb", "--backup-dir=../bak"], extraTrees: ["bak"]),
        OptionCase(
            "backup-dir/the-destination-behind-a-link", covers: ["backup-dir"],
            setUp: "mkdir -p src/link dst/b/link; echo only >dst/b/link/x; ln -s b/link dst/link\n",
            ["-rbK", "--delete", "--exclude=/b", "--backup-dir=b"], unobservable: "there is no other place"),
        OptionCase(
            "backup-dir/the-destination-itself", covers: ["backup-dir"],
            setUp: "mkdir -p src dst; echo old >dst/f; echo newer >src/f; touch -d @1000000000 src/f\n",
            ["-rtb", "--backup-dir=../dst"], unobservable: "there is no other place"),
        OptionCase(
            "modify-window/with-checksums", covers: ["modify-window", "checksum"],
            setUp: "mkdir -p src/d dst/d; echo 1 >src/a; echo 1 >dst/a; ln -s a src/l; ln -s a dst/l; mkfifo src/p dst/p\n"
                + "touch -h -d @1000000001 src/* src; touch -h -d @1000000002.5 dst/* dst\n",
            ["-aci", "--modify-window=3"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "modify-window/with-update", covers: ["modify-window"],
            setUp: """
                mkdir src dst; echo longer >src/a; echo short >dst/a; cp dst/a dst/b; cp src/a src/b
                touch -d @1000000000 src/a src/b src dst; touch -d @1000000003 dst/a; touch -d @1000000009 dst/b
                """,
            ["-rltui", "-@", "5"],
            comparing: [.tree, .status, .stdout],
            unobservable: "what is newer by less than the window is left alone all the same"),
        OptionCase(
            "safe-links/leaves-out-what-leads-outside", covers: ["safe-links"], setUp: sized, ["-rltv", "--safe-links"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-missing-args/goes-on", covers: ["ignore-missing-args"], setUp: sized,
            ["-rlt", "--ignore-missing-args"], sources: ["src/nope", "src/d"]),
        OptionCase(
            "files-from/names-of-a-file", covers: ["files-from"], setUp: listed, ["-ai", "--files-from=list"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "files-from/recursing", covers: ["files-from"], setUp: listed, ["-rlti", "--files-from=list"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "files-from/without-relative", covers: ["files-from"], setUp: listed, ["-ai", "--no-R", "--files-from=list"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "files-from/nul-terminated", covers: ["files-from", "from0"], setUp: listed, ["-ai", "-0", "--files-from=list0"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "files-from/on-the-far-side", covers: ["files-from"], setUp: listed, ["-ai", "--files-from=:@DIR@/list"],
            comparing: [.tree, .status, .stdout], roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "files-from/what-is-missing", covers: ["files-from"], setUp: listed + "; echo nope >>list; echo ../x >>list",
            ["-ai", "--files-from=list"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "one-file-system/one-only", covers: ["one-file-system"], setUp: sized, ["-rltx", "--delete"],
            unobservable: "a job mounts nothing"),
        OptionCase("drop-D/makes-no-nodes-here", covers: ["drop-D"], setUp: withAFifo, ["-a", "--drop-D"]),
        OptionCase("drop-D/makes-none-over-there", covers: ["remote-option"], setUp: withAFifo, ["-a", "-M--drop-D"], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "mkpath/makes-all-that-is-missing", covers: ["mkpath"], setUp: withEmpty, ["-ai", "--mkpath"],
            destination: "new/a/dst/", comparing: [.tree, .status, .stdout], extraTrees: ["new"]),
        OptionCase(
            "mkpath/for-one-file", covers: ["mkpath"], setUp: withEmpty, ["-tv", "--mkpath"], sources: ["src/f"],
            destination: "new/a/other", comparing: [.tree, .status, .stdout], extraTrees: ["new"]),
        OptionCase(
            "prune-empty-dirs/with-deletion", covers: ["prune-empty-dirs"], setUp: withEmpty,
            ["-aim", "--delete", "--exclude=*.o"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "prune-empty-dirs/rules-keep-some", covers: ["prune-empty-dirs"], setUp: withEmpty,
            ["-aim", "--exclude=*.o", "-f", "P /e/in/"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "no-implied-dirs/leaves-them-alone", covers: ["no-implied-dirs"], setUp: withEmpty,
            ["-aiR", "--no-implied-dirs"], sources: ["src/./full/below"], comparing: [.tree, .status, .stdout],
            protocols: [30, 31, 32]),
        OptionCase(
            "old-dirs/only-one-level", covers: ["old-dirs"], setUp: withEmpty, ["-ti", "--old-dirs"],
            comparing: [.tree, .status, .stdout]),
    ]

    private static let withEmpty = """
        mkdir -p src/e/in src/full/below src/o dst/e/in dst/full/kept; echo 1 >src/f; echo 2 >src/full/below/x; echo 3 >src/o/a.o
        chmod 700 src/full; find src dst -depth -exec touch -h -d @1000000000 {} +; touch -d @1100000000 dst/full
        """

    private static let withAFifo =
        "mkdir -p src/d dst; echo 1 >src/a; mkfifo src/d/p; find src -exec touch -h -d @1000000000 {} +"

    private static let listed = """
        mkdir -p src/d/e src/top/x dst/d; echo 1 >src/a; echo 2 >src/d/b; echo 3 >src/d/e/c; echo 4 >'src/;s'; echo 6 >src/top/t
        printf 'a\\nd/e\\n\\n#h\\n;c\\r\\ntop/\\n./d/b\\nd/./e/c\\n' >list; printf 'a\\0\\0d/b' >list0
        find src dst -exec touch -h -d @1000000000 {} +
        """

    private static let sized = """
        mkdir -p src/d dst/d; head -c 100 /dev/zero >src/s; head -c 5000 /dev/zero >src/m; head -c 90000 /dev/zero >src/d/l
        ln src/s src/hs; ln -s ../../etc/passwd src/d/u1; ln -s ../s src/d/ok; ln -s /abs src/abs; ln -s s/../x src/late
        ln -s a/.. src/la; ln -s .. src/up; cp src/m dst/m; find src -exec touch -h -d @1000000000 {} +
        touch -d @1000000003 dst/m
        """
}
