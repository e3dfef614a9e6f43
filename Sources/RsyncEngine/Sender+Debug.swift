import RsyncDelta
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

    /// The sums that have come for one file.
    func tellSums(_ signature: Signature) throws(SessionError) {
        guard debug.search > 2 else { return }
        let head = signature.head
        try diagnostics.info("count=\(head.count) n=\(head.blockLength) rem=\(head.remainder)")
        for (number, weak) in signature.weak.enumerated() {
            let block = Int32(number)
            try diagnostics.info(
                "chunk[\(block)] len=\(head.length(ofBlock: block)) offset=\(head.offset(ofBlock: block)) sum1=\(weakText(weak))")
        }
    }

    /// A line about the search in one file.
    func tellSearch(_ level: UInt8, _ text: @autoclosure () -> MessageText) throws(SessionError) {
        if debug.search >= level { try diagnostics.info(text()) }
    }
}
