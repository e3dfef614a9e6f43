import RsyncDigest
import RsyncProtocol
import RsyncWire

/// Takes one direction apart while it grows: start-up, frames, items.
struct ReplayDecoder {
    /// Which of the two streams of a transfer this direction carries.
    enum Stream { case sender, generator }

    private enum Step { case startUp, rules, wanted, list, userNames, groupNames, trailer, items }

    private(set) var items: [PlacedItem] = []
    private(set) var messages: [(code: MessageCode, payload: [UInt8], offset: Int)] = []
    /// What ended the decoding before the end of the bytes.
    private(set) var failure: (reason: String, offset: Int)?
    /// The data of all frames, start-up included.
    private(set) var data: [UInt8] = []
    /// How many of `data` belong to items.
    private(set) var position = 0
    private(set) var checksumNames: NegotiatedList<ChecksumName>?

    private let session: DissectedSession
    private let stream: Stream
    private let isFromServer: Bool
    private var steps: [Step]
    private var raw: [UInt8] = []
    private var rawPosition = 0
    private var pieces: [(data: Int, raw: Int)] = [(0, 0)]
    private var isStarted = false
    private var state: State

    /// What an item that turns out to be incomplete must leave as it was.
    private struct State {
        var list: FileListDecoder
        var indexes: IndexDecoder
        var attributes: ReplayAttributes
        var nextStart: Int32
        var listCount = 0
        var doneCount = 0
        var expectsStatistics = false
    }

    init(_ session: DissectedSession, _ direction: Trace.Direction) {
        self.session = session
        isFromServer = direction == .toClient
        stream = isFromServer != session.isPush ? .sender : .generator
        let format = session.options.fileListFormat(session.traits, checksumLength: session.listSum.digestLength)
        state = State(
            list: FileListDecoder(format: format), indexes: IndexDecoder(traits: session.traits),
            attributes: ReplayAttributes(session.options, session.traits), nextStart: session.traits.incrementalRecursion ? 1 : 0)
        steps = [.startUp]
        let hasRules = !isFromServer && (!session.isPush || session.options.sendsFilterList(session.traits))
        if hasRules { steps.append(.rules) }
        if !isFromServer, !session.isPush, session.options.readsNames { steps.append(.wanted) }
        if stream == .sender {
            steps.append(.list)
            if format.hasUserList { steps.append(.userNames) }
            if format.hasGroupList { steps.append(.groupNames) }
            if session.traits.listHasErrorTrailer { steps.append(.trailer) }
        }
        steps.append(.items)
    }

    private var traits: SessionTraits { session.traits }
    var rawCount: Int { raw.count }
    /// Bytes of data that belong to no complete item.
    var undecoded: Int { data.count - position }
    var end: Int { rawOffset(position) }
    /// What the sender says it could not send (SES-110), and where the message begins.
    var refusals: [(index: Int32, offset: Int)] {
        messages.compactMap { message in
            var reader = ByteReader(message.payload)
            guard message.code == .noSend, let index = try? reader.int32() else { return nil }
            return (index, message.offset)
        }
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        raw.append(contentsOf: bytes)
        guard failure == nil else { return }
        do throws(WireError) {
            while true {
                try unframe()
                guard position < data.count || steps.first == .startUp else { return }
                try decodeNext()
            }
        } catch {
            if error.code != .needsMore { failure = ("\(error)", rawOffset(position)) }
        }
    }

    // MARK: Frames

    private mutating func unframe() throws(WireError) {
        let isFramed = isFromServer || traits.clientStreamIsMultiplexed || !session.isPush && session.options.removesSourceFiles
        guard isFramed, isStarted else {
            // Before the frames begin, only as much as the start-up takes is data.
            if !isStarted, isFramed { return }
            data.append(contentsOf: raw[rawPosition...])
            rawPosition = raw.count
            return
        }
        while raw.count - rawPosition >= FrameHeader.size {
            var reader = ByteReader(raw, from: rawPosition)
            let header = try FrameHeader(reading: &reader)
            guard raw.count - rawPosition - FrameHeader.size >= header.length else { return }
            let payload = raw[(rawPosition + FrameHeader.size)..<(rawPosition + FrameHeader.size + header.length)]
            if header.code == .data {
                pieces.append((data.count, rawPosition + FrameHeader.size))
                data.append(contentsOf: payload)
            } else {
                messages.append((header.code, [UInt8](payload), rawPosition))
            }
            rawPosition += FrameHeader.size + header.length
        }
    }

    private func rawOffset(_ data: Int) -> Int {
        let piece = pieces.last { $0.data <= data } ?? (0, 0)
        return piece.raw + data - piece.data
    }

    // MARK: Items

    private mutating func decodeNext() throws(WireError) {
        if steps[0] == .startUp { return try startUp() }
        var reader = ByteReader(data, from: position)
        var attempt = state
        let item: ReplayItem
        switch steps[0] {
        case .startUp: return
        case .rules: item = .rules(try rules(&reader))
        case .wanted: item = .wanted(try wanted(&reader))
        case .list: item = .list(try list(&reader, &attempt, directory: nil))
        case .userNames, .groupNames: item = .names(try names(&reader, &attempt))
        case .trailer: item = .trailer(try attempt.list.decodeErrorTrailer(&reader))
        case .items: item = try self.item(&reader, &attempt)
        }
        if steps[0] != .items { steps.removeFirst() }
        let start = rawOffset(position)
        state = attempt
        position += reader.consumed
        // Behind the last byte, not in front of the next: there may be a frame's head between the two.
        items.append(PlacedItem(item: item, start: start, end: rawOffset(position - 1) + 1))
    }

    private mutating func startUp() throws(WireError) {
        var reader = ByteReader(raw)
        _ = try reader.int32()
        if isFromServer, traits.hasCompatFlags { _ = try CompatFlags(reading: &reader) }
        var names: NegotiatedList<ChecksumName>?
        if traits.exchangesLists {
            if session.options.checksumChoice == nil { names = try NegotiatedList(reading: &reader) }
            if session.options.negotiatesCompression { _ = try NegotiatedList<CompressionName>(reading: &reader) }
        }
        if isFromServer { _ = try reader.int32() }
        checksumNames = names
        isStarted = true
        if data.isEmpty {
            data = Array(raw[..<reader.consumed])
            rawPosition = reader.consumed
        }
        position = reader.consumed
        steps.removeFirst()
    }

    private func rules(_ reader: inout ByteReader) throws(WireError) -> [[UInt8]] {
        var rules: [[UInt8]] = []
        while true {
            let length = try reader.int32()
            guard length != 0 else { return rules }
            guard length > 0, length < 65536 else {
                throw WireError(.outOfRange, field: "rule length", clause: "FLT-84", offset: reader.consumed, value: Int64(length))
            }
            rules.append(try reader.bytes(Int(length)))
        }
    }

    /// The names of `--files-from` up to the empty one (SES-122).
    private func wanted(_ reader: inout ByteReader) throws(WireError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        while true {
            var name: [UInt8] = []
            while case let byte = try reader.byte(), byte != 0 { name.append(byte) }
            if name.isEmpty { return names }
            names.append(name)
        }
    }

    private func names(_ reader: inout ByteReader, _ state: inout State) throws(WireError) -> [IdListItem] {
        var names: [IdListItem] = []
        while true {
            let item = try state.list.decodeIdListItem(&reader)
            names.append(item)
            if case .end = item { return names }
        }
    }

    private func list(
        _ reader: inout ByteReader, _ state: inout State, directory: Int32?
    ) throws(WireError) -> ReplayList {
        let start = state.nextStart
        state.list.beginList(startIndex: start)
        state.listCount += 1
        var entries: [FileEntry] = []
        while true {
            switch try state.list.decode(&reader) {
            case .entry(let entry):
                entries.append(entry)
                try state.attributes.skip(&reader, mode: entry.mode)
            case .end(let errors):
                // The index between two lists stands for the directory (FLS-119).
                state.nextStart += Int32(entries.count) + 1
                return ReplayList(startIndex: start, directory: directory, entries: entries, errors: errors)
            }
        }
    }

    private func item(_ reader: inout ByteReader, _ state: inout State) throws(WireError) -> ReplayItem {
        if state.expectsStatistics {
            state.expectsStatistics = false
            return .statistics(try TransferStatistics(reading: &reader, traits: traits))
        }
        let index = try state.indexes.decode(&reader)
        switch index {
        case FileIndex.done:
            state.doneCount += 1
            // SES-133: the mark behind which a serving sender's statistics stand.
            state.expectsStatistics =
                stream == .sender && isFromServer && state.doneCount == traits.lastLoopPhase + state.listCount
            return .done
        case FileIndex.fileListEOF: return .endOfLists
        case FileIndex.deletionStatistics: return .deletions(try DeletionStatistics(reading: &reader))
        case ...FileIndex.fileListOffset:
            return .list(try list(&reader, &state, directory: FileIndex.fileListOffset - index))
        default:
            let attributes = try ItemAttributes(reading: &reader, traits: traits)
            try state.attributes.skip(&reader, attributes, hasValues: stream == .sender)
            guard attributes.flags.contains(.transfer), !session.options.isDryRun else {
                return .report(index: index, attributes)
            }
            return stream == .sender
                ? .reply(try reply(index, attributes, &reader)) : .request(try request(index, attributes, &reader))
        }
    }

    private func request(
        _ index: Int32, _ attributes: ItemAttributes, _ reader: inout ByteReader
    ) throws(WireError) -> ReplayRequest {
        let head = try SumHead(reading: &reader, traits: traits, digestLength: session.transferSum.digestLength)
        var sums: [BlockSum] = []
        // The length that is there already, in the words of blocks (XFR-38).
        if session.options.appends { return ReplayRequest(index: index, attributes: attributes, head: head, sums: []) }
        for _ in 0..<head.count { sums.append(try BlockSum(reading: &reader, strongLength: Int(head.strongLength))) }
        return ReplayRequest(index: index, attributes: attributes, head: head, sums: sums)
    }

    private func reply(
        _ index: Int32, _ attributes: ItemAttributes, _ reader: inout ByteReader
    ) throws(WireError) -> ReplayReply {
        let digestLength = session.transferSum.digestLength
        let head = try SumHead(reading: &reader, traits: traits, digestLength: digestLength)
        var tokens: [ReplayReply.Token] = []
        if session.compression != .none {
            tokens = try records(&reader, head)
            return ReplayReply(
                index: index, attributes: attributes, head: head, tokens: tokens, fileSum: try reader.bytes(digestLength))
        }
        while true {
            switch try PlainToken(reading: &reader, blockCount: head.count) {
            case .literal(let count): tokens.append(.literal(try reader.bytes(count)))
            case .block(let block): tokens.append(.block(block))
            case .end:
                return ReplayReply(
                    index: index, attributes: attributes, head: head, tokens: tokens,
                    fileSum: try reader.bytes(digestLength))
            }
        }
    }

    /// The tokens of a compressed stream up to its end (XFR-84).
    private func records(_ reader: inout ByteReader, _ head: SumHead) throws(WireError) -> [ReplayReply.Token] {
        var tokens: [ReplayReply.Token] = []
        var previous: Int32 = 0
        while true {
            switch try TokenRecord(reading: &reader, previous: previous, blockCount: head.count) {
            case .data(let count): tokens.append(.compressed(try reader.bytes(count)))
            case .blocks(let first, let last):
                for block in first...last { tokens.append(.block(block)) }
                previous = last
            case .end: return tokens
            }
        }
    }
}
