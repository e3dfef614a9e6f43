import RsyncEngine
import RsyncProtocol

/// The peer of a replay: gives its recorded bytes in chunks and keeps what it is told.
///
/// A recorded sender answered wishes; played too early its answers would overtake our generator, which no real
/// sender can do. So a reply is held back until our side has asked for that file, and each mark until our side has
/// written its own (SES-129).
final class ReplayStream: ByteStream {
    private struct Gate {
        /// The first byte held back.
        let offset: Int
        let condition: Condition
        enum Condition {
            case requests(index: Int32, count: Int)
            case marks(Int)
        }
    }

    private struct State {
        var position = 0
        var gates: [Gate]
        var output: ReplayDecoder
        var seen = 0
        var requests: [Int32: Int] = [:]
        var marks = 0
        var stalled: String?
        /// The reader waits at a gate or has reached the end.
        var isHeldBack = false

        /// How far reading may go.
        mutating func limit(_ end: Int) -> Int {
            while let gate = gates.first {
                switch gate.condition {
                case .requests(let index, let count):
                    guard requests[index, default: 0] >= count else { return gate.offset }
                case .marks(let count):
                    guard marks >= count else { return gate.offset }
                }
                gates.removeFirst()
            }
            return end
        }

        /// Notes the items that have been written since the last look.
        mutating func look() {
            for placed in output.items[seen...] {
                switch placed.item {
                case .request(let request): requests[request.index, default: 0] += 1
                case .report(let index, let attributes) where attributes.flags.contains(.transfer):
                    requests[index, default: 0] += 1
                case .done: marks += 1
                default: break
                }
            }
            seen = output.items.count
        }
    }

    /// Longer than any replay needs between two bytes; only a replay that differs waits for it.
    private static let patience: Int64 = 3_000

    private let bytes: [UInt8]
    private let chunk: Int
    private let state: Monitor<State>

    /// `items` are those of `bytes`; `output` decodes what is written.
    /// `refusals`: what the sender could not send, by index and place.
    init(bytes: [UInt8], items: [PlacedItem], refusals: [(index: Int32, offset: Int)], isSender: Bool, chunk: Int, output: ReplayDecoder) {
        self.bytes = bytes
        self.chunk = chunk
        var gates: [Gate] = []
        var counts: [Int32: Int] = [:]
        var marks = 0
        if isSender {
            for placed in items {
                switch placed.item {
                case .reply(let reply):
                    counts[reply.index, default: 0] += 1
                    gates.append(
                        Gate(offset: placed.start, condition: .requests(index: reply.index, count: counts[reply.index] ?? 1)))
                case .done:
                    marks += 1
                    gates.append(Gate(offset: placed.start, condition: .marks(marks)))
                default: break
                }
            }
        }
        if isSender {
            gates += refusals.map { Gate(offset: $0.offset, condition: .requests(index: $0.index, count: 1)) }
            gates.sort { $0.offset < $1.offset }
        }
        state = Monitor(State(gates: gates, output: output))
    }

    /// What was written, and how much of the recorded bytes was taken.
    var outcome: (output: ReplayDecoder, taken: Int, stalled: String?) {
        state.withLock { ($0.output, $0.position, $0.stalled) }
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        let range: Range<Int>? = state.wait(milliseconds: Self.patience) { [self] state in
            let limit = state.limit(bytes.count)
            if state.position == bytes.count {
                state.isHeldBack = true
                return state.position..<state.position
            }
            state.isHeldBack = limit == state.position
            guard limit > state.position else { return nil }
            return state.position..<min(limit, state.position + min(count, chunk))
        }
        guard let range else {
            state.withLock { state in
                guard state.stalled == nil, let gate = state.gates.first else { return }
                state.stalled =
                    switch gate.condition {
                    case .requests(let index, let count): "our side did not ask for index \(index) (time \(count))"
                    case .marks(let count): "our side did not write its mark \(count)"
                    }
                state.gates = []
            }
            throw .timedOut(seconds: Int32(Self.patience / 1000))
        }
        // There is one reader, so what was seen is still there.
        state.withLock { $0.position = range.upperBound }
        for index in range { buffer[offset + index - range.lowerBound] = bytes[index] }
        return range.count
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        state.withLock { state in
            state.output.append(bytes[range])
            state.look()
        }
    }

    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        state.wait(milliseconds: Int64(max(1, milliseconds))) { [self] state in
            state.position == bytes.count || state.limit(bytes.count) > state.position ? true : nil
        } ?? false
    }

    /// Returns when everything up to the first gate has been read, and what follows is waited for: the lists are known.
    func waitUntilHeldBack() {
        for _ in 0..<Self.patience where state.wait(milliseconds: 1, { $0.isHeldBack ? true : nil }) == nil {}
    }

    func closeWrite() {}
}
