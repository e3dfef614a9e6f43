import Dispatch
import Foundation
import Glibc
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// A temporary directory with a `root` for the tree and an `outside` that must never be touched.
final class Sandbox: Sendable {
    let path: String
    var root: String { path + "/root" }
    var outside: String { path + "/outside" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/ebb-host-\(UUID().uuidString)"
        for directory in [path, path + "/root", path + "/outside"] {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func tree(_ method: ResolutionMethod = .kernel, fakeSuper: Bool = false) throws -> ConfinedTree {
        try ConfinedTree(opening: root, method: method, fakeSuper: fakeSuper)
    }

    func write(_ name: String, _ content: String = "content") throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: root + "/" + name))
    }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: root + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    func directory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
    }

    func symlink(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: root + "/" + name, withDestinationPath: target)
    }

    func names(_ directory: String = "root") -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + directory)) ?? ["unreadable"])
    }
}

func path(_ text: String) throws -> RelativePath { try RelativePath(cleaning: Array(text.utf8)) }

/// The error number of a file operation; nil when it succeeded.
func failure(_ body: () throws -> Void) -> Int32? {
    do {
        try body()
        return nil
    } catch {
        return (error as? FileError)?.errno ?? -1
    }
}

func write(_ text: String, to file: any WritableFile) throws {
    let bytes = Array(text.utf8)
    try file.write(bytes, 0..<bytes.count)
}

let isRoot = IdentityLookup.isRoot

/// Renames by absolute paths, as somebody else on the machine would; refusals do not matter.
func renameBehindOurBack(_ from: String, _ to: String) {
    _ = unsafe rename(from, to)
}

/// Runs `body(0)` ... `body(count - 1)`, each on a thread of its own whatever the number of processors.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
        group.enter()
        Thread.detachNewThread {
            body(index)
            group.leave()
        }
    }
    group.wait()
}
