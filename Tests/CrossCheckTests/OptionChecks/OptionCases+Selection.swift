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
    ]
}
