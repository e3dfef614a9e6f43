import RsyncEngine
import RsyncHost
import RsyncWire

/// What the journal keeps of one session (REV-43). A value that is not known is nil and left out.
public struct JournalRecord: Sendable, Equatable {
    public var started: UTCTime
    public var ended: UTCTime
    public var client: String
    /// The request as it came.
    public var request: String?
    /// The sender's argument vector as the gate wrote it.
    public var argv: [String] = []
    /// The address from SSH_CONNECTION.
    public var peer: String?
    public var protocolVersion: Int64?
    public var exitCode: Int64
    /// Bytes of the session, as they went over the connection.
    public var received: Int64?
    public var sent: Int64?
    /// Items that were transferred.
    public var files: Int64?
    /// The snapshot that was committed; nil if none was.
    public var snapshot: String?
    /// Why it did not go well.
    public var error: String?

    public init(started: UTCTime, ended: UTCTime, client: String, exitCode: Int32) {
        self.started = started
        self.ended = ended
        self.client = client
        self.exitCode = Int64(exitCode)
    }

    /// The client's address: the first word of SSH_CONNECTION.
    public static func peer(sshConnection: String) -> String? {
        sshConnection.split(separator: " ").first.map(String.init)
    }

    var line: [UInt8] {
        var fields: [(String, JSONLine.Value)] = [
            ("started", .string(started.description)), ("ended", .string(ended.description)), ("client", .string(client)),
        ]
        if let request { fields.append(("request", .string(request))) }
        if !argv.isEmpty { fields.append(("argv", .strings(argv))) }
        if let peer { fields.append(("peer", .string(peer))) }
        if let protocolVersion { fields.append(("protocol", .integer(protocolVersion))) }
        fields.append(("exit", .integer(exitCode)))
        if let received { fields.append(("received", .integer(received))) }
        if let sent { fields.append(("sent", .integer(sent))) }
        if let files { fields.append(("files", .integer(files))) }
        if let snapshot { fields.append(("snapshot", .string(snapshot))) }
        if let error { fields.append(("error", .string(error))) }
        return JSONLine.encode(fields)
    }

    /// nil if the line is no record: not JSON, or without the times, the client or the exit code.
    init?(line: ArraySlice<UInt8>) {
        guard let fields = JSONLine.decode(line) else { return nil }
        func string(_ key: String) -> String? {
            if case .string(let text)? = fields[key] { text } else { nil }
        }
        func integer(_ key: String) -> Int64? {
            if case .integer(let number)? = fields[key] { number } else { nil }
        }
        guard let started = string("started").flatMap({ UTCTime(parsing: $0) }),
            let ended = string("ended").flatMap({ UTCTime(parsing: $0) }),
            let client = string("client"), let exit = integer("exit"), let exitCode = Int32(exactly: exit)
        else { return nil }
        self.init(started: started, ended: ended, client: client, exitCode: exitCode)
        request = string("request")
        if case .strings(let words)? = fields["argv"] { argv = words }
        peer = string("peer")
        protocolVersion = integer("protocol")
        received = integer("received")
        sent = integer("sent")
        files = integer("files")
        snapshot = string("snapshot")
        error = string("error")
    }
}

/// What a journal holds.
public struct Journal: Sendable, Equatable {
    /// In the order of the file.
    public var records: [JournalRecord] = []
    /// Lines that are no records: torn by a crash, or written by something newer.
    public var skippedLines = 0

    init() {}

    init(parsing bytes: [UInt8]) {
        for line in bytes.split(separator: 0x0a) {
            if let record = JournalRecord(line: line) { records.append(record) } else { skippedLines += 1 }
        }
    }
}

extension ClientVault {
    /// More of a journal than this is not read: half a million sessions.
    public static let maximumJournalLength = 256 << 20

    /// Adds one line and waits until it is on disk. Also without the lock: a refused session is recorded too. A torn
    /// last line is closed first, so that it costs only itself.
    public func record(_ record: JournalRecord) throws(VaultError) {
        try vaultCall { () throws(FileError) in
            let file = try VaultFile(VaultLayout.journal, below: root.rootDescriptor, appending: true)
            let isTorn = (try file.lastByte() ?? 0x0a) != 0x0a
            try file.append((isTorn ? [0x0a] : []) + record.line + [0x0a])
        }
    }

    public func journal() throws(VaultError) -> Journal {
        do throws(FileError) {
            let file = try VaultFile(VaultLayout.journal, below: root.rootDescriptor, appending: false, creating: false)
            return Journal(parsing: try file.contents(limit: Self.maximumJournalLength))
        } catch {
            if error.isNotFound { return Journal() }
            throw .file(error)
        }
    }
}
