import Glibc
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Testing

@Suite struct ConfinedTreeTests {
    @Test(arguments: ResolutionMethod.allCases)
    func readsBackWhatItMade(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try tree.makeDirectory(path("d"), permissions: 0o750)
        try tree.makeDirectory(path("d/e"), permissions: 0o1777)
        try tree.makeSymlink(path("d/e/s"), target: Array("../nowhere\u{e9}".utf8))
        let file = try tree.createTemporary(for: path("d/e/f"))
        try write("hello", to: file)
        try file.publish(as: path("d/e/f"))
        try tree.makeLink(path("d/h"), to: path("d/e/f"), in: nil)

        #expect(try tree.status(path("d")).mode == FileMode(.directory, permissions: 0o750))
        #expect(try tree.status(path("d/e")).mode == FileMode(.directory, permissions: 0o1777))
        #expect(try tree.linkTarget(path("d/e/s")) == Array("../nowhere\u{e9}".utf8))
        #expect(try Set(tree.names(in: path("d/e"))) == [Array("s".utf8), Array("f".utf8)])
        #expect(try tree.names(in: .root) == [Array("d".utf8)])
        let status = try tree.status(path("d/e/f"))
        let other = try tree.status(path("d/h"))
        #expect(status.size == 5 && status.linkCount == 2 && status.inode == other.inode)
        let opened = try tree.open(path("d/h"))
        var buffer = [UInt8](repeating: 0, count: 10)
        #expect(try opened.read(into: &buffer, at: 2, count: 8, position: 1) == 4)
        #expect(buffer == [0, 0] + Array("ello".utf8) + [0, 0, 0, 0])
        opened.close()
        #expect(opened.size == 5)
        #expect(failure { _ = try opened.read(into: &buffer, at: 0, count: 1, position: 0) } == 9)
    }

    /// More names than one call of the system gives, behind a prefix, each with its own status; with `--fake-super` too.
    @Test(arguments: [false, true]) func listsADirectoryItemByItem(fakeSuper: Bool) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(fakeSuper: fakeSuper)
        try tree.makeDirectory(path("d"), permissions: 0o755)
        try tree.makeDirectory(path("d/sub"), permissions: 0o700)
        try tree.makeSymlink(path("d/link"), target: Array("sub".utf8))
        var expected: [String: Int64] = ["d/sub": -1, "d/link": -2]
        for number in 0..<1500 {
            let name = "d/" + String(repeating: "n", count: number % 200) + ".\(number)"
            try sandbox.write(name, String(repeating: "x", count: number % 7))
            expected[name] = Int64(number % 7)
        }
        let listing = try tree.listing(of: path("d"))
        var found: [String: Int64] = [:]
        while let name = try listing.next(behind: Array("d/".utf8)) {
            let status = try listing.status()
            found[String(decoding: name, as: UTF8.self)] = status.mode.isDirectory ? -1 : status.mode.isSymlink ? -2 : status.size
        }
        #expect(found == expected)
        #expect(try listing.next(behind: []) == nil)
        #expect(failure { _ = try tree.listing(of: path("d/link")) } == FileError.notADirectory)
    }

    /// What is gone between its name and its status.
    @Test func saysThatAListedItemHasVanished() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.write("f", "")
        let listing = try tree.listing(of: .root)
        #expect(try listing.next(behind: []) == Array("f".utf8))
        try tree.removeFile(path("f"))
        #expect(failure { _ = try listing.status() } == FileError.notFound)
    }

    /// Holes at the end and in the middle, in a new file and in one that is there, shorter and longer than what comes.
    @Test(arguments: [nil, 3, 100_000, 400_000] as [Int?], [false, true])
    func leavesHoles(_ present: Int?, allocating: Bool) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        if let present { try sandbox.write("f", String(repeating: "x", count: present)) }
        let file = try present == nil ? tree.createTemporary(for: path("f")) : tree.openInPlace(path("f"), allowsDevices: false)
        // More than comes in the end.
        if allocating { try file.allocate(500_000) }
        try write("start", to: file)
        try file.punch(150_000)
        try write("middle", to: file)
        try file.punch(100_000)
        try file.cut()
        try file.publish(as: path("f"))
        let zeros = { String(repeating: "\0", count: $0) }
        #expect(sandbox.text("f") == "start" + zeros(150_000) + "middle" + zeros(100_000))
        var found = stat()
        #expect(unsafe stat(sandbox.root + "/f", &found) == 0)
        #expect(found.st_blocks * 512 < 100_000, "\(found.st_blocks) blocks")
    }

    @Test func listsDirectoriesLargerThanOneBuffer() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        var expected: Set<[UInt8]> = []
        for number in 0..<3000 {
            let name = "file-with-a-rather-long-name-\(number)"
            try sandbox.symlink(name, to: "x")
            expected.insert(Array(name.utf8))
        }
        #expect(try Set(tree.names(in: .root)) == expected)
    }

    @Test func reportsErrorsWithTheirNumbers() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.write("f")
        try sandbox.directory("d/e")
        #expect(failure { _ = try tree.status(path("missing")) } == FileError.notFound)
        #expect(failure { _ = try tree.status(path("f/below")) } == FileError.notADirectory)
        #expect(failure { _ = try tree.names(in: path("f")) } == FileError.notADirectory)
        #expect(failure { try tree.makeDirectory(path("d"), permissions: 0o700) } == FileError.exists)
        #expect(failure { try tree.makeSymlink(path("f"), target: [0x78]) } == FileError.exists)
        #expect(failure { try tree.makeLink(path("d/l"), to: path("missing"), in: nil) } == FileError.notFound)
        #expect(failure { try tree.removeDirectory(path("d")) } == FileError.directoryNotEmpty)
        #expect(failure { try tree.removeFile(path("d")) } == FileError.isADirectory)
        #expect(failure { try tree.rename(path("f"), to: path("d")) } == FileError.isADirectory)
        #expect(failure { try tree.renameWithoutReplacing(path("f"), to: path("d")) } == FileError.exists)
        #expect(failure { _ = try ConfinedTree(opening: sandbox.root + "/f") } == FileError.notADirectory)
        #expect(failure { _ = try ConfinedTree(opening: "") } == FileError.notFound)
    }

    @Test(arguments: ResolutionMethod.allCases)
    func setsTimesToTheNanosecondAndModesExactly(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try sandbox.write("f")
        try sandbox.directory("d")
        let old = umask(0o077)
        defer { umask(old) }
        for (name, type, permissions) in [
            ("f", FileType.regular, UInt32(0o6754)), ("d", .directory, 0o3777), ("f", .regular, 0), ("d", .directory, 0o500),
        ] {
            let time = FileTime(seconds: -86_400, nanoseconds: 123_456_789)
            try tree.apply(AttributeChange(permissions: permissions, mtime: time), to: path(name), type: type)
            let status = try tree.status(path(name))
            #expect(status.mode == FileMode(type, permissions: permissions))
            #expect(status.mtime == time.seconds && status.nanoseconds == time.nanoseconds)
        }
        try tree.makeDirectory(path("wide"), permissions: 0o777)
        #expect(try tree.status(path("wide")).mode.permissions == 0o777)
    }

    /// Root may read everything, so this says something to ordinary users only.
    @Test(.enabled(if: !isRoot), arguments: ResolutionMethod.allCases)
    func changesOwnItemsItMayNotRead(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try tree.makeDirectory(path("d"), permissions: 0o300)
        let file = try tree.createTemporary(for: path("d/f"))
        try file.apply(AttributeChange(permissions: 0))
        try file.publish(as: path("d/f"))
        #expect(failure { _ = try tree.open(path("d/f")) } == FileError.accessDenied)
        #expect(failure { _ = try tree.names(in: path("d")) } == FileError.accessDenied)
        let time = FileTime(seconds: 3, nanoseconds: 4)
        try tree.apply(AttributeChange(permissions: 0o640, mtime: time), to: path("d/f"), type: .regular)
        try tree.apply(AttributeChange(permissions: 0o750, mtime: time), to: path("d"), type: .directory)
        #expect(try tree.status(path("d/f")).mode.permissions == 0o640)
        #expect(try tree.status(path("d/f")).nanoseconds == 4)
        #expect(try tree.status(path("d")).mode.permissions == 0o750)
        #expect(failure { try tree.apply(AttributeChange(uid: 0), to: path("d/f"), type: .regular) } == 1)
        #expect(
            failure { try tree.makeNode(path("n"), mode: FileMode(.blockDevice, permissions: 0o600), device: .none) } == 1)
    }

    @Test(.enabled(if: isRoot), arguments: ResolutionMethod.allCases)
    func setsOwnersWithoutLosingSetuid(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try sandbox.write("f")
        try tree.apply(AttributeChange(permissions: 0o4755), to: path("f"), type: .regular)
        // Permissions left alone stay, though chown clears the bit; with new permissions both hold.
        try tree.apply(AttributeChange(uid: 12, gid: 34), to: path("f"), type: .regular)
        #expect(try tree.status(path("f")).mode.permissions == 0o4755)
        try tree.apply(AttributeChange(uid: 56, permissions: 0o4711), to: path("f"), type: .regular)
        let status = try tree.status(path("f"))
        #expect(status.uid == 56 && status.gid == 34 && status.mode.permissions == 0o4711)
        try sandbox.symlink("s", to: "f")
        try tree.apply(AttributeChange(uid: 77), to: path("s"), type: .symlink)
        #expect(try tree.status(path("s")).uid == 77)
        #expect(try tree.status(path("f")).uid == 56)
        let file = try tree.createTemporary(for: path("g"))
        try file.apply(AttributeChange(uid: 9, gid: 8, permissions: 0o6711))
        #expect(try file.status().mode.permissions == 0o6711)
        file.discard()
    }

    @Test(.enabled(if: isRoot))
    func makesDevicesAndRefusesToReadThem() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        let device = DeviceNumber(major: 1, minor: 3)
        do {
            try tree.makeNode(path("null"), mode: FileMode(.characterDevice, permissions: 0o622), device: device)
        } catch let error as FileError where error.errno == 1 {
            return  // root of a container without the right to make devices
        }
        let status = try tree.status(path("null"))
        #expect(status.mode == FileMode(.characterDevice, permissions: 0o622))
        #expect(status.rdev == device)
        #expect(failure { _ = try tree.open(path("null")) } == 22)
    }

    @Test func renamesOneNameOfAFileOverAnotherNameOfIt() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.write("a")
        try tree.makeLink(path("b"), to: path("a"), in: nil)
        try tree.rename(path("a"), to: path("b"))
        #expect(sandbox.names() == ["b"])
    }

    @Test func linksAcrossTwoTreesOfOneFileSystem() throws {
        let sandbox = try Sandbox()
        try sandbox.directory("one")
        try sandbox.directory("two")
        try sandbox.write("one/f")
        let tree = try sandbox.tree()
        let one = try tree.subtree(path("one"))
        let two = try tree.subtree(path("two"))
        try two.makeLink(path("g"), to: path("f"), in: one)
        #expect(try two.status(path("g")).inode == one.status(path("f")).inode)
    }
}
