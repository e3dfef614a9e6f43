import RsyncProtocol

// What comes from the receiver through the mailbox.

extension Generator {
    func handle(_ events: [ReceiverEvent]) throws(SessionError) {
        if !events.isEmpty { try tellMappings() }
        for event in events {
            switch event {
            case .list(let live):
                active.append(ActiveList(live: live))
                knownEntries += live.list.count
                links.learn(live.list, incremental: incremental)
            case .endOfLists: listsEnded = true
            case .finished(let index, let outcome): try finished(index, outcome)
            case .redo(let index):
                redos.append(index)
                if incremental { _ = try writeRedos() }
            case .mark(let mark): marksSeen = mark
            case .text(let code, let text): try forward(code, text)
            case .errors(let more): ledger.merge(more)
            case .ended(let error):
                receiverEnd = .some(error)
                if let error { throw error }
            }
        }
        try alive.tick()
    }

    private func forward(_ code: MessageCode, _ text: [UInt8]) throws(SessionError) {
        try connection.output.sendText(code, text)
    }

    /// Waits for the receiver; meanwhile the sender has everything that was written (SES-150).
    func waitForEvents() throws(SessionError) {
        try connection.output.flush()
        let events = mailbox.wait(milliseconds: keepAliveInterval)
        if events.isEmpty { try connection.output.sendKeepAlive() }
        try handle(events)
    }

    private var keepAliveInterval: Int64 { options.timeout > 0 ? (Int64(options.timeout) + 1) / 2 * 1000 : 0 }

    func waitFor(mark: Int) throws(SessionError) {
        while marksSeen < mark { try waitForEvents() }
    }

    func awaitReceiverEnd() throws(SessionError) {
        while receiverEnd == nil { try waitForEvents() }
        for index in redos {
            guard let entry = entry(of: index) else { continue }
            try failed("redo of", entry.name, 5)
        }
    }

    /// What ended the receiver, if anything does within this time.
    func receiverError(within milliseconds: Int64) -> SessionError? {
        if let receiverEnd { return receiverEnd }
        while true {
            let events = mailbox.wait(milliseconds: milliseconds)
            if events.isEmpty { return nil }
            for case .ended(let error) in events { return error }
        }
    }

    /// Redo requests: always made, with long sums (XFR-23). True when there were any.
    func writeRedos() throws(SessionError) -> Bool {
        guard !redos.isEmpty else { return false }
        let due = redos
        redos = []
        for index in due { try redo(index) }
        if !incremental { try connection.output.flush() }
        return true
    }
}
