extension OptionCase {
    private static let items = """
        mkdir -p src/d src/e dst/zd; echo hi >src/a; echo yo >src/d/b; ln -s a src/l; ln src/a src/h; cp -p src/h dst/h
        seq 1 90000 >src/big; echo old >dst/zz; printf x >"src/$(printf 'n\\nl')"; printf x >"src/$(printf 'b\\377')"
        find src dst -exec touch -h -d 2020-01-01 {} +
        """

    /// Of a log: without times and process numbers.
    private static let log = "sed 's/^[^]]*] //; s/^sent .*/sent/' log 2>/dev/null | sort"

    static let output: [OptionCase] = [
        OptionCase(
            "out-format/all-escapes", covers: ["out-format"], setUp: items,
            ["-a", "--out-format=%o %i %n%L %l %M %B %U %G %h %a %m %u %P %% |%10l|%'l|%''l|%-20n|%5L|%z"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "out-format/figures-after-the-data", covers: ["out-format"], setUp: items,
            ["-rlt", "--out-format=%o %b %C %n", "--whole-file", "--exclude=big"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "out-format/operations-name-deletions", covers: ["out-format"], setUp: items,
            ["-a", "--delete", "--out-format=%o:%n"], comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "out-format/full-paths", covers: ["out-format"], setUp: items, ["-a", "--out-format=%f"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "itemize-changes/twice", covers: ["itemize-changes"], setUp: items, ["-aii"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "verbose/names-and-totals", covers: ["verbose"], setUp: items, ["-av", "--delete"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "quiet/says-nothing", covers: ["quiet"], setUp: items, ["-avq"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "info/names-without-v", covers: ["info"], setUp: items, ["-a", "--info=name2"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "info/skips-and-deletions", covers: ["info"], setUp: items, ["-a", "--existing", "--delete", "--info=SKIP,del"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "info/none-silences-v", covers: ["info"], setUp: items, ["-av", "--info=none,nonreg"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "info/unknown-word", covers: ["info"], setUp: items, ["-a", "--info=nonsense"],
            comparing: [.status, .stderr], protocols: [32], roles: [.local]),
        OptionCase(
            "debug/unknown-word", covers: ["debug"], setUp: items, ["-a", "--debug=nonsense"],
            comparing: [.status, .stderr], protocols: [32], roles: [.local]),
        OptionCase(
            "log-file/of-the-client", covers: ["log-file"], setUp: items, ["-a", "--log-file=log"], probe: log),
        OptionCase(
            "log-file-format/of-the-client", covers: ["log-file-format"], setUp: items,
            ["-a", "--log-file=log", "--log-file-format=%o %l %n"], probe: log),
        OptionCase(
            "log-file/of-a-dry-run", covers: ["log-file"], setUp: items, ["-ani", "--delete", "--log-file=log"],
            protocols: [29, 30, 31, 32], probe: log),
        OptionCase(
            "log-file-format/of-a-dry-run", covers: ["log-file-format"], setUp: items,
            ["-ani", "--delete", "--log-file=log", "--log-file-format=%o %l %n"], protocols: [29, 30, 31, 32], probe: log),
        OptionCase(
            "log-file/of-a-server-in-a-dry-run", covers: ["remote-option"], setUp: items,
            ["-ani", "--delete", "-M--log-file=@DIR@/log"], protocols: [29, 30, 31, 32], roles: [.wePush, .wePull, .stockPushes, .stockPulls],
            probe: log),
        OptionCase(
            "log-file/of-the-server", covers: ["remote-option"], setUp: items, ["-ai", "-M--log-file=@DIR@/log"],
            protocols: [29, 30, 31, 32], roles: [.wePush, .wePull, .stockPushes, .stockPulls], probe: log),
        OptionCase(
            "remote-option/local-copy", covers: ["remote-option"], setUp: items, ["-a", "-M--log-file=@DIR@/log"],
            protocols: [29, 31, 32], roles: [.local], probe: log),
        OptionCase(
            "stats/human-readable", covers: ["stats"], setUp: items, ["-a", "--stats", "-h", "--whole-file"],
            comparing: [.tree, .status, .stdout], protocols: [31, 32]),
        OptionCase(
            "human-readable/units-of-1024", covers: ["human-readable"], setUp: items,
            ["-a", "--list-only", "-hh"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "atimes/in-a-listing", covers: ["atimes"],
            setUp: "mkdir -p src/d; echo a >src/f; touch -a -d @1000000 src/f; touch -m -d @2000000 src/f src/d src", ["-rtU"],
            destination: nil, comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "list-only/also-with-a-destination", covers: ["list-only"], setUp: items, ["-a", "--list-only"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "progress/one-file", covers: ["progress"], setUp: items, ["-a", "--progress", "--exclude=big"],
            comparing: [.tree, .status, .stdout], protocols: [29, 30, 31, 32]),
        OptionCase(
            "8-bit-output/shows-bytes", covers: ["8-bit-output"], setUp: items, ["-av", "-8"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "outbuf/wrong-mode", covers: ["outbuf"], setUp: items, ["-a", "--outbuf=x"],
            comparing: [.status, .stderr], protocols: [32], roles: [.local]),
        OptionCase(
            "stderr/wrong-mode", covers: ["stderr"], setUp: items, ["-a", "--stderr=x"],
            comparing: [.status, .stderr], protocols: [32], roles: [.local]),
        OptionCase(
            "stderr/info-goes-there-too", covers: ["stderr", "msgs2stderr"], setUp: items, ["-av", "--stderr=all"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "motd/nothing-without-a-daemon", covers: ["motd"], setUp: items, ["-a", "--no-motd"],
            comparing: [.tree, .status, .stdout], protocols: [32],
            unobservable: "only a daemon has a message of the day"),
    ]
}
