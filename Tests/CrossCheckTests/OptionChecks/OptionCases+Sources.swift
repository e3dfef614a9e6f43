/// What happens at the source: removal, missing arguments, devices.
extension OptionCase {
    static let atTheSource: [OptionCase] = [
        OptionCase(
            "remove-source-files/what-is-in-place", covers: ["remove-source-files"], setUp: someThere,
            ["-aH", "--remove-source-files"]),
        OptionCase(
            "remove-source-files/delayed-updates", covers: ["remove-source-files"], setUp: someThere,
            ["-aH", "--remove-source-files", "--delay-updates"]),
        OptionCase(
            "remove-source-files/dry-run", covers: ["remove-source-files"], setUp: someThere,
            ["-aHn", "--remove-source-files"], unobservable: "a dry run removes nothing"),
        OptionCase(
            "remove-sent-files/what-was-sent", covers: ["remove-sent-files"], setUp: someThere,
            ["-aH", "--remove-sent-files"]),
        OptionCase(
            "delete-missing-args/deletes-at-the-destination", covers: ["delete-missing-args"], setUp: someMissing,
            ["-ai", "--delete-missing-args"], sources: ["src/a", "src/gone", "src/full", "src/empty", "src/nowhere"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "delete-missing-args/with-force", covers: ["delete-missing-args"], setUp: someMissing,
            ["-a", "--delete-missing-args", "--force"], sources: ["src/a", "src/full"]),
        OptionCase(
            "delete-missing-args/names-of-a-file", covers: ["delete-missing-args"], setUp: someMissing,
            ["-ai", "--delete-missing-args", "--files-from=list"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "delete-missing-args/below-what-is-missing-too", covers: ["delete-missing-args"], setUp: missingBelow,
            ["-a", "--delete-missing-args", "--files-from=list"], comparing: [.tree, .status, .wholeStderr]),
        OptionCase(
            "delete-missing-args/below-what-is-missing-without-lists", covers: ["delete-missing-args"], setUp: missingBelow,
            ["-aR", "--no-inc-recursive", "--delete-missing-args"],
            sources: ["src/./a", "src/./gone/1", "src/./gone/d/2", "src/./gone/3", "src/./more/e/f", "src/./full/none/4"],
            comparing: [.tree, .status, .wholeStderr]),
        OptionCase(
            "delete-missing-args/below-what-is-missing-with-lists", covers: ["delete-missing-args"], setUp: missingBelow,
            ["-aR", "--delete-missing-args"],
            sources: ["src/./a", "src/./gone/1", "src/./gone/d/2", "src/./gone/3", "src/./more/e/f", "src/./full/none/4"],
            comparing: [.tree, .status, .wholeStderr]),
    ]

    private static let missingBelow = """
        mkdir -p src/full dst/gone/d dst/full; echo 1 >src/a; echo 1 >dst/gone/1; echo 2 >dst/gone/d/2; echo 3 >src/full/x; echo 4 >dst/full/y
        printf 'a\\ngone/1\\ngone/d/2\\ngone/3\\nmore/e/f\\nmore/g\\nfull/x\\nfull/y\\nfull/none/4\\nmore/e/h\\n' >list
        find src dst -exec touch -h -d @1000000000 {} +

        """
    private static let someMissing = """
        mkdir -p src dst/full dst/empty; echo 1 >src/a; echo 2 >dst/gone; echo 3 >dst/full/x; printf 'a\\ngone\\nnowhere\\n' >list
        find src dst -exec touch -h -d @1000000000 {} +
        """

    private static let someThere = """
        mkdir -p src/d dst/d; echo 1 >src/new; echo 2 >src/there; echo 3 >src/d/below; echo 4 >src/h1; ln src/h1 src/h2
        ln -s new src/link; ln -s there src/old; mkfifo src/p; echo 5 >src/changed; find src -exec touch -h -d @1000000000 {} +
        cp -a src/there src/old dst/; echo 6 >dst/changed; touch -d @1000000000 dst dst/d
        """
}
