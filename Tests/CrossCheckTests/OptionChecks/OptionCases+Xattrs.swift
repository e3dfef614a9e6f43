extension OptionCase {
    /// A function for the shell: NAME=VALUE onto each file.
    private static let tool = """
        x() {
          n=${1%%=*}; v=${1#*=}; shift
          case $n in *long) v=$v$v$v$v$v$v; v=$v$v$v$v$v$v;; esac
          setfattr -h -n "$n" -v "$v" "$@"
        }
        umask 022; mkdir -p src/d dst
        for f in a b c d/e; do echo $f >src/$f; done
        ln -s a src/l; mkfifo src/p
        x user.short=1 src/a src/b src/d/e; x user.long=value src/a src/b src/d src; x user.empty= src/c

        """
    private static let rootsOwn = "x trusted.long=t src/a src/l src/p; x security.foo=2 src/c\n"
    private static let older = """
        cp -a src/a src/b src/c src/d src/l src/p dst/
        x user.surplus=1 dst/a; x user.long=other dst/b dst/d; x user.surplus=2 dst/c; echo changed >dst/d/e

        """
    private static let times = "touch -h -d '2001-01-01 01:01:01' src/d/* src/* src dst\n"
    private static let modern: [Int32] = [30, 31, 32]

    static let xattrs: [OptionCase] = [
        OptionCase(
            "xattrs/new-items", covers: ["xattrs"], setUp: tool + times, ["-aX", "-i"],
            comparing: [.tree, .status, .stdout], protocols: modern),
        OptionCase(
            "xattrs/of-all-kinds", covers: ["xattrs"], setUp: tool + rootsOwn + times, ["-aX", "-i"],
            comparing: [.tree, .status, .stdout], protocols: modern, needsRoot: true),
        OptionCase(
            "xattrs/changes", covers: ["xattrs"], setUp: tool + older + times, ["-aX", "-ii"],
            comparing: [.tree, .status, .stdout], protocols: modern),
        // What the sender may not read is left out: sent without it, the other side would lose what it has.
        OptionCase(
            "xattrs/unreadable", covers: ["xattrs"],
            setUp: """
                mkdir -p src/d dst/d; for t in src dst; do echo f >$t/f; setfattr -n user.a -v 1 $t/f $t/d; done; echo k >src/k
                touch -d @1000000000 src/* dst/* src dst; chmod 777 . dst; chown -R nobody dst; chmod 600 src/f; chmod 711 src/d

                """,
            ["-rtX", "-i"], comparing: [.tree, .status, .stdout], protocols: modern, asNobody: true),
        OptionCase(
            "xattrs/unreadable-and-deletion", covers: ["xattrs", "delete"],
            setUp: """
                mkdir -p src dst; for t in src dst; do echo f >$t/f; setfattr -n user.a -v 1 $t/f; done; echo k >dst/k
                touch -d @1000000000 src/* dst/* src dst; chmod 777 . dst; chown -R nobody dst; chmod 600 src/f

                """,
            ["-rtX", "-i", "--delete"], comparing: [.tree, .status, .stdout], protocols: modern, asNobody: true),
        OptionCase(
            "xattrs/hard-links", covers: ["xattrs"], setUp: tool + older + "ln src/a src/z; ln src/c src/d/y\n" + times,
            ["-aXH", "-i"], comparing: [.tree, .status, .stdout], protocols: modern),
    ] + [
        ("link", "base", "--link-dest"), ("copy", "base", "--copy-dest"), ("compare", "base", "--compare-dest"),
        ("link-of-others", "other", "--link-dest"), ("copy-of-others", "other", "--copy-dest"),
    ].map { name, base, option in
        OptionCase(
            "xattrs/alternates-\(name)", covers: ["xattrs"],
            // What is neither file nor directory and is equal in `--copy-dest` loses its attributes with stock.
            setUp: tool + (option == "--copy-dest" ? "" : rootsOwn) + "mkdir -p src/d/f base other; x trusted.x=1 src/d/f\n" + times + """
                touch -d '2001-01-01 01:01:01' src/d/f
                cp -a src/. base/; cp -a src/. other/; cd other; x user.long=more d a; x user.short=2 d/f
                test -z "$(getfattr -h -m trusted l)" || x trusted.long=more l p; cd ..

                """,
            ["-aX", "-i", "\(option)=../\(base)"], comparing: [.tree, .status, .stdout], protocols: modern, needsRoot: true)
    } + [
        OptionCase(
            "xattrs/replaced-of-the-same-kind", covers: ["xattrs"],
            setUp: tool + rootsOwn + "mknod src/n c 1 3; x trusted.x=1 src/n\n" + times + """
                cp -a src/. dst/; rm dst/l dst/p dst/n; ln -s b dst/l; mkfifo dst/n; mknod dst/p c 1 3
                x trusted.long=t dst/l dst/p; x trusted.x=1 dst/n; touch -h -d '2001-01-01 01:01:01' dst/l dst/p dst/n

                """,
            ["-aX", "-i"], comparing: [.tree, .status, .stdout], protocols: modern, needsRoot: true),
        OptionCase(
            "xattrs/as-an-ordinary-user", covers: ["xattrs"], setUp: tool + rootsOwn + times,
            ["-aX", "--no-super", "-M--no-super"], protocols: modern, needsRoot: true),
        OptionCase(
            "xattrs/too-old-a-protocol", covers: ["xattrs"], setUp: tool, ["-aX"], comparing: [.status], protocols: [27, 29],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "fake-super/kept-in-xattrs", covers: ["fake-super"], setUp: tool + rootsOwn + "mknod src/n c 1 3\n" + times,
            ["-aX", "--fake-super"], protocols: modern, roles: [.local, .wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "fake-super/a-symlink-of-another-make", covers: ["fake-super"],
            setUp: "mkdir src dst; ln -s x src/k; touch -h -d @1000000000 src/k src dst; cp -a src/k dst/k; touch -d @1000000000 dst\n",
            ["-ai", "--fake-super"], comparing: [.tree, .status, .stdout], roles: [.local, .wePull, .stockPulls], needsRoot: true,
            probe: "getfattr -d -m - dst/k"),
        OptionCase(
            "fake-super/a-symlink-of-another-make-elsewhere", covers: ["fake-super", "link-dest"],
            setUp: "mkdir src dst ref; ln -s x src/k; touch -h -d @1000000000 src/k src dst; cp -a src/k ref/k\n",
            ["-ai", "--fake-super", "--link-dest=../ref"], comparing: [.tree, .status, .stdout],
            roles: [.local, .wePull, .stockPulls], needsRoot: true, extraTrees: ["ref"]),
    ]
}
