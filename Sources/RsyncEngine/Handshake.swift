import RsyncDigest
import RsyncProtocol
import RsyncWire

/// What each end brings to the start of a session.
public struct SessionConfiguration: Sendable {
    public var isServer: Bool
    public var isSender: Bool
    /// The highest protocol to announce: 32, or what `--protocol` forces (SES-33).
    public var version: ProtocolVersion
    /// What `--protocol` forces beyond what this implementation speaks: announced as it is (SES-37).
    public var excessiveVersion: Int32?
    /// The letters behind `e`: offered by the client, received by the server (ARG-11).
    public var capabilities: Capabilities
    /// Server: the seed to send, never 0 unless asked for (SES-74).
    public var seed: Int32
    /// The lists of RSYNC_CHECKSUM_LIST and RSYNC_COMPRESS_LIST; nil where the standard ones are offered (SES-58).
    public var checksumNames: NegotiatedList<ChecksumName>?
    public var compressionNames: NegotiatedList<CompressionName>?
    /// Both ends are in this process and hold the same options: rules are not exchanged (FLT-75).
    public var isLocalCopy: Bool
    /// `--iconv`: this side's own charset and the wire's; nil without (ARG-64).
    public var names: (any NameConverter)?
    /// The stream is the rest of a batch file, behind this header: nobody is there to agree with (XFR-144).
    public var replay: BatchHeader?
    /// Where a client records what the sender sends (XFR-138).
    public var recording: (any ByteStream)?
    /// What a server says last of a session that failed, by the exit code (SES-160); nil: nothing.
    public var closingLine: (@Sendable (Int32) -> String?)?
    /// A session that fails leaves its stream open, as the process is about to end. A stock client takes over the exit code of the
    /// server that it started only where that has ended by the time the stream does.
    public var endsWithProcess = false

    public init(
        isServer: Bool, isSender: Bool, version: ProtocolVersion = .newest, capabilities: Capabilities, seed: Int32,
        isLocalCopy: Bool = false
    ) {
        self.isServer = isServer
        self.isSender = isSender
        self.version = version
        self.capabilities = capabilities
        self.seed = seed
        self.isLocalCopy = isLocalCopy
    }
}

/// Steps 2 to 7 of SES-24: versions, compatibility flags, checksum names, seed, start of the frames.
struct Handshake {
    let configuration: SessionConfiguration
    let options: TransferOptions
    let input: ProtocolInput
    let output: ProtocolOutput
    /// Where `--debug` tells of it: before there are frames.
    var tell: (MessageText) -> Void = { _ in }

    func perform() throws(SessionError) -> Connection {
        if let replay = configuration.replay { return try adopt(replay) }
        if configuration.isServer { try checkChoices() }
        let version = try exchangeVersions()
        let traits = try exchangeCompatFlags(version)
        try checkSupport(traits)
        output.adopt(traits, names: configuration.names)
        input.names = configuration.names
        let names = nameExchange(traits)
        let exchange = try names.perform(
            checksums: options.checksumChoice == nil, compressions: options.compression.isNegotiated)
        let checksums = try agreeOnChecksums(traits, exchange.checksum)
        let compression = options.compression.outcome(exchange.compression)
        let seed = try exchangeSeed()
        try startFrames(traits)
        let connection = Connection(
            input: input, output: output, traits: traits, isServer: configuration.isServer, seed: Knob.seedIsForgotten.isOn ? 0 : seed,
            transferChecksum: checksums.transfer, listChecksum: checksums.list, compression: compression,
            channel: options.messageChannel ?? (traits.tellsErrorsByProtocol ? .protocol : .errors),
            names: configuration.names, convertsLinks: convertsLinks(traits))
        tellChoices(connection, checksum: exchange.checksum, compression: exchange.compression)
        return connection
    }

    /// A server looks at the letter, a client at the flag (SES-47).
    private func convertsLinks(_ traits: SessionTraits) -> Bool {
        guard configuration.names != nil, traits.hasCompatFlags else { return false }
        return configuration.isServer ? configuration.capabilities.contains("s") : traits.compat.contains(.symlinkIconv)
    }

    /// What was agreed when the batch was made; its choices, where there were any, have to be repeated (XFR-143).
    private func adopt(_ header: BatchHeader) throws(SessionError) -> Connection {
        let traits = SessionTraits(version: header.version, compat: header.compat)
        try checkSupport(traits)
        output.adopt(traits, names: configuration.names)
        input.names = configuration.names
        let checksums = try agreeOnChecksums(traits, nil)
        return Connection(
            input: input, output: output, traits: traits, isServer: false, seed: header.seed,
            transferChecksum: checksums.transfer, listChecksum: checksums.list,
            compression: options.compression.outcome(nil), channel: .errors,
            names: configuration.names, convertsLinks: convertsLinks(traits), isReplay: true)
    }

    /// Who records offers only what a batch is read with by default (SES-59).
    private func nameExchange(_ traits: SessionTraits) -> NameExchange {
        let records = configuration.recording != nil
        return NameExchange(
            isServer: configuration.isServer, traits: traits,
            ownChecksums: records
                ? NegotiatedList(offering: [traits.defaultChecksumIsMD5 ? .md5 : .md4]) : configuration.checksumNames,
            ownCompressions: records ? NegotiatedList(offering: [.zlib]) : configuration.compressionNames,
            input: input, output: output, level: options.messages.debug.negotiation, tell: tell)
    }

    /// SES-31 to SES-38. Each side writes before it reads.
    private func exchangeVersions() throws(SessionError) -> ProtocolVersion {
        let announced = configuration.excessiveVersion ?? configuration.version.number
        try output.write { $0.int32(announced - (Knob.announcesOneLess.isOn ? 1 : 0)) }
        do throws(SessionError) {
            try output.flush()
        } catch {
            // Nobody there, or a server that has refused and gone: what counts is what it said and that it left (exit 12).
            guard error.exitCode == 10 else { throw error }
        }
        let peer = try input.parse { reader throws(WireError) in try reader.int32() }
        if ProtocolVersion.mayBeAProtocol(peer), min(announced, peer) > ProtocolVersion.newest.number {
            throw .protocolViolation(
                "--protocol must be no more than \(ProtocolVersion.newest) on the \(configuration.isServer ? "Server" : "Client").")
        }
        switch ProtocolVersion.agreed(own: configuration.version, peer: peer) {
        case .version(let version):
            tellVersion(of: peer, version)
            return version
        case .notAProtocol:
            throw SessionError(
                exitCode: 2, "protocol version mismatch -- is your shell clean?",
                details: ["(see the rsync manpage for an explanation)"])
        case .tooOld(let number):
            throw .protocolViolation(
                "the peer speaks protocol \(number); at least \(ProtocolVersion.oldest) is needed")
        }
    }

    private func exchangeCompatFlags(_ version: ProtocolVersion) throws(SessionError) -> SessionTraits {
        guard SessionTraits(version: version).hasCompatFlags else { return SessionTraits(version: version) }
        let flags: CompatFlags
        if configuration.isServer {
            flags = (Knob.ignoresCapabilities.isOn ? Capabilities(optionValue: Array(".LsfxCIvu".utf8)) : configuration.capabilities).compatFlags(
                allowsIncrementalRecursion: options.allowsIncrementalRecursion(isSender: configuration.isSender))
            try output.write { (Knob.compatFlagsAreZero.isOn ? [] : flags).write(to: &$0) }
            try output.flush()
        } else {
            flags = try input.parse { reader throws(WireError) in try CompatFlags(reading: &reader) }
            guard flags.rawValue & ~CompatFlags.known.rawValue == 0 || Knob.acceptsUnknownCompatFlags.isOn else {
                throw .protocolViolation("compatibility flags \(flags.rawValue) without a meaning here [HOS-22]")
            }
            if flags.contains(.incrementalRecursion), !configuration.capabilities.contains("i"), !Knob.acceptsUnofferedRecursion.isOn {
                throw SessionError(
                    exitCode: 1, "Incompatible options specified for inc-recursive connection.")
            }
        }
        return SessionTraits(version: version, compat: flags)
    }

    /// SES-50 to SES-73.
    private func agreeOnChecksums(
        _ traits: SessionTraits, _ exchanged: ChecksumName?
    ) throws(SessionError) -> (transfer: ChecksumVariant, list: ChecksumVariant) {
        if let choice = options.checksumChoice {
            return (
                ChecksumVariant(name: choice.transfer, traits: traits),
                ChecksumVariant(name: choice.list, traits: traits)
            )
        }
        let variant = ChecksumVariant(name: exchanged, traits: traits)
        return (variant, variant)
    }

    /// A server's environment may forbid a choice (SES-67).
    private func checkChoices() throws(SessionError) {
        if let own = configuration.checksumNames, let choice = options.checksumChoice {
            for case let name? in [choice.transfer, choice.list] where !own.names.contains(name) {
                throw refused("checksum", name.rawValue)
            }
        }
        if let own = configuration.compressionNames, let name = options.compression.choice, !own.names.contains(name) {
            throw refused("compress", name.rawValue)
        }
    }

    private func refused(_ what: String, _ name: String) -> SessionError {
        SessionError(exitCode: 4, "Your --\(what)-choice value (\(name)) was refused by the server.")
    }

    /// SES-29.
    private func checkSupport(_ traits: SessionTraits) throws(SessionError) {
        if Knob.supportIsNotChecked.isOn { return }
        func need(_ what: String, _ version: Int = 29) -> SessionError {
            SessionError(
                exitCode: 2,
                MessageText("\(what) requires protocol \(version) or higher (negotiated \(traits.version))."))
        }
        if options.preserveAccessLists, !options.isLocal, !traits.supportsAccessControlLists { throw need("--acls", 30) }
        if options.preserveXattrs, !options.isLocal, !traits.supportsExtendedAttributes { throw need("--xattrs", 30) }
        if options.prunesEmptyDirectories, !traits.supportsPruneEmptyDirectories { throw need("--prune-empty-dirs") }
        if options.fuzzy > 0, !traits.supportsFuzzy { throw need("--fuzzy") }
        guard options.alternateCount > 0, !traits.supportsSeveralAlternateDirectories else { return }
        let name = "--" + options.alternateKind.rawValue
        if options.inPlace { throw need("\(name) with --inplace") }
        if options.alternateCount > 1 { throw need("Using more than one \(name) option") }
    }

    private func exchangeSeed() throws(SessionError) -> Int32 {
        if configuration.isServer {
            try output.write { if !Knob.seedIsMissing.isOn { $0.int32(configuration.seed) } }
            try output.flush()
            return configuration.seed
        }
        return try input.parse { reader throws(WireError) in try reader.int32() }
    }

    /// SES-76.
    private func startFrames(_ traits: SessionTraits) throws(SessionError) {
        // A client that receives has to say what may be removed.
        let confirms = options.sourceRemoval != nil && configuration.isServer == configuration.isSender
        let clientIsFramed = traits.clientStreamIsMultiplexed || confirms
        if configuration.isServer || clientIsFramed { try output.startMultiplexing(traits) }
        if !configuration.isServer || clientIsFramed { input.startMultiplexing() }
    }
}
