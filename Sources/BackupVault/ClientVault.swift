import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// One client's part of the vault (REV-40):
///
///     VAULT/NAME/  snapshots/2026-11-21T02:15:30Z/ …   complete, never opened for writing
///                  incomplete/                         in work, or left by a break
///                  parts/                              of files that a break cut off
///                  journal.jsonl                       one line a session
///                  lock                                held while a session runs
public final class ClientVault: Sendable {
    public let client: ClientName
    /// `VAULT/NAME`, as a path of this machine.
    public let path: [UInt8]
    /// The client's directory, held open. Always the plain view of it, whatever `fakeSuper` says.
    let root: ConfinedTree
    /// Whether owners, modes and devices of snapshots live in extended attributes (MET-134).
    public let fakeSuper: Bool

    /// Opens the client's part below the existing directory `vault`, with `creating` makes it first, mode 0700.
    public init(vault: [UInt8], client: ClientName, creating: Bool, fakeSuper: Bool = false) throws(VaultError) {
        self.client = client
        self.fakeSuper = fakeSuper
        path = vault + [0x2f] + client.description.utf8
        let home = VaultLayout.plain(client.description)
        let top = try vaultCall { () throws(FileError) in try ConfinedTree(opening: vault) }
        if creating {
            try Self.make(home, in: top)
        } else {
            do throws(FileError) {
                guard try top.status(home).mode.isDirectory else { throw FileError(errno: FileError.notADirectory, operation: "open", path: home) }
            } catch {
                if error.isNotFound { throw .unknownClient(client.description) }
                throw .file(error)
            }
        }
        root = try vaultCall { () throws(FileError) in try top.subtree(home) }
        if creating { try Self.make(VaultLayout.snapshots, in: root) }
    }

    /// Makes a directory that may be there already, and makes its name last.
    static func make(_ path: RelativePath, in tree: ConfinedTree) throws(VaultError) {
        do throws(FileError) {
            try tree.makeDirectory(path, permissions: 0o700)
            try tree.synchronizeDirectory(.root)
        } catch {
            guard error.errno == FileError.exists else { throw .file(error) }
        }
    }

    /// The clients that have a part in `vault`, by name.
    public static func clients(of vault: [UInt8]) throws(VaultError) -> [ClientName] {
        try vaultCall { () throws(FileError) in
            let top = try ConfinedTree(opening: vault)
            var clients: [ClientName] = []
            for name in try top.names(in: .root) {
                guard let client = ClientName(String(decoding: name, as: UTF8.self)),
                    try top.status(VaultLayout.plain(client.description)).mode.isDirectory
                else { continue }
                clients.append(client)
            }
            return clients.sorted { $0.description < $1.description }
        }
    }

    /// The client's directory, for holding alone.
    public var descriptor: Int32 { root.rootDescriptor }

    // MARK: Snapshots

    /// Complete snapshots, oldest first. Anything else in that directory is passed over.
    public func snapshots() throws(VaultError) -> [SnapshotName] {
        do {
            return try root.names(in: VaultLayout.snapshots)
                .compactMap { SnapshotName(parsing: String(decoding: $0, as: UTF8.self)) }.sorted()
        } catch {
            if error.isNotFound { return [] }
            throw .file(error)
        }
    }

    public func latestSnapshot() throws(VaultError) -> SnapshotName? { try snapshots().last }

    /// `VAULT/NAME/snapshots/…` as a path of this machine.
    public func path(of snapshot: SnapshotName) -> [UInt8] { path + [0x2f] + VaultLayout.snapshot(snapshot).bytes }
    /// `VAULT/NAME/incomplete` as a path of this machine.
    public var incompletePath: [UInt8] { path + [0x2f] + VaultLayout.incomplete.bytes }
    var partsPath: [UInt8] { path + [0x2f] + VaultLayout.parts.bytes }

    /// A complete snapshot as a tree, for reading and linking from.
    public func tree(of snapshot: SnapshotName) throws(VaultError) -> ConfinedTree {
        try content(path(of: snapshot))
    }

    func content(_ path: [UInt8]) throws(VaultError) -> ConfinedTree {
        try vaultCall { () throws(FileError) in try ConfinedTree(opening: path, fakeSuper: fakeSuper) }
    }

    /// Every complete snapshot with its sizes, oldest first. Reads every directory of every snapshot.
    public func summaries(_ progress: (SnapshotSummary) -> Void = { _ in }) throws(VaultError) -> [SnapshotSummary] {
        var counter = SizeCounter()
        var summaries: [SnapshotSummary] = []
        for name in try snapshots() {
            let tree = try vaultCall { () throws(FileError) in try root.subtree(VaultLayout.snapshot(name)) }
            let summary = counter.count(tree, name: name)
            progress(summary)
            summaries.append(summary)
        }
        return summaries
    }
}
