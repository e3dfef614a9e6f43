import RsyncProtocol
import RsyncWire

/// The outgoing half of a connection: data collected into frames, messages between them.
///
/// One thread uses it: the sender, or the generator. What the receiver has to say goes through the generator's
/// mailbox (SES-113).
final class ProtocolOutput {
    private let stream: any ByteStream
    /// Of this side, for messages.
    private let role: String
    /// Frames, or plain bytes, that wait for the next write. The last frame may still grow.
    private var outgoing = ByteWriter(reserving: 2 * frameTarget)
    /// Where the header of the data frame that still grows stands; nil when there is none.
    private var openFrame: Int?
    private(set) var isMultiplexed = false
    /// Stream bytes written so far, frame headers included (SES-141 field 2).
    private(set) var bytesWritten: Int64 = 0
    /// Bytes of the data stream written so far.
    private(set) var dataBytes: Int64 = 0
    /// What ended the writing.
    private var failure: SessionError?
    private var traits: SessionTraits?
    private var names: (any NameConverter)?

    /// Gets a copy of every byte of data from here on (XFR-141).
    var recorder: StreamRecorder?
    /// Data goes to the recorder alone (XFR-156).
    var isDiverted = false
    /// `--debug=io`: hears of each message that is no text.
    var onMessage: ((MessageCode, _ payload: [UInt8]) throws(SessionError) -> Void)?

    /// Outgoing bytes at which the data frame is closed and all is written without being asked. An empty pipe of 64 KiB takes the
    /// most that this comes to, so that the peer works on one write while the next is made; of a longer one the tail would
    /// wait for the peer to have worked on its head.
    static let frameTarget = 32 * 1024

    init(stream: any ByteStream, role: String) {
        self.stream = stream
        self.role = role
    }

    func startMultiplexing(_ traits: SessionTraits) throws(SessionError) {
        seal()
        isMultiplexed = true
        self.traits = traits
    }

    /// Back to bytes without frames, until `startMultiplexing` (SES-78).
    func suspendMultiplexing() throws(SessionError) {
        try flush()
        isMultiplexed = false
    }

    /// What is known once the handshake is over, also when this direction stays plain.
    func adopt(_ traits: SessionTraits, names: (any NameConverter)?) {
        self.traits = traits
        self.names = names
    }

    var hasPending: Bool { outgoing.count > 0 }

    /// Adds one structure to the data stream.
    func write(_ body: (inout ByteWriter) -> Void) throws(SessionError) {
        if isDiverted {
            try recorder?.add(body)
            return
        }
        openFrameIfNeeded()
        let before = outgoing.count
        body(&outgoing)
        dataBytes += Int64(outgoing.count - before)
        if let recorder { try recorder.add(outgoing.bytes, before..<outgoing.count) }
        try closeFrameIfFull()
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        if let recorder {
            try recorder.add(bytes, range)
            if isDiverted { return }
        }
        openFrameIfNeeded()
        outgoing.bytes(bytes[range])
        dataBytes += Int64(range.count)
        try closeFrameIfFull()
    }

    /// A frame other than data. In a plain direction there is no place for one: it is dropped, and false returned.
    @discardableResult
    func send(_ code: MessageCode, _ payload: [UInt8], isTold: Bool = true) throws(SessionError) -> Bool {
        guard isMultiplexed else { return false }
        if isLost(code) { return true }
        seal()
        FrameHeader(code: code, length: payload.count).write(to: &outgoing)
        outgoing.bytes(payload)
        try writeIfFull()
        if isTold, let onMessage, code != .data, code != .errorExit, SessionEvent.TextKind(code) == nil { try onMessage(code, payload) }
        return true
    }

    /// A knob swallows messages of this kind.
    @inline(__always)
    private func isLost(_ code: MessageCode) -> Bool {
        switch code {
        case .noSend: Knob.noSendMissing.isOn
        case .deleted: Knob.deletedMissing.isOn
        case .errorExit: Knob.errorExitMissing.isOn
        case .ioError: Knob.ioErrorMissing.isOn
        case .success: Knob.successMissing.isOn
        case .errorXfer, .error: Knob.errorTextMissing.isOn
        case .info, .warning: Knob.infoTextMissing.isOn
        default: false
        }
    }

    func send(_ code: MessageCode, _ value: Int32) throws(SessionError) {
        var payload = ByteWriter()
        payload.int32(value)
        try send(code, payload.bytes)
    }

    /// A name as the payload of a message.
    func inMessage(_ name: [UInt8]) -> [UInt8] { names?.messageToWire(name) ?? name }

    /// A text of this side, cut at line ends or anywhere so that no frame is longer than the peer accepts (SES-86).
    func sendText(_ code: MessageCode, _ text: [UInt8]) throws(SessionError) {
        let longest = min(traits?.longestText ?? 1023, 1023)
        var rest = inMessage(text)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(longest)
            try send(code, [UInt8](piece))
            rest = rest.dropFirst(piece.count)
        }
    }

    /// An empty data frame (SES-151); in a plain direction nothing.
    func sendKeepAlive() throws(SessionError) {
        guard isMultiplexed, !Knob.keepAliveMissing.isOn else { return }
        try send(.data, [])
        try flush()
    }

    /// Everything out, now.
    func flush() throws(SessionError) {
        seal()
        try writeOut()
    }

    /// Nothing is worth waiting for any more: a time is over.
    func giveUp(_ error: SessionError) { failure = failure ?? error }

    func close() {
        try? flush()
        stream.closeWrite()
    }

    /// Data goes straight to where it is written from, behind room for the header that only `seal` can fill in.
    private func openFrameIfNeeded() {
        guard isMultiplexed, openFrame == nil else { return }
        openFrame = outgoing.count
        outgoing.int32(0)
    }

    private func closeFrameIfFull() throws(SessionError) {
        if let openFrame {
            guard outgoing.count - openFrame >= Self.frameTarget else { return }
            seal()
        }
        try writeIfFull()
    }

    /// Ends the data frame that has begun; one that nothing was put into has never been.
    private func seal() {
        guard let openFrame else { return }
        let length = outgoing.count - openFrame - FrameHeader.size
        if length > 0 {
            FrameHeader(code: .data, length: length).write(to: &outgoing, at: openFrame)
        } else {
            outgoing.removeLast(FrameHeader.size)
        }
        self.openFrame = nil
    }

    private func writeIfFull() throws(SessionError) {
        if outgoing.count >= Self.frameTarget { try writeOut() }
    }

    private func writeOut() throws(SessionError) {
        if let failure { throw failure }
        guard outgoing.count > 0 else { return }
        do throws(StreamError) {
            try stream.write(outgoing.bytes, 0..<outgoing.count)
        } catch {
            // Nobody knows how much of it has gone, and each further try would wait as long again.
            let ended = SessionError.stream(error, role: role)
            failure = ended
            throw ended
        }
        bytesWritten += Int64(outgoing.count)
        outgoing.removeAll()
    }
}
