import RsyncEngine

/// Who holds a client's lock, as the lock file says: `pid 4711 since 2026-11-21T02:15:30Z peer 192.0.2.7`.
public struct LockHolder: Sendable, Equatable, CustomStringConvertible {
    public let process: Int32
    public let since: UTCTime
    /// The address from SSH_CONNECTION, or what the caller puts in its place; one word.
    public let peer: String

    public init(process: Int32, since: UTCTime, peer: String) {
        self.process = process
        self.since = since
        // One word of harmless characters: the text goes to another client's terminal.
        let clean = peer.utf8.filter { $0 > 0x20 && $0 < 0x7f }.prefix(64)
        self.peer = clean.isEmpty ? "unknown" : String(decoding: clean, as: UTF8.self)
    }

    public var description: String { "pid \(process) since \(since) peer \(peer)" }

    init?(parsing text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 6, words[0] == "pid", words[2] == "since", words[4] == "peer",
            let process = Int32(words[1]), let since = UTCTime(parsing: words[3])
        else { return nil }
        self.init(process: process, since: since, peer: String(words[5]))
    }
}

/// Held while a session of a client runs; let go when the last reference goes, and by the system when the process ends.
public final class VaultLock: Sendable {
    private let file: VaultFile

    /// Refuses at once with `busy` if another process (or another vault of this one) holds it.
    init(below directory: Int32, at time: UTCTime, peer: String) throws(VaultError) {
        let file = try vaultCall { () throws(FileError) in
            try VaultFile(VaultLayout.lock, below: directory, appending: true)
        }
        let isFree = try vaultCall { () throws(FileError) in try file.tryLock() }
        guard isFree else {
            let text = try vaultCall { () throws(FileError) in try file.contents(limit: 256) }
            throw .busy(LockHolder(parsing: String(decoding: text, as: UTF8.self)))
        }
        let holder = LockHolder(process: currentProcess, since: time, peer: peer)
        try vaultCall { () throws(FileError) in
            try file.truncate()
            try file.append([UInt8]("\(holder)\n".utf8))
        }
        self.file = file
    }
}
