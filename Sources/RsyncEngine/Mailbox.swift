import RsyncProtocol
import Synchronization

/// What the receiver tells the generator (XFR-2): the private path of the receiving side.
enum ReceiverEvent: Sendable {
    /// A further file list, with the directory it belongs to (FLS-119).
    case list(LiveList)
    /// No further list will come (FLS-114).
    case endOfLists
    /// The reply for this index has been dealt with, or will never come.
    case finished(Int32, FileOutcome)
    /// Verification failed for the first time: ask again (XFR-115).
    case redo(Int32)
    /// The k-th mark of SES-134.
    case mark(Int)
    /// A text for the client, from the receiver of a server (SES-113).
    case text(MessageCode, [UInt8])
    /// Error bits and failures that the generator has to know.
    case errors(ErrorLedger)
    /// The receiver is done, well or not.
    case ended(SessionError?)

    enum FileOutcome: Sendable, Equatable {
        case stored
        case failed
        /// The sender cannot send it (SES-110).
        case notSent
    }
}

/// The receiver never waits to post; so it always goes on reading, and the sender always gets its bytes off (SES-4).
///
/// What waits is bounded all the same, however long the generator is held up (HOS-54): replies by what was asked for,
/// lists by `Receiver.largestWindow`, notices of errors are merged, and texts beyond `largestText` are dropped, errors apart from
/// the rest, so that much talk costs none of them.
final class Mailbox: Sendable {
    private let events = Monitor(Queue())
    /// What has been asked for: here because the same two threads share it.
    let outstanding = Outstanding()

    /// Bytes of text that may wait, with what each text costs beside its bytes; as many of errors and warnings.
    static let largestText = 1 << 20

    private struct Queue {
        var events: [ReceiverEvent] = []
        var textBytes = 0
        var errorBytes = 0

        mutating func add(_ event: ReceiverEvent) {
            switch event {
            case .text(.info, let text):
                textBytes += text.count + 64
                guard textBytes <= Mailbox.largestText else { return }
            case .text(_, let text):
                errorBytes += text.count + 64
                guard errorBytes <= Mailbox.largestText else { return }
            case .errors:
                if case .errors? = events.last { events.removeLast() }
            default: break
            }
            events.append(event)
        }
    }

    /// Whether a look into the queue is worth its lock: the generator asks once an entry.
    private let hasEvents = Atomic<Bool>(false)

    func post(_ event: ReceiverEvent) { post([event]) }

    /// Several at once, in order: one wake-up for all of them.
    func post(_ several: [ReceiverEvent]) {
        events.withLock { queue in
            for event in several { queue.add(event) }
            hasEvents.store(true, ordering: .releasing)
        }
    }

    /// Everything that has been posted, at once; empty when nothing has.
    func take() -> [ReceiverEvent] {
        guard hasEvents.load(ordering: .acquiring) else { return [] }
        return events.withLock(waking: false) { queue in takeAll(&queue) ?? [] }
    }

    private func takeAll(_ queue: inout Queue) -> [ReceiverEvent]? {
        guard !queue.events.isEmpty else { return nil }
        hasEvents.store(false, ordering: .releasing)
        let all = queue.events
        queue = Queue()
        return all
    }

    /// Waits for at least one event; empty after `milliseconds` (0 = no limit).
    func wait(milliseconds: Int64) -> [ReceiverEvent] {
        events.wait(milliseconds: milliseconds) { queue in takeAll(&queue) } ?? []
    }
}
