import RsyncProtocol
import RsyncWire

/// Where this side's texts go: on a client to the observer; on a server into frames or to its own standard
/// error, which the observer stands for (SES-98).
///
/// Not thread-safe: each role has its own, and the receiver's posts into the generator's mailbox.
struct Diagnostics {
    let observer: any SessionObserver
    let connection: Connection
    /// What is forwarded is told here as well.
    let logs: Bool

    func info(_ text: MessageText) throws(SessionError) { try emit(.info, text.bytes) }
    func warning(_ text: MessageText) throws(SessionError) { try emit(.warning, text.bytes) }
    func error(_ text: MessageText) throws(SessionError) { try emit(.error, text.bytes) }

    /// For `--debug=filter2`, whose lines only a broken connection keeps from being said; nil: they are not asked for.
    func filterLines(_ role: String, _ debug: DebugLevels) -> ((MessageText) -> Void)? {
        debug.filtering > 1 ? { try? info("[\(role)] \($0)") } : nil
    }

    func emit(_ kind: SessionEvent.TextKind, _ text: [UInt8]) throws(SessionError) {
        if let code = connection.code(kind) {
            try connection.output.sendText(code, text + [0x0a])
            if logs { observer.handle(.forwarded(text)) }
        } else {
            observer.handle(.text(kind, text))
        }
    }
}

/// What is to be told while the other side sends its rules or its list and reads nothing: both would wait for each other. It is
/// kept until somebody can write it who keeps nobody from reading.
final class EarlyTexts {
    private let diagnostics: Diagnostics
    private var held: [MessageText] = []
    private var left = 512 << 10

    init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    func info(_ text: MessageText) throws(SessionError) {
        guard diagnostics.connection.code(.info) != nil else { return try diagnostics.info(text) }
        guard left > 0 else { return }
        left -= text.bytes.count + 64
        held.append(left > 0 ? text : "(more of this is not told)")
    }

    func take() -> [MessageText] {
        defer { held = [] }
        return held
    }
}

extension SessionEvent.TextKind {
    /// How a received text is shown (SES-94); nil for codes that are no text.
    init?(_ code: MessageCode) {
        switch code {
        case .errorXfer, .error: self = .error
        case .warning: self = .warning
        case .info: self = .info
        default: return nil
        }
    }
}

/// What goes wrong with single files, collected until the end decides about the exit code (SES-100 to SES-103).
struct ErrorLedger: Sendable {
    private(set) var bits: ErrorBits = []
    /// An error of class ERROR_XFER was seen or a file of ours failed (exit 23).
    private(set) var transferFailed = false

    mutating func add(_ more: ErrorBits) { bits.formUnion(more) }
    /// Something this side had to do itself did not succeed.
    private(set) var failedHere = false

    mutating func noteFailure() {
        transferFailed = true
        failedHere = true
    }
    /// The other side said that something of its own failed (ERROR_XFER).
    mutating func notePeerFailure() { if !Knob.peerErrorsDoNotCount.isOn { transferFailed = true } }
    mutating func merge(_ other: ErrorLedger) {
        bits.formUnion(other.bits)
        transferFailed = transferFailed || other.transferFailed
        failedHere = failedHere || other.failedHere
    }

    /// SES-103.
    var exitCode: Int32 {
        if bits.contains(.general) || transferFailed { return 23 }
        if bits.contains(.vanished) { return 24 }
        return bits.contains(.deleteLimit) ? 25 : 0
    }
}
