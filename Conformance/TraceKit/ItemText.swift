import RsyncProtocol
import RsyncWire

/// The parts that both streams of a transfer have.
enum IndexText {
    enum Role { case sender, generator }

    static func read(
        _ reader: inout FieldReader, _ indexes: inout IndexDecoder, _ traits: SessionTraits, role: Role, doneCount: Int
    ) throws(WireError) -> Int32 {
        var decoder = indexes
        let index = try reader.field(
            "index", "FLS-131", { reader throws(WireError) in try decoder.decode(&reader) },
            show: { index in
                switch index {
                case FileIndex.done: "done, mark \(doneCount + 1) of this \(role)"
                case FileIndex.fileListEOF: "no more file lists"
                case FileIndex.deletionStatistics: "deletion statistics"
                case ...FileIndex.fileListOffset: "file list of directory \(FileIndex.fileListOffset - index)"
                default: String(index)
                }
            })
        indexes = decoder
        return index
    }

    static func readAttributes(_ reader: inout FieldReader, _ traits: SessionTraits) throws(WireError) -> ItemAttributes {
        guard traits.hasItemFlags else { return ItemAttributes(flags: .transfer) }
        return try reader.field(
            "item", "XFR-16", { reader throws(WireError) in try ItemAttributes(reading: &reader, traits: traits) },
            show: FieldText.item)
    }

    static func readHead(
        _ reader: inout FieldReader, _ traits: SessionTraits, digestLength: Int
    ) throws(WireError) -> SumHead {
        try reader.field(
            "sum-head", "XFR-24",
            { reader throws(WireError) in try SumHead(reading: &reader, traits: traits, digestLength: digestLength) },
            show: {
                "\($0.count) blocks of \($0.blockLength), strong \($0.strongLength), remainder \($0.remainder)"
            })
    }

    static func readDeletions(_ reader: inout FieldReader) throws(WireError) {
        _ = try reader.field(
            "deletion-statistics", "SES-137",
            { reader throws(WireError) in try DeletionStatistics(reading: &reader) },
            show: {
                "\($0.files) files, \($0.directories) directories, \($0.symlinks) symlinks, \($0.devices) devices, "
                    + "\($0.specials) specials"
            })
    }
}

/// The filter list: rules with their length, ended by 0 (SES-26; 05-filters.md section 10).
enum FilterListText {
    static func read(_ reader: inout FieldReader) throws(WireError) {
        while true {
            let length = try reader.number("rule-length", "FLT-76")
            guard length != 0 else { return }
            guard length > 0, Int(length) <= reader.remaining else {
                reader.fail("a rule of \(length) bytes")
                throw .needsMore
            }
            _ = try reader.field(
                "rule", "FLT-76", { reader throws(WireError) in try reader.bytes(Int(length)) },
                show: { QuotedWords.write($0) })
        }
    }

    /// The names of `--files-from`, up to the empty one (SES-122).
    static func readNames(_ reader: inout FieldReader) throws(WireError) {
        var isEnd = false
        while !isEnd {
            let name = try reader.field(
                "name", "SES-122",
                { reader throws(WireError) in
                    var name: [UInt8] = []
                    while case let byte = try reader.byte(), byte != 0 { name.append(byte) }
                    return name
                },
                show: { $0.isEmpty ? "end" : QuotedWords.write($0) })
            isEnd = name.isEmpty
        }
    }
}

/// Tokens of one file, plain or in the records of the compressed encodings. Compressed data is not inflated.
enum TokenText {
    static func read(
        _ reader: inout FieldReader, _ compression: CompressionName, blockCount: Int32
    ) throws(WireError) {
        if compression == .none {
            while try readPlain(&reader, blockCount: blockCount) {}
        } else {
            var previous: Int32 = 0
            while try readRecord(&reader, &previous, blockCount) {}
        }
    }

    private static func readPlain(_ reader: inout FieldReader, blockCount: Int32) throws(WireError) -> Bool {
        let token = try reader.field(
            "token", "XFR-81",
            { reader throws(WireError) in try PlainToken(reading: &reader, blockCount: blockCount) },
            show: {
                switch $0 {
                case .literal(let length): "literal of \(length) bytes"
                case .block(let index): "block \(index)"
                case .end: "end"
                }
            })
        if case .literal(let length) = token {
            _ = try reader.field(
                "literal", "XFR-81", { reader throws(WireError) in try reader.skip(length) }, show: { "\(length) bytes" })
        }
        return token != .end
    }

    private static func readRecord(
        _ reader: inout FieldReader, _ previous: inout Int32, _ blockCount: Int32
    ) throws(WireError) -> Bool {
        let last = previous
        let record = try reader.field(
            "record", "XFR-84",
            { reader throws(WireError) in try TokenRecord(reading: &reader, previous: last, blockCount: blockCount) },
            show: {
                switch $0 {
                case .data(let length): "\(length) compressed bytes"
                case .blocks(let first, let last): first == last ? "block \(first)" : "blocks \(first)...\(last)"
                case .end: "end"
                }
            })
        switch record {
        case .data(let length):
            _ = try reader.field(
                "compressed", "XFR-84", { reader throws(WireError) in try reader.skip(length) }, show: { "\(length) bytes" })
        case .blocks(_, let last): previous = last
        case .end: return false
        }
        return true
    }
}
