/// Limits of time, rate and memory, and what both sides agree on at the start.
extension OptionCase {
    private static let oneFile = "mkdir src dst; echo 1 >src/a; touch -d 2020-02-02 src/a"

    static let session: [OptionCase] = [
        OptionCase(
            "bwlimit/has-a-least-value", covers: ["bwlimit"], setUp: oneFile, ["-t", "--bwlimit=0.4"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "bwlimit/arrives-whole", covers: ["bwlimit"],
            setUp: "mkdir src dst; seq 1 9000 >src/a; touch -d 2020-02-02 src/a", ["-t", "--bwlimit=1.5mb"], sources: ["src/a"],
            unobservable: "but for the time it takes"),
        OptionCase(
            "stop-after/needs-a-time", covers: ["stop-after"], setUp: oneFile, ["-t", "--stop-after=0"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "stop-after/not-yet", covers: [], setUp: oneFile, ["-t", "--time-limit=9"], sources: ["src/a"],
            unobservable: "the time does not come"),
        OptionCase(
            "stop-at/the-past", covers: ["stop-at"], setUp: oneFile, ["-t", "--stop-at=2020-02-02T12:30"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "stop-at/no-time", covers: ["stop-at"], setUp: oneFile, ["-t", "--stop-at=2-30"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "stop-at/no-hour-behind-a-date", covers: ["stop-at"], setUp: oneFile, ["-t", "--stop-at=2099-1-1T:30"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "stop-at/next-century", covers: [], setUp: oneFile, ["-t", "--stop-at=00-2-30T"], sources: ["src/a"],
            unobservable: "the time does not come"),
        OptionCase(
            "stop-at/not-yet", covers: [], setUp: oneFile, ["-t", "--stop-at=99/12/31"], sources: ["src/a"],
            unobservable: "the time does not come"),
        OptionCase(
            "timeout/a-dead-shell", covers: ["timeout"], setUp: oneFile, ["-t", "-e", "sh -c 'sleep 4'", "--timeout=1"],
            sources: ["src/a"], protocols: [31], roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "timeout/off-again", covers: [], setUp: oneFile, ["-t", "--timeout=5", "--no-timeout"], sources: ["src/a"],
            unobservable: "one undoes the other"),
        OptionCase(
            "checksum-seed/any-number", covers: ["checksum-seed"],
            setUp: "mkdir src dst; seq 1 9000 >src/a; seq 2 9001 >dst/a; touch -d 2020-02-02 src/a",
            ["-t", "--checksum-seed=-7", "--no-W"], sources: ["src/a"], unobservable: "it only changes sums on the wire"),
        OptionCase(
            "checksum-seed/a-number", covers: ["checksum-seed"], setUp: oneFile, ["-t", "--checksum-seed=x"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "max-alloc/has-a-least-value", covers: ["max-alloc"], setUp: oneFile, ["-t", "--max-alloc=1K"], sources: ["src/a"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "max-alloc/enough", covers: [], setUp: oneFile, ["-t", "--max-alloc=64M"], sources: ["src/a"],
            unobservable: "there is no more to hold"),
        OptionCase(
            "max-alloc/from-the-environment", covers: [], setUp: oneFile, ["-t"], sources: ["src/a"],
            environment: ["RSYNC_MAX_ALLOC": "3"],
            unobservable: "the variable does it"),
        OptionCase(
            "checksum-list/none-in-common", covers: [], setUp: oneFile, ["-t"], sources: ["src/a"], protocols: [30, 31, 32],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes],
            environment: ["RSYNC_CHECKSUM_LIST": "md5 & sha1"],
            unobservable: "the variable does it"),
        OptionCase(
            "checksum-list/none-for-c", covers: [],
            setUp: "mkdir src dst; echo 1 >src/a; echo 2 >dst/a; touch -d @1000000000 src/a dst/a", ["-ac"], protocols: [30, 31, 32],
            roles: [.local, .wePush, .stockPushes], environment: ["RSYNC_CHECKSUM_LIST": "none xxh3"], unobservable: "the variable does it"),
        OptionCase(
            "checksum-list/one-in-common", covers: [], setUp: oneFile, ["-t", "--debug=nstr"], sources: ["src/a"],
            protocols: [32], roles: [.stockPulls, .stockPushes],
            environment: ["RSYNC_CHECKSUM_LIST": "sha1 md5"],
            unobservable: "the variable does it"),
    ]
}
