/// What is said of filter rules and of files of rules that cannot be used.
extension OptionCase {
    static let filterWords: [OptionCase] = [
        rules("filter/unknown", ["-f", "zz nope"]),
        rules("filter/unknown-with-a-line-end", ["-f", "zz a\nb"]),
        rules("filter/invalid-modifier", ["-f", "-z x"]),
        rules("filter/invalid-modifier-of-a-word", ["-f", "exclude,zz x"]),
        rules("filter/no-pattern", ["-f", "-"]),
        rules("filter/no-name", ["-f", "dir-merge"]),
        rules("filter/more-than-clear", ["-f", "! x"]),
        rules("filter/no-file", ["-f", ". nope"]),
        rules("filter/no-file-of-includes", ["-f", ".+ nope"]),
        rules("exclude-from/no-file", ["--exclude-from=nope"]),
        rules("include-from/no-file", ["--include-from=nope"]),
        rules("exclude-from/closed", ["--exclude-from=closed"], asNobody: true),
        rules("files-from/no-file", ["--files-from=nope"]),
        rules("filter/unknown-in-a-file", ["-f", ". rules"]),
        rules("filter/invalid-modifier-in-a-file", ["-f", ". modifier"]),
        rules("filter/no-file-in-a-file", ["-f", ". names"]),
        rules("filter/side-named-twice", ["-f", ".s sides"]),
        rules("filter/without-end", ["-f", ". loop"], comparing: [.tree, .status, .stderr]),
        rules("filter/unknown-in-a-directory", ["-f", ": .rules"], roles: [.local]),
        rules("filter/no-file-in-a-directory", ["-f", ": .names"], roles: [.local]),
        OptionCase(
            "exclude-from/a-directory", covers: ["exclude-from"], setUp: ruled, ["-r", "--exclude-from=src"], comparing: .status,
            roles: [.local, .wePush, .wePull], unobservable: "to stock a directory holds no rules"),
        OptionCase(
            "filter/too-modern", covers: ["filter"], setUp: ruled, ["-r", "-f-! x"], comparing: [.tree, .status, .stderr],
            protocols: [27], roles: [.local, .wePull, .wePush]),
        OptionCase(
            "exclude/too-long", covers: ["exclude"], setUp: ruled,
            ["-r", "--exclude=" + String(repeating: "a b ", count: 1500)], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "files-from/at-no-server", covers: ["remote-option"], setUp: ruled, ["-r", "-M--files-from=:x"],
            comparing: [.tree, .status], roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
    ]

    private static let ruled = """
        mkdir -p src/d dst; echo a >src/a; printf -- '- a\\n\\n# c\\nzz x\\n' >rules; printf -- '-zq x\\n' >modifier
        printf -- '- b\\n. nope\\n' >names; echo '. loop' >loop; echo '-r x' >sides; cp rules src/d/.rules; cp names src/d/.names
        echo '- a' >closed; chmod 600 closed; chmod 777 dst

        """

    /// Where a server has nothing to say: that comes by chance before or behind the client's end.
    private static func rules(
        _ slug: String, _ arguments: [String], comparing: Comparison = [.tree, .status, .wholeStderr],
        roles: Set<OptionRole> = [.local, .wePush], asNobody: Bool = false
    ) -> OptionCase {
        OptionCase(
            slug, covers: [String(slug.prefix { $0 != "/" })], setUp: ruled, ["-r"] + arguments, comparing: comparing,
            protocols: [29, 30, 31, 32], roles: roles, asNobody: asNobody)
    }
}
