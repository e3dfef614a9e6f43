import RsyncCompress
import RsyncDigest
import RsyncProtocol
import RsyncWire

/// One end of a session after the handshake: both directions and everything that was agreed.
final class Connection {
    let input: ProtocolInput
    let output: ProtocolOutput
    let traits: SessionTraits
    let isServer: Bool
    let seed: Int32
    /// Block and file sums (SES-69 transfer checksum).
    let transferChecksum: ChecksumVariant
    /// File sums of `--checksum` (SES-69 pre-transfer checksum).
    let listChecksum: ChecksumVariant
    /// How tokens are coded (XFR-80).
    let compression: CompressionName
    /// Where a server's texts go (SES-98).
    let channel: MessageChannel
    /// Converts the names of file lists and messages; nil where they travel as they are (ARG-65).
    let names: (any NameConverter)?
    /// And the text of symlinks (FLS-139).
    let convertsLinks: Bool
    /// The sender is a batch file (XFR-145).
    let isReplay: Bool
    /// SES-70: checksum "none" means whole files.
    var forcesWholeFile: Bool { transferChecksum == .none }

    init(
        input: ProtocolInput, output: ProtocolOutput, traits: SessionTraits, isServer: Bool, seed: Int32,
        transferChecksum: ChecksumVariant, listChecksum: ChecksumVariant, compression: CompressionName,
        channel: MessageChannel,
        names: (any NameConverter)?, convertsLinks: Bool, isReplay: Bool = false
    ) {
        self.input = input
        self.output = output
        self.traits = traits
        self.isServer = isServer
        self.seed = seed
        self.transferChecksum = transferChecksum
        self.listChecksum = listChecksum
        self.compression = compression
        self.channel = channel
        self.names = names
        self.convertsLinks = convertsLinks
        self.isReplay = isReplay
    }

    /// What the sender compresses with; nil for plain tokens.
    func makeEncoder(_ options: CompressionOptions) throws(SessionError) -> TokenEncoder? {
        guard compression != .none else { return nil }
        guard options.threads <= 0 || compression != .zstd || TokenEncoder.hasThreads else {
            throw SessionError(
                exitCode: 4, "rsync: --compress-threads=\(options.threads): this system has no libzstd.so.1 that works in threads")
        }
        guard
            let encoder = TokenEncoder(
                compression, level: options.level, threads: options.threads,
                insertsWholeBlocks: traits.insertsWholeBlocksInHistory)
        else {
            let threads = options.threads > 0 ? " with --compress-threads=\(options.threads)" : ""
            throw SessionError(exitCode: 22, "rsync: no memory for \(compression.rawValue) compression\(threads)")
        }
        return encoder
    }

    /// The frame in which a text of this kind travels to the client; nil when it does not.
    func code(_ kind: SessionEvent.TextKind) -> MessageCode? {
        guard isServer, channel.forwards(kind) else { return nil }
        return kind.code(hasErrorClasses: traits.hasErrorAndWarningMessages)
    }

    /// Bytes of data in both directions so far, frame headers and texts aside; for the sender, which has both.
    var dataBytes: (written: Int64, read: Int64) { (output.dataBytes, input.dataBytes) }

    /// The form of the file list that both sides derive from the options (FLS-37).
    func fileListFormat(_ options: TransferOptions) -> FileListFormat {
        FileListFormat(
            traits: traits, preserveOwner: options.preserveOwner, preserveGroup: options.preserveGroup,
            preserveDevices: options.preserveDevices, preserveSpecials: options.preserveSpecials,
            preserveAccessTimes: options.preserveAccessTimes, preserveAccessLists: options.preserveAccessLists,
            preserveLinks: options.preserveLinks, preserveHardLinks: options.preserveHardLinks,
            checksumLength: options.compareChecksums ? listChecksum.digestLength : 0,
            recursive: options.recursive, relative: options.relative, numericIds: options.numericIds,
            acceptsMissing: options.deletesMissing)
    }
}
