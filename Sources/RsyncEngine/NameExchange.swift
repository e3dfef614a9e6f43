import RsyncDigest
import RsyncProtocol
import RsyncWire

/// Agreeing on a checksum and on a compression by name (SES-50 to SES-68).
struct NameExchange {
    let isServer: Bool
    let traits: SessionTraits
    /// From the environment; nil for the standard list (SES-58).
    let ownChecksums: NegotiatedList<ChecksumName>?
    let ownCompressions: NegotiatedList<CompressionName>?
    let input: ProtocolInput
    let output: ProtocolOutput
    /// How much is told of it, and where.
    let level: UInt8
    let tell: (MessageText) -> Void

    /// Names for what is asked about and exchanged in this session; nil for the rest. Each side writes both lists
    /// before it reads one (SES-56).
    func perform(
        checksums: Bool, compressions: Bool
    ) throws(SessionError) -> (checksum: ChecksumName?, compression: CompressionName?) {
        guard traits.exchangesLists else {
            tellDefaults(checksums: checksums, compressions: compressions)
            if checksums, let ownChecksums {
                try checkDefault(traits.defaultChecksumIsMD5 ? .md5 : .md4, isIn: ownChecksums, Self.checksum)
            }
            if compressions, let ownCompressions { try checkDefault(.zlib, isIn: ownCompressions, Self.compression) }
            return (nil, nil)
        }
        let checksumList = ownChecksums ?? .standard(isServer: isServer)
        let compressionList = ownCompressions ?? .standard(isServer: isServer)
        if checksums {
            tellList(Self.checksum, ofServer: isServer, checksumList.text)
            try output.write { checksumList.write(to: &$0) }
        }
        if compressions {
            tellList(Self.compression, ofServer: isServer, compressionList.text)
            try output.write { compressionList.write(to: &$0) }
        }
        try output.flush()
        let checksum = checksums ? try choose(checksumList, Self.checksum) : nil
        return (checksum, compressions ? try choose(compressionList, Self.compression) : nil)
    }

    private static let checksum = "checksum"
    private static let compression = "compress"

    private func choose<Name>(_ own: NegotiatedList<Name>, _ what: String) throws(SessionError) -> Name {
        let peer = try input.parse { reader throws(WireError) in try NegotiatedList<Name>(reading: &reader) }
        tellList(what, ofServer: !isServer, peer.text)
        guard let name = isServer ? own.chosen(byServerFrom: peer) : own.chosen(byClientFrom: peer) else {
            // The client says it for both (SES-62).
            throw isServer ? SessionError(exitCode: 4, "") : failed(what, [("Server", peer.text), ("Client", own.text)])
        }
        return name
    }

    /// Where nothing is exchanged the peer counts as one that has the name of old.
    private func tellDefaults(checksums: Bool, compressions: Bool) {
        if checksums {
            tellList(Self.checksum, ofServer: isServer, (ownChecksums ?? .standard(isServer: isServer)).text)
            tellList(Self.checksum, ofServer: !isServer, Array((traits.defaultChecksumIsMD5 ? ChecksumName.md5 : .md4).rawValue.utf8))
        }
        if compressions {
            tellList(Self.compression, ofServer: isServer, (ownCompressions ?? .standard(isServer: isServer)).text)
            tellList(Self.compression, ofServer: !isServer, Array(CompressionName.zlib.rawValue.utf8))
        }
    }

    /// SES-64.
    private func checkDefault<Name>(
        _ name: Name, isIn own: NegotiatedList<Name>, _ what: String
    ) throws(SessionError) {
        guard !own.names.contains(name) else { return }
        let sides = isServer ? ("Client", "Server") : ("Server", "Client")
        throw failed(what, [(sides.0, Array(name.rawValue.utf8)), (sides.1, own.text)])
    }

    private func failed(_ what: String, _ lists: [(side: String, text: [UInt8])]) -> SessionError {
        SessionError(
            exitCode: 4, "Failed to negotiate a \(what) choice.", details: lists.map { "\($0.side) list: \($0.text)" })
    }
}
