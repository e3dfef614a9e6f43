import RsyncDigest
import RsyncProtocol
import RsyncWire

/// Every field of a recorded session, by name and clause, as far as its options allow.
public struct Dissection: Sendable {
    /// In the order of the recording: a field stands where its last byte passed.
    public let fields: [DissectedField]
    /// At most one for each direction; none when every byte was understood.
    public let gaps: [DissectionGap]

    public init(_ trace: Trace) {
        var dissector = Dissector(trace)
        dissector.run()
        let readers = [dissector.toServer, dissector.toClient]
        gaps = readers.compactMap(\.gap)
        fields = Self.interleave(readers.map { $0.fields.sorted { ($0.end, $0.offset) < ($1.end, $1.offset) } }, trace)
    }

    private static func interleave(_ lists: [[DissectedField]], _ trace: Trace) -> [DissectedField] {
        var rest = lists.map { $0[...] }
        var passed = [0, 0]
        var ordered: [DissectedField] = []
        for segment in trace.segments {
            let lane = segment.direction == .toServer ? 0 : 1
            passed[lane] += segment.bytes.count
            while let next = rest[lane].first, next.end <= passed[lane] {
                ordered.append(next)
                rest[lane].removeFirst()
            }
        }
        return ordered
    }
}

/// The walk through both directions. Start-up needs both sides; from the seed on each direction stands alone.
struct Dissector {
    var toServer: FieldReader
    var toClient: FieldReader
    let options: ServerOptions
    /// The client sends.
    let isPush: Bool

    init(_ trace: Trace) {
        toServer = FieldReader(.toServer, trace.bytes(.toServer))
        toClient = FieldReader(.toClient, trace.bytes(.toClient))
        options = ServerOptions(trace.header.arguments)
        isPush = !options.isSender
    }

    mutating func run() {
        if let obstacle = options.obstacle() {
            toServer.fail("\(obstacle): not known to the dissector")
            toClient.fail("\(obstacle): not known to the dissector")
            return
        }
        guard let session = try? startUp() else {
            toServer.fail("the start-up did not come to its end")
            toClient.fail("the start-up did not come to its end")
            return
        }
        // A reader that fails has said so in its gap.
        var sender = SenderStream(session, isPush ? toServer : toClient)
        var generator = GeneratorStream(session, isPush ? toClient : toServer)
        try? sender.read()
        try? generator.read()
        (toServer, toClient) = isPush ? (sender.reader, generator.reader) : (generator.reader, sender.reader)
    }

    /// Steps 1 to 7 of SES-24.
    mutating func startUp() throws(WireError) -> DissectedSession {
        let client = try toServer.number("version", "SES-31")
        let server = try toClient.number("version", "SES-31")
        guard let own = ProtocolVersion(min(client, ProtocolVersion.newest.number)),
            case .version(let version) = ProtocolVersion.agreed(own: own, peer: server)
        else {
            toServer.fail("versions \(client) and \(server) agree on nothing")
            throw .needsMore
        }
        var traits = SessionTraits(version: version)
        if traits.hasCompatFlags {
            let flags = try toClient.field(
                "compat-flags", "SES-42", { reader throws(WireError) in try CompatFlags(reading: &reader) },
                show: FieldText.compatFlags)
            traits = SessionTraits(version: version, compat: flags)
        }
        var names: (checksum: ChecksumName?, compression: CompressionName?) = (nil, nil)
        if traits.exchangesLists {
            if options.checksumChoice == nil { names.checksum = try exchange("checksum-list") }
            if options.negotiatesCompression { names.compression = try exchange("compress-list") }
        }
        _ = try toClient.field(
            "seed", "SES-74", { reader throws(WireError) in try reader.int32() },
            show: { "0x" + String(UInt32(bitPattern: $0), radix: 16) })
        toClient.beginFrames()
        if traits.clientStreamIsMultiplexed || !isPush && options.removesSourceFiles { toServer.beginFrames() }
        let chosen = options.checksumChoice
        return DissectedSession(
            traits: traits, options: options, isPush: isPush,
            transferSum: ChecksumVariant(name: names.checksum ?? chosen?.first, traits: traits),
            listSum: ChecksumVariant(name: names.checksum ?? chosen?.last, traits: traits),
            compression: options.compression(negotiated: names.compression))
    }

    /// Both sides' list of one kind and what comes of them (SES-60).
    private mutating func exchange<Name: NegotiableName>(_ name: String) throws(WireError) -> Name? {
        let client = try toServer.field(
            name, "SES-55", { reader throws(WireError) in try NegotiatedList<Name>(reading: &reader) },
            show: { QuotedWords.write($0.text) })
        let server = try toClient.field(
            name, "SES-55", { reader throws(WireError) in try NegotiatedList<Name>(reading: &reader) },
            show: { QuotedWords.write($0.text) })
        return client.chosen(byClientFrom: server)
    }
}

/// What start-up settled.
struct DissectedSession {
    let traits: SessionTraits
    let options: ServerOptions
    let isPush: Bool
    let transferSum: ChecksumVariant
    let listSum: ChecksumVariant
    let compression: CompressionName
}
