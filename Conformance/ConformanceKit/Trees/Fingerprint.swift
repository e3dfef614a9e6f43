import CConform
import Glibc
import PeerKit

/// What lstat says of every item of a tree: equal prints of one tree mean that nothing in it was touched, for whatever
/// changes an item changes its ctime.
struct Fingerprint: Equatable {
    struct Mark: Equatable {
        let inode: UInt64
        let mode: UInt32
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    /// By path; the root is the empty one. Empty when there is no such tree.
    private(set) var marks: [[UInt8]: Mark] = [:]

    /// `excluded`: names right below the root that are left out; then the root itself is too.
    init(_ root: String, excluding excluded: Set<[UInt8]> = []) {
        read([UInt8](root.utf8), [], excluded)
        if !excluded.isEmpty { marks[[]] = nil }
    }

    /// Paths that differ, in byte order.
    func changes(since before: Fingerprint) -> [[UInt8]] {
        Set(marks.keys).union(before.marks.keys).filter { marks[$0] != before.marks[$0] }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    private mutating func read(_ path: [UInt8], _ name: [UInt8], _ excluded: Set<[UInt8]> = []) {
        var status = stat()
        guard unsafe path.withCPath({ unsafe lstat($0, &status) }) == 0 else { return }
        marks[name] = Mark(
            inode: UInt64(status.st_ino), mode: status.st_mode, size: Int64(status.st_size),
            seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        for child in DirectoryNames.list(path) ?? [] where !excluded.contains(child) {
            read(path + [0x2f] + child, name.isEmpty ? child : name + [0x2f] + child)
        }
    }
}
