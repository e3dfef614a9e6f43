import CConform
import Glibc
import TraceKit

/// Everything a fixture has set going, however it detached itself.
struct ProcessTree {
    /// Children of this process, not yet waited for, so that their ids are still theirs.
    var children: [SpawnedProcess]
    /// `NAME=value` that the fixture gives to every process below it: finds those that changed parents.
    let tag: String

    /// Processes alive now that descend from the children or carry the tag.
    func alive() -> [pid_t] {
        var parents: [pid_t: pid_t] = [:]
        var tagged: Set<pid_t> = []
        let marker = [UInt8](tag.utf8)
        for name in DirectoryNames.list([UInt8]("/proc".utf8)) ?? [] {
            guard let id = pid_t(String(decoding: name, as: UTF8.self)), id != getpid(),
                let (parent, isAlive) = Self.parent(of: id), isAlive
            else { continue }
            parents[id] = parent
            // A process that has gone meanwhile has no environment to read.
            let environment = (try? FileBytes.read("/proc/\(id)/environ")) ?? []
            if environment.split(separator: 0).contains(where: { $0.elementsEqual(marker) }) { tagged.insert(id) }
        }
        let roots = Set(children.map(\.id))
        return parents.keys.filter { id in
            var ancestor = id
            while let parent = parents[ancestor] {
                if roots.contains(ancestor) || tagged.contains(ancestor) { return true }
                ancestor = parent
            }
            return roots.contains(ancestor)
        }.sorted()
    }

    /// Kills all of them, those they start meanwhile too, and returns when none is left.
    mutating func end() {
        while case let ids = alive(), !ids.isEmpty {
            let held = ids.map { ($0, conform_pidfd($0)) }
            for (id, _) in held { kill(id, SIGKILL) }
            for (_, descriptor) in held where descriptor >= 0 {
                var ended = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                while unsafe poll(&ended, 1, -1) < 0, errno == EINTR {}
                close(descriptor)
            }
        }
        for child in children { _ = child.wait() }
        children = []
    }

    /// Parent's id, and whether the process is more than a remnant to be waited for.
    private static func parent(of id: pid_t) -> (pid_t, Bool)? {
        guard let text = try? FileBytes.read("/proc/\(id)/stat"), let closing = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[(closing + 1)...].split(separator: 0x20)
        guard fields.count > 1, let parent = pid_t(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        return (parent, !fields[0].elementsEqual([UInt8(ascii: "Z")]))
    }
}
