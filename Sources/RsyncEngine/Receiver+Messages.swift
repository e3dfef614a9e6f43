import RsyncProtocol
import RsyncWire

// What the receiver tells, and what it is told by messages (SES-88).

extension Receiver {
    /// What a client that is the receiver shows, when the echo arrives. A server's client knows it from its sender.
    func report(_ entry: FileEntry, _ attributes: ItemAttributes, stage: ItemReport.Stage = .whole, isRedo: Bool = false) {
        guard options.reportsItems else { return }
        // What is asked for again was created before.
        if stage.isFirst, attributes.flags.contains(.isNew), !isRedo { statistics.created.add(entry.type) }
        observer.handle(
            .item(
                ItemReport(
                    entry: entry, flags: attributes.flags, xname: attributes.shownName, isSender: false,
                    detailsUnknown: !connection.traits.hasItemFlags,
                    setsLinkTimes: !options.omitLinkTimes, stage: stage,
                    sumLength: connection.shownSumLength(options))))
    }

    /// Verification failed: once is a redo, twice an error (XFR-115, MET-78).
    func verificationFailed(_ entry: FileEntry, _ index: Int32) {
        let name = entry.name
        let kept =
            options.partialDirectory != nil ? "put into partial-dir" : options.keepPartial || options.inPlace ? "retained" : "discarded"
        if redone.insert(index).inserted, !Knob.noRedo.isOn {
            if options.messages.names > 0 || options.itemizeLevel > 0 {
                say(.warning, "WARNING: \(name) failed verification -- update \(kept) (\(connection.isReplay ? "may" : "will") try again).")
            }
            post(.redo(index))
        } else {
            fail(index, "ERROR: \(name) failed verification -- update \(kept).")
        }
    }

    /// A file that will not be stored: exit 23, all else goes on.
    func fail(_ index: Int32, _ text: MessageText) {
        ledger.noteFailure()
        post(.errors(ledger))
        say(.error, text)
        post(.finished(index, .failed))
    }

    func say(_ kind: SessionEvent.TextKind, _ text: MessageText) {
        let bytes = text.bytes
        if let code = connection.code(kind) {
            post(.text(code, bytes + [0x0a]))
            if options.reportsItems { observer.handle(.forwarded(bytes)) }
        } else {
            observer.handle(.text(kind, bytes))
        }
    }

    /// Frames other than data, where they stand in the stream (SES-88).
    func handleMessage(_ code: MessageCode, _ payload: [UInt8]) throws(SessionError) {
        switch code {
        case .errorXfer, .error, .warning, .info:
            if code == .errorXfer {
                ledger.notePeerFailure()
                post(.errors(ledger))
            }
            guard let kind = SessionEvent.TextKind(code) else { return }
            if connection.isServer {
                post(.text(code, payload))
            } else {
                observer.handle(.text(kind, trimmed(payload)))
            }
        case .ioError:
            guard let bits = int32(payload) else { return }
            // Also with --ignore-errors (SES-101): that is about deletions, not about the outcome.
            if !Knob.ioErrorsDoNotCount.isOn { ledger.add(ErrorBits(rawValue: bits).intersection([.general, .vanished, .deleteLimit])) }
            post(.errors(ledger))
        case .noSend:
            guard let index = int32(payload),
                let item = window.resolve(index, incremental: connection.traits.incrementalRecursion),
                case .entry = item, mailbox.outstanding.take(index) != nil || Knob.noSendForAnything.isOn
            else { throw .protocolViolation("NO_SEND for an index that was not asked for [SES-110]") }
            notSent += 1
            post(.finished(index, .notSent))
        case .errorExit:
            throw peerExit(payload)
        case .noop:
            break
        default:
            throw SessionError(exitCode: 12, "invalid multi-message \(code.rawValue):\(payload.count) (receiver)")
        }
    }
}
