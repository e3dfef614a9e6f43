/// What is said of sources that are not there or cannot be gone to, and what is copied all the same.
extension OptionCase {
    private static let some = """
        mkdir -p src/d dst priv/sub; echo a >src/a; echo f >src/d/f; echo x >priv/x; ln -s nowhere dangling; ln -s src/a link; ln -s d src/dl
        touch -h -d @1000000000 src/d/* src/* src priv/* priv dangling link; chmod 700 priv; chmod 777 dst
        printf 'nope\\na\\nd/nope\\nnope/x\\na/b\\nd/f\\nnope/\\na/\\n' >list; printf 'nope/./x\\na/./b\\n./d/f\\n' >dotted

        """

    static let sourceWords: [OptionCase] = [
        missing("contents", ["nope/", "src/a"]),
        missing("contents-alone", ["nope/."]),
        missing("below", ["nope/x", "nope/y", "src/a"]),
        missing("above-after-a-dot", ["src/./a", "src/d/./../a"], ["-R"], roles: [.local]),
        missing("contents-of-a-file", ["src/a/", "src/d"]),
        missing("below-a-file", ["src/a/b/c", "src/a/.", "src/a/.."]),
        missing("above", ["nope/..", "./nope/x", "nope//y/z"]),
        missing("behind-a-link-to-nothing", ["dangling/", "dangling/x", "link/"]),
        missing("item", ["src/nope", "src//nope", "src/./nope", "src/../nope", "./nope"]),
        missing("absolute", ["@DIR@/nope/x", "@DIR@//nope", "@DIR@/src/nope/"]),
        missing("relative", ["src/./nope", "nope/./x", "src/./d//nope", "src/./d/f"], ["-R"]),
        missing("relative-contents", ["nope/", "nope/./", "src/./nope/", "src/./a/"], ["-R"]),
        missing("relative-below-a-file", ["src/./a/b", "src/a/./b", "src/a/./"], ["-R"]),
        missing("relative-slash-behind-a-link", ["link/", "src/./dl/", "dangling/"], ["-R", "-l"]),
        missing("relative-slash-behind-a-skipped-link", ["link/", "src/./a/."], ["-R"]),
        missing("relative-with-a-dot", ["nope/.", "src/./d/./nope", "./nope"], ["-R"]),
        missing("ignored", ["nope/x", "nope", "nope/", "src/a"], ["--ignore-missing-args"]),
        missing("ignored-relative", ["nope/x", "nope/./x", "src/./a/b", "src/a"], ["-R", "--ignore-missing-args"]),
        missing("deleted", ["nope/x", "nope", "src/a/", "src/a"], ["--delete-missing-args"]),
        // Below 30 stock looks for access control lists of the directory that is not there as well, and says so.
        missing("deleted-relative", ["nope/x", "src/a"], ["-R", "--delete-missing-args"], protocols: [30, 31, 32]),
        missing(
            "deleted-relative-below-a-file", ["src/./a/b", "src/./nope/x/y", "src/./d/f"], ["-R", "--delete-missing-args"],
            protocols: [30, 31, 32]),
        missing("closed-contents", ["priv/", "src/a"], asNobody: true),
        missing("closed", ["priv/x", "priv/sub/", "priv/..", "src/a"], asNobody: true),
        // Whether the directory's time, which is not theirs to set, differs at all depends on the clock.
        missing("closed-relative", ["./priv/x", "priv/./x", "priv/sub/./"], ["-R", "-O"], asNobody: true),
        missing("listed", ["src"], ["--files-from=list"]),
        missing("listed-with-dots", ["src"], ["--files-from=dotted"]),
        missing("listed-without-paths", ["src"], ["--files-from=dotted", "--no-R"]),
        missing("listed-without-paths-below", ["src/"], ["--files-from=list", "--no-R"]),
        missing("listed-from-here", ["."], ["--files-from=list"]),
        missing("listed-ignored", ["src"], ["--files-from=list", "--ignore-missing-args"]),
        missing("listed-deleted", ["src"], ["--files-from=list", "--delete-missing-args"], protocols: [30, 31, 32]),
        // Which of the two ends first decides what else is said.
        missing("listed-from-nowhere", ["nope"], ["--files-from=list"], comparing: [.tree, .status], roles: [.local, .wePush, .stockPushes]),
        missing("listed-from-a-file", ["src/a"], ["--files-from=list"], comparing: [.tree, .status], roles: [.local, .wePush, .stockPushes]),
        missing(
            "listed-from-a-closed-place", ["priv"], ["--files-from=/dev/null"], asNobody: true, comparing: [.tree, .status],
            roles: [.local, .wePush, .stockPushes]),
    ]

    private static func missing(
        _ slug: String, _ sources: [String], _ options: [String] = [], asNobody: Bool = false,
        comparing: Comparison = [.tree, .status, .stdout, .wholeStderr], protocols: [Int32] = [27, 29, 30, 31, 32],
        roles: Set<OptionRole> = Set(OptionRole.allCases)
    ) -> OptionCase {
        OptionCase(
            "sources/missing-\(slug)", covers: [], setUp: some, ["-rt"] + options, sources: sources, comparing: comparing,
            protocols: protocols, roles: roles, asNobody: asNobody, unobservable: "no option is at work")
    }
}
