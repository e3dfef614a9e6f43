import RsyncDigest
import RsyncProtocol

// What `--debug=proto,nstr` tells, in the words of rsync. Nothing is framed yet: a server says it on its standard error.

extension Handshake {
    private var side: String { configuration.isServer ? "Server" : "Client" }

    func tellVersion(of peer: Int32, _ agreed: ProtocolVersion) {
        guard options.messages.debug.version > 0 else { return }
        tell("(\(side)) Protocol versions: remote=\(peer), negotiated=\(agreed)")
    }

    /// What was agreed. `checksum` and `compression`: what the exchange of names led to; nil without one.
    func tellChoices(_ connection: Connection, checksum: ChecksumName?, compression: CompressionName?) {
        guard options.messages.debug.negotiation >= NameExchange.levelOfChoices(isServer: configuration.isServer) else { return }
        var names = "\(connection.transferChecksum.name.rawValue)"
        if connection.listChecksum.name != connection.transferChecksum.name { names += ",\(connection.listChecksum.name.rawValue)" }
        tell("\(side) \(checksum == nil ? "" : "negotiated ")checksum: \(names)")
        guard connection.compression != .none else { return }
        tell(
            "\(side) \(compression == nil ? "" : "negotiated ")compress: \(connection.compression.rawValue) (level \(level(of: connection.compression)))")
    }

    /// The level that a compression is used with, as rsync shows it.
    private func level(of name: CompressionName) -> Int32 {
        let wanted = options.compression.level
        switch name {
        case .zlib, .zlibx: return wanted.map { $0 < 0 ? 6 : min($0, 9) } ?? 6
        case .zstd: return wanted.flatMap { $0 == 0 ? nil : max(-131_072, min($0, 22)) } ?? 3
        default: return 0
        }
    }
}

extension NameExchange {
    /// A server, whose words stand beside those of its client, says less.
    static func levelOfChoices(isServer: Bool) -> UInt8 { isServer ? 3 : 1 }
    private static func levelOfLists(isServer: Bool) -> UInt8 { isServer ? 3 : 2 }

    /// A list of names, and whose it is.
    func tellList(_ what: String, ofServer: Bool, _ text: @autoclosure () -> [UInt8]) {
        guard level >= Self.levelOfLists(isServer: isServer) else { return }
        tell("\(ofServer ? "Server" : "Client") \(what) list (on \(isServer ? "server" : "client")): \(text())")
    }
}
