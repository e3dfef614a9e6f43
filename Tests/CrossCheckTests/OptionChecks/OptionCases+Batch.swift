/// Batch files: what ours writes stock reads, and the other way round.
extension OptionCase {
    private static let trees = """
        mkdir -p src/d/e dst/d again/d; seq 1 9000 >src/big; seq 5 8950 >dst/big; echo 1 >src/a; echo 2 >src/d/b
        echo 3 >src/d/e/c; ln -s a src/l; echo gone >dst/d/gone; cp dst/big again/big; echo gone >again/d/gone
        find src -exec touch -h -d 2020-02-02 {} +; touch -d 2019-09-09 dst/big again/big
        """

    static let batch: [OptionCase] = [
        OptionCase(
            "write-batch/stock-reads-it", covers: ["write-batch"], setUp: trees, ["-a", "--delete", "--no-W", "--write-batch=B"],
            probe: "sed '1s/^[^ ]* //' B.sh; $STOCK -a --delete --read-batch=B again/; cat again/big again/d/e/c; ls -R again"),
        OptionCase(
            "write-batch/access-lists", covers: ["write-batch"], setUp: trees + "\nsetfacl -m u:7:r src/a; setfacl -m u:8:rx src/d",
            ["-aA", "--write-batch=B"], protocols: [30, 31, 32],
            probe: "$STOCK -a --read-batch=B again/; getfacl -Rn again | grep user:; ls -R again"),
        OptionCase(
            "read-batch/access-lists-of-stock", covers: ["read-batch"],
            setUp: trees + "\nsetfacl -m u:7:r src/a; setfacl -m u:8:rx src/d; $STOCK -aA --write-batch=B src/ again/",
            ["-av", "--read-batch=B"], comparing: [.tree, .status, .stdout], protocols: [30, 31, 32], roles: [.local],
            probe: "getfacl -Rn dst | grep user:"),
        OptionCase(
            "write-batch/compressed", covers: ["write-batch"], setUp: trees, ["-az", "--no-W", "--write-batch=B"],
            probe: "$STOCK -az --read-batch=B again/; cat again/big again/d/e/c; ls -R again"),
        OptionCase(
            "write-batch/rules-in-the-script", covers: ["write-batch"], setUp: trees,
            ["-a", "--exclude=*.o", "-f", "P x", "--include=a", "--write-batch=B"],
            probe: "sed '1s/^[^ ]* //' B.sh"),
        OptionCase(
            "write-batch/not-in-a-dry-run", covers: [], setUp: trees, ["-an", "--write-batch=B"], probe: "ls",
            unobservable: "nothing is written"),
        OptionCase(
            "write-batch/nowhere", covers: ["write-batch"], setUp: trees, ["-a", "--write-batch=none/B"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "only-write-batch/changes-nothing", covers: ["only-write-batch"], setUp: trees, ["-a", "--no-W", "--only-write-batch=B"],
            probe: "$STOCK -a --read-batch=B again/; cat again/big again/d/e/c; ls -R again"),
        OptionCase(
            "read-batch/of-stock", covers: ["read-batch"], setUp: trees + "\n$STOCK -a --no-W --write-batch=B src/ again/",
            ["-ai", "--read-batch=B"], comparing: [.tree, .status, .stdout], roles: [.local]),
        OptionCase(
            "read-batch/other-options", covers: ["read-batch"],
            setUp: trees + "\n$STOCK -a --no-W --write-batch=B src/ again/", ["-rvcH", "--read-batch=B"],
            comparing: [.tree, .status, .stdout], roles: [.local]),
        OptionCase(
            "read-batch/what-is-there-already", covers: ["read-batch"],
            setUp: trees + "\n$STOCK -a --no-W --write-batch=B src/ again/; cp -p src/a dst/a", ["-a", "--read-batch=B"],
            comparing: [.tree, .status, .stdout], roles: [.local]),
        OptionCase(
            "read-batch/lacks-a-file", covers: ["read-batch"],
            setUp: trees + "\ncp -p src/a again/a; $STOCK -a --no-W --write-batch=B src/ again/", ["-a", "--read-batch=B"],
            comparing: [.tree, .status], roles: [.local]),
        OptionCase(
            "read-batch/none-there", covers: ["read-batch"], setUp: trees, ["-a", "--read-batch=B"], comparing: [.tree, .status, .stderr],
            roles: [.local]),
        OptionCase(
            "read-batch/not-with-writing", covers: ["read-batch"], setUp: trees, ["-a", "--read-batch=B", "--write-batch=C"],
            comparing: [.tree, .status, .stderr], roles: [.local]),
    ]
}
