import CConform
import Glibc
import PeerKit
import TraceKit

/// One tree of a sandbox: built when it is needed, kept while nobody has touched it.
final class TreePlot {
    let path: String
    private let description: TreeDescription?
    private let maker: TreeMaker
    /// Names right below `path` that belong to other plots.
    private let excluded: Set<[UInt8]>
    private var print: Fingerprint?
    private var built: TreeSnapshot?

    /// `description` nil: there is nothing at `path` when a cell begins.
    init(_ path: String, _ description: TreeDescription?, _ maker: TreeMaker, excluding excluded: Set<[UInt8]> = []) {
        self.path = path
        self.description = description
        self.maker = maker
        self.excluded = excluded
    }

    var exists: Bool { description != nil }

    /// The tree as described, whatever the last cell made of it.
    func prepare() throws {
        if print == fingerprint { return }
        if excluded.isEmpty {
            RemoveTree.remove([UInt8](path.utf8))
        } else {
            for name in DirectoryNames.list([UInt8](path.utf8)) ?? [] where !excluded.contains(name) {
                RemoveTree.remove([UInt8](path.utf8) + [0x2f] + name)
            }
        }
        if let description { try maker.make(description, at: path) }
        print = fingerprint
        built = nil
    }

    private var fingerprint: Fingerprint { Fingerprint(path, excluding: excluded) }

    /// As it was prepared. To be asked before the target may touch it.
    func before() throws -> TreeSnapshot {
        if let built { return built }
        let snapshot = try now()
        built = snapshot
        return snapshot
    }

    var isUntouched: Bool { print == fingerprint }

    /// Paths that somebody touched since `prepare`.
    var touched: [[UInt8]] { print.map { fingerprint.changes(since: $0) } ?? [] }

    /// As it is now; without items when there is nothing.
    func now() throws -> TreeSnapshot {
        var status = stat()
        if unsafe lstat(path, &status) != 0, errno == ENOENT { return TreeSnapshot() }
        return try TreeSnapshot(path, excluding: excluded)
    }
}
