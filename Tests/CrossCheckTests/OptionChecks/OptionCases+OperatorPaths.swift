/// Symlinks in paths that the operator names, and where those paths come out.
extension OptionCase {
    /// Two symlinks to each thing: one that somebody else made, one of our own.
    private static let linked = """
        mkdir src old real; echo 1 >src/a; echo 2 >src/b; cp -a src/. old; echo 3 >real/c; echo '- b' >rules; echo a >list
        ln -s real foreign; ln -s real own; ln -s rules foreign-rules; ln -s list foreign-list; ln -s old foreign-old
        mkdir src/d; echo 4 >src/d/e; ln -s d src/l; printf 'l/e\\na\\n' >names; ln -s . foreign-dir
        touch -h -d 2001-02-03 src/d/* src/* src old/* old real/* real; chown -h 65534 foreign* src/l

        """

    private static func refused(
        _ slug: String, _ arguments: [String], destination: String = "dst/",
        comparing: Comparison = [.tree, .status, .stderr]
    ) -> OptionCase {
        OptionCase(
            "insecure-links/\(slug)", covers: [], setUp: linked, arguments, destination: destination, comparing: comparing,
            needsRoot: true, extraTrees: ["real"], unobservable: "what is refused without the option")
    }

    private static func followed(_ slug: String, _ arguments: [String], destination: String = "dst/") -> OptionCase {
        OptionCase(
            // Before the files of rules: stock reads those as it comes to them.
            "insecure-links/\(slug)", covers: ["insecure-links"], setUp: linked, ["--insecure-links"] + arguments,
            destination: destination, comparing: [.tree, .status], needsRoot: true, extraTrees: ["real"])
    }

    static let operatorPaths: [OptionCase] = [
        refused("refused-destination", ["-a"], destination: "foreign/", comparing: [.tree, .status]),
        // Stock makes the directory through the symlink before it refuses; ours makes nothing.
        OptionCase(
            "insecure-links/refused-above-a-destination", covers: [], setUp: linked, ["-a"], destination: "foreign/new/",
            comparing: .status, roles: [.local, .wePull], needsRoot: true, unobservable: "what is refused without the option"),
        refused("own-destination", ["-a"], destination: "own/"),
        refused("refused-file-of-rules", ["-a", "--exclude-from=foreign-rules"]),
        refused("refused-file-of-includes", ["-a", "--include-from=foreign-dir/rules"]),
        refused("refused-merge-rule", ["-a", "--filter=merge foreign-rules"], comparing: [.tree, .status]),
        refused("refused-file-of-names", ["-a", "--files-from=foreign-list"]),
        refused("refused-link-dest", ["-a", "--link-dest=../foreign-old"], comparing: [.tree, .status]),
        refused("refused-log", ["-a", "--log-file=foreign/log"]),
        refused("refused-batch", ["-a", "--write-batch=foreign/batch"], comparing: [.tree, .status]),
        refused("refused-listed-name", ["-a", "--files-from=names"], comparing: [.tree, .status]),
        followed("destination", ["-a"], destination: "foreign/"),
        followed("file-of-rules", ["-a", "--exclude-from=foreign-rules"]),
        followed("merge-rule", ["-a", "--filter=merge foreign-rules"]),
        followed("file-of-names", ["-a", "--files-from=foreign-list"]),
        OptionCase(
            "insecure-links/listed-name", covers: ["insecure-links"], setUp: linked,
            ["-a", "--files-from=names", "--insecure-links"], comparing: [.tree, .status],
            roles: [.local, .wePush, .stockPushes], needsRoot: true),
        OptionCase(
            "insecure-links/at-the-server", covers: ["remote-option"], setUp: linked,
            ["-a", "-M--insecure-links"], destination: "foreign/", comparing: [.tree, .status],
            roles: [.wePush, .stockPushes], needsRoot: true, extraTrees: ["real"]),
        OptionCase(
            "insecure-links/listed-name-at-the-server", covers: ["remote-option"], setUp: linked,
            ["-a", "--files-from=names", "-M--insecure-links"], comparing: [.tree, .status],
            roles: [.wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "insecure-links/no-confinement", covers: ["confine-root"], setUp: linked, ["-a", "--insecure-links", "--confine-root=/tmp"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "confine-root/absolute", covers: ["confine-root"], setUp: linked, ["-a", "--confine-root=src"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "confine-root/listed-names", covers: ["confine-root"], setUp: linked + "ln -s ../old src/o; printf 'o/b\\na\\n' >names\n",
            ["-a", "--files-from=names", "--confine-root=@DIR@/src"], comparing: [.tree, .status],
            roles: [.local, .wePush, .stockPushes], needsRoot: true),
        OptionCase(
            "confine-root/listed-names-at-the-server", covers: ["remote-option"],
            setUp: linked + "ln -s ../old src/o; printf 'o/b\\na\\n' >names\n",
            ["-a", "--files-from=names", "-M--confine-root=@DIR@/src"], comparing: [.tree, .status],
            roles: [.wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "confine-root/list-at-the-server", covers: ["remote-option"], setUp: linked,
            ["-a", "--files-from=:@DIR@/list", "-M--confine-root=@DIR@/src"], comparing: [.tree, .status],
            roles: [.wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "confine-root/link-dest", covers: ["remote-option"], setUp: linked + "mkdir in; chmod 755 in\n",
            ["-a", "--link-dest=@DIR@/old", "-M--confine-root=@DIR@/in"], destination: "in/dst/", comparing: .tree,
            roles: [.wePush, .stockPushes], needsRoot: true, extraTrees: ["."]),
        OptionCase(
            "confine-root/link-dest-inside", covers: ["link-dest"], setUp: linked,
            ["-a", "--link-dest=@DIR@/old", "-M--confine-root=@DIR@"], comparing: [.tree, .status],
            roles: [.wePush, .stockPushes], needsRoot: true, extraTrees: ["."]),
    ]
}
