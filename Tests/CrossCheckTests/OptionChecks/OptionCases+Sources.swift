/// What happens at the source: removal, missing arguments, devices.
extension OptionCase {
    static let atTheSource: [OptionCase] = [
        OptionCase(
            "remove-source-files/what-is-in-place", covers: ["remove-source-files"], setUp: someThere,
            ["-aHivv", "--remove-source-files"], comparing: .everything),
        OptionCase(
            "remove-source-files/delayed-updates", covers: ["remove-source-files"], setUp: someThere,
            ["-aH", "--remove-source-files", "--delay-updates"]),
        OptionCase(
            "remove-source-files/dry-run", covers: ["remove-source-files"], setUp: someThere,
            ["-aHn", "--remove-source-files"], unobservable: "a dry run removes nothing"),
        OptionCase(
            "remove-sent-files/what-was-sent", covers: ["remove-sent-files"], setUp: someThere,
            ["-aHivv", "--remove-sent-files"], comparing: .everything),
    ]

    private static let someThere = """
        mkdir -p src/d dst/d; echo 1 >src/new; echo 2 >src/there; echo 3 >src/d/below; echo 4 >src/h1; ln src/h1 src/h2
        ln -s new src/link; ln -s there src/old; mkfifo src/p; echo 5 >src/changed; find src -exec touch -h -d @1000000000 {} +
        cp -a src/there src/old dst/; echo 6 >dst/changed; touch -d @1000000000 dst dst/d
        """
}
