extension OptionCase {
    /// Symlinks of every kind: to files, directories and what is neither, inside and outside, dangling and in a loop.
    private static let linked = """
        mkdir -p src/d/e out/od dst; echo f >src/f; echo o >out/o; echo x >out/od/x; echo e >src/d/e/e; ln -s f src/lf
        ln -s d src/ld; ln -s ../out/o src/uo; ln -s ../out/od src/uod; ln -s nope src/dang; ln -s loop src/loop
        ln -s nope2 src/d/dang2; ln -s ../../../out/od src/d/e/deep; ln -s lf/x src/notdir; mkfifo src/ff; ln -s ff src/lff
        find src out dst -exec touch -h -d @1000000000 {} +
        """

    /// A destination where symlinks stand for two of the directories.
    private static let relinked = """
        mkdir -p src/b src/c/d dst/real dst/real2 od2/in; echo 2 >src/b/g; echo 3 >src/c/d/h; ln -s real dst/b
        ln -s real2 dst/c; ln -s ../real dst/real2/d; echo old >dst/real/y; ln -s ../od2 dst/ext; ln -s ../od2 dst/real/lnk
        find src od2 dst -exec touch -h -d @1000000000 {} +
        """

    static let links: [OptionCase] = [
        OptionCase(
            "copy-links/sends-what-they-lead-to", covers: ["copy-links"], setUp: linked, ["-rltL"],
            comparing: [.tree, .status, .stderr]),
        OptionCase(
            "copy-links/whole-list", covers: ["copy-links"], setUp: linked, ["-rltDLHi", "--no-inc-recursive", "--exclude=dang*"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "copy-links/rules-see-the-referent", covers: ["copy-links"], setUp: linked, ["-rLt", "--exclude=ld/", "--exclude=d/"]),
        OptionCase(
            "copy-links/nothing-is-deleted-after-an-error", covers: ["copy-links"],
            setUp: linked + "\ntouch -d @1000000000 dst/mine", ["-rLt", "--delete"]),
        OptionCase(
            "copy-links/start-items", covers: ["copy-links"], setUp: linked, ["-rltL"],
            sources: ["src/lf", "src/ld", "src/uod", "src/dang", "src/loop"], comparing: [.tree, .status, .stderr]),
        OptionCase(
            "copy-links/relative", covers: ["copy-links"], setUp: linked, ["-rltLR"], sources: ["src/./ld/e", "src/uod/x"]),
        OptionCase(
            "copy-dirlinks/directories-alone", covers: ["copy-dirlinks"], setUp: linked, ["-rltki"],
            comparing: [.tree, .status, .stdout]),
        OptionCase(
            "copy-dirlinks/start-items", covers: ["copy-dirlinks"], setUp: linked, ["-rltk"],
            sources: ["src/lf", "src/ld", "src/uod", "src/dang"]),
        OptionCase(
            "copy-unsafe-links/those-that-lead-out", covers: ["copy-unsafe-links"], setUp: linked,
            ["-rlt", "--copy-unsafe-links"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "copy-unsafe-links/with-the-others", covers: ["copy-unsafe-links"],
            setUp: linked + "\nln -s ../gone src/ud; touch -h -d @1000000000 src/ud src",
            ["-rltki", "--copy-unsafe-links", "--safe-links"], comparing: [.tree, .status, .stdout, .stderr]),
        OptionCase(
            "safe-links/leaves-out-what-leads-out", covers: ["safe-links"], setUp: linked, ["-rlt", "--safe-links"]),
        OptionCase(
            "munge-links/each-side-for-itself", covers: ["munge-links"],
            setUp: linked + """

                ln -s /rsyncd-munged/../x src/m1; ln -s /rsyncd-munged/ src/m2; ln -s f dst/lf
                touch -h -d @1000000000 src/m1 src/m2 dst/lf src dst
                """,
            ["-rlti", "--munge-links"], comparing: [.tree, .status, .stdout]),
        OptionCase(
            "munge-links/far-side", covers: ["remote-option"], setUp: linked, ["-rlti", "-M--munge-links"],
            comparing: [.tree, .status, .stdout], roles: [.local, .wePush, .stockPushes]),
        OptionCase(
            "keep-dirlinks/symlinks-stand-for-directories", covers: ["keep-dirlinks"], setUp: relinked, ["-rltKi"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        OptionCase(
            "keep-dirlinks/deletion-goes-through-them", covers: ["keep-dirlinks"], setUp: relinked,
            ["-rltK", "--delete", "--exclude=real*"]),
        OptionCase(
            "keep-dirlinks/not-out-of-the-destination", covers: ["keep-dirlinks"],
            setUp: relinked + "\nmkdir src/ext; echo 4 >src/ext/n; touch -d @1000000000 src/ext/n src/ext src",
            ["-rltK"], comparing: [.tree, .status, .stderr], extraTrees: ["od2"]),
    ]
}
