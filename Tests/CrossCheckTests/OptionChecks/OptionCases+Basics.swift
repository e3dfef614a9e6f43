/// What the first version of the engine could do.
extension OptionCase {
    private static let small = """
        mkdir -p src/sub dst/sub; echo one >src/a; echo two >src/sub/b.o; echo three >src/c; ln -s a src/l
        echo old >dst/a; echo gone >dst/extra; echo two >dst/sub/gone.o; echo thr33 >dst/c
        touch -d 2020-02-02 src/a src/c dst/c; touch -d 2019-01-01 dst/a dst/extra; touch -d 2021-01-01T10:00:00.5 src/sub/b.o dst/sub/gone.o
        touch -h -d 2018-01-01 src/l; touch -d 2017-01-01 src/sub src dst/sub dst
        """

    /// A file of some blocks that differs in one place.
    private static let large = """
        mkdir src dst; seq 1 20000 >src/a; sed s/^9876$/changed/ src/a >dst/a; touch -d 2020-02-02 src/a src; touch -d 2019-02-02 dst/a dst
        """

    static let basics: [OptionCase] = selecting + updating + deleting

    private static let selecting: [OptionCase] = [
        OptionCase("archive/keeps-it-all", covers: ["archive"], setUp: small, ["-a"]),
        OptionCase("dirs/does-not-go-down", covers: ["dirs"], setUp: small, ["-dt"], comparing: .everything),
        OptionCase("links/copies-them", covers: ["links"], setUp: small, ["-rtl"], comparing: .everything),
        OptionCase(
            "hard-links/joins-the-names", covers: ["hard-links"],
            setUp: "mkdir -p src/z dst; echo one >src/b; ln src/b src/z/a; ln src/b src/c; touch -d 2020-02-02 src/b src/z src", ["-aH"]),
        OptionCase(
            "relative/keeps-leading-directories", covers: ["relative"],
            setUp: "mkdir -p src/x/y dst; echo one >src/x/y/f; touch -d 2020-02-02 src/x/y/f src/x/y; touch -d 2019-02-02 src/x src; chmod 700 src/x",
            ["-aR"], sources: ["src/x/y"], comparing: .everything),
        OptionCase(
            "relative/from-a-dot-on", covers: ["relative"],
            setUp: "mkdir -p src/x/y dst; echo one >src/x/y/f; touch -d 2020-02-02 src/x/y/f src/x/y; touch -d 2019-02-02 src/x src", ["-aR"],
            sources: ["src/./x/y/"], comparing: .everything),
        OptionCase(
            "implied-dirs/is-the-default", covers: ["implied-dirs"],
            setUp: "mkdir -p src/x/y dst; echo one >src/x/y/f; touch -d 2020-02-02 src/x/y/f src/x/y; touch -d 2019-02-02 src/x src",
            ["-aR", "--implied-dirs"], sources: ["src/x/y"], unobservable: "it is the default"),
        OptionCase(
            "inc-recursive/whole-list", covers: ["inc-recursive"], setUp: small, ["-av", "--no-inc-recursive"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "exclude/patterns", covers: ["exclude"], setUp: small, ["-a", "--exclude=*.o", "--exclude=/c"], comparing: .everything),
        OptionCase(
            "include/before-exclude", covers: ["include"], setUp: small, ["-a", "--include=*/", "--include=*.o", "--exclude=*"],
            comparing: .everything),
        OptionCase(
            "exclude-from/reads-a-file", covers: ["exclude-from"], setUp: small + "\nprintf '# no\\n*.o\\n\\n; no\\n/c\\n' >list",
            ["-a", "--exclude-from=list"]),
        OptionCase(
            "exclude-from/reads-its-input", covers: ["exclude-from"], setUp: small + "\nprintf '*.o\\n' >stdin", ["-a", "--exclude-from=-"]),
        OptionCase(
            "include-from/reads-a-file", covers: ["include-from"], setUp: small + "\nprintf 'a\\n*.o\\n' >list",
            ["-a", "--include-from=list", "--exclude=[a-c]*"]),
        OptionCase(
            "filter/protects-and-hides", covers: ["filter"], setUp: small, ["-a", "--delete", "-f", "P extra", "-f", "H c"],
            comparing: .everything, protocols: [29, 30, 31, 32]),
        OptionCase(
            "filter/is-too-modern", covers: ["filter"], setUp: small, ["-r", "-f", "-! */"], comparing: [.tree, .status], protocols: [27, 28]),
        OptionCase(
            "help/is-shown", covers: ["help"], setUp: "", ["--help"], sources: [], destination: nil, comparing: .status),
        OptionCase(
            "version/is-shown", covers: ["version"], setUp: "", ["--version"], sources: [], destination: nil, comparing: .status),
    ]

    private static let updating: [OptionCase] = [
        OptionCase("existing/makes-nothing-new", covers: ["existing"], setUp: small, ["-a", "--existing"], comparing: .everything),
        OptionCase(
            "ignore-existing/leaves-what-is-there", covers: ["ignore-existing"], setUp: small, ["-a", "--ignore-existing"],
            comparing: .everything),
        OptionCase(
            "ignore-times/sends-what-agrees", covers: ["ignore-times"], setUp: "mkdir src dst; echo 1 >src/a; echo 2 >dst/a; touch -d 2020-02-02 */a",
            ["-aI"]),
        OptionCase(
            "size-only/overlooks-times", covers: ["size-only"],
            setUp: "mkdir src dst; echo 1 >src/a; echo 2 >dst/a; touch -d 2020-02-02 src/a; touch -d 2019-02-02 dst/a", ["-r", "--size-only"]),
        OptionCase(
            "checksum/finds-what-times-hide", covers: ["checksum"],
            setUp: "mkdir src dst; echo 1 >src/a; echo 2 >dst/a; echo 3 >src/b; echo 3 >dst/b; touch -d 2020-02-02 */a src/b; touch -d 2019-02-02 dst/b",
            ["-aci"], comparing: .everything),
        OptionCase("checksum-choice/takes-another", covers: ["checksum-choice"], setUp: large, ["-a", "--no-W", "--cc=md4"],
            protocols: [30, 31, 32], unobservable: "all checksums find the same"),
        OptionCase("checksum-choice/refuses-none-for-c", covers: ["checksum-choice"], setUp: large, ["-ac", "--cc=none"],
            protocols: [30, 31, 32], roles: [.local, .wePush, .stockPushes]),
        OptionCase("checksum-choice/automatic-in-part", covers: ["checksum-choice"], setUp: large, ["-ac", "--no-W", "--cc=auto,md4"],
            unobservable: "all checksums find the same"),
        OptionCase("checksum-choice/automatic-for-c", covers: ["checksum-choice"], setUp: large, ["-ac", "--no-W", "--cc=md4,auto"],
            unobservable: "all checksums find the same"),
        OptionCase("whole-file/sends-it-all", covers: ["whole-file"], setUp: large, ["-a", "--whole-file", "--stats"],
            comparing: [.tree, .status, .stdout], roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase("whole-file/or-finds-blocks", covers: ["whole-file"], setUp: large, ["-a", "--no-whole-file", "--stats"],
            comparing: [.tree, .status, .stdout]),
        OptionCase("block-size/of-five-thousand", covers: ["block-size"], setUp: large, ["-a", "--no-W", "-B5000", "--stats"],
            comparing: [.tree, .status, .stdout]),
        OptionCase("block-size/too-large", covers: ["block-size"], setUp: large, ["-a", "-B", "131073"], protocols: [30, 31, 32]),
        OptionCase("dry-run/changes-nothing", covers: ["dry-run"], setUp: small, ["-ain", "--delete"], comparing: [.tree, .status, .stdout],
            protocols: [29, 30, 31, 32]),
        OptionCase(
            "link-dest/links-what-is-unchanged", covers: ["link-dest"], setUp: small + "\ncp -a src base; echo other >base/c", ["-a", "--link-dest=../base"],
            comparing: .everything, extraTrees: ["."]),
    ]

    private static let deleting: [OptionCase] = [
        OptionCase("delete/what-is-not-there", covers: ["delete"], setUp: small, ["-a", "--delete"], comparing: .everything),
        OptionCase("delete-before/deletes", covers: ["delete-before"], setUp: small, ["-r", "--delete-before"]),
        OptionCase("delete-during/deletes", covers: ["delete-during"], setUp: small, ["-r", "--del"]),
        OptionCase("delete-after/deletes", covers: ["delete-after"], setUp: small, ["-r", "--delete-after"]),
        OptionCase("delete-excluded/deletes-these-too", covers: ["delete-excluded"], setUp: small,
            ["-a", "--delete-excluded", "--exclude=c", "--exclude=*.o"]),
        OptionCase("force/a-file-for-a-directory", covers: ["force"],
            setUp: "mkdir -p src dst/a/b; echo 1 >src/a; echo 2 >dst/a/b/c; touch -d 2020-02-02 src/a src", ["-a", "--force"],
            comparing: [.tree, .status, .stdout]),
        OptionCase("ignore-errors/deletes-after-them", covers: ["ignore-errors"], setUp: small + "\nln -s nope src/dang",
            ["-rL", "--delete", "--ignore-errors"]),
    ]
}
