import RsyncEngine
import RsyncProtocol
import RsyncWire

/// How far the paths lead that the operator's words name: destination, side directories, files of rules and names, logs and
/// batches (ARG-85). A symlink in such a path is followed if it belongs to root or to who runs this process; anybody else may
/// have planted it.
public struct PathRules: Sendable {
    /// `--insecure-links`: symlinks are followed whoever made them.
    public var followsForeignLinks: Bool
    /// `--confine-root`, absolute: what a path comes out at has to lie in this directory.
    public var root: [UInt8]?
    /// Told of a path that leads over a foreign symlink; the operation fails with ELOOP.
    public var refused: @Sendable (_ path: [UInt8]) -> Void

    public init(
        followsForeignLinks: Bool = false, root: [UInt8]? = nil, refused: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) {
        self.followsForeignLinks = followsForeignLinks
        // The whole machine is no confinement.
        self.root = root.flatMap { $0.contains { $0 != UInt8(ascii: "/") } ? $0 : nil }
        self.refused = refused
    }

    /// For what the operator wants followed wherever it leads: the sources.
    public static let trusting = PathRules(followsForeignLinks: true)

    /// More symlinks than this in one path are taken for a loop, as the kernel does.
    private static let mostLinks = 40

    /// The descriptor is the caller's to close. `flags` as for open(2), O_CLOEXEC among them.
    public func open(_ path: [UInt8], flags: Int32, mode: UInt32 = 0) throws(FileError) -> Int32 {
        do throws(SystemError) {
            return try System.duplicate(resolve(path, flags: flags, mode: mode))
        } catch {
            throw FileError(errno: error.number, operation: "open", path: .root)
        }
    }

    /// Whether there is anything, symlinks followed as far as the rules go.
    public func isThere(_ path: [UInt8]) -> Bool { (try? resolve(path, flags: Open.trustedFile)) != nil }

    /// The first `trusted` bytes of the path are followed wherever they lead.
    func resolve(
        _ path: [UInt8], flags: Int32, mode: UInt32 = 0, trusted: Int = 0
    ) throws(SystemError) -> Descriptor {
        guard !path.isEmpty, !path.contains(0) else { throw .noEntry }
        if followsForeignLinks, root == nil {
            return try System.open(trustedPath: SystemName(anything: path), flags: flags, mode: mode)
        }
        let end = try walk(path, trusted: trusted)
        guard try isInside(end.directory) else { throw .loop }
        return try System.open(end.directory, end.name, flags: flags | (end.isFollowed ? 0 : Open.noFollow), mode: mode)
    }

    private struct End {
        let directory: Descriptor
        var name = SystemName.itself
        /// One of the names under which /proc shows what a process holds open (`/dev/fd/3`): the kernel alone can follow it.
        var isFollowed = false
    }

    /// Goes down to where the path ends: a directory, and what is in it or `.`.
    private func walk(_ path: [UInt8], trusted: Int) throws(SystemError) -> End {
        let slash = UInt8(ascii: "/")
        var due = Self.components(path[trusted...])
        let start = trusted > 0 ? [UInt8](path[..<trusted]) : [path[0] == slash ? slash : UInt8(ascii: ".")]
        var current = try System.open(trustedPath: SystemName(anything: start), flags: Open.trustedRoot)
        var links = 0
        while let component = due.popLast() {
            let name = SystemName(component: component)
            if component.elementsEqual("..".utf8) {
                current = try System.open(current, name, flags: Open.directoryHandle)
                continue
            }
            let status: FileStatus
            do throws(SystemError) {
                status = try System.status(current, name)
            } catch {
                // What is not there yet may be about to be made.
                guard error == .noEntry, due.isEmpty else { throw error }
                return End(directory: current, name: name)
            }
            guard status.mode.isSymlink else {
                if due.isEmpty, !Self.namesContents(path) { return End(directory: current, name: name) }
                current = try System.open(current, name, flags: Open.directoryHandle)
                continue
            }
            guard followsForeignLinks || status.uid == 0 || status.uid == System.effectiveUserID else {
                refused(path)
                throw .loop
            }
            links += 1
            guard links <= Self.mostLinks else { throw .loop }
            if System.isOnProcessFileSystem(current) {
                if due.isEmpty { return End(directory: current, name: name, isFollowed: true) }
                current = try System.open(current, name, flags: Open.trustedRoot)
                continue
            }
            let target = try System.linkTarget(current, name)
            if target.first == slash {
                current = try System.open(trustedPath: SystemName(anything: [slash]), flags: Open.trustedRoot)
            }
            due += Self.components(target[...])
        }
        return End(directory: current)
    }

    /// `d/` and `d/.` are about the inside of a directory.
    private static func namesContents(_ path: [UInt8]) -> Bool {
        path.last == UInt8(ascii: "/") || path.suffix(2).elementsEqual("/.".utf8)
    }

    /// The last one first.
    private static func components(_ path: ArraySlice<UInt8>) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.reversed().map { [UInt8]($0) }
    }

    /// Whether the place lies in the root, as the directories above it say.
    private func isInside(_ place: Descriptor) throws(SystemError) -> Bool {
        guard let root else { return true }
        let wanted = try System.status(of: System.open(trustedPath: SystemName(anything: root), flags: Open.trustedRoot))
        var current = place
        var status = try System.status(of: current)
        while !status.isSameItem(as: wanted) {
            let above = try System.open(current, .parent, flags: Open.directoryHandle)
            let next = try System.status(of: above)
            if next.isSameItem(as: status) { return false }
            (current, status) = (above, next)
        }
        return true
    }
}
