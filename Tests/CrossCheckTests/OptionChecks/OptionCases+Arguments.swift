/// How words become options, and how they reach the server.
extension OptionCase {
    static let argumentWords: [OptionCase] = [
        OptionCase(
            "old-args/the-shell-splits", covers: ["old-args"],
            setUp: "mkdir src dst; echo 1 >src/a; echo 2 >src/b; touch -d 2020-02-02 src/a src/b", ["-t", "--old-args"],
            sources: ["src/a src/b"], roles: [.wePull, .stockPulls]),
        OptionCase(
            "old-args/from-the-environment", covers: [],
            setUp: "mkdir src dst; echo 1 >src/a; echo 2 >src/b; touch -d 2020-02-02 src/a src/b", ["-t"],
            sources: ["src/a src/b"], roles: [.wePull, .stockPulls], environment: ["RSYNC_OLD_ARGS": "1"],
            unobservable: "the variable does it"),
        OptionCase(
            "old-args/off-is-off", covers: [], setUp: "mkdir src dst; echo 1 >'src/a b'; touch -d 2020-02-02 'src/a b'",
            ["-t", "--no-old-args"], sources: ["src/a b"], environment: ["RSYNC_OLD_ARGS": "1"],
            unobservable: "as without both"),
        OptionCase(
            "arguments/the-shell-expands-and-no-more", covers: [],
            setUp: """
                mkdir src dst; echo 1 >'src/a 1'; echo 2 >'src/$a 2'; echo 3 >'src/b;3'; touch -d 2020-02-02 src/*
                """,
            ["-t"], sources: ["src/[a$]* ?", "src/b;3"], roles: [.wePull, .stockPulls],
            unobservable: "no option is at work"),
        OptionCase(
            "secluded-args/the-server-expands", covers: [],
            setUp: "mkdir -p src/d1 src/d2 dst; echo 1 >src/d1/a; echo 2 >src/d2/a; echo 3 >'src/d1/.h'; touch -d 2020-02-02 src/*/*",
            ["-tR", "-s"], sources: ["src/d?/*", "src/./d[1]/*"], roles: [.wePull, .stockPulls],
            unobservable: "the shell expands the same without it"),
        OptionCase(
            "secluded-args/directories-by-a-wildcard", covers: [],
            setUp: "mkdir -p src/d1 dst; echo 1 >src/d1/a; echo 2 >src/d2; touch -d 2020-02-02 src/d1/a",
            ["-t", "-s"], sources: ["src/d?/a"], roles: [.wePull, .stockPulls], unobservable: "no option is at work"),
        OptionCase(
            "secluded-args/nothing-matches", covers: [], setUp: "mkdir src dst; echo 1 >'src/a*'; touch -d 2020-02-02 src/*",
            ["-t", "-s"], sources: ["src/x*", "src/a\\*", "src/a*"], comparing: [.tree, .status],
            roles: [.wePull, .stockPulls],
            unobservable: "the shell does the same without it"),
        OptionCase(
            "secluded-args/no-shell-sees-it", covers: ["secluded-args"],
            setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a", ["-ts"],
            sources: ["src/a"], comparing: [.tree, .status],
            unobservable: "escaping brings every path through a shell as well; the words are compared in RsyncOptionsTests"),
        OptionCase(
            "remote-option/reaches-the-server-alone", covers: ["remote-option"],
            setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a", ["-t", "-M--no-such-option"],
            sources: ["src/a"], roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "remote-option/needs-a-dash", covers: ["remote-option"], setUp: "mkdir src dst; echo 1 >src/a",
            ["-t", "-M", "x"], sources: ["src/a"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "rsh/starts-it", covers: ["rsh"], setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a",
            ["-t", "-e", "sh -c 'echo away >&2; exit 3'"], sources: ["src/a"], comparing: [.tree],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "rsync-path/starts-it", covers: ["rsync-path"], setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a",
            ["-t", "--rsync-path=false"], sources: ["src/a"], comparing: [.tree],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "protocol/must-be-one", covers: ["protocol"], setUp: "mkdir src dst; echo 1 >src/a",
            ["-t", "--protocol=33"], sources: ["src/a"], roles: [.local]),
        OptionCase(
            "port/must-be-a-number", covers: ["port"], setUp: "mkdir src dst; echo 1 >src/a", ["-t", "--port=x"],
            sources: ["src/a"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "address/is-a-daemons", covers: ["address", "sockopts", "early-input", "ipv4", "ipv6", "blocking-io"],
            setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a",
            ["-t", "--address=192.0.2.1", "--sockopts=x", "--early-input=nothing", "-4", "-6", "--blocking-io"],
            sources: ["src/a"], comparing: .everything, unobservable: "they concern sockets and ssh, and here is neither"),
        OptionCase(
            "password-file/is-a-daemons", covers: ["password-file"], setUp: "mkdir src dst; echo 1 >src/a",
            ["-t", "--password-file=x"], sources: ["src/a"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "contimeout/is-a-daemons", covers: ["contimeout"], setUp: "mkdir src dst; echo 1 >src/a",
            ["-t", "--contimeout=3"], sources: ["src/a"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "contimeout/none-is-fine", covers: [], setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a",
            ["-t", "--contimeout=3", "--no-contimeout"], sources: ["src/a"],
            unobservable: "one undoes the other"),
        OptionCase(
            "trust-sender/takes-what-comes", covers: ["trust-sender"],
            setUp: "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a", ["-t", "--trust-sender"], sources: ["src/a"],
            unobservable: "a stock sender sends nothing but what it was asked for"),
        OptionCase(
            "qsort/lists-come-whole", covers: ["qsort"],
            setUp: "mkdir -p src/a/b dst; echo 1 >src/a/b/c; touch -d 2020-02-02 src/a/b/c src/a/b src/a src", ["-rt", "--qsort"],
            roles: [.local], unobservable: "the order is the same; and stock servers do not know what stock clients send"),
    ]
}
