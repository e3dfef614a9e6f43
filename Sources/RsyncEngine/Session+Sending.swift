import RsyncProtocol

// A session that sends.

extension Session {
    func send(_ sources: (Connection) throws(SessionError) -> [SourceArgument]) throws(SessionError) {
        input.onMessage = { [unowned self] code, payload throws(SessionError) in try handleAsSender(code, payload) }
        let connection = try start()
        let arguments = try sources(connection)
        let sender = try Sender(
            connection: connection, options: options, arguments: arguments, observer: observer,
            environment: environment, initialErrors: ledger)
        for text in early?.take() ?? [] { try sender.diagnostics.info(text) }
        for text in complaints { try sender.diagnostics.error(text) }
        complaints = []
        input.onIdle = { [output] () throws(SessionError) in try output.sendKeepAlive() }
        if options.sourceRemoval != nil {
            input.onMessage = { [unowned self, unowned sender] code, payload throws(SessionError) in
                guard code == .success else { return try handleAsSender(code, payload) }
                try sender.removeSource(confirmedBy: payload)
            }
        }
        do throws(SessionError) {
            try sender.run()
        } catch {
            statistics = sender.statistics
            try explain(error)
            throw error
        }
        sentGoodbye = true
        ledger.merge(sender.scanner.ledger)
        statistics = sender.statistics
        if let deletions = sender.deletions { statistics.deleted = ItemCounts(deletions) }
        statistics.sent = output.bytesWritten
        statistics.received = input.bytesRead
        if !configuration.isServer {
            output.close()
            try input.drain()
        }
    }

    /// A peer that no longer reads may have said why: its code is the one that counts (SES-162).
    private func explain(_ error: SessionError) throws(SessionError) {
        guard error.exitCode == 10 else { return }
        // Nothing can be written any more, so nothing is to be tried before reading.
        input.beforeBlocking = { () throws(SessionError) in }
        input.onIdle = { () throws(SessionError) in }
        do throws(SessionError) {
            try input.skipToEnd()
        } catch {
            if error.announcedByPeer { throw error }
        }
    }

    /// What the receiving side may say to a sender (SES-88).
    private func handleAsSender(_ code: MessageCode, _ payload: [UInt8]) throws(SessionError) {
        switch code {
        case .errorXfer, .error, .warning, .info:
            if code == .errorXfer { ledger.notePeerFailure() }
            guard let kind = SessionEvent.TextKind(code) else { return }
            if configuration.isServer {
                try output.sendText(code, payload)
            } else {
                observer.handle(.text(kind, trimmed(payload)))
            }
        case .deleted where !configuration.isServer:
            let isDirectory = payload.last == 0
            observer.handle(
                .deleted(name: isDirectory ? [UInt8](payload.dropLast()) : payload, isDirectory: isDirectory))
        case .errorExit:
            throw peerExit(payload)
        case .success:
            guard payload.count == 4 else { throw Sender.badConfirmation(payload) }
        case .noop:
            break
        default:
            throw SessionError(exitCode: 12, "invalid multi-message \(code.rawValue):\(payload.count) (sender)")
        }
    }
}
