import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// One line of a list of snapshots.
public struct SnapshotSummary: Sendable, Equatable {
    public let name: SnapshotName
    /// Everything in it, directories included.
    public internal(set) var items = 0
    /// Apparent bytes of its regular files, each inode once.
    public internal(set) var totalBytes: Int64 = 0
    /// The part of `totalBytes` in inodes that the snapshot before it does not have.
    public internal(set) var newBytes: Int64 = 0
    /// Directories and files that could not be examined, so that the figures are too low.
    public internal(set) var unreadable = 0
}

/// Adds snapshots up from the oldest to the newest, remembering of one only what the next may share with it.
struct SizeCounter {
    private var previous: Set<UInt64> = []

    /// Only inodes with several names can be shared, within the snapshot or with its neighbour.
    mutating func count(_ tree: ConfinedTree, name: SnapshotName) -> SnapshotSummary {
        var summary = SnapshotSummary(name: name)
        var shared: Set<UInt64> = []
        var pending: [RelativePath] = [.root]
        while let directory = pending.popLast() {
            guard let names = try? tree.names(in: directory) else {
                summary.unreadable += 1
                continue
            }
            for name in names {
                guard let path = try? directory.appending(name), let status = try? tree.status(path) else {
                    summary.unreadable += 1
                    continue
                }
                summary.items += 1
                if status.mode.isDirectory { pending.append(path) }
                guard status.mode.isRegular else { continue }
                if status.linkCount > 1 {
                    guard shared.insert(status.inode).inserted else { continue }
                }
                summary.totalBytes += status.size
                if !previous.contains(status.inode) { summary.newBytes += status.size }
            }
        }
        previous = shared
        return summary
    }
}
