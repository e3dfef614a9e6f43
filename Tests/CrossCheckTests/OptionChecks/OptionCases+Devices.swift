/// Devices read and written like files. Block devices are loop devices where the system lets us have some; the character
/// devices alone show the options at work too.
extension OptionCase {
    /// A loop device of its own for the job: a kibibyte of `LETTER`, its node at `NODE`.
    private static func loop(_ letter: String, _ node: String) -> String {
        """
        head -c 1024 /dev/zero | tr '\\0' \(letter) >image
        if losetup -f --show image >loop 2>/dev/null; then mknod \(node) b $(stat -L -c '0x%t 0x%T' $(cat loop)); else rm -f loop; fi

        """
    }

    /// What is on the device afterwards; the node goes, since each job has another number.
    private static func end(_ node: String) -> String {
        "test ! -s loop || { cat \(node) | cksum; losetup -d $(cat loop); rm \(node); }; rm -f loop image"
    }

    private static let sources =
        "mkdir src dst; " + loop("a", "src/block") + """
            mknod src/null c 1 3; mknod src/driverless b 99 99; echo 1 >src/file; mkfifo src/fifo; ln -s null src/link
            chmod 4640 src/null; ln src/null src/other; touch -h -d 2001-02-03 src/* src

            """

    private static let targets =
        "mkdir src dst; " + loop("b", "dst/block") + """
            mknod dst/null c 1 3; mkfifo dst/fifo; mknod dst/gone c 1 5
            head -c 1024 /dev/zero | tr '\\0' c >src/block; for f in null fifo; do echo $f >src/$f; done; mknod src/node c 1 7
            touch -h -d 2001-02-03 src/* src

            """

    static let devices: [OptionCase] = [
        OptionCase(
            "copy-devices/as-files", covers: ["copy-devices"], setUp: sources, ["-aiH", "--copy-devices"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("src/block")),
        OptionCase(
            "copy-devices/without-devices", covers: ["copy-devices"], setUp: sources, ["-rptL", "--copy-devices", "--no-D"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("src/block")),
        OptionCase(
            "copy-devices/by-checksum", covers: ["copy-devices"],
            setUp: sources + "head -c 1024 /dev/zero | tr '\\0' a >dst/block; touch -d 2001-02-03 dst/block; : >dst/null\n",
            ["-ric", "--copy-devices", "--chmod=F600"], comparing: [.tree, .status, .stdout], needsRoot: true,
            probe: end("src/block")),
        OptionCase(
            "copy-devices/stay-at-the-source", covers: ["copy-devices"], setUp: sources,
            ["-a", "--copy-devices", "--remove-source-files"], comparing: [.tree, .status, .stderr], needsRoot: true,
            probe: end("src/block")),
        OptionCase(
            "write-devices/what-is-there", covers: ["write-devices"], setUp: targets, ["-ai", "--write-devices"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("dst/block")),
        OptionCase(
            "write-devices/piece-by-piece", covers: ["write-devices"],
            setUp: targets + "head -c 1024 /dev/zero | tr '\\0' b >src/block; printf xyz | dd of=src/block conv=notrunc 2>/dev/null; touch -d 2001-02-03 src/block\n",
            ["-rt", "--write-devices", "--no-whole-file", "-B", "512", "--stats"], comparing: [.tree, .status, .stdout],
            needsRoot: true, probe: end("dst/block")),
        OptionCase(
            "write-devices/taken-back", covers: [], setUp: targets, ["-ai", "--write-devices", "--no-write-devices"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("dst/block"),
            unobservable: "as without both"),
        // A fifo there is opened as a basis by stock below 29, which waits for ever.
        OptionCase(
            "write-devices/with-backup", covers: ["write-devices"], setUp: targets + "rm dst/fifo\n", ["-rtb", "--write-devices"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("dst/block")),
        OptionCase(
            "write-devices/whole-with-backup", covers: ["write-devices"], setUp: targets + "rm dst/fifo\n",
            ["-rtbW", "--write-devices"], comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("dst/block")),
        OptionCase(
            "write-devices/dry-run", covers: ["write-devices"], setUp: targets, ["-rtin", "--write-devices"],
            comparing: [.tree, .status, .stdout], needsRoot: true, probe: end("dst/block"), unobservable: "the items are the same"),
        // The receiver is gone when the sender learns of it, below 31 by a broken connection.
        OptionCase(
            "write-devices/too-long", covers: ["write-devices"], setUp: targets + "cat src/null >>src/block\n",
            ["-rt", "--write-devices"], sources: ["src/block"], comparing: [.tree, .status], needsRoot: true,
            probe: end("dst/block"), unobservable: "nothing is there to write into where there are no loop devices"),
        OptionCase(
            "copy-devices/into-a-device", covers: ["copy-devices", "write-devices"],
            setUp: targets + "rm src/*; mknod src/null c 1 5; touch -d 2001-02-03 src/null\n",
            ["-ri", "--copy-devices", "--write-devices", "-I"], comparing: [.tree, .status, .stdout], needsRoot: true,
            probe: end("dst/block")),
    ]
}
