import RsyncProtocol
import RsyncWire

/// One side of a recorded session, to be played to a real program in the place of the other.
///
/// Bytes are given as far as a real peer could have written them: a reply only when its file has been asked for, a mark
/// only behind the target's own of that number, a wish only when the list that has its file has been heard.
public struct TraceFeed {
    private struct Gate {
        /// The first byte held back.
        let offset: Int
        let condition: Condition

        enum Condition {
            case requests(index: Int32, count: Int)
            case marks(Int)
            case listed(Int32)
        }
    }

    private let trace: Trace
    private let session: DissectedSession
    private let targetDirection: Trace.Direction
    private let bytes: [UInt8]
    private var gates: [Gate] = []
    private let counterpart: ReplayDecoder
    private var heard: [UInt8] = []
    private var output: ReplayDecoder
    private var seen = 0
    private var requests: [Int32: Int] = [:]
    private var marks = 0
    private var listed: Int32 = -1
    /// Marks and statistics: what a session ends with.
    private var ends = 0
    private let recordedEnds: Int
    /// Marks of a receiving side behind which no file is asked for any more: two phases, and one mark a list where lists
    /// come as the session goes (SES-133).
    private var marksOfWishes = 2
    private var hasSettled = false

    /// How far the recorded bytes have been given.
    public private(set) var position = 0
    /// Why this target cannot be shown this trace: it agrees to something else than the recorded one.
    public private(set) var mismatch: String?

    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter targetIsServer: the target stands in the recorded server's place, and the client's bytes are given.
    public init(_ trace: Trace, targetIsServer: Bool) throws(Failure) {
        self.trace = trace
        targetDirection = targetIsServer ? .toClient : .toServer
        bytes = trace.bytes(targetDirection.opposite)
        var dissector = Dissector(trace)
        do {
            session = try dissector.startUp()
        } catch {
            throw Failure(description: "its start-up is not understood: \(error)")
        }
        var peer = ReplayDecoder(session, targetDirection.opposite), target = ReplayDecoder(session, targetDirection)
        output = target
        peer.append(bytes)
        target.append(trace.bytes(targetDirection))
        for decoder in [peer, target] {
            if let failure = decoder.failure { throw Failure(description: "it is not understood: \(failure.reason)") }
        }
        counterpart = target
        recordedEnds = target.items.count { Self.isEnd($0.item) }
        let peerSends = session.isPush == targetIsServer
        var counts: [Int32: Int] = [:], done = 0
        for placed in peer.items {
            switch placed.item {
            case .reply(let reply) where peerSends:
                counts[reply.index, default: 0] += 1
                gates.append(Gate(offset: placed.start, condition: .requests(index: reply.index, count: counts[reply.index] ?? 1)))
            case .done where peerSends:
                done += 1
                gates.append(Gate(offset: placed.start, condition: .marks(done)))
            case .list where peerSends && session.traits.compat.contains(.incrementalRecursion): marksOfWishes += 1
            case .request(let request): gates.append(Gate(offset: placed.start, condition: .listed(request.index)))
            case .report(let index, _) where !peerSends: gates.append(Gate(offset: placed.start, condition: .listed(index)))
            default: break
            }
        }
        if peerSends { gates += peer.refusals.map { Gate(offset: $0.offset, condition: .requests(index: $0.index, count: 1)) } }
        gates.sort { $0.offset < $1.offset }
    }

    /// What the recorded server sent as its seed (SES-74); nil: it did not come to that.
    public static func seed(_ trace: Trace) -> Int32? {
        guard let field = Dissection(trace).fields.first(where: { $0.name == "seed" }) else { return nil }
        return field.bytes.enumerated().reduce(0) { $0 | Int32($1.element) << (8 * Int32($1.offset)) }
    }

    private static func isEnd(_ item: ReplayItem) -> Bool {
        switch item {
        case .done, .statistics: true
        default: false
        }
    }

    /// Everything has been given, and the target has said all that a session says.
    public var isOver: Bool { position == bytes.count && ends >= recordedEnds && output.undecoded == 0 }
    public var isGiven: Bool { position == bytes.count }

    /// What may be written now, from `position` on.
    public mutating func available() -> ArraySlice<UInt8> {
        while let gate = gates.first {
            let isOpen =
                switch gate.condition {
                case .requests(let index, let count): requests[index, default: 0] >= count
                case .marks(let count): marks >= count
                case .listed(let index): listed >= index
                }
            guard isOpen else { return bytes[position..<max(position, gate.offset)] }
            gates.removeFirst()
        }
        return bytes[position...]
    }

    public mutating func advance(_ count: Int) { position += count }

    /// What the target waits for itself, where it can never come: it has written a mark behind which wishes of this kind
    /// are not made any more.
    public var isStuck: String? {
        guard let gate = gates.first, position >= gate.offset else { return nil }
        switch gate.condition {
        case .requests(let index, let count):
            return requests[index, default: 0] < count && marks >= marksOfWishes ? "index \(index) is not asked for\(count > 1 ? " a \(count). time" : "")" : nil
        case .marks, .listed: return nil
        }
    }

    /// What the target wrote.
    public mutating func hear(_ more: some Collection<UInt8>) {
        heard += more
        if !hasSettled {
            settle()
            guard hasSettled, mismatch == nil else { return }
            output.append(heard)
        } else {
            output.append(more)
        }
        for placed in output.items[seen...] {
            switch placed.item {
            case .request(let request): requests[request.index, default: 0] += 1
            case .report(let index, let attributes) where attributes.flags.contains(.transfer): requests[index, default: 0] += 1
            case .done: marks += 1
            case .list(let list): listed = max(listed, list.startIndex + Int32(list.entries.count) - 1)
            default: break
            }
            if Self.isEnd(placed.item) { ends += 1 }
        }
        seen = output.items.count
    }

    /// A recorded server has answered with flags that its own client offered: why one that offers `capabilities` cannot be shown
    /// them (SES-49). Only of flags that a client of some release has not; the others it would lack for a fault of its own.
    public func mismatch(with capabilities: Capabilities) -> String? {
        let late: CompatFlags = [.incrementalRecursion, .inplacePartialDir, .varintFileListFlags, .idZeroNames]
        let foreign = session.traits.compat.intersection(late)
            .subtracting(capabilities.compatFlags(allowsIncrementalRecursion: true))
        return foreign.isEmpty ? nil : "it does not offer what the recorded server agreed to: \(FieldText.compatFlags(foreign))"
    }

    /// Start-up is the target's own; what comes of it must be what the recorded bytes were written for.
    private mutating func settle() {
        var together = Trace(header: trace.header)
        together.append(bytes, targetDirection.opposite)
        together.append(heard, targetDirection)
        var dissector = Dissector(together)
        guard let agreed = try? dissector.startUp() else { return }
        hasSettled = true
        if agreed.traits != session.traits {
            mismatch = "it agrees to protocol \(agreed.traits.version.number) and other compatibility flags than recorded"
        } else if agreed.transferSum != session.transferSum || agreed.listSum != session.listSum {
            mismatch = "another checksum is agreed upon than recorded"
        } else if agreed.compression != session.compression {
            mismatch = "another compression is agreed upon than recorded"
        }
    }

    /// What the target said that the recorded program did not, and the other way round.
    /// - Parameter archive: gives the bytes of a tree that the head names.
    public func differences(isStrict: Bool, archive: (String) throws -> [UInt8]) throws -> [ReplayDifference] {
        if mismatch != nil { return [] }
        if isStrict, let difference = firstByte() { return [difference] }
        var comparison = ReplayComparison(session: session, recorded: counterpart, ours: output)
        comparison.understood()
        if targetDirection == .toServer { comparison.rules() }
        if session.isPush == (targetDirection == .toServer) {
            let source = MemoryTree(), destination = MemoryTree(), box = MemoryTree()
            if let name = trace.header.sourceTree { try TreeArchive.fill(source, from: archive(name)) }
            if let name = trace.header.destinationTree { try TreeArchive.fill(destination, from: archive(name)) }
            if let name = trace.header.besideTree { try TreeArchive.fill(box, from: archive(name)) }
            comparison.lists()
            let names = try ReplayOptions(trace.header).alternates
            comparison.replies(
                source: source, destination: destination,
                beside: try names.map { try box.subtree(String($0.drop { $0 == "." || $0 == "/" })) })
        } else {
            comparison.requests()
        }
        return comparison.differences
    }

    /// Behind the demultiplexer, start-up included.
    private func firstByte() -> ReplayDifference? {
        let (old, new) = (counterpart.data, output.data)
        guard old != new else { return nil }
        let offset = zip(old, new).prefix { $0 == $1 }.count
        return ReplayDifference(
            field: "bytes", clause: "-", offset: offset, text: "\(new.count) bytes of data, recorded \(old.count); they part at \(offset)",
            recorded: Array(old[offset...].prefix(48)), ours: Array(new[offset...].prefix(48)))
    }
}
