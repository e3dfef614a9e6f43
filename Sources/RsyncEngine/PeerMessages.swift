import RsyncProtocol
import RsyncWire

// Messages of the other side, and what is in them (SES-88).

/// Messages that come before the receiving side has split (SES-116): texts and errors of the handshake and of the
/// first list.
final class EarlyMessages {
    private let observer: any SessionObserver
    private let isServer: Bool
    private(set) var ledger = ErrorLedger()

    init(observer: any SessionObserver, isServer: Bool) {
        self.observer = observer
        self.isServer = isServer
    }

    func handle(_ code: MessageCode, _ payload: [UInt8]) throws(SessionError) {
        switch code {
        case .errorXfer, .error, .warning, .info:
            if code == .errorXfer { ledger.notePeerFailure() }
            if let kind = SessionEvent.TextKind(code) { observer.handle(.text(kind, trimmed(payload))) }
        case .ioError:
            if let bits = int32(payload) { ledger.add(ErrorBits(rawValue: bits).intersection([.general, .vanished, .deleteLimit])) }
        case .errorExit:
            throw peerExit(payload)
        case .noop:
            break
        default:
            throw SessionError(exitCode: 12, "invalid multi-message \(code.rawValue):\(payload.count) (Receiver)")
        }
    }
}

/// SES-116, SES-117: what an ERROR_EXIT does to its reader. A claim of success in the middle of a run is no success.
func peerExit(_ payload: [UInt8]) -> SessionError {
    let code = int32(payload) ?? 0
    if Knob.exitZeroIsSuccess.isOn, code == 0 { return SessionError(exitCode: 0, "", announcedByPeer: true) }
    guard code > 0, code < 128 else {
        return SessionError(exitCode: 12, "the peer ended the session in the middle of the run [SES-117]")
    }
    return SessionError(exitCode: code, "the peer reported an error (code \(code))", announcedByPeer: true)
}

/// The value of a 4-byte payload (SES-91 has been checked by the frame's reader).
func int32(_ payload: [UInt8]) -> Int32? {
    var reader = ByteReader(payload)
    return try? reader.int32()
}

/// A text without the newline it travelled with (SES-93).
func trimmed(_ text: [UInt8]) -> [UInt8] {
    text.last == 0x0a ? [UInt8](text.dropLast()) : text
}
