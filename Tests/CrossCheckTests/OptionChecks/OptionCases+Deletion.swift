extension OptionCase {
    private static let surplus = """
        mkdir -p src/d dst/d dst/q/w; echo new >src/d/a; touch dst/1 dst/2 dst/d/x dst/q/3 dst/q/w/4
        find src dst -exec touch -h -d @1000000000 {} +
        """

    static let deletion: [OptionCase] = [
        OptionCase(
            "delete-delay/at-the-end", covers: ["delete-delay"], setUp: surplus, ["-rti", "--delete-delay"],
            comparing: [.tree, .status, .stdout]),
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
    ]
}
