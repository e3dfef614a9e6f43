import RsyncProtocol
import RsyncWire

// What `--debug=io` tells of messages, in the words of rsync.

/// A message that goes out: its number, and where that is one figure it too. `isLocal`: then a success says more than that.
func messageText(_ code: MessageCode, _ payload: [UInt8], isLocal: Bool) -> MessageText {
    var reader = ByteReader(payload)
    switch code {
    case .success, .noSend, .redo, .ioError:
        guard let figure = try? reader.int32() else { break }
        return code == .success && isLocal ? "send_msg_success(\(figure))" : "send_msg_int(\(code.rawValue), \(figure))"
    default: break
    }
    return "send_msg(\(code.rawValue), \(payload.count))"
}

extension Receiver {
    /// What the generator hears of this side. With rsync these are messages as well, and go through a pipe: of each file where it
    /// has to know, and at the end figures.
    func tellMessage(_ event: ReceiverEvent) {
        switch event {
        case .finished(let index, .stored):
            let isMember = options.preserveHardLinks && window.resolve(index, incremental: false).map { window.entry($0).linkGroup >= 0 } ?? false
            guard connection.traits.incrementalRecursion || options.sourceRemoval != nil || isMember else { return }
            say(.info, options.isLocal ? "[receiver] send_msg_success(\(index))" : "[receiver] send_msg_int(100, \(index))")
        case .redo(let index): say(.info, "[receiver] send_msg_int(9, \(index))")
        case .ended(nil): say(.info, "[receiver] send_msg(10, 8)")
        default: break
        }
    }
}
