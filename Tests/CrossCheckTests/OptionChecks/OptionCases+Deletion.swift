extension OptionCase {
    private static let surplus = """
        mkdir -p src/d dst/d dst/q/w; echo new >src/d/a; touch dst/1 dst/2 dst/d/x dst/q/3 dst/q/w/4
        find src dst -exec touch -h -d @1000000000 {} +
        """

    static let deletion: [OptionCase] = [
        OptionCase(
            "delete-delay/at-the-end", covers: ["delete-delay"], setUp: surplus, ["-rti", "--delete-delay"],
            comparing: [.tree, .status, .stdout]),
        // Its content may be there all the same, on a disk that is not mounted.
        OptionCase(
            "delete/a-source-that-cannot-be-entered", covers: ["delete"], setUp: surplus, ["-rt", "--delete"], sources: ["nope/", "src/"],
            comparing: [.tree, .status, .stderr], unobservable: "nothing is deleted"),
        OptionCase(
            "delete/below-what-cannot-be-entered", covers: ["delete"], setUp: surplus, ["-rt", "--delete"], sources: ["src/", "nope/x"],
            comparing: [.tree, .status, .stderr], unobservable: "nothing is deleted"),
        OptionCase(
            "ignore-missing-args/not-what-cannot-be-entered", covers: ["ignore-missing-args"], setUp: surplus,
            ["-rt", "--delete", "--ignore-missing-args"], sources: ["src/", "nope/x", "no"], comparing: [.tree, .status, .stderr]),
        // What a level of information says nothing of is named with the rest.
        OptionCase(
            "out-format/names-deletions", covers: ["out-format"], setUp: surplus, ["-rt", "--delete", "--out-format=%n"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "info/names-deletions", covers: ["info"], setUp: surplus, ["-rt", "--delete", "--info=name,del0"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "max-delete/stops", covers: ["max-delete"], setUp: surplus, ["-rti", "--delete", "--max-delete=3"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "max-delete/zero", covers: ["max-delete"], setUp: surplus, ["-rt", "--delete-delay", "--max-delete=0"]),
        OptionCase(
            "max-delete/dry-run", covers: ["max-delete"], setUp: surplus,
            ["-rtin", "--delete-after", "--max-delete=2"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "force/makes-way", covers: ["force"],
            setUp: "mkdir -p src dst/a/b; echo 1 >src/a; touch dst/a/b/c; find src dst -exec touch -d @1000000000 {} +",
            ["-rti", "--force"], comparing: [.tree, .status, .stdout]),
        // At 30 the sender tells of errors beside its lists, and what has been deleted by then is a matter of chance.
        OptionCase(
            "delete/until-a-list-with-an-error", covers: ["delete"],
            setUp: """
                mkdir -p src/a src/b/c src/d dst/a dst/b/c dst/d; chmod -R 777 dst; chmod 0 src/b/c
                for n in 1 2 3 4 5 6 7 8 9; do mkdir src/a/$n; done
                touch dst/x dst/a/x dst/b/x dst/b/c/x dst/d/x

                """,
            ["-r", "--delete"], protocols: [29, 31, 32], asNobody: true),
        OptionCase(
            "delete/a-file-that-cannot-be-read", covers: ["delete"],
            setUp: """
                mkdir -p src/a src/b src/d dst/a dst/b dst/d; chmod -R 777 dst; echo 1 >src/b/f; chmod 0 src/b/f
                touch dst/x dst/a/x dst/b/x dst/d/x

                """,
            ["-r", "--delete"], protocols: [29, 31, 32], asNobody: true),
    ]
}
