// What compression changes is on the wire: the statistics show it, and the lines in which a remote shell's words are.

extension OptionCase {
    /// Text and noise, whole and as a delta: sizes at the borders of pieces and records, blocks that match between
    /// literals that repeat them.
    private static let compressible = """
        mkdir -p src/d dst
        seq 1 60000 >src/text; : >src/empty; printf x >src/one
        for size in 32767 32768 32769; do seq 100000 200000 | head -c $size >src/piece$size; done
        head -c 3000000 /dev/zero >src/zeros
        $STOCK --help >src/d/help
        i=0; while [ $i -lt 200 ]; do i=$((i + 1)); echo "$i" | md5sum; done >src/sums
        seq 1 20000 >dst/text; seq 30000 60000 >>dst/text
        (seq 7 300; cat src/sums; seq 5 900) >src/again; cp src/sums dst/again
        touch -d '2020-02-02 02:02:02' src/* src/d/*; touch -d '2019-01-01' dst/*
        """

    private static func compressed(
        _ slug: String, covers: [String], _ arguments: [String], protocols: [Int32] = [27, 28, 29, 30, 31, 32],
        environment: [String: String] = [:], unobservable: String? = nil
    ) -> OptionCase {
        OptionCase(
            "compress/" + slug, covers: covers, setUp: compressible, ["-a", "--no-whole-file"] + arguments, protocols: protocols,
            environment: environment, unobservable: unobservable)
    }

    private static let onTheWire = "the bytes on the wire alone"

    static let compression: [OptionCase] = [
        compressed("by-agreement", covers: ["compress"], ["-z"], unobservable: onTheWire),
        compressed("twice", covers: ["compress"], ["-zz"], unobservable: onTheWire),
        compressed("zlib", covers: ["compress-choice"], ["--compress-choice=zlib"], unobservable: onTheWire),
        compressed("zlibx", covers: ["compress-choice"], ["--zc=zlibx"], unobservable: onTheWire),
        compressed("lz4", covers: ["compress-choice"], ["--zc=lz4"], unobservable: onTheWire),
        compressed("zstd", covers: ["compress-choice"], ["--zc=ZSTD"], unobservable: onTheWire),
        compressed("none", covers: ["compress-choice"], ["-z", "--zc=none"], unobservable: onTheWire),
        compressed("old", covers: ["old-compress"], ["--old-compress"], unobservable: onTheWire),
        compressed("new", covers: ["new-compress"], ["--new-compress"], unobservable: onTheWire),
        compressed(
            "level", covers: ["compress-level"], ["-z", "--compress-level=9"], unobservable: onTheWire),
        compressed(
            "level-of-nothing", covers: ["compress-level"], ["--zc=zlib", "--zl=0"], unobservable: onTheWire),
        compressed(
            "level-alone", covers: ["compress-level"], ["--zl=1000"], protocols: [30, 32], unobservable: onTheWire),
        compressed(
            "threads", covers: ["compress-threads"], ["--zc=zstd", "--zt=2"], protocols: [30, 32], unobservable: onTheWire),
        compressed(
            "skip", covers: ["skip-compress"], ["-z", "--skip-compress=gz/he[lL]p"], protocols: [29, 32],
            unobservable: onTheWire),
        compressed(
            "block-size", covers: ["compress"], ["--zc=zlib", "-B700"], unobservable: onTheWire),
        compressed(
            "list-of-the-environment", covers: ["compress"], ["-z"], protocols: [31, 32],
            environment: ["RSYNC_COMPRESS_LIST": "lz4 zlib"], unobservable: onTheWire),
        OptionCase(
            "compress/nothing-in-common", covers: ["compress"], setUp: "mkdir src dst; echo a >src/a", ["-a", "-z"],
            protocols: [31, 32], environment: ["RSYNC_COMPRESS_LIST": "bz2"]),
        OptionCase(
            "compress/a-level-negotiates-too", covers: ["compress-level"], setUp: "mkdir src dst; echo a >src/a",
            ["-a", "--compress-level=4"], protocols: [31, 32], environment: ["RSYNC_COMPRESS_LIST": "bz2"]),
        OptionCase(
            "compress/no-such-name", covers: ["compress-choice"], setUp: "mkdir src dst; echo a >src/a",
            ["-a", "--compress-choice=bz2"], comparing: .everything),
        OptionCase(
            "compress/no-such-level", covers: ["compress-level"], setUp: "mkdir src dst; echo a >src/a",
            ["-a", "--compress-level=x"], comparing: .everything),
    ]
}
