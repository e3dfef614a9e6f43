import RsyncDigest
import RsyncProtocol
import RsyncWire

/// What a sender writes: [filter list of a client]; file list; replies, sub-lists and marks; statistics of a server;
/// goodbye.
struct SenderStream {
    var reader: FieldReader
    private let session: DissectedSession
    private var list: FileListDecoder
    private var indexes: IndexDecoder
    private var attributes: AttributeText
    private var nextStart: Int32 = 0
    private var listCount: Int = 0
    private var doneCount = 0

    init(_ session: DissectedSession, _ reader: FieldReader) {
        self.session = session
        self.reader = reader
        list = FileListDecoder(
            format: session.options.fileListFormat(session.traits, checksumLength: session.listSum.digestLength))
        indexes = IndexDecoder(traits: session.traits)
        attributes = AttributeText(session)
        nextStart = session.traits.incrementalRecursion ? 1 : 0
    }

    private var traits: SessionTraits { session.traits }

    mutating func read() throws(WireError) {
        if session.isPush, session.options.sendsFilterList(traits) { try FilterListText.read(&reader) }
        try readList()
        if list.format.hasUserList { try readIdList("user") }
        if list.format.hasGroupList { try readIdList("group") }
        if traits.listHasErrorTrailer {
            _ = try reader.field("list-errors", "FLS-86", { [list] reader throws(WireError) in
                try list.decodeErrorTrailer(&reader)
            }, show: { String($0) })
        }
        while !reader.isAtEnd { try readItem() }
    }

    private mutating func readList() throws(WireError) {
        list.beginList(startIndex: nextStart)
        listCount += 1
        while true {
            var decoder = list
            let item = try reader.field(
                "entry", "FLS-37", { reader throws(WireError) in try decoder.decode(&reader) }, show: FieldText.listItem)
            list = decoder
            guard case .entry(let entry) = item else { break }
            try attributes.read(&reader, mode: entry.mode)
            nextStart += 1
        }
        nextStart += 1
    }

    private mutating func readIdList(_ kind: String) throws(WireError) {
        while true {
            var decoder = list
            let item = try reader.field(
                "\(kind)-name", "FLS-88", { reader throws(WireError) in try decoder.decodeIdListItem(&reader) },
                show: FieldText.idListItem)
            list = decoder
            if case .end = item { return }
        }
    }

    private mutating func readItem() throws(WireError) {
        let index = try IndexText.read(&reader, &indexes, traits, role: .sender, doneCount: doneCount)
        switch index {
        case FileIndex.done:
            doneCount += 1
            // SES-133: the mark behind which a server's statistics stand.
            let loopMarks = traits.lastLoopPhase + listCount
            if doneCount == loopMarks, !session.isPush {
                _ = try reader.field(
                    "statistics", "SES-141",
                    { [traits] reader throws(WireError) in try TransferStatistics(reading: &reader, traits: traits) },
                    show: FieldText.statistics)
            }
        case FileIndex.fileListEOF: return
        case FileIndex.deletionStatistics: try IndexText.readDeletions(&reader)
        case ...FileIndex.fileListOffset: try readList()
        default:
            let item = try IndexText.readAttributes(&reader, traits)
            try attributes.readReply(&reader, item)
            if item.flags.contains(.transfer), !session.options.isDryRun { try readFile() }
        }
    }

    /// Sum head, tokens and file sum of a reply (XFR-55).
    private mutating func readFile() throws(WireError) {
        let digestLength = session.transferSum.digestLength
        let head = try IndexText.readHead(&reader, traits, digestLength: digestLength)
        try TokenText.read(&reader, session.compression, blockCount: head.count)
        _ = try reader.field(
            "file-sum", "XFR-113", { reader throws(WireError) in try reader.bytes(digestLength) }, show: FieldText.hexadecimal)
    }
}

/// What a generator writes: [filter list of a client]; requests, reports and marks; goodbye.
struct GeneratorStream {
    var reader: FieldReader
    private let session: DissectedSession
    private var indexes: IndexDecoder

    init(_ session: DissectedSession, _ reader: FieldReader) {
        self.session = session
        self.reader = reader
        indexes = IndexDecoder(traits: session.traits)
    }

    mutating func read() throws(WireError) {
        let traits = session.traits
        var doneCount = 0
        let attributes = AttributeText(session)
        if !session.isPush { try FilterListText.read(&reader) }
        if session.options.readsNames {
            guard traits.filesFromIsFramed || !traits.clientStreamIsMultiplexed else {
                reader.fail("names outside the frames are not known to the dissector")
                return
            }
            try FilterListText.readNames(&reader)
        }
        while !reader.isAtEnd {
            switch try IndexText.read(&reader, &indexes, traits, role: .generator, doneCount: doneCount) {
            case FileIndex.done: doneCount += 1
            case FileIndex.deletionStatistics: try IndexText.readDeletions(&reader)
            case ..<0:
                reader.fail("a generator writes no such index (FLS-125)")
                return
            default:
                let item = try IndexText.readAttributes(&reader, traits)
                try attributes.readRequest(&reader, item)
                if item.flags.contains(.transfer), !session.options.isDryRun { try readSums(traits) }
            }
        }
    }

    private mutating func readSums(_ traits: SessionTraits) throws(WireError) {
        let head = try IndexText.readHead(&reader, traits, digestLength: session.transferSum.digestLength)
        guard !session.options.appends else { return }
        for block in 0..<head.count {
            _ = try reader.field(
                "block-sum", "XFR-52",
                { reader throws(WireError) in try BlockSum(reading: &reader, strongLength: Int(head.strongLength)) },
                show: { "\(block): weak \(FieldText.hexadecimal($0.weak)) strong \(FieldText.hexadecimal($0.strong))" })
        }
    }
}
