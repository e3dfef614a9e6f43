import RsyncDigest
import RsyncProtocol
import RsyncWire
import TraceKit

/// What a scripted peer knows of its session: what was agreed, what has been sent and read.
final class ScriptSession {
    let context: ScriptSetup
    let wire: ScriptWire
    let options: ServerOptions
    let capabilities: Capabilities

    /// Until the versions are exchanged: as if the peer's own had been agreed on.
    private(set) var traits: SessionTraits
    private(set) var isAgreed = false
    var seed: Int32 = 0
    private(set) var checksum: ChecksumVariant
    private(set) var listChecksum: ChecksumVariant
    var compression: CompressionName = .none

    var indexesOut: IndexEncoder
    var indexesIn: IndexDecoder
    private var decoder: FileListDecoder?
    /// Written or read, in the order of the wire.
    private(set) var lists: [FileList] = []
    /// The one that is being written.
    var written: [FileEntry] = []
    var sawListEOF = false
    /// NDX_DONEs that were read, and written.
    var donesRead = 0
    var donesWritten = 0

    var requested: ScriptRequest?
    var reply = ScriptReply()
    private(set) var findings: [ScriptFinding] = []
    var step = 0
    /// Numbers of extended attributes whose values the target asked for.
    var requestedXattrs: [Int] = []
    /// Messages that `"read": "message"` has shown already.
    var messagesSeen = 0

    init(_ context: ScriptSetup) {
        self.context = context
        options = ServerOptions(context.arguments)
        capabilities = Self.capabilities(of: context.arguments)
        wire = ScriptWire(context.lanes, seconds: context.seconds)
        traits = SessionTraits(version: ProtocolVersion(context.version) ?? .newest)
        checksum = ChecksumVariant(name: nil, traits: traits)
        listChecksum = checksum
        indexesOut = IndexEncoder(traits: traits)
        indexesIn = IndexDecoder(traits: traits)
    }

    /// What a client offers in its server's arguments (ARG-12).
    static func capabilities(of arguments: [[UInt8]]) -> Capabilities {
        let clusters = arguments.prefix { $0 != [0x2e] }.filter { $0.count > 1 && $0[0] == 0x2d && $0[1] != 0x2d }
        guard let cluster = clusters.last(where: { $0.contains(UInt8(ascii: "e")) }),
            let start = cluster.firstIndex(of: UInt8(ascii: "e"))
        else { return Capabilities(optionValue: []) }
        return Capabilities(optionValue: Array(cluster[(start + 1)...]))
    }

    func agree(on traits: SessionTraits, checksum name: ChecksumName?) {
        self.traits = traits
        isAgreed = true
        let choice = options.checksumChoice
        checksum = ChecksumVariant(name: choice?.first ?? name, traits: traits)
        listChecksum = ChecksumVariant(name: choice?.last ?? name, traits: traits)
        indexesOut = IndexEncoder(traits: traits)
        indexesIn = IndexDecoder(traits: traits)
        decoder = nil
    }

    func find(_ field: String, _ expected: String, _ found: String) {
        findings.append(ScriptFinding(step: step, field: field, expected: expected, found: found))
    }

    // MARK: Lists

    var format: FileListFormat { options.fileListFormat(traits, checksumLength: listChecksum.digestLength) }

    /// Where the next list begins (FLS-119).
    var nextStart: Int32 {
        guard traits.incrementalRecursion else { return 0 }
        guard let last = lists.last else { return 1 }
        return last.startIndex + Int32(last.count) + 1
    }

    func add(_ list: FileList) { lists.append(list) }

    /// What was written since the last list ended, as the other side understands it.
    func endWrittenList() {
        var builder = FileListBuilder(startIndex: nextStart, traits: traits)
        for entry in written { builder.append(entry) }
        written = []
        lists.append(builder.finish(removingDuplicates: true))
    }

    /// The index of the entry of this name in any list; the last one wins.
    func index(named name: [UInt8]) -> Int32? {
        for list in lists.reversed() {
            for isDirectory in [false, true] {
                if let at = list.find(name: name, isDirectory: isDirectory) { return list.index(at: at) }
            }
        }
        return nil
    }

    func entry(at index: Int32) -> FileEntry? {
        for list in lists where index >= list.startIndex && index < list.startIndex + Int32(list.count) {
            return list.entry(at: list.position(of: index))
        }
        return nil
    }

    /// The next list of the target, without the index that announces it.
    func readList() throws(ScriptWire.Stop) -> FileList {
        var decoder = decoder ?? FileListDecoder(format: format)
        let start = nextStart
        decoder.beginList(startIndex: start)
        var builder = FileListBuilder(startIndex: start, traits: traits)
        let errors: Int32
        items: while true {
            switch try wire.parse({ reader throws(WireError) in try decoder.decode(&reader) }) {
            case .entry(let entry):
                try readAttributes(of: entry)
                builder.append(entry)
            case .end(let code):
                errors = code
                break items
            }
        }
        if format.hasUserList { try readIds(&decoder) }
        if format.hasGroupList { try readIds(&decoder) }
        let trailer = traits.listHasErrorTrailer
            ? try wire.parse { reader throws(WireError) in try decoder.decodeErrorTrailer(&reader) } : 0
        self.decoder = decoder
        let list = builder.finish(removingDuplicates: false)
        lists.append(list)
        listErrors = errors | trailer
        return list
    }

    private(set) var listErrors: Int32 = 0
    private(set) var idNames: [[UInt8]] = []

    private func readIds(_ decoder: inout FileListDecoder) throws(ScriptWire.Stop) {
        while true {
            switch try wire.parse({ reader throws(WireError) in try decoder.decodeIdListItem(&reader) }) {
            case .name(_, let name): idNames.append(name)
            case .end: return
            }
        }
    }

    /// ACLs and extended attributes behind an entry: taken off the stream, and how many attributes there were.
    private func readAttributes(of entry: FileEntry) throws(ScriptWire.Stop) {
        if format.preserveAccessLists, !entry.mode.isSymlink {
            try readAccessList()
            if entry.mode.isDirectory { try readAccessList() }
        }
        guard options.letter("X") else { return }
        let start = try wire.parse { reader throws(WireError) in try XattrWire.readStart(&reader, known: Self.anyNumber) }
        guard case .literal(let count) = start else { return }
        for _ in 0..<count {
            let item = try wire.parse { reader throws(WireError) in try XattrWire.readItem(&reader) }
            attributeNames.append(item.name)
        }
    }

    private(set) var attributeNames: [[UInt8]] = []
    /// A script does not keep count of what a reference may be to.
    private static let anyNumber = Int(Int32.max) - 1

    private func readAccessList() throws(ScriptWire.Stop) {
        let start = try wire.parse { reader throws(WireError) in try AccessListWire.readStart(&reader, known: Self.anyNumber) }
        guard case .literal(_, let named) = start else { return }
        for _ in 0..<named { _ = try wire.parse { reader throws(WireError) in try AccessListWire.readNamed(&reader) } }
    }

    // MARK: Indexes

    /// The next index that is no matter of the lists: those are read on the way.
    func readIndex() throws(ScriptWire.Stop) -> Int32 {
        while true {
            let index = try readAnyIndex()
            switch index {
            case FileIndex.fileListEOF: sawListEOF = true
            case FileIndex.deletionStatistics:
                let counts = try wire.parse { reader throws(WireError) in try DeletionStatistics(reading: &reader) }
                guard context.isSender, context.isServer else { continue }
                writeIndex(FileIndex.deletionStatistics)
                wire.write { counts.write(to: &$0) }
            case ...FileIndex.fileListOffset: _ = try readList()
            default:
                if index == FileIndex.done { donesRead += 1 }
                return index
            }
        }
    }

    func readAnyIndex() throws(ScriptWire.Stop) -> Int32 {
        var decoder = indexesIn
        let index = try wire.parse { reader throws(WireError) in try decoder.decode(&reader) }
        indexesIn = decoder
        return index
    }

    func writeIndex(_ index: Int32) {
        if index == FileIndex.done { donesWritten += 1 }
        if index == FileIndex.fileListEOF { sawListEOF = true }
        var writer = ByteWriter()
        indexesOut.encode(index, into: &writer)
        wire.write(writer.bytes)
    }
}

/// What the target asked for.
struct ScriptRequest {
    var index: Int32
    var attributes: ItemAttributes
    var head: SumHead
    var sums: [BlockSum] = []
}

/// The reply that is being written, or the request whose answer is awaited: what the file sum and the blocks are of.
struct ScriptReply {
    var head = SumHead.null
    var content: [UInt8] = []
    /// What blocks refer to.
    var basis: [UInt8] = []
}
