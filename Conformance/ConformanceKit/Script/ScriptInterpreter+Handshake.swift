import RsyncDigest
import RsyncProtocol
import RsyncWire
import TraceKit

/// Steps 2 to 7 of SES-24.
extension ScriptInterpreter {
    /// `{"version": 31, "compat": 0, "checksum-list": "md5", "compress-list": "zlib", "seed": 1, "stop-after": "version"}`:
    /// what is not given is what an honest peer says; a list that is null is not sent. `stop-after`: `version`, `compat`,
    /// `lists`, `seed`.
    func handshake(_ value: JSONValue) throws(Interruption) {
        let end = try mistakes { () throws(ScriptMistake) in try value["stop-after"]?.text() }
        let own = try mistakes { () throws(ScriptMistake) in try value["version"]?.word32() ?? session.context.version }
        session.wire.write { $0.int32(own) }
        let peer = try receive { reader throws(WireError) in try reader.int32() }
        let assumed = ProtocolVersion(min(own, peer)) ?? ProtocolVersion(session.context.version) ?? .newest
        session.agree(on: SessionTraits(version: assumed), checksum: nil)
        guard end != "version" else { return }
        let compat = try exchangeCompat(value)
        let traits = SessionTraits(version: assumed, compat: compat)
        session.agree(on: traits, checksum: nil)
        guard end != "compat" else { return }
        let checksum = try exchangeLists(value, traits)
        session.agree(on: traits, checksum: checksum)
        guard end != "lists" else { return }
        if session.context.isServer {
            session.seed = try mistakes { () throws(ScriptMistake) in try value["seed"]?.word32() ?? 0x1234_5678 }
            let seed = session.seed
            session.wire.write { $0.int32(seed) }
        } else {
            session.seed = try receive { reader throws(WireError) in try reader.int32() }
        }
        guard end != "seed" else { return }
        try startFrames(traits)
    }

    /// The handshake and the filter list, in whatever direction it is due (SES-26): `filters` are the rules of a client
    /// that the script plays, the rest is as for `handshake`.
    func open(_ value: JSONValue) throws(Interruption) {
        try handshake(value)
        let setup = session.context
        // The client sends its rules, to a sender always.
        let isDue = setup.isServer == setup.isSender || session.options.sendsFilterList(session.traits)
        guard isDue else { return }
        if setup.isServer { return try read(.string("filters"), .null) }
        try mistakes { () throws(ScriptMistake) in try write("filters", value["filters"] ?? .array([]), times: 1) }
    }

    private func exchangeCompat(_ value: JSONValue) throws(Interruption) -> CompatFlags {
        guard session.traits.hasCompatFlags else { return [] }
        guard session.context.isServer else {
            return try receive { reader throws(WireError) in try CompatFlags(reading: &reader) }
        }
        var flags = session.capabilities.compatFlags(allowsIncrementalRecursion: true)
        if let given = value["compat"] {
            flags = CompatFlags(rawValue: try mistakes { () throws(ScriptMistake) in try given.word32() })
        }
        session.wire.write { flags.write(to: &$0) }
        return flags
    }

    /// Each side writes both lists before it reads one (SES-56).
    private func exchangeLists(_ value: JSONValue, _ traits: SessionTraits) throws(Interruption) -> ChecksumName? {
        session.compression = session.options.compression(negotiated: nil)
        guard traits.exchangesLists else { return nil }
        let isServer = session.context.isServer
        let checksums = NegotiatedList<ChecksumName>.standard(isServer: isServer)
        let compressions = NegotiatedList<CompressionName>.standard(isServer: isServer)
        let choosesChecksum = session.options.checksumChoice == nil
        let choosesCompression = session.options.negotiatesCompression
        let ownChecksums = choosesChecksum ? try offer(value, "checksum-list", checksums) : nil
        let ownCompressions = choosesCompression ? try offer(value, "compress-list", compressions) : nil
        var checksum: ChecksumName?
        if choosesChecksum {
            let theirs = try receive { reader throws(WireError) in try NegotiatedList<ChecksumName>(reading: &reader) }
            checksum = choose(ownChecksums ?? checksums, theirs)
        }
        if choosesCompression {
            let theirs = try receive { reader throws(WireError) in try NegotiatedList<CompressionName>(reading: &reader) }
            session.compression = session.options.compression(negotiated: choose(ownCompressions ?? compressions, theirs))
        }
        return checksum
    }

    private func offer<Name>(
        _ value: JSONValue, _ key: String, _ standard: NegotiatedList<Name>
    ) throws(Interruption) -> NegotiatedList<Name>? {
        guard let given = value[key] else {
            session.wire.write { standard.write(to: &$0) }
            return standard
        }
        guard given != .null else { return nil }
        let text = try mistakes { () throws(ScriptMistake) in try given.contents() }
        guard text.count <= 0x7fff else { throw .mistake(ScriptMistake("a vstring holds at most 32767 bytes")) }
        session.wire.write { $0.vString(text) }
        // As the other side reads it.
        var writer = ByteWriter()
        writer.vString(text)
        var reader = ByteReader(writer.bytes)
        return try? NegotiatedList<Name>(reading: &reader)
    }

    private func choose<Name>(_ own: NegotiatedList<Name>, _ theirs: NegotiatedList<Name>) -> Name? {
        session.context.isServer ? own.chosen(byServerFrom: theirs) : own.chosen(byClientFrom: theirs)
    }

    /// SES-76.
    private func startFrames(_ traits: SessionTraits) throws(Interruption) {
        let isServer = session.context.isServer
        let confirms = session.options.removesSourceFiles && isServer == session.context.isSender
        let clientIsFramed = traits.clientStreamIsMultiplexed || confirms
        if isServer || clientIsFramed {
            session.wire.frameNow()
            session.wire.startWritingFrames()
        }
        if !isServer || clientIsFramed { try stops { () throws(ScriptWire.Stop) in try session.wire.startReadingFrames() } }
    }

    func receive<Value>(_ body: (inout ByteReader) throws(WireError) -> Value) throws(Interruption) -> Value {
        do throws(ScriptWire.Stop) { return try session.wire.parse(body) } catch { throw .stop(error) }
    }
}
