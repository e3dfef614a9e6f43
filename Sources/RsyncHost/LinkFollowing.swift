import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Whether a tree follows symlinks it meets.
public enum LinkFollowing: Sendable, Equatable {
    case none
    /// Wherever they lead: the operator of this machine asked for it (`-L`, `-k`, `--copy-unsafe-links`).
    case anywhere
    /// As far as they stay in the tree. Of what lies outside it can be told what it is, no more (`-K`).
    case inside
    /// As far as they stay in the tree; one that leads out is like one that leads nowhere.
    case confined
}

/// How far symlinks are followed.
enum LinkReach: Sendable {
    case anywhere
    /// Within one directory; the root of the tree lies at this path in it. Where `seesOutside` is not set, a symlink
    /// that leads out is like one that leads nowhere.
    case beneath(Descriptor, [UInt8], seesOutside: Bool)

    init?(_ following: LinkFollowing, root: Descriptor) {
        switch following {
        case .none: return nil
        case .anywhere: self = .anywhere
        case .inside: self = .beneath(root, [], seesOutside: true)
        case .confined: self = .beneath(root, [], seesOutside: false)
        }
    }

    func below(_ path: RelativePath, root: Descriptor) -> LinkReach {
        guard case .beneath(let outer, let prefix, let seesOutside) = self, !path.isRoot else { return self }
        return .beneath(outer, Self.joined(prefix, path.bytes), seesOutside: seesOutside)
    }

    static func joined(_ prefix: [UInt8], _ path: [UInt8]) -> [UInt8] {
        prefix.isEmpty ? path : prefix + [UInt8(ascii: "/")] + path
    }
}

extension DirectoryResolver {
    /// What is at the end of all symlinks.
    func followedStatus(_ path: RelativePath) throws(SystemError) -> FileStatus {
        guard let links else { throw .noEntry }
        if case .beneath(_, _, seesOutside: true) = links {
            return try System.followedStatus(root, path.isRoot ? .itself : SystemName(anything: path.bytes))
        }
        return try System.status(of: resolve(path, flags: Open.trustedFile))
    }

    /// As `resolve`, following symlinks.
    func follow(_ path: RelativePath, within links: LinkReach, flags: Int32) throws(SystemError) -> Descriptor {
        switch links {
        case .anywhere:
            return try System.open(root, SystemName(anything: path.bytes), flags: flags & ~Open.noFollow)
        case .beneath(let outer, let prefix, let seesOutside):
            do throws(SystemError) {
                return try followBeneath(outer, LinkReach.joined(prefix, path.bytes), flags: flags & ~Open.noFollow)
            } catch {
                guard error == .crossDevice else { throw error }
                throw seesOutside ? .loop : .noEntry
            }
        }
    }

    private func followBeneath(_ outer: Descriptor, _ path: [UInt8], flags: Int32) throws(SystemError) -> Descriptor {
        if method == .kernel {
            let name = SystemName(anything: path)
            for _ in 0..<Self.kernelAttempts {
                do throws(SystemError) {
                    return try System.followBeneath(outer, name, flags: flags)
                } catch {
                    if error == .wouldBlock { continue }
                    guard error.mayMeanMissingCall else { throw error }
                    break
                }
            }
        }
        return try followWalking(outer, path, flags: flags)
    }

    /// One component at a time; `..` goes back to a directory that is held, and never above `outer`.
    private func followWalking(_ outer: Descriptor, _ path: [UInt8], flags: Int32) throws(SystemError) -> Descriptor {
        var held = [outer]
        var due = [[UInt8]](path.split(separator: UInt8(ascii: "/")).reversed().map { [UInt8]($0) })
        var links = 0
        while let component = due.popLast() {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                held.removeLast()
                guard !held.isEmpty else { throw .crossDevice }
                continue
            }
            let name = SystemName(component: component)
            let status = try System.status(held[held.count - 1], name)
            if status.mode.isSymlink {
                links += 1
                guard links <= 40 else { throw .loop }
                let target = try System.linkTarget(held[held.count - 1], name)
                guard target.first != UInt8(ascii: "/") else { throw .crossDevice }
                due += target.split(separator: UInt8(ascii: "/")).reversed().map { [UInt8]($0) }
            } else if due.isEmpty {
                return try System.open(held[held.count - 1], name, flags: flags | Open.noFollow)
            } else {
                held.append(try System.open(held[held.count - 1], name, flags: Open.directoryHandle))
            }
        }
        return try System.open(held[held.count - 1], .itself, flags: flags)
    }
}
