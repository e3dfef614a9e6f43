import RsyncProtocol
import TestSupport
import TraceKit

/// Trees that the tests copy.
enum SampleTree {
    /// Every kind of item, names that sort unlike their paths, sizes around the block and token limits.
    static func mixed(big: Int = 20_000) -> MemoryTree {
        let tree = MemoryTree()
        var random = SplitMix64(seed: 17)
        tree.file("empty", "")
        tree.file("one", "1", .init(0o600, mtime: 1_234_567_890, uid: 5, gid: 6))
        tree.file("foo.txt", "sorts between foo and foo/", .init(0o4755, uid: 1000, gid: 1000))
        tree.file("foo/bar", random.bytes(700), .init(mtime: 5, nanoseconds: 17))
        tree.file("foo/big", random.bytes(big), .init(0o440))
        tree.file("foo-bar/x", "x")
        tree.file("deep/er/and/deeper", "bottom", .init(mtime: 4_000_000_000))
        tree.file("deep/zz", "z")
        tree.file("with space/\u{e4}\u{f6}", "umlauts")
        tree.symlink("link", to: "foo/bar")
        tree.symlink("deep/dangling", to: "../nowhere", .init(mtime: 77))
        tree.node("null", .characterDevice, DeviceNumber(major: 1, minor: 3))
        tree.node("sda", .blockDevice, DeviceNumber(major: 8, minor: 300))
        tree.node("deep/pipe", .fifo)
        tree.node("deep/socket", .socket)
        tree.directory("void", .init(0o700, mtime: 99))
        for directory in ["deep/er/and", "deep/er", "deep", "foo", "foo-bar", "with space", "."] {
            tree.directory(directory, .init(0o750, mtime: 1_000_000_123, uid: 3, gid: 4))
        }
        return tree
    }

    /// `mixed` as it may have been some time before: the same, other, missing and surplus items.
    static func mixedBefore(big: Int = 20_000) -> MemoryTree {
        let tree = mixed(big: big)
        tree.overwrite("foo/big") { bytes in
            bytes.replaceSubrange((big / 2)..<(big / 2 + 10), with: [1, 2, 3])
            bytes.append(contentsOf: [9, 9, 9])
        }
        tree.file("one", "2", .init(mtime: 3))
        tree.file("surplus", "to be deleted")
        tree.file("deep/surplus/with/children", "x")
        tree.remove("deep/zz")
        tree.symlink("link", to: "elsewhere")
        tree.remove("null")
        tree.node("sda", .blockDevice, DeviceNumber(major: 8, minor: 1))
        tree.directory("void", .init(0o755, mtime: 1))
        tree.directory("foo", .init(0o700, mtime: 1))
        return tree
    }

    /// Groups inside a directory and across several.
    static func linked(_ setting: Setting) -> MemoryTree {
        let tree = MemoryTree()
        var random = SplitMix64(seed: 23)
        tree.file("a/first", random.bytes(3000))
        tree.link("a/second", to: "a/first")
        tree.link("b/third", to: "a/first")
        tree.link("c/d/fourth", to: "a/first")
        tree.file("top", "top")
        tree.link("zz/top", to: "top")
        tree.file("alone", "alone")
        tree.file("b/pair", random.bytes(900))
        tree.link("b/pair2", to: "b/pair")
        tree.symlink("a/link", to: "nowhere")
        if setting.linksEveryKind { tree.link("b/link", to: "a/link") }
        tree.node("a/node", .characterDevice, DeviceNumber(major: 4, minor: 5))
        if setting.linksEveryKind { tree.link("c/node", to: "a/node") }
        for directory in ["a", "b", "c/d", "c", "zz", "."] { tree.directory(directory) }
        return tree
    }
}
