import RsyncProtocol
import RsyncWire
import Synchronization

/// Which of the source's permissions a new item gets without `-p` (MET-32): what the default access control list of the
/// directory allows that it goes to, where there is one, else what the umask leaves.
final class CreationMask: Sendable {
    private let destination: Destination
    private let umask: UInt32
    /// Items of one directory are made one behind the other.
    private let last = Mutex<(directory: RelativePath, allowed: UInt32)?>(nil)

    init(destination: Destination, umask: UInt32) {
        self.destination = destination
        self.umask = umask
    }

    /// Low nine bits. `name`: of an entry.
    func allowed(_ name: [UInt8]) -> UInt32 {
        guard let path = try? destination.path(name), let directory = path.parent else { return 0o777 & ~umask }
        if let known = last.withLock({ $0 }), known.directory == directory { return known.allowed }
        // Not there yet: it gets its list, if any, when it is made.
        guard let present = try? destination.tree.extendedAttributes(of: directory, where: { $0 == Self.list }) else {
            return 0o777 & ~umask
        }
        let allowed = present.first.flatMap { AccessList(stored: $0.value) }.map(Self.permissions) ?? 0o777 & ~umask
        last.withLock { $0 = (directory, allowed) }
        return allowed
    }

    private static let list = Array("system.posix_acl_default".utf8)

    private static func permissions(_ list: AccessList) -> UInt32 {
        (list.user ?? 0) << 6 | (list.mask ?? list.group ?? 0) << 3 | (list.other ?? 0)
    }
}
