/// Where two options meet: found by random jobs, by hand, and in cases that once did not hold.
extension OptionCase {
    /// A directory and an empty one; at the destination a file and a fifo stand in their places.
    private static let inTheWay = """
        mkdir -p src/d/s src/empty src/k dst/k; echo a >src/d/f; echo b >src/d/s/g; ln -s f src/d/l; echo w >src/k/w; echo x >dst/k/x
        echo file >dst/d; mkfifo dst/empty; echo z >src/z; touch -h -d @1000000000 dst/d dst/empty dst/k/x src/d/s/g src/d/* src/k/w src/z src/*
        touch -d @1000000000 dst/k src

        """

    /// A file of three names, and another of two.
    private static let threeNames = """
        mkdir src dst ref; echo a >src/a; ln src/a src/b; ln src/a src/c; echo d >src/d; ln src/d src/e; touch -d @1000000000 src/a src/d src

        """

    /// Rules in `d` and `d/e` about what lies beside them.
    private static let rulesAside = """
        mkdir -p src/d/e/g src/sub/y src/q dst other; for n in d/a d/b d/e/a d/e/k d/e/g/k x.o sub/foo sub/k sub/y/k q/a q/x.o; do echo $n >src/$n; done
        echo '- x.o' >src/d/.r; echo '- k' >src/d/e/.r; echo '- foo' >src/sub/.r; echo x >other/x.o

        """

    private static func rulesStay(_ slug: String, _ sources: [String], _ arguments: [String] = ["-rR", "--no-inc-recursive"]) -> OptionCase {
        OptionCase(
            "filter/rules-above-\(slug)", covers: ["filter"], setUp: rulesAside, arguments + ["-f: .r"], sources: sources,
            protocols: [29, 30, 31, 32])
    }

    private static let threeSymlinks = """
        mkdir src dst ref; ln -s x src/a; ln src/a src/b; ln src/a src/c; touch -h -d @1000000000 src/a src

        """

    private static func referenceHolds(_ slug: String, _ setUp: String, _ names: String, changes: Bool = true) -> OptionCase {
        OptionCase(
            "compare-dest/\(slug)", covers: ["compare-dest"],
            setUp: setUp + "for f in \(names); do cp -Pp src/$f ref/$f; done\n",
            ["-aHi", "--no-inc-recursive", "--compare-dest=../ref"], comparing: [.tree, .status, .stdout],
            unobservable: changes ? nil : "what comes for the last name is linked to")
    }

    /// Rules that cannot be said below 29, for one side alone.
    private static func oldRule(_ slug: String, _ rule: String) -> OptionCase {
        OptionCase(
            "filter/\(slug)-for-one-side", covers: ["filter"], setUp: "mkdir src dst; echo a >src/x; echo b >src/y; echo '- y' >src/.r", ["-r", "-f\(rule)"],
            protocols: [27, 28, 29], unobservable: "some decide nothing here, and some are refused")
    }

    static let corners: [OptionCase] = [
        oldRule("files-of-the-sender", ":s .r"), oldRule("files-of-the-receiver", ":r .r"), oldRule("others-of-the-sender", "-!s x"),
        oldRule("others-of-the-receiver", "-!r x"), oldRule("absolute-of-the-sender", "-/s x"), oldRule("perishable-of-the-sender", "-sp x"),
        oldRule("perishable-of-the-receiver", "-rp x"),
        OptionCase(
            "filter/files-named-again-below", covers: ["filter"],
            setUp: "mkdir -p src/d/e dst; for d in . d d/e; do echo x >src/$d/x; echo y >src/$d/y; echo '- x' >src/$d/.q; done; echo ': .q' >src/.r; printf '!\\n: .q\\n' >src/d/.r",
            ["-r", "-f: .r"], protocols: [29, 30, 31, 32]),
        OptionCase(
            "filter/files-named-again-below-what-is-not-inherited", covers: ["filter"],
            setUp: "mkdir -p src/d/e dst; for d in . d d/e; do echo x >src/$d/x; echo y >src/$d/y; echo '- x' >src/$d/.q; done; echo ': .q' >src/.r; cp src/.r src/d",
            ["-r", "-f:n .r"], protocols: [29, 30, 31, 32]),
        rulesStay("a-directory", ["src/./d/e", "src/./x.o", "src/./sub"]),
        rulesStay("a-file", ["src/./d/e/a", "src/./sub", "src/./x.o"]),
        rulesStay("the-same-directory", ["src/./d/e/a", "src/./d/b", "src/./d/e/k", "src/./x.o"]),
        rulesStay("a-sibling", ["src/./d/e/a", "src/./d/e/g/k", "src/./sub/y/k", "src/./sub/k", "src/./x.o"]),
        rulesStay("what-is-left-out", ["src/./d/e/a", "src/./q/x.o", "src/./x.o"]),
        rulesStay("nothing-new", ["src/./d/e/a", "src/./q", "src/./d/a", "src/./x.o"]),
        rulesStay("the-root", ["src/./d/e/a", "src/./"]),
        rulesStay("another-root", ["src/./d/a", "other/./x.o"]),
        rulesStay("names-of-a-list", ["src/./d/a", "src/./x.o", "src/./q/a", "src/./q/x.o"], ["-R"]),
        rulesStay("arguments-with-lists-for-each-directory", ["src/./d/e", "src/./d/a", "src/./x.o", "src/./sub"], ["-rR"]),
        OptionCase(
            "ignore-existing/a-file-for-a-directory", covers: ["ignore-existing"], setUp: inTheWay, ["-ai", "--ignore-existing"],
            comparing: .everything),
        OptionCase(
            "ignore-existing/a-file-for-a-directory-in-words", covers: ["ignore-existing"], setUp: inTheWay,
            ["-rlpvv", "--ignore-existing"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-existing/a-file-for-a-directory-dry-run", covers: ["ignore-existing"], setUp: inTheWay,
            ["-ain", "--ignore-existing"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-existing/a-file-for-a-directory-and-deletions", covers: ["ignore-existing"], setUp: inTheWay,
            ["-ai", "--ignore-existing", "--delete"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "ignore-existing/a-file-for-a-directory-and-deletions-first", covers: ["ignore-existing"], setUp: inTheWay,
            ["-ai", "--ignore-existing", "--delete-before"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "ignore-existing/a-file-for-a-directory-and-deletions-later", covers: ["ignore-existing"], setUp: inTheWay,
            ["-ai", "--ignore-existing", "--delete-delay"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "ignore-existing/and-existing", covers: ["ignore-existing"], setUp: inTheWay, ["-ai", "--ignore-existing", "--existing"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-existing/without-times-of-directories", covers: ["ignore-existing"], setUp: inTheWay, ["-aiO", "--ignore-existing"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-existing/too-large-below-a-file", covers: ["ignore-existing"], setUp: "mkdir -p src/d dst; seq 1 99 >src/d/f; echo b >dst/d; touch -d @1000000000 src/d/f src/d src dst/d",
            ["-ai", "--ignore-existing", "--max-size=20"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "ignore-existing/links-below-a-file", covers: ["ignore-existing"],
            setUp: "mkdir -p src/d dst; ln -s l src/d/l; ln src/d/l src/k; echo a >src/d/f; ln src/d/f src/z; echo b >dst/d; touch -h -d @1000000000 src/k src/z src/d src dst/d",
            ["-aHi", "--no-inc-recursive", "--ignore-existing"], comparing: .everything),
        referenceHolds("first-name-of-a-group", threeNames, "a d", changes: false),
        referenceHolds("middle-name-of-a-group", threeNames, "b", changes: false),
        referenceHolds("last-name-of-a-group", threeNames, "c e"),
        referenceHolds("first-and-last-name-of-a-group", threeNames, "a c d e"),
        referenceHolds("first-symlink-of-a-group", threeSymlinks, "a"),
        referenceHolds("first-symlinks-of-a-group", threeSymlinks, "a b"),
        referenceHolds("all-symlinks-of-a-group", threeSymlinks, "a b c"),
        OptionCase(
            "compare-dest/all-names-of-a-group", covers: ["compare-dest"],
            setUp: threeNames + "for f in a b c d e; do cp -p src/$f ref/$f; done; echo n >dst/b; cp -p src/d dst/d\n",
            ["-aHi", "--compare-dest=../ref"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "compare-dest/a-name-of-a-group-with-other-permissions", covers: ["compare-dest"],
            setUp: threeNames + "cp -p src/b src/e ref; chmod 600 ref/b ref/e\n",
            ["-aHi", "--compare-dest=../ref"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "compare-dest/a-present-name-of-a-group", covers: ["compare-dest"],
            setUp: threeNames + "cp -p src/b src/d ref; cp -p src/b dst; echo n >dst/d\n",
            ["-aHi", "--no-inc-recursive", "--compare-dest=../ref"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "copy-dest/without-times", covers: ["copy-dest"],
            setUp: "mkdir -p src/k dst ref; echo a >src/d; ln -s x src/l; mkfifo src/f; touch -h -d @1000000000 src/d src/l src/f src/k src; cp -a src/. ref",
            ["-rlDi", "--copy-dest=../ref"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "inplace/and-a-directory-for-temporary-files", covers: ["inplace"],
            setUp: "mkdir src dst ref tmp; echo a >src/a; cp src/a ref; chmod 600 src/a; touch -d @1000000000 src/a ref/a tmp src",
            ["-a", "--inplace", "--copy-dest=../ref", "--temp-dir=@DIR@/tmp"], extraTrees: ["tmp"]),
        OptionCase(
            "backup-dir/made-by-a-deletion-further-down", covers: ["backup-dir"],
            setUp: "mkdir -p src/d dst/d; echo >dst/d/f; touch -d @1000000000 dst/d/f src/d src dst/d dst",
            ["-a", "--delete", "-b", "--backup-dir=bak"]),
        OptionCase(
            "backup-dir/made-by-an-update-further-down", covers: ["backup-dir"],
            setUp: "mkdir -p src/d dst/d; ln -s o dst/d/l; ln -s n src/d/l; touch -h -d @1000000000 dst/d/l src/d/l; touch -d @1000000000 src/d src dst/d dst",
            ["-a", "-b", "--backup-dir=bak"]),
        OptionCase(
            "backup-dir/made-by-a-second-update-further-down", covers: ["backup-dir"],
            setUp: "mkdir -p src/d dst/d; ln -s o dst/d/l; ln -s n src/d/l; ln -s k src/d/k; touch -h -d @1000000000 dst/d/l src/d/l src/d/k; touch -d @1000000000 src/d src dst/d dst",
            ["-a", "-b", "--backup-dir=bak"], protocols: [27, 29]),
    ]
}
