import RsyncProtocol
import TraceKit

/// A small tree that holds one of everything rsync distinguishes, the same for the same seed.
public struct TreeBuilder {
    private let writer: TreeWriter
    private var numbers: SeededNumbers

    /// Sizes around the smallest block length (XFR-31), and files of few and of many blocks.
    static let sizes = [0, 1, 699, 700, 701, 100_000, 1_000_000]

    /// 2001-09-09; times are counted from here.
    static let epoch: Int64 = 1_000_000_000

    /// `path` is an existing, empty directory, or one that `build` has filled.
    public init(at path: String, seed: UInt64) {
        writer = TreeWriter(root: [UInt8](path.utf8))
        numbers = SeededNumbers(seed: seed)
    }

    /// Devices and foreign owners come as root alone.
    public mutating func build() throws(FileBytes.Failure) {
        for name in ["nested", "nested/deep", "nested/deep/deeper", "empty", "odd", "replaced-dir", "doomed"] {
            try writer.directory(Self.bytes(name))
        }
        for size in Self.sizes {
            try writer.file(Self.bytes("size-\(size)"), numbers.bytes(size), attributes(mtime: Int64(size)))
        }
        try buildNames()
        try buildAttributes()
        try buildLinks()
        try buildNodes()
        for name in ["nested/deep/deeper/bottom", "nested/deep/middle", "replaced-dir/inside", "doomed/file", "replaced-file"] {
            try writer.file(Self.bytes(name), numbers.bytes(1234), attributes(mtime: 77))
        }
        try finishDirectories()
    }

    /// Directory times and modes, deepest first, as making items changes them.
    private func finishDirectories() throws(FileBytes.Failure) {
        for (name, permissions) in [
            ("nested/deep/deeper", 0o700 as UInt32), ("nested/deep", 0o1777), ("nested", 0o755), ("empty", 0o711), ("odd", 0o755),
            ("replaced-dir", 0o755), ("doomed", 0o750), (".", 0o755),
        ] {
            try writer.apply(attributes(permissions, mtime: 5000, nanoseconds: 250_000_000), Self.bytes(name))
        }
    }

    private mutating func buildNames() throws(FileBytes.Failure) {
        let names: [[UInt8]] = [
            Self.bytes("two words"), Self.bytes("new\nline"), [0x66, 0xff, 0xfe], Self.bytes("-rf"), Self.bytes("*?[x]"),
            Self.bytes("back\\slash"), Self.bytes("quote'\"`$x"), Self.bytes("na\u{ef}ve \u{2713}"), Self.bytes("#number"),
            Self.bytes(".hidden"), Self.bytes("trailing "), Self.bytes("~tilde"), [0x01, 0x1b, 0x7f],
            Self.bytes(String(repeating: "n", count: 255)),
        ]
        for name in names { try writer.file(Self.bytes("odd/") + name, name, attributes(mtime: 99)) }
    }

    private func buildAttributes() throws(FileBytes.Failure) {
        for permissions in [0o4755, 0o2755, 0o000, 0o777, 0o400, 0o6711] as [UInt32] {
            try writer.file(Self.bytes("mode-\(String(permissions, radix: 8))"), [0x6d], attributes(permissions, mtime: 1))
        }
        try writer.file(Self.bytes("time-nanoseconds"), [1], attributes(mtime: 0, nanoseconds: 123_456_789))
        try writer.file(Self.bytes("time-one-nanosecond"), [1], attributes(mtime: 0, nanoseconds: 1))
        try writer.file(Self.bytes("time-1970"), [1], .init(permissions: 0o644, mtime: 0))
        try writer.file(Self.bytes("time-before-1970"), [1], .init(permissions: 0o644, mtime: -86_400))
        try writer.file(Self.bytes("time-last-of-31-bits"), [1], .init(permissions: 0o644, mtime: 0x7fff_ffff))
        guard writer.isRoot else { return }
        for id in [1, 1000, 65_534, 70_000] as [UInt32] {
            try writer.file(
                Self.bytes("owner-\(id)"), [1], .init(permissions: 0o640, mtime: Self.epoch, uid: id, gid: id + 1))
        }
    }

    private func buildLinks() throws(FileBytes.Failure) {
        try writer.symlink(Self.bytes("link-to-file"), Self.bytes("size-700"), attributes(mtime: 3, nanoseconds: 5))
        try writer.symlink(Self.bytes("link-to-directory"), Self.bytes("nested/deep"), attributes(mtime: 3))
        try writer.symlink(Self.bytes("link-dangling"), Self.bytes("no/such/item"), attributes(mtime: 3))
        try writer.symlink(Self.bytes("link-absolute"), Self.bytes("/no/such/item"), attributes(mtime: 3))
        try writer.symlink(Self.bytes("nested/link-up"), Self.bytes("../size-1"), attributes(mtime: 3))
        try writer.symlink(Self.bytes("odd/link"), [0xff, 0x20, 0x0a], attributes(mtime: 3))
        try writer.file(Self.bytes("hard-a"), Self.bytes("one file, three names"), attributes(mtime: 4))
        try writer.link(Self.bytes("nested/hard-b"), to: Self.bytes("hard-a"))
        try writer.link(Self.bytes("nested/deep/hard-c"), to: Self.bytes("hard-a"))
    }

    private func buildNodes() throws(FileBytes.Failure) {
        try writer.node(Self.bytes("fifo"), .fifo, attributes(0o620, mtime: 6))
        try writer.node(Self.bytes("socket"), .socket, attributes(0o700, mtime: 6))
        guard writer.isRoot else { return }
        try writer.node(
            Self.bytes("device-null"), .characterDevice, attributes(0o666, mtime: 6), device: .init(major: 1, minor: 3))
        try writer.node(
            Self.bytes("device-block"), .blockDevice, attributes(0o660, mtime: 6),
            device: .init(major: 259, minor: 70_000))
    }

    /// Changes a built tree in every way a second run must notice; where in a file depends on the seed.
    public mutating func mutate() throws(FileBytes.Failure) {
        try change("size-0") { content, numbers in content = numbers.bytes(10) }
        try change("size-701") { content, numbers in content += numbers.bytes(50) }
        try change("size-100000") { content, numbers in
            let start = Int(numbers.next() % 50_000)
            content.removeSubrange(start..<(start + 7000))
        }
        try change("size-1000000") { content, numbers in
            content.insert(contentsOf: numbers.bytes(333), at: Int(numbers.next() % 900_000))
            content[Int(numbers.next() % 900_000)] ^= 0xff
            content += numbers.bytes(11)
        }
        try writer.apply(attributes(mtime: 20_000), Self.bytes("size-1"))
        try writer.apply(attributes(0o600, mtime: 699), Self.bytes("size-699"))
        replace("link-to-file")
        try writer.symlink(Self.bytes("link-to-file"), Self.bytes("size-701"), attributes(mtime: 20_001))
        replace("hard-a")
        try writer.file(Self.bytes("hard-a"), Self.bytes("a file of its own now"), attributes(mtime: 20_002))
        try writer.file(Self.bytes("new-file"), numbers.bytes(4000), attributes(mtime: 20_003))
        try writer.directory(Self.bytes("new-dir"))
        try writer.file(Self.bytes("new-dir/inside"), numbers.bytes(40), attributes(mtime: 20_004))
        replace("odd/two words")
        replace("doomed")
        // Type changes: directory to file, file to directory, symlink to file, fifo to symlink.
        replace("replaced-dir")
        try writer.file(Self.bytes("replaced-dir"), numbers.bytes(20), attributes(mtime: 20_005))
        replace("replaced-file")
        try writer.directory(Self.bytes("replaced-file"))
        try writer.file(Self.bytes("replaced-file/inside"), numbers.bytes(30), attributes(mtime: 20_006))
        replace("link-dangling")
        try writer.file(Self.bytes("link-dangling"), numbers.bytes(5), attributes(mtime: 20_007))
        replace("fifo")
        try writer.symlink(Self.bytes("fifo"), Self.bytes("socket"), attributes(mtime: 20_008))
        for name in ["new-dir", "replaced-file", "odd", "."] {
            try writer.apply(attributes(0o755, mtime: 20_010, nanoseconds: 1), Self.bytes(name))
        }
    }

    private mutating func change(
        _ name: String, _ edit: (inout [UInt8], inout SeededNumbers) -> Void
    ) throws(FileBytes.Failure) {
        var content = try writer.content(Self.bytes(name))
        edit(&content, &numbers)
        try writer.file(Self.bytes(name), content, attributes(mtime: 20_000 + Int64(numbers.next() % 1000)))
    }

    private func replace(_ name: String) { writer.remove(Self.bytes(name)) }

    private func attributes(_ permissions: UInt32 = 0o644, mtime: Int64, nanoseconds: Int = 0) -> TreeWriter.Attributes {
        TreeWriter.Attributes(permissions: permissions, mtime: Self.epoch + mtime, nanoseconds: nanoseconds)
    }

    private static func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }
}
