import RsyncProtocol

// What `--debug=send,deltasum` tells of the sender, in the words of rsync.

extension Sender {
    var debug: DebugLevels { options.messages.debug }

    /// An item by its path, as the user wrote what is above it.
    func shownPath(_ entry: FileEntry, origin: Int32?) -> [UInt8] {
        let directory = origin.map { scanner.arguments[Int($0)].directory } ?? []
        if directory.isEmpty { return entry.name }
        return directory + (directory.last == 0x2f ? [] : [0x2f]) + entry.name
    }

    /// A line of the sender's own work.
    func tellSending(_ text: @autoclosure () -> MessageText) throws(SessionError) {
        if debug.sender > 0 { try diagnostics.info(text()) }
    }

    /// A line about the search in one file.
    func tellSearch(_ level: UInt8, _ text: @autoclosure () -> MessageText) throws(SessionError) {
        if debug.search >= level { try diagnostics.info(text()) }
    }
}
