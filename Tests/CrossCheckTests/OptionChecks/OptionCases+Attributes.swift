extension OptionCase {
    private static let files = """
        umask 022; mkdir -p src/d dst
        for m in 644 755 4711 600; do echo $m >src/f$m; chmod $m src/f$m; done
        ln -s f644 src/l; mkfifo src/d/p; chmod 750 src/d

        """
    private static let times = "touch -h -d '2001-01-01 01:01:01' src/* src/d/* src dst\n"
    private static let swapped = files + "cp src/f644 dst/f755; cp src/f755 dst/f644; chmod 640 dst/f755; chmod 775 dst/f644\n" + times
    private static let accessed = files + times + """
        touch -a -h -d '2005-05-05 05:05:05' src/f* src/l src/d/p
        cp -a src/f755 dst/; touch -a -d '2006-06-06' dst/f755

        """
    private static let owned = files + """
        chown 5 src/f644; chown 1234:1235 src/f755; chown bin:bin src/f600

        """ + times

    static let attributes: [OptionCase] = [
        OptionCase(
            "executability/x-bits-only", covers: ["executability"], setUp: swapped, ["-rltE", "-i"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "executability/of-transferred-files", covers: ["executability"], setUp: swapped, ["-rltEI"]),
        OptionCase("perms/without", covers: ["perms"], setUp: swapped, ["-a", "--no-p"]),
        OptionCase("perms/with", covers: ["perms"], setUp: swapped, ["-rltp", "-i"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "chmod/symbolic", covers: ["chmod"], setUp: swapped, ["-a", "--chmod=Dg+s,ug+w,Fo-rwx,+X", "-i"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "chmod/octal-and-twice", covers: ["chmod"], setUp: swapped, ["-a", "--chmod=D711,F640", "--chmod=u+s"]),
        OptionCase("chmod/without-perms", covers: ["chmod"], setUp: swapped, ["-rlt", "--chmod=Fgo-rwx"]),
        OptionCase(
            "chmod/malformed", covers: ["chmod"], setUp: files, ["-a", "--chmod=DF+x"], comparing: [.status, .stderr]),
        OptionCase(
            "owner/kept", covers: ["owner", "group"], setUp: owned, ["-rltog", "-i"],
            comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase(
            "numeric-ids/kept", covers: ["numeric-ids"], setUp: owned, ["-a", "--numeric-ids", "--usermap=bin:7"],
            needsRoot: true),
        OptionCase(
            "chown/both", covers: ["chown"], setUp: owned, ["-a", "--chown=daemon:bin", "-i"],
            comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase("chown/group-alone", covers: ["chown"], setUp: owned, ["-rlt", "--chown=:bin"], needsRoot: true),
        OptionCase(
            "usermap/names-ranges-patterns", covers: ["usermap"], setUp: owned,
            ["-a", "--usermap=root:7,1000-2000:9,b*:11,*:12"], needsRoot: true),
        OptionCase(
            "usermap/name-of-zero", covers: ["usermap"], setUp: owned,
            ["-a", "--no-inc-recursive", "--usermap=root:7"], needsRoot: true),
        OptionCase(
            "groupmap/names-and-none", covers: ["groupmap"], setUp: owned, ["-a", "--groupmap=:9,root:8,bin:0"],
            needsRoot: true),
        OptionCase(
            "groupmap/refused", covers: ["groupmap"], setUp: "mkdir -p src/d dst/d; chmod 777 . dst dst/d\n",
            ["-rg", "--super", "--groupmap=*:7"], comparing: [.tree, .status, .wholeStderr], needsRoot: true, asNobody: true),
        OptionCase(
            "usermap/refused", covers: ["usermap"], setUp: "mkdir -p src/d dst/d; chmod 777 . dst dst/d\n",
            ["-rog", "--super", "--groupmap=*:7", "--usermap=*:7"], comparing: [.tree, .status, .wholeStderr], needsRoot: true,
            asNobody: true),
        OptionCase(
            "usermap/malformed", covers: ["usermap"], setUp: files, ["-a", "--usermap=foo"],
            comparing: [.status, .stderr], protocols: [31, 32], roles: [.local]),
        OptionCase(
            "atimes/kept", covers: ["atimes"], setUp: accessed + "touch -a -d '2005-05-05 05:05:05' src/f*\n", ["-aU", "-i"],
            comparing: [.tree, .status, .stdout],
            protocols: [29, 30, 31, 32], probe: "find dst -type f -printf '%p %A+\\n' | sort"),
        OptionCase(
            "open-noatime/of-the-source", covers: ["open-noatime"],
            setUp: accessed + "touch -a -d '2005-05-05 05:05:05' src/f*\n", ["-a", "--open-noatime", "-M--open-noatime"],
            probe: "find src -type f -printf '%p %A+\\n' | sort"),
        OptionCase(
            "open-noatime/of-directories", covers: ["open-noatime"],
            setUp: "mkdir -p src/d/e dst; echo 1 >src/d/f; touch -d '2005-05-05 05:05:05' src/d/f src/d/e src/d src\n",
            ["-a", "--open-noatime", "-M--open-noatime"], probe: "stat -c '%n %x' src src/d src/d/e src/d/f"),
        OptionCase(
            "copy-as/with-super", covers: ["copy-as"],
            setUp: "mkdir src dst; chmod 755 .; chmod 777 dst; echo 1 >src/a; mkfifo src/p; touch -d @1000000000 src/* src dst\n",
            ["-rtOpog", "--copy-as=daemon", "--super"], roles: [.local, .wePull, .stockPulls], needsRoot: true),
        OptionCase(
            "copy-as/groups-of-the-far-side", covers: ["copy-as", "remote-option"],
            setUp: "mkdir src dst; chmod 755 .; chmod 777 dst; echo 1 >src/a; chgrp 7 src/a; touch -d @1000000000 src/a src dst; chmod 777 src\n",
            ["-rtOpg", "-M--copy-as=daemon"], roles: [.local], needsRoot: true),
        OptionCase(
            "copy-as/nobody-to-read-the-list", covers: ["copy-as", "remote-option"],
            setUp: "mkdir src dst; cd src; seq 9000 | sed 's/$/-and-a-name-that-is-long-enough-for-the-pipe/' | xargs touch; cd ..\n",
            ["-r", "-M--copy-as=no-such-user"], protocols: [31, 32], roles: [.local], needsRoot: true),
        OptionCase(
            "copy-as/far-side-of-a-local-copy", covers: ["copy-as", "remote-option"],
            setUp: "mkdir src dst; chmod 755 .; chmod 777 dst; echo 1 >src/a; mkdir src/d; echo 2 >src/d/b; touch -d @1000000000 src/a src/d/b src/d src dst\n",
            ["-rtO", "-M--copy-as=daemon"], roles: [.local, .wePush, .stockPushes], needsRoot: true),
        OptionCase(
            "copy-as/another-user", covers: ["copy-as"],
            setUp: "chmod 777 .; umask 0; mkdir src; echo a >src/a; chmod 644 src/a\n" + "touch -d '2001-01-01' src/a src\n",
            ["-a", "--copy-as=daemon"], roles: [.local, .wePull, .stockPulls], needsRoot: true),
        OptionCase("times/kept", covers: ["times"], setUp: files + times, ["-rlt"]),
        OptionCase(
            "omit-dir-times/not-of-directories", covers: ["omit-dir-times"], setUp: files + times + "touch -d 2003-03-03 dst\n",
            ["-aO"], comparing: [.status], probe: "find dst -type d -newermt 2002-01-01 | sort"),
        OptionCase(
            "omit-link-times/not-of-links", covers: ["omit-link-times"], setUp: files + times, ["-aJ"],
            comparing: [.status], probe: "find dst -type l -newermt 2002-01-01 | sort"),
        OptionCase(
            "super/not", covers: ["super", "remote-option"], setUp: owned, ["-a", "-i", "-M--no-super", "--no-super"],
            comparing: [.tree, .status, .stdout], needsRoot: true),
        OptionCase("devices/without", covers: ["devices"], setUp: files + "mknod src/n c 1 3\n" + times, ["-a", "--no-devices"], needsRoot: true),
        OptionCase("specials/without", covers: ["specials"], setUp: files + "mknod src/n c 1 3\n" + times, ["-a", "--no-specials"], needsRoot: true),
        OptionCase("D/both", covers: ["D", "devices", "specials"], setUp: files + "mknod src/n c 1 3\n" + times, ["-rltD"], needsRoot: true),
    ] + [("super/refused", []), ("super/refused-without-times", ["-O"])].map { slug, more -> OptionCase in
        OptionCase(
            slug, covers: ["super"],
            setUp: """
                umask 022; mkdir -p src/a src/b src/c src/d/e src/f dst; chmod 777 dst; echo 1 >src/d/f
                chmod 0 src/a; chmod 70 src/b; chmod 555 src/c; chmod 1777 src/f; touch -d @1000000000 src/? src/d/? src

                """,
            ["-a", "--super", "-M--super"] + more, protocols: [29, 30, 31, 32], asNobody: true)
    }
}
