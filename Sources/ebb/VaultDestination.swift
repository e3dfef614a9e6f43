import BackupVault
import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Synchronization

/// Where the gate's session puts things: `incomplete/`, with the newest snapshot to link from (REV-42). In a dry run
/// nothing is there and the newest snapshot is what is compared with (REV-35).
final class VaultDestination: DestinationOpener {
    private let place: ClientVault
    private let session: VaultSession?
    private let basis = Mutex<ConfinedTree?>(nil)

    /// `session` nil: a dry run.
    init(place: ClientVault, session: VaultSession?) {
        self.place = place
        self.session = session
    }

    /// Opens the newest snapshot. Before the opening is sent, so that a failure can still be answered.
    func prepare() throws(VaultError) {
        guard let name = session == nil ? try place.latestSnapshot() : session?.basis else { return }
        let tree = try place.tree(of: name)
        basis.withLock { $0 = tree }
    }

    func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination {
        let basis = basis.withLock { $0 }
        let alternates = basis.map { [$0] } ?? []
        if let session {
            var destination = Destination(
                tree: session.tree, alternates: alternates, wasCreated: !session.isResumed)
            let hasParts = (try? session.parts.names(in: .root))?.isEmpty == false
            destination.partial = Destination.Annex(
                tree: session.parts, directory: .root, words: GateRun.partsName, layout: .byPath(hasParts: hasParts))
            return destination
        }
        do throws(FileError) {
            let tree: ConfinedTree
            if let basis { tree = basis } else { tree = try ConfinedTree(opening: place.path) }
            return Destination(tree: tree, alternates: alternates, isAbsent: true)
        } catch {
            throw SessionError(exitCode: 11, "the vault cannot be read")
        }
    }
}
