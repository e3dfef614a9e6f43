/// What is said of places that cannot be used and of requests that cannot be met, and how the run ends.
extension OptionCase {
    private static let two = "mkdir -p src/d dst; echo a >src/a; echo b >src/d/b; touch -d @1000000000 src/d/b src/a src/d src\n"
    /// Where nobody else may look, and a destination that is anybody's.
    private static let closed = two + "mkdir -m 700 closed; echo x >other; chown 65534 dst; touch -d @1000000000 dst\n"
    private static let linked = """
        mkdir -p src/d dst; echo 1 >src/a; ln src/a src/h; ln src/a src/d/z; echo 2 >src/x; ln src/x src/d/y; touch -d @1000000000 src/a src/x
        cp -a src ref; echo zz >ref/d/y; touch -d @1000000000 src/d src ref/d ref dst

        """

    static let words: [OptionCase] = [
        OptionCase(
            "link-dest/names-what-a-link-is-to", covers: ["link-dest"], setUp: linked, ["-aHii", "--link-dest=../ref"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "link-dest/links-of-a-group-told-once", covers: ["link-dest"], setUp: linked, ["-aHi", "--link-dest=../ref"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "link-dest/links-of-a-group-verbosely", covers: ["link-dest"], setUp: linked, ["-aHvv", "--link-dest=../ref"],
            comparing: [.tree, .status, .stdout]),
        place("link-dest/says-where-it-looked", ["-a", "--link-dest=../nope/", "--link-dest=no/../pe"], setUp: two, protocols: [29, 30, 31, 32]),
        place("link-dest/where-nobody-may-look", ["-rt", "--link-dest=@DIR@/closed/x"], asNobody: true),
        place("compare-dest/says-where-it-looked", ["-a", "--compare-dest=nope", "--compare-dest=../src/a"], setUp: two, protocols: [29, 30, 31, 32]),
        place("copy-dest/says-where-it-looked", ["-a", "--copy-dest=@DIR@/nope/", "--copy-dest=."], setUp: two + "rmdir dst\n", protocols: [29, 30, 31, 32]),
        OptionCase(
            "link-dest/says-where-it-would-look", covers: ["link-dest"], setUp: two, ["-an", "--link-dest=../../nope"],
            destination: "dst/new/", comparing: [.tree, .status, .wholeStderr]),
        place("partial-dir/closed-and-not-needed", ["-rt", "--partial-dir=@DIR@/closed/p"], asNobody: true, unobservable: "no part is kept"),
        place("partial-dir/below-a-file", ["-rt", "--partial-dir=@DIR@/other/p"], unobservable: "no part is kept"),
        place("delay-updates/no-place-for-them", ["-rt", "--delay-updates", "--partial-dir=@DIR@/closed/p"], asNobody: true),
        // What is mounted there is gone before the trees are looked at.
        OptionCase(
            "preallocate/where-that-is-not-known", covers: ["preallocate"], setUp: two + ": >src/e; mount -t ramfs none dst || :\n",
            ["-r", "--preallocate"], comparing: [.status, .wholeStderr], needsRoot: true, probe: "cat dst/*; umount dst || :"),
        refused("crtimes/is-not-known", ["-aN"]),
        OptionCase(
            "server/without-paths", covers: [], setUp: "mkdir src", ["--server", "-logDtpr"], sources: [], destination: nil,
            comparing: [.status, .stdout], protocols: [32], roles: [.local], unobservable: "no client sends that"),
        OptionCase(
            "server/a-sender-without-paths", covers: [], setUp: "mkdir src", ["--server", "--sender", "-logDtpr"], sources: [],
            destination: nil, comparing: [.status, .stdout], protocols: [32], roles: [.local], unobservable: "no client sends that"),
        atServer("copy-as/nobody-of-that-name", ["-t", "-M--copy-as=no-such-user"], covers: ["remote-option"]),
        atServer("copy-as/no-group-of-that-name", ["-t", "-M--copy-as=root:no-such-group"], covers: ["remote-option"]),
        atServer("usermap/malformed-at-a-server", ["-t", "--usermap=xx"], covers: ["usermap"]),
        atServer("groupmap/malformed-at-a-server", ["-t", "--groupmap=1-2x:4", "--delete"], covers: ["groupmap"]),
        // Stock takes two files that it cannot read for equal, whatever is in them.
        OptionCase(
            "checksum/nothing-can-be-read", covers: ["checksum"],
            setUp: closed + "cp src/a dst; echo c >dst/a; touch -d @1000000000 dst/a dst; chown -R 65534 dst; chmod 0 src/a dst/a\n", ["-rct"],
            comparing: .status, asNobody: true, unobservable: "the quick check finds no difference either"),
    ] + unusable("temp-dir/closed", ["-rt", "--temp-dir=@DIR@/closed/x"])
        + unusable("temp-dir/not-there", ["-rt", "--temp-dir=../nope"])
        + unusable("temp-dir/a-file", ["-rt", "--temp-dir=@DIR@/other"])
        + unusable("temp-dir/below-a-file", ["-rt", "--temp-dir=@DIR@/other/x"])
        + unusable("backup-dir/closed", ["-rt", "-b", "--backup-dir=@DIR@/closed/x"])
        + unusable("backup-dir/a-file", ["-rt", "-b", "--backup-dir=@DIR@/other"])
        + unusable("backup-dir/below-a-file", ["-rtn", "-b", "--backup-dir=@DIR@/other/x"])
        + toNothing("a-directory", ["-rt"])
        + toNothing("a-directory-with-a-slash", ["-rt"], destination: "dst/")
        + toNothing("two-files", ["-t"], sources: ["src/a", "src/d/b"])
        + toNothing("one-file", ["-t"], sources: ["src/a"])
        + toNothing("one-directory", ["-t", "-d"], sources: ["src/d"])
        + toNothing("with-parents", ["-rt", "--mkpath"])
        + toNothing("as-a-trial", ["-rtn"])
        + toNothing("below-a-file", ["-rt"], destination: "src/a/x")
        + toNothing("below-a-file-one-file", ["-t"], sources: ["src/d/b"], destination: "src/a/x/")
        + toNothing("through-a-file", ["-t"], sources: ["src/d/b"], destination: "through")

    private static func place(
        _ slug: String, _ arguments: [String], setUp: String? = nil, protocols: [Int32] = [27, 29, 30, 31, 32],
        asNobody: Bool = false, unobservable: String? = nil
    ) -> OptionCase {
        OptionCase(
            slug, covers: [String(slug.prefix { $0 != "/" })], setUp: setUp ?? closed, arguments,
            comparing: [.tree, .status, .wholeStderr], protocols: protocols, asNobody: asNobody, unobservable: unobservable)
    }

    /// What is said besides depends below 31, and with a server of ours, on which side learns first that the other has ended.
    private static let certainWords: (protocols: [Int32], roles: Set<OptionRole>) = ([31, 32], [.local, .wePull, .wePush])

    /// A directory beside the destination that nobody can use: how the run ends, and in which words.
    private static func unusable(_ slug: String, _ arguments: [String]) -> [OptionCase] {
        let covers = [String(slug.prefix { $0 != "/" })]
        return [
            OptionCase(slug, covers: covers, setUp: closed, arguments, asNobody: true),
            OptionCase(
                slug + "-in-words", covers: covers, setUp: closed, arguments, comparing: .wholeStderr,
                protocols: certainWords.protocols, roles: certainWords.roles, asNobody: true),
        ]
    }

    private static func refused(_ slug: String, _ arguments: [String]) -> OptionCase {
        OptionCase(
            slug, covers: [], setUp: two, arguments, comparing: [.tree, .status, .wholeStderr], protocols: [32],
            unobservable: "it is refused")
    }

    /// Found by a server while it starts: a client that sends ends with its status, one that receives with that of a broken connection.
    private static func atServer(_ slug: String, _ arguments: [String], covers: [String]) -> OptionCase {
        OptionCase(
            slug, covers: covers, setUp: two, ["-r"] + arguments, comparing: [.tree, .status],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes], needsRoot: true)
    }

    /// To a symlink that leads to nothing, or through a file.
    private static func toNothing(
        _ slug: String, _ arguments: [String], sources: [String] = ["src/"], destination: String = "dst"
    ) -> [OptionCase] {
        func one(_ slug: String, _ comparing: Comparison, _ protocols: [Int32], _ roles: Set<OptionRole>) -> OptionCase {
            OptionCase(
                slug, covers: [], setUp: two + "rmdir dst; ln -s nope dst; ln -s src/a/x through\n", arguments, sources: sources,
                destination: destination, comparing: comparing, protocols: protocols, roles: roles,
                unobservable: "no option is at work")
        }
        return [
            one("destination/nothing-for-\(slug)", [.tree, .status, .stdout], [27, 29, 30, 31, 32], Set(OptionRole.allCases)),
            one("destination/words-for-\(slug)", .wholeStderr, certainWords.protocols, certainWords.roles),
        ]
    }
}
