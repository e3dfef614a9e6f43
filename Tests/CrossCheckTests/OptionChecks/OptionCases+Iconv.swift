// Names between charsets. Shown as octal in the lines of the set-up: the letters are é and ü.

extension OptionCase {
    /// UTF-8. The charsets sort differently: directories and files on both sides of the others.
    private static let trees = """
        e=$(printf '\\303\\251'); u=$(printf '\\303\\274')
        mkdir -p src/d$e/sub src/e src/$e src/z src/o$u dst
        for n in a$e b z$e $u n$u; do echo "$n" >"src/$n"; echo "x$n" >"src/d$e/$n"; echo y >"src/d$e/sub/q$n"; done
        for d in e $e z; do echo "$d" >"src/$d/f$d"; done
        ln -s t$e src/l$e; ln -s plain src/lp
        i=0; while [ $i -lt 20 ]; do i=$((i + 1)); mkdir "src/o$u/$e$i" "src/o$u/z$i"; echo $i >"src/o$u/$e$i/$u"; done
        find src -exec touch -h -d '2020-02-02 02:02:02' {} +
        """
    /// The same in ISO 8859-1.
    private static let shorter = trees.replacingCodes()

    static let iconv: [OptionCase] = [
        OptionCase(
            "iconv/to-latin1", covers: ["iconv"], setUp: trees, ["-a", "--iconv=utf-8,iso-8859-1"],
            protocols: [27, 28, 29, 30, 31, 32]),
        OptionCase(
            "iconv/to-utf8", covers: ["iconv"], setUp: shorter + "\ntouch dst/old", ["-ai", "--delete", "--iconv=utf-8,iso-8859-1"],
            protocols: [29, 30, 32], roles: [.wePull, .stockPulls]),
        OptionCase(
            "iconv/one-list", covers: ["iconv"], setUp: trees, ["-ai", "--no-inc-recursive", "--iconv=utf-8,iso-8859-1"],
            comparing: [.tree, .status, .stdout], protocols: [30, 32], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/deletes", covers: ["iconv"],
            setUp: trees + "\ntouch dst/$(printf 'gone\\351') dst/$(printf 'a\\351'); mkdir dst/$(printf 'd\\351') dst/old",
            ["-ai", "--delete", "--iconv=utf-8,iso-8859-1"], comparing: [.tree, .status, .stdout],
            protocols: [29, 31, 32], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/relative", covers: ["iconv"], setUp: trees, ["-aR", "--iconv=.,iso-8859-1"], sources: ["src"],
            protocols: [29, 32], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/secluded", covers: ["iconv"], setUp: trees, ["-as", "--iconv=utf-8,iso-8859-1"], sources: ["src/d\u{e9}"],
            destination: "dst/\u{fc}/", protocols: [29, 32], roles: [.wePush, .stockPushes]),
        OptionCase(
            "iconv/names-of-a-list", covers: ["iconv"], setUp: shorter + "\nprintf 'd\\303\\251/b\\n\\303\\251\\n' >list",
            ["-as", "--files-from=list", "--iconv=utf-8,iso-8859-1"], protocols: [29, 30, 32], roles: [.wePull, .stockPulls]),
        OptionCase(
            "iconv/what-cannot-be-sent", covers: ["iconv"],
            setUp: "mkdir src dst; touch -d '2020-02-02' src/a src/$(printf 'b\\377') src/c; ln -s $(printf '\\351') src/l",
            ["-a", "-O", "--no-t", "--iconv=utf-8,iso-8859-1"], protocols: [29, 30, 32],
            roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/what-cannot-be-stored", covers: ["iconv"],
            setUp: "mkdir src dst; touch -d '2020-02-02' src/a src/$(printf 'k\\343\\201\\202') src/z",
            ["-a", "--iconv=utf-8,iso-8859-1"], protocols: [29, 30, 32], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/target-that-cannot-be-sent", covers: ["iconv"],
            setUp: "mkdir -p src/d dst; ln -s $(printf 'x\\377') src/l; ln -s $(printf 'x\\377') src/d/m",
            ["-a", "--iconv=utf-8,iso-8859-1"], comparing: [.tree, .status, .wholeStderr], protocols: [30, 31, 32],
            roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "iconv/of-the-environment", covers: ["iconv"], setUp: trees, ["-a"], protocols: [32],
            environment: ["RSYNC_ICONV": "utf-8,iso-8859-1"], unobservable: "the variable does it"),
        OptionCase(
            "iconv/not", covers: ["iconv"], setUp: trees, ["-a", "--no-iconv"], protocols: [32],
            environment: ["RSYNC_ICONV": "utf-8,iso-8859-1"]),
        OptionCase(
            "iconv/no-such-charset", covers: ["iconv"], setUp: "mkdir src dst; touch src/a", ["-a", "--iconv=utf-8,none-such"],
            protocols: [32], roles: [.local, .wePull, .stockPulls]),
    ]
}

extension String {
    /// Scripts that make the two letters in the other charset.
    fileprivate func replacingCodes() -> String {
        split(separator: "\\303\\251").joined(separator: "\\351").split(separator: "\\303\\274").joined(separator: "\\374")
    }
}
