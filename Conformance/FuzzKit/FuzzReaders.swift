import RsyncCompress
import RsyncProtocol
import RsyncWire

/// Readers of binary structures. What one accepts, its writer must be able to write and the reader to read again.
enum FuzzReaders {
    static func fileList(_ input: [UInt8]) {
        var choices = FuzzChoices(input)
        let shape = FuzzShape(&choices)
        let format = shape.listFormat
        var decoder = FileListDecoder(format: format)
        var encoder = FileListEncoder(format: format, userName: { _ in nil }, groupName: { _ in nil })
        var again = FileListDecoder(format: format)
        var builder = FileListBuilder(startIndex: 0, traits: shape.traits)
        for start: Int32 in [0, 1] {
            decoder.beginList(startIndex: start)
            encoder.beginList(startIndex: start)
            again.beginList(startIndex: start)
        }
        let bytes = choices.bytes
        var reader = ByteReader(bytes)
        do throws(WireError) {
            reading: while true {
                switch try decoder.decode(&reader) {
                case .entry(let entry):
                    builder.append(entry)
                    guard !format.preserveHardLinks else { continue }
                    var writer = ByteWriter()
                    encoder.encode(entry, into: &writer)
                    var second = ByteReader(writer.bytes)
                    guard case .entry(let same)? = try? again.decode(&second), same.name == entry.name, same.mode == entry.mode,
                        same.length == entry.length, second.isAtEnd
                    else { preconditionFailure("an entry that was read does not come back from its writer: \(entry)") }
                case .end: break reading
                }
            }
            if format.hasUserList { while case .name = try decoder.decodeIdListItem(&reader) {} }
            if format.hasGroupList { while case .name = try decoder.decodeIdListItem(&reader) {} }
            if shape.traits.listHasErrorTrailer { _ = try decoder.decodeErrorTrailer(&reader) }
        } catch {}
        _ = builder.finish(removingDuplicates: true)
    }

    /// Structure after structure; the input chooses which.
    static func structures(_ input: [UInt8]) {
        var choices = FuzzChoices(input)
        let traits = FuzzShape(&choices).traits
        let bytes = choices.bytes
        var reader = ByteReader(bytes)
        var indexes = IndexDecoder(traits: traits)
        var knownSets = 0
        do throws(WireError) {
            while !reader.isAtEnd {
                switch try reader.byte() % 18 {
                case 0: _ = try indexes.decode(&reader)
                case 1: checkSame(try ItemAttributes(reading: &reader, traits: traits), traits)
                case 2: _ = try SumHead(reading: &reader, traits: traits, digestLength: 16)
                case 3: _ = try BlockSum(reading: &reader, strongLength: 16)
                case 4: _ = try PlainToken(reading: &reader, blockCount: 100)
                case 5: _ = try TokenRecord(reading: &reader, previous: 3, blockCount: 100)
                case 6: _ = try TransferStatistics(reading: &reader, traits: traits)
                case 7: _ = try DeletionStatistics(reading: &reader)
                case 8: _ = try FrameHeader(reading: &reader)
                case 9: _ = try CompatFlags(reading: &reader)
                case 10: _ = try NegotiatedList<CompressionName>(reading: &reader)
                case 11: _ = try IdListItem(reading: &reader, traits: traits)
                case 12: _ = try BatchHeader.reading(&reader)
                case 13:
                    if case .literal = try XattrWire.readStart(&reader, known: knownSets) { knownSets += 1 }
                case 14: _ = try XattrWire.readItem(&reader)
                case 15: _ = try XattrWire.readNumber(&reader, after: 0)
                case 16: _ = try AccessListWire.readStart(&reader, known: knownSets)
                default: _ = try AccessListWire.readNamed(&reader)
                }
            }
        } catch {}
    }

    private static func checkSame(_ attributes: ItemAttributes, _ traits: SessionTraits) {
        var writer = ByteWriter()
        attributes.write(to: &writer, traits: traits)
        var reader = ByteReader(writer.bytes)
        precondition((try? ItemAttributes(reading: &reader, traits: traits)) == attributes, "an echo differs from what was read")
    }

    /// A file after the other, until the bytes end.
    static func tokens(_ input: [UInt8]) {
        var choices = FuzzChoices(input)
        let names: [CompressionName] = [.zlib, .zlibx, .lz4, .zstd]
        let choice = choices.byte()
        let decoder = TokenDecoder(names[Int(choice & 3)], insertsWholeBlocks: choice & 4 != 0)
        let bytes = choices.bytes
        let block = [UInt8](repeating: 0x41, count: 700)
        var reader = ByteReader(bytes)
        var given = 0
        do throws(WireError) {
            while !reader.isAtEnd {
                decoder.beginFile(discarding: choice & 8 != 0)
                file: while true {
                    switch try decoder.next() {
                    case .needsRecord:
                        let record = try TokenRecord(reading: &reader, previous: decoder.previous, blockCount: 1000)
                        decoder.take(record)
                        if case .data(let count) = record { decoder.add(try reader.bytes(count), 0..<count) }
                    case .literal(let count):
                        // A small input may stand for much; only so much is looked at.
                        given += count
                        if given > 8 << 20 { return }
                    case .block: if decoder.wantsBlocks { try decoder.sawBlock(block, 0..<block.count) }
                    case .end: break file
                    }
                }
            }
        } catch {}
    }
}
