import RsyncDigest
import RsyncProtocol
import RsyncWire
import TestSupport

/// What came out of a vector: its canonical text and how to write it again.
struct VectorOutcome {
    let text: String
    let write: (inout ByteWriter) -> Void
}

/// Reads the structure of a vector from a cursor.
typealias VectorCodec = @Sendable (inout ByteReader, SessionTraits, VectorFile) throws(WireError) -> VectorOutcome

/// Every structure of Vectors/wire by its folder name.
let vectorCodecs: [String: VectorCodec] = [
    "varint": { (reader, _, _) throws(WireError) in
        let value = try reader.varInt()
        return VectorOutcome(text: "\(value)") { $0.varInt(value) }
    },
    "varlong": { (reader, _, vector) throws(WireError) in
        let minimum = vector.given("minimum")
        let value = try reader.varLong(minimum: minimum)
        return VectorOutcome(text: "\(value)") { $0.varLong(value, minimum: minimum) }
    },
    "longint": { (reader, _, _) throws(WireError) in
        let value = try reader.longInt()
        return VectorOutcome(text: "\(value)") { $0.longInt(value) }
    },
    "vstring": { (reader, _, vector) throws(WireError) in
        let text = try reader.vString(limit: vector.given("limit"), field: "text", clause: "SES-18")
        return VectorOutcome(text: hex(text)) { $0.vString(text) }
    },
    "frame-header": { (reader, _, _) throws(WireError) in
        let header = try FrameHeader(reading: &reader)
        return VectorOutcome(text: "\(header.code) \(header.length)") { header.write(to: &$0) }
    },
    "file-index": { (reader, traits, vector) throws(WireError) in
        var decoder = IndexDecoder(traits: traits)
        var values: [Int32] = []
        for _ in 0..<vector.given("values") { values.append(try decoder.decode(&reader)) }
        let read = values
        return VectorOutcome(text: read.map(String.init).joined(separator: " ")) { writer in
            var encoder = IndexEncoder(traits: traits)
            for value in read { encoder.encode(value, into: &writer) }
        }
    },
    "item-attributes": { (reader, traits, _) throws(WireError) in
        let item = try ItemAttributes(reading: &reader, traits: traits)
        let flags = String(item.flags.rawValue, radix: 16)
        let text = ["\(flags) \(hex([item.basis.rawValue]))", hex(item.xname)].filter { !$0.isEmpty }
        return VectorOutcome(text: text.joined(separator: " ")) { item.write(to: &$0, traits: traits) }
    },
    "sum-head": { (reader, traits, vector) throws(WireError) in
        let head = try SumHead(reading: &reader, traits: traits, digestLength: vector.given("digest-length"))
        let text = "\(head.count) \(head.blockLength) \(head.strongLength) \(head.remainder)"
        return VectorOutcome(text: text) { head.write(to: &$0) }
    },
    "block-sum": { (reader, _, vector) throws(WireError) in
        let sum = try BlockSum(reading: &reader, strongLength: vector.given("strong-length"))
        let text = [String(sum.weak, radix: 16), hex(sum.strong)].filter { !$0.isEmpty }
        return VectorOutcome(text: text.joined(separator: " ")) { sum.write(to: &$0) }
    },
    "plain-token": { (reader, _, vector) throws(WireError) in
        let token = try PlainToken(reading: &reader, blockCount: Int32(vector.given("block-count")))
        let text =
            switch token {
            case .literal(let length): "literal \(length)"
            case .block(let index): "block \(index)"
            case .end: "end"
            }
        return VectorOutcome(text: text) { token.write(to: &$0) }
    },
    "transfer-statistics": { (reader, traits, _) throws(WireError) in
        let read = try TransferStatistics(reading: &reader, traits: traits)
        let values = [
            read.bytesRead, read.bytesWritten, read.totalSize, read.listBuildMilliseconds, read.listTransferMilliseconds,
        ]
        return VectorOutcome(text: values.map(String.init).joined(separator: " ")) {
            read.write(to: &$0, traits: traits)
        }
    },
    "deletion-statistics": { (reader, _, _) throws(WireError) in
        let read = try DeletionStatistics(reading: &reader)
        let values = [read.files, read.directories, read.symlinks, read.devices, read.specials]
        return VectorOutcome(text: values.map(String.init).joined(separator: " ")) { read.write(to: &$0) }
    },
    "error-bits": { (reader, _, _) throws(WireError) in
        let bits = try ErrorBits(reading: &reader)
        return VectorOutcome(text: "\(bits.rawValue)") { bits.write(to: &$0) }
    },
    "compat-flags": { (reader, _, _) throws(WireError) in
        let flags = try CompatFlags(reading: &reader)
        return VectorOutcome(text: String(flags.rawValue, radix: 16)) { flags.write(to: &$0) }
    },
    "checksum-list": { (reader, _, _) throws(WireError) in
        let list = try NegotiatedList<ChecksumName>(reading: &reader)
        return VectorOutcome(text: list.names.map(\.rawValue).joined(separator: " ")) {
            NegotiatedList(offering: list.names).write(to: &$0)
        }
    },
]
