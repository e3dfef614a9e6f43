import Synchronization

/// The temporary files that exist right now, so that a program ended by a signal leaves none behind (SES-163).
public enum LiveFiles {
    private struct Reference: Sendable {
        weak let file: ConfinedWritableFile?
    }

    private static let files = Mutex<[ObjectIdentifier: Reference]>([:])

    static func add(_ file: ConfinedWritableFile) {
        files.withLock { $0[ObjectIdentifier(file)] = Reference(file: file) }
    }

    static func remove(_ identifier: ObjectIdentifier) {
        files.withLock { $0[identifier] = nil }
    }

    public static var count: Int { files.withLock { $0.count } }

    /// Discards them all, or those made by one tree. Call on the way out, from ordinary code and not from a signal
    /// handler; writers that are still running get EBADF from then on.
    public static func discardAll(of tree: ConfinedTree? = nil) {
        // Out of the lock first: discarding takes the file's own lock and then removes it from here.
        let alive = files.withLock { $0.values.compactMap(\.file) }
        for file in alive where tree == nil || file.tree === tree { file.discard() }
    }
}
