import RsyncProtocol

// How the peer learns of errors that left something out of the lists (FLS-84 to FLS-87).

extension FileListSender {
    /// FLS-85: nothing tells the receiving side in time what it must not delete.
    func checkDeletionsAreSafe() throws(SessionError) {
        let traits = connection.traits
        guard traits.incrementalRecursion, !traits.safeFileList, !connection.isServer, !options.ignoreErrors,
            scanner.ledger.bits.contains(.general)
        else { return }
        let time = options.deletionTime(traits)
        guard time == .during || time == .delay else { return }
        throw SessionError(
            exitCode: 4, "I/O errors while the file list was made, and this peer deletes before it learns of them: aborting [FLS-85]")
    }

    /// FLS-84: the first list carries what there is, later ones what is new; without a safe list nothing, and a
    /// message does it (SES-101).
    func errorsForEnd(isFirst: Bool) -> ErrorBits {
        let current = scanner.ledger.bits
        guard connection.traits.safeFileList, !options.ignoreErrors else { return [] }
        if isFirst || current != reportedErrors {
            reportedErrors = current
            if isFirst { announcedErrors = current }
            return current
        }
        return []
    }

    /// What follows the first list: id lists, error flags (FLS-4 rows 3 to 6).
    func sendTrailers() throws(SessionError) {
        if !connection.traits.incrementalRecursion {
            try connection.output.write { encoder.encodeIdLists(into: &$0) }
        }
        let shown: ErrorBits = options.ignoreErrors ? [] : scanner.ledger.bits
        if connection.traits.listHasErrorTrailer {
            try connection.output.write { encoder.encodeErrorTrailer(shown.rawValue, into: &$0) }
            reportedErrors = shown
        }
        try reportErrorsByMessage()
    }

    /// Below 31 without a safe list, and for sub-lists at 30: new bits travel as IO_ERROR (FLS-87).
    func reportErrorsByMessage() throws(SessionError) {
        let current = scanner.ledger.bits
        guard connection.traits.reportsListErrorsByMessage, !options.ignoreErrors, current != announcedErrors else {
            return
        }
        announcedErrors = current
        try connection.output.send(.ioError, current.rawValue)
    }
}
