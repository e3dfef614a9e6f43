import RsyncCommand
import RsyncEngine
import RsyncProtocol
import RsyncReport
import Synchronization

/// What the gate's session tells, for the person at the other end: messages, and in a dry run the items.
final class GateObserver: SessionObserver {
    private struct State: Sendable {
        var errors = 0
        var messages = 0
    }

    private let state = Mutex(State())
    private let items: RsyncReport.ItemReport?
    /// A client machine with a million unreadable files need not hear of each.
    private static let maximumMessages = 1000

    init(showsItems: Bool) {
        items = showsItems
            ? RsyncReport.ItemReport(
                format: .itemized, showsUnchanged: false,
                formatter: ItemFormatter(sendsToRemote: false, escaping: .utf8)) : nil
    }

    /// Lines in which something was called an error.
    var errors: Int { state.withLock { $0.errors } }

    func say(_ text: String) { write(Array(text.utf8)) }

    func handle(_ event: SessionEvent) {
        switch event {
        case .text(let kind, let text):
            let messages = state.withLock { state in
                if kind == .error { state.errors += 1 }
                state.messages += 1
                return state.messages
            }
            if messages <= Self.maximumMessages { write(text) }
            if messages == Self.maximumMessages { say("further messages are left out") }
        case .item(let report):
            guard let line = items?.line(ItemFacts(report)) else { return }
            System.write(line + [0x0a], to: 2)
        case .forwarded, .fileList, .deleted, .listed, .progress: return
        }
    }

    /// Newlines inside stay, everything else that could steer a terminal does not (HOS-560).
    private func write(_ text: [UInt8]) {
        for line in text.split(separator: 0x0a) {
            System.write(Array("ebb gate: ".utf8) + NameEscaping.utf8.escape([UInt8](line)) + [0x0a], to: 2)
        }
    }
}
