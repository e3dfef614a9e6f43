extension OptionCase {
    /// A source with rule files and a destination that has things to protect.
    private static let ruled = """
        mkdir -p src/d/e src/CVS src/sub dst/d/e dst/gone/sub
        for name in d/a d/b d/e/a d/e/k x.o y.c sub/foo CVS/q; do echo $name >src/$name; done
        printf '%s\\n' '- a' '+ k' '- *' >src/d/.r; cp src/d/.r dst/d/.r; echo '- k' >dst/gone/.r
        echo 'b sub' >src/d/.cvsignore; echo '- y.c' >src/.rsync-filter; echo '- foo' >src/sub/.rsync-filter
        echo '- zz' >dst/d/.rsync-filter
        for name in d/zz d/e/k x.o y.c gone/k gone/sub/p.o; do echo mine >dst/$name; done
        find src dst -exec touch -h -d @1000000000 {} +
        """

    /// What has arrived, without the path of the job's directory.
    private static let withoutDirectory = "find dst -type f | sed 's|.*/src/||' | sort"

    static let filters: [OptionCase] = [
        OptionCase(
            "filter/per-directory-files-decide-on-both-sides", covers: ["filter"], setUp: ruled,
            ["-rt", "--delete", "-f: .r"], protocols: [29, 30, 31, 32]),
        OptionCase(
            "filter/per-directory-files-with-absolute-names", covers: ["filter"], setUp: ruled, ["-rtR", "-f: .r"], sources: ["@DIR@/src/"],
            comparing: .status, protocols: [29, 30, 31, 32], probe: withoutDirectory),
        OptionCase(
            "filter/absolute-rules-with-absolute-names", covers: ["filter"], setUp: ruled, ["-rtR", "-f-/ @DIR@/src/d"], sources: ["@DIR@/src/"],
            comparing: .status, protocols: [29, 30, 31, 32], probe: withoutDirectory),
        OptionCase(
            "filter/per-directory-files-with-relative-names", covers: ["filter"], setUp: ruled, ["-rtR", "-f: .r"],
            sources: ["src/./sub", "src/./d/e"], protocols: [29, 30, 32]),
        OptionCase(
            "filter/rules-above-the-argument-before", covers: ["filter"], setUp: ruled, ["-rtR", "-f: .r"],
            sources: ["src/./d/e", "src/./sub", "src/./d/a"], protocols: [29, 30, 32]),
        OptionCase(
            "filter/implied-directories-of-what-is-left-out", covers: ["filter"], setUp: ruled + "\nrm -r dst/d",
            ["-rtR", "-f: .r"], sources: ["src/./sub", "src/./d/b"], protocols: [30, 31, 32]),
        // The first of all entries takes the rules above to itself: with a word that tells of them or without.
        OptionCase(
            "filter/rules-above-a-file-that-comes-first", covers: [], setUp: Self.ruledFromAbove,
            ["-rt", "--delete-before", "--no-inc-recursive", "-f: ../.rules"], sources: ["src/a", "src/d"], protocols: [29, 30, 32],
            unobservable: "no file of rules comes into force"),
        OptionCase(
            "filter/rules-above-a-file-that-comes-first-told", covers: [], setUp: Self.ruledFromAbove,
            ["-rt", "--delete-before", "--no-inc-recursive", "-f: ../.rules", "--debug=filter2"], sources: ["src/a", "src/d"],
            protocols: [29, 30, 32], unobservable: "no file of rules comes into force"),
        OptionCase(
            "debug/filter-tells-the-rule", covers: ["debug", "filter"], setUp: ruled,
            ["-rt", "--delete", "--debug=filter", "-f: .r", "-f+ y.*", "-f- *.[co]", "-fP zz", "-f- CVS/"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 32]),
        OptionCase(
            "verbose/twice-tells-the-rule", covers: ["verbose"], setUp: ruled, ["-rtvvC", "--exclude=sub", "--delete"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase("F/reads-filter-files", covers: ["F"], setUp: ruled, ["-rt", "-F"], protocols: [29, 30, 31, 32]),
        OptionCase(
            "F/twice-hides-them-too", covers: ["F"], setUp: ruled, ["-rt", "-FF", "--delete-delay"],
            protocols: [29, 30, 31, 32]),
        OptionCase("cvs-exclude/leaves-out", covers: ["cvs-exclude"], setUp: ruled, ["-rtC"]),
        OptionCase(
            "cvs-exclude/protects", covers: ["cvs-exclude"], setUp: ruled, ["-rtC", "--delete"],
            protocols: [29, 30, 31, 32]),
        OptionCase(
            "cvs-exclude/with-delete-excluded", covers: ["cvs-exclude"], setUp: ruled, ["-rtC", "--delete-excluded"],
            protocols: [29, 30, 31, 32]),
        OptionCase(
            "from0/lists-end-in-nul", covers: ["from0"], setUp: ruled + "\nprintf 'a\\0y.c\\0' >list",
            ["-rt", "-0", "--exclude-from=list"]),
        OptionCase(
            "trust-sender/honest-sender", covers: ["trust-sender"], setUp: ruled, ["-rt", "--trust-sender", "--exclude=a"],
            unobservable: "an honest sender sends what was asked for"),
    ]

    private static let ruledFromAbove =
        "mkdir -p src/d dst/d; echo 1 >src/a; echo 2 >src/d/x; echo '- keep*' >dst/.rules; echo 3 >dst/d/keep1"
}
