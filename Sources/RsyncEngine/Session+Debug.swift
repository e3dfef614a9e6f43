import RsyncFilter
import RsyncProtocol

// What `--debug` tells of a session as a whole, in the words of rsync.

extension Session {
    func diagnostics(_ connection: Connection) -> Diagnostics {
        Diagnostics(observer: observer, connection: connection, logs: options.reportsItems)
    }

    /// `--debug=recv`, before there is a receiver.
    func tellReceiving(_ connection: Connection, _ text: @autoclosure () -> MessageText) throws(SessionError) {
        if options.messages.debug.receiver > 0 { try diagnostics(connection).info(text()) }
    }

    /// `--debug=io`: messages beside the data, for who does not know why a session stands still.
    func tellMessages(_ connection: Connection) {
        guard options.messages.debug.messages > 0 else { return }
        let diagnostics = diagnostics(connection)
        let role = configuration.isSender ? "sender" : "generator"
        let isLocal = options.isLocal
        output.onMessage = { code, payload throws(SessionError) in
            try diagnostics.info("[\(role)] \(messageText(code, payload, isLocal: isLocal))")
        }
    }

    /// `--debug=filter2`: rules that a client has sent, or that a session brings along.
    func tellRules() throws(SessionError) {
        for note in options.filters.takeNotes() { try early?.info("[\(role)] \(note)") }
    }

    /// What this side is called before it has begun.
    var role: String { configuration.isSender ? "sender" : "Receiver" }

    /// `--debug=exit` where a session fails: how a server ends, which it can tell only now, and what is said to the other side.
    func tellEnd(by error: SessionError, _ connection: Connection) {
        let level = options.messages.debug.exit
        guard level > 0 else { return }
        let diagnostics = diagnostics(connection)
        // A connection that is gone takes no words.
        func say(_ due: UInt8, _ text: String) {
            if level >= due { try? diagnostics.info(MessageText("[\(role)] \(text)")) }
        }
        if error.announcedByPeer { say(3, "got MSG_ERROR_EXIT with 4 bytes") }
        if configuration.isServer {
            let place = "_exit_cleanup(code=\(error.exitCode), file=ebb, line=0)"
            say(2, "\(place): entered")
            say(1, "\(place): about to call exit(\(error.exitCode))")
        }
        guard connection.traits.hasErrorExit else { return }
        say(3, error.announcedByPeer ? "sending MSG_ERROR_EXIT (len 0)" : "sending MSG_ERROR_EXIT with exit_code \(error.exitCode)")
    }
}
