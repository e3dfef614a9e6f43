import Synchronization

/// An attribute that could not be set on an item, which is there all the same: content is never lost for the want of an
/// owner or a time (MET-24). It is told and counts (exit 23).
public struct AttributeFailure: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        /// With or without the group.
        case owner
        case group
        /// An extended attribute, by its name here.
        case attribute([UInt8])
        case attributeRemoval([UInt8])
        case accessList(isDefault: Bool)
        case times
        case permissions
        /// What an item in fake mode is to be taken for.
        case record
    }

    public let step: Step
    public let errno: Int32

    public init(_ step: Step, errno: Int32) {
        self.step = step
        self.errno = errno
    }

    /// What is left of an extended attribute's or list's setting or removal that failed.
    public init(setting name: [UInt8], errno: Int32) { self.init(Self.list(name).map { .accessList(isDefault: $0) } ?? .attribute(name), errno: errno) }
    public init(removing name: [UInt8], errno: Int32) {
        self.init(Self.list(name).map { .accessList(isDefault: $0) } ?? .attributeRemoval(name), errno: errno)
    }

    private static func list(_ name: [UInt8]) -> Bool? {
        if name.elementsEqual("system.posix_acl_access".utf8) { return false }
        return name.elementsEqual("system.posix_acl_default".utf8) ? true : nil
    }

    /// As rsync words it. `name`: the item's, in full.
    func text(_ role: String, _ name: [UInt8]) -> MessageText {
        let head: MessageText = "rsync: [\(role)] "
        let tail: MessageText = ": \(errorText(errno))"
        return switch step {
        case .owner: "\(head)chown \(quoted(name)) failed\(tail)"
        case .group: "\(head)chgrp \(quoted(name)) failed\(tail)"
        case .attribute(let attribute): "\(head)rsync_xal_set: lsetxattr(\(quoted(name)),\(quoted(attribute))) failed\(tail)"
        case .attributeRemoval(let attribute):
            "\(head)rsync_xal_clear: lremovexattr(\(quoted(name)),\(quoted(attribute))) failed\(tail)"
        case .accessList(let isDefault):
            "\(head)set_acl: xacl_set(\(name), ACL_TYPE_\(isDefault ? "DEFAULT" : "ACCESS"))\(tail)"
        case .times: "\(head)failed to set times on \(quoted(name))\(tail)"
        case .permissions: "\(head)failed to set permissions on \(quoted(name))\(tail)"
        case .record: "\(head)failed to write xattr user.rsync.%stat for \(quoted(name))\(tail)"
        }
    }
}

/// What could not be set on files beside those of the transfer, until the role that made them tells it.
final class AttributeFailures: Sendable {
    private let found = Mutex<[(name: [UInt8], failure: AttributeFailure)]>([])

    func add(_ failures: [AttributeFailure], _ name: [UInt8]) {
        guard !failures.isEmpty else { return }
        found.withLock { $0 += failures.map { (name, $0) } }
    }

    func take() -> [(name: [UInt8], failure: AttributeFailure)] {
        found.withLock { found in
            defer { found = [] }
            return found
        }
    }
}
