extension OptionCase {
    private static let listed = """
        umask 022; mkdir -p src/d src/e dst; for f in a b c m n s; do echo $f >src/$f; done
        chmod 640 src/a; setfacl -m u:33:rw,u:1234:-,g:1234:rx src/a
        chmod 764 src/b; setfacl -m u:33:x,g::r,m::rwx src/b
        setfacl -m m::r src/m; setfacl -m g:bin:rwx,m::r src/n; chmod 4755 src/s; setfacl -m u:5:x src/s
        setfacl -m u:33:rwx -m d:u:33:rwx,d:g:5:x src/d; setfacl -d -m o::- src/e; echo x >src/e/x
        mkfifo src/p; setfacl -m u:33:r src/p; ln -s a src/l

        """
    private static let listTimes = "touch -h -d '2001-01-01 01:01:01' src/*/* src/* src dst\n"
    /// What is there already differs in its lists, or in its mode alone.
    private static let changed = listed + listTimes + """
        $STOCK -aA src/ dst; setfacl -b dst/a dst/p; setfacl -m u:7:r dst/c; setfacl -k dst/d; setfacl -m m::rw dst/m
        setfacl -d -m u:9:r dst; chmod 755 dst/s

        """

    static let acls: [OptionCase] = [
        OptionCase(
            "acls/of-new-items", covers: ["acls"], setUp: listed + listTimes, ["-aA", "-i"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "acls/changed", covers: ["acls"], setUp: changed, ["-aA", "-i"], comparing: [.tree, .status, .stdout],
            protocols: [30, 31, 32]),
        OptionCase(
            "acls/changed-dry-run", covers: ["acls"], setUp: changed, ["-aAn", "-i"], comparing: [.tree, .status, .stdout],
            protocols: [30, 31, 32]),
        OptionCase(
            "acls/without-owners-and-increments", covers: ["acls"], setUp: listed + listTimes,
            ["-rltA", "--no-inc-recursive"], protocols: [30, 31, 32]),
        OptionCase(
            "acls/with-xattrs", covers: ["acls", "xattrs"], setUp: listed + "setfattr -n user.x -v 1 src/a\n" + listTimes,
            ["-aAX"], protocols: [30, 31, 32]),
        OptionCase(
            "acls/mapped", covers: ["acls"], setUp: listed + listTimes, ["-aA", "--usermap=33:40", "--groupmap=bin:41"],
            protocols: [30, 31, 32], needsRoot: true),
        OptionCase(
            "acls/inherited-ones-go", covers: ["acls"], setUp: listed + listTimes + "setfacl -d -m u:9:rwx dst\n", ["-aA"],
            protocols: [30, 31, 32]),
        OptionCase(
            "acls/stored-in-attributes", covers: ["acls"], setUp: listed + listTimes, ["-aA", "-M--fake-super"],
            protocols: [30, 31, 32], roles: [.wePush, .stockPushes]),
        OptionCase(
            "acls/from-attributes", covers: ["acls"],
            setUp: listed + listTimes + """
                mv src was; printf '#!/bin/sh\\nshift\\nexec sh -c "$*"\\n' >sh; chmod +x sh
                $STOCK -aA -e ./sh --rsync-path="$STOCK" -M--fake-super was/ here:"$PWD/src"; rm -r was sh

                """,
            ["-aA", "-M--fake-super"], protocols: [30, 31, 32], roles: [.wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "acls/too-old", covers: ["acls"], setUp: listed, ["-aA"], comparing: .status, protocols: [27, 29],
            roles: [.wePull, .wePush, .stockPulls, .stockPushes]),
        OptionCase(
            "xattrs/lists-past-a-rule", covers: ["xattrs"],
            setUp: "mkdir src dst; echo a >src/f; chmod 640 src/f; setfacl -m u:1:rw src/f; setfattr -n user.foo -v x src/f; touch -d @1000000000 src/f src\n",
            ["-aX", "--filter=-x user.foo"], protocols: [30, 31, 32], needsRoot: true, probe: "getfattr -d -m - dst/f"),
    ]
}
