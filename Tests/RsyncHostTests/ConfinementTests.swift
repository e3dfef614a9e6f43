import Foundation
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Synchronization
import Testing

private final class Race: Sendable {
    let isDone = Atomic<Bool>(false)
    let inside = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let leaks = Atomic<Int>(0)
}

/// What a hostile tree tries, against both ways of resolving.
@Suite struct HostileTreeTests {
    @Test(arguments: ResolutionMethod.allCases)
    func refusesEveryOperationThroughASymlinkInTheMiddle(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try Data("secret".utf8).write(to: URL(fileURLWithPath: sandbox.outside + "/secret"))
        try sandbox.write("plain")
        // Relative, absolute, and one that only leads back inside: none is followed.
        try sandbox.directory("real/sub")
        for (name, target) in [("up", "../outside"), ("abs", sandbox.outside), ("in", "real")] {
            try sandbox.symlink(name, to: target)
            let below = try path(name + "/secret")
            let deeper = try path(name + "/sub/secret")
            for victim in [below, deeper] {
                #expect(failure { _ = try tree.status(victim) } == FileError.notADirectory)
                #expect(failure { _ = try tree.open(victim) } == FileError.notADirectory)
                #expect(failure { _ = try tree.linkTarget(victim) } == FileError.notADirectory)
                #expect(failure { try tree.makeDirectory(victim, permissions: 0o755) } == FileError.notADirectory)
                #expect(failure { try tree.makeSymlink(victim, target: [0x78]) } == FileError.notADirectory)
                #expect(failure { try tree.makeLink(victim, to: path("plain"), in: nil) } == FileError.notADirectory)
                #expect(failure { try tree.makeLink(path("x"), to: victim, in: nil) } == FileError.notADirectory)
                #expect(failure { try tree.rename(path("plain"), to: victim) } == FileError.notADirectory)
                #expect(failure { try tree.rename(victim, to: path("x")) } == FileError.notADirectory)
                #expect(failure { try tree.removeFile(victim) } == FileError.notADirectory)
                #expect(failure { try tree.removeDirectory(victim) } == FileError.notADirectory)
                #expect(failure { _ = try tree.createTemporary(for: victim) } == FileError.notADirectory)
                #expect(failure { _ = try tree.temporaryName(for: victim) } == FileError.notADirectory)
                #expect(
                    failure { try tree.apply(AttributeChange(permissions: 0o777), to: victim, type: .regular) }
                        == FileError.notADirectory)
            }
            #expect(failure { _ = try tree.names(in: path(name)) } == FileError.notADirectory)
            #expect(failure { _ = try tree.subtree(path(name)) } == FileError.notADirectory)
        }
        #expect(sandbox.names("outside") == ["secret"])
        #expect(sandbox.text("plain") == "content")
    }

    /// What took the place of a file that was just examined.
    @Test(arguments: ResolutionMethod.allCases)
    func readsNothingButAFileThatWasExamined(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        let outside = sandbox.outside + "/canary"
        try Data("outside".utf8).write(to: URL(fileURLWithPath: outside))
        try sandbox.symlink("link", to: outside)
        try sandbox.directory("d")
        #expect(unsafe mkfifo(sandbox.root + "/p", 0o600) == 0)
        var buffer = [UInt8](repeating: 0, count: 16)
        for name in ["link", "d", "p"] {
            let place = try path(name)
            #expect(failure { _ = try tree.readExamined(place, into: &buffer, count: 7) } != nil, "\(name)")
        }
        #expect(buffer.allSatisfy { $0 == 0 })
        try sandbox.write("f")
        #expect(try tree.readExamined(path("f"), into: &buffer, count: 16) == 7)
        #expect(buffer.starts(with: Array("content".utf8)))
    }

    @Test(arguments: ResolutionMethod.allCases)
    func actsOnASymlinkItselfAndNeverOnItsTarget(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        let canary = sandbox.outside + "/canary"
        try Data("untouched".utf8).write(to: URL(fileURLWithPath: canary))
        let before = try FileManager.default.attributesOfItem(atPath: canary)
        try sandbox.symlink("link", to: canary)
        let link = try path("link")

        #expect(failure { _ = try tree.open(link) } == 40)
        #expect(try tree.status(link).mode.isSymlink)
        try tree.apply(
            AttributeChange(permissions: 0o777, mtime: FileTime(seconds: 1000, nanoseconds: 7)), to: link, type: .symlink)
        #expect(try tree.status(link).mtime == 1000)
        #expect(try tree.status(link).nanoseconds == 7)
        // Decided for a regular file, found a symlink: race.refused.
        #expect(failure { try tree.apply(AttributeChange(permissions: 0o777), to: link, type: .regular) } == 22)
        let file = try tree.createTemporary(for: link)
        try write("new", to: file)
        try file.publish(as: link)
        #expect(sandbox.text("link") == "new")
        let after = try FileManager.default.attributesOfItem(atPath: canary)
        #expect(FileManager.default.contents(atPath: canary) == Data("untouched".utf8))
        #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
        #expect(before[.posixPermissions] as? Int == after[.posixPermissions] as? Int)
    }

    /// One thread swaps a directory for a symlink to the outside as fast as it can, others work below it.
    @Test(arguments: ResolutionMethod.allCases)
    func staysInsideWhileADirectoryIsSwappedForASymlink(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        try sandbox.directory("a")
        try sandbox.symlink("b", to: sandbox.outside)
        try Data("untouched".utf8).write(to: URL(fileURLWithPath: sandbox.outside + "/f"))
        let before = try FileManager.default.attributesOfItem(atPath: sandbox.outside + "/f")
        let race = Race()
        let root = sandbox.root
        onThreads(3) { worker in
            if worker == 0 {
                while !race.isDone.load(ordering: .relaxed) {
                    // a <-> b through a third name: at every moment `a` is a directory, a symlink or missing.
                    renameBehindOurBack(root + "/a", root + "/c")
                    renameBehindOurBack(root + "/b", root + "/a")
                    renameBehindOurBack(root + "/a", root + "/b")
                    renameBehindOurBack(root + "/c", root + "/a")
                }
                return
            }
            defer { race.isDone.store(true, ordering: .relaxed) }
            guard let tree = try? ConfinedTree(opening: root, method: method), let victim = try? path("a/f"),
                let moved = try? path("a/g\(worker)")
            else { return }
            for round in 0..<2000 {
                // A fresh tree now and then, so that remembered directories are not all that is tried.
                let used = round % 4 == 0 ? (try? ConfinedTree(opening: root, method: method)) ?? tree : tree
                do {
                    let file = try used.createTemporary(for: victim)
                    try file.apply(AttributeChange(permissions: 0o640))
                    try file.publish(as: victim)
                    try used.apply(
                        AttributeChange(permissions: 0o604, mtime: FileTime(seconds: 5, nanoseconds: 5)), to: victim,
                        type: .regular)
                    try used.rename(victim, to: moved)
                    try used.removeFile(moved)
                    race.inside.add(1, ordering: .relaxed)
                } catch {
                    race.refused.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(race.inside.load(ordering: .relaxed) + race.refused.load(ordering: .relaxed) == 4000)
        #expect(sandbox.names("outside") == ["f"])
        #expect(FileManager.default.contents(atPath: sandbox.outside + "/f") == Data("untouched".utf8))
        let after = try FileManager.default.attributesOfItem(atPath: sandbox.outside + "/f")
        #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
        #expect(before[.posixPermissions] as? Int == after[.posixPermissions] as? Int)
    }

    /// The last component is swapped between a file of ours and a symlink or hard-to-open things.
    @Test(arguments: ResolutionMethod.allCases)
    func neverChangesTheTargetOfASymlinkSwappedIntoTheLastPlace(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let canary = sandbox.outside + "/canary"
        try Data("untouched".utf8).write(to: URL(fileURLWithPath: canary))
        let before = try FileManager.default.attributesOfItem(atPath: canary)
        try sandbox.write("x")
        try sandbox.symlink("y", to: canary)
        let race = Race()
        let root = sandbox.root
        onThreads(2) { worker in
            if worker == 0 {
                while !race.isDone.load(ordering: .relaxed) {
                    renameBehindOurBack(root + "/x", root + "/z")
                    renameBehindOurBack(root + "/y", root + "/x")
                    renameBehindOurBack(root + "/x", root + "/y")
                    renameBehindOurBack(root + "/z", root + "/x")
                }
                return
            }
            defer { race.isDone.store(true, ordering: .relaxed) }
            guard let tree = try? ConfinedTree(opening: root, method: method), let name = try? path("x") else { return }
            var buffer = [UInt8](repeating: 0, count: 64)
            for _ in 0..<5000 {
                // Errors are the point: half of the time the item is not what was asked for.
                try? tree.apply(
                    AttributeChange(permissions: 0o600, mtime: FileTime(seconds: 9, nanoseconds: 9)), to: name, type: .regular)
                if let file = try? tree.open(name),
                    let count = try? file.read(into: &buffer, at: 0, count: 64, position: 0),
                    String(decoding: buffer[..<count], as: UTF8.self) != "content"
                {
                    race.leaks.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(race.leaks.load(ordering: .relaxed) == 0)
        let after = try FileManager.default.attributesOfItem(atPath: canary)
        #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
        #expect(before[.posixPermissions] as? Int == after[.posixPermissions] as? Int)
    }

    @Test(arguments: ResolutionMethod.allCases)
    func refusesFifosSocketsAndDirectoriesWithoutWaiting(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try tree.makeNode(path("fifo"), mode: FileMode(.fifo, permissions: 0o644), device: .none)
        try tree.makeNode(path("socket"), mode: FileMode(.socket, permissions: 0o644), device: .none)
        try tree.makeDirectory(path("dir"), permissions: 0o755)
        for (name, number) in [("fifo", 22), ("socket", 6), ("dir", 21)] as [(String, Int32)] {
            #expect(failure { _ = try tree.open(path(name)) } == number, "\(name)")
        }
        // Attributes of a fifo are set without opening it.
        try tree.apply(
            AttributeChange(permissions: 0o604, mtime: FileTime(seconds: 77, nanoseconds: 1)), to: path("fifo"), type: .fifo)
        #expect(try tree.status(path("fifo")).mode == FileMode(.fifo, permissions: 0o604))
        #expect(try tree.status(path("fifo")).mtime == 77)
    }

    @Test(arguments: ResolutionMethod.allCases)
    func forgetsARememberedDirectoryThatWasRenamedOrRemoved(_ method: ResolutionMethod) throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree(method)
        try sandbox.directory("a/deep")
        try sandbox.directory("ab")
        _ = try tree.createTemporary(for: path("a/deep/f"))
        _ = try tree.createTemporary(for: path("ab/f"))
        try tree.rename(path("a"), to: path("moved"))
        #expect(failure { _ = try tree.createTemporary(for: path("a/deep/f")) } == FileError.notFound)
        try sandbox.directory("a/deep")
        let file = try tree.createTemporary(for: path("a/deep/f"))
        try file.publish(as: path("a/deep/f"))
        #expect(sandbox.names("root/a/deep") == ["f"])
        #expect(sandbox.names("root/moved/deep").isEmpty)
        try tree.removeFile(path("a/deep/f"))
        try tree.removeDirectory(path("a/deep"))
        #expect(failure { _ = try tree.createTemporary(for: path("a/deep/f")) } == FileError.notFound)
    }

    @Test func noticesADirectoryMovedAwayByOthersAfterABoundedNumberOfUses() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.directory("a")
        let name = try path("a/f")
        _ = failure { _ = try tree.status(name) }
        try FileManager.default.moveItem(atPath: sandbox.root + "/a", toPath: sandbox.root + "/b")
        try sandbox.directory("a")
        try sandbox.write("a/f")
        var uses = 0
        while failure({ _ = try tree.status(name) }) != nil, uses < 2000 { uses += 1 }
        #expect(uses <= 512)
    }

    @Test func keepsASubtreeOnItsDirectoryWhenThatIsRenamed() throws {
        let sandbox = try Sandbox()
        let tree = try sandbox.tree()
        try sandbox.directory("a")
        let subtree = try tree.subtree(path("a"))
        try tree.rename(path("a"), to: path("b"))
        try subtree.makeDirectory(path("d"), permissions: 0o700)
        #expect(sandbox.names("root/b") == ["d"])
    }
}
