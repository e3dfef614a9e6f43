import RsyncProtocol
import RsyncWire

// `--remove-source-files` and `--remove-sent-files` (MET-114, MET-115, SES-106, SES-107): what is in place is confirmed to
// the sender, which removes it on its side.

extension Generator {
    /// `isSent`: it was not there before. Directories are never confirmed.
    func confirm(_ entry: FileEntry, _ index: Int32, isSent: Bool) throws(SessionError) {
        guard let removal = options.sourceRemoval, !options.dryRun, isSent || removal == .synchronized else { return }
        var payload = ByteWriter()
        payload.int32(index)
        // Both ends see one file system: the sender must not remove the very item that is in place.
        if options.isLocal {
            let status = try? tree.status(destination.path(entry.name))
            payload.int64(Int64(bitPattern: status?.device ?? 0))
            payload.int64(Int64(bitPattern: status?.inode ?? 0))
        }
        // Of what has been stored in a copy on one machine the receiver has told already.
        try connection.output.send(.success, payload.bytes, isTold: !(options.isLocal && isSent && entry.type == .regular))
    }
}

extension Sender {
    func removeSource(confirmedBy payload: [UInt8]) throws(SessionError) {
        guard payload.count == (options.isLocal ? 20 : 4), let index = int32(payload) else {
            throw Self.badConfirmation(payload)
        }
        guard let item = window.resolve(index, incremental: connection.traits.incrementalRecursion),
            case .entry(let slot, let position) = item
        else { throw .protocolViolation("File-list index \(index) not in the file list (sender) [SES-106]") }
        let entry = window.entry(item)
        let live = window.lists[slot]
        let argument = scanner.arguments[Int(live.origins[live.list.wirePosition(at: position)])]
        guard !entry.isDirectory, let place = argument.place(of: entry.name) else {
            throw .protocolViolation("a confirmation of \(quoted(entry.name)), which is not to be removed [SES-106]")
        }
        // HOS-58. With --remove-source-files what was there already is confirmed too, and the sender cannot tell (MET-114).
        guard options.sourceRemoval == .synchronized || !entry.isRegular || sentFiles.contains(index) else {
            throw .protocolViolation("a confirmation of \(quoted(entry.name)), which was not sent [HOS-58]")
        }
        do throws(FileError) {
            let status = try options.copyLinks ? place.tree.followedStatus(place.path) : place.tree.status(place.path)
            if let reason = reasonToKeep(entry, status, payload) {
                scanner.ledger.noteFailure()
                // Only a broken connection makes this fail, and the next write says so.
                try? diagnostics.error("ERROR: Skipping sender remove \(reason): \(entry.name)")
                return
            }
            try place.tree.removeFile(place.path)
        } catch {
            guard error.errno != FileError.notFound else {
                return try diagnostics.info("sender file already removed: \(entry.name)")
            }
            scanner.ledger.noteFailure()
            return try diagnostics.error(
                "rsync: [sender] sender failed to remove \(entry.name): \(errorText(error.errno))")
        }
        if options.messages.removals > 0 { try diagnostics.info("sender removed \(entry.name)") }
    }

    static func badConfirmation(_ payload: [UInt8]) -> SessionError {
        SessionError(exitCode: 12, "invalid multi-message \(MessageCode.success.rawValue):\(payload.count) (sender)")
    }

    /// What stands there is not what was sent, or is what has been put in place.
    private func reasonToKeep(_ entry: FileEntry, _ status: FileStatus, _ payload: [UInt8]) -> MessageText? {
        let hasSize = entry.isRegular || entry.mode.isSymlink
        if status.mode.type != entry.type || hasSize && status.size != entry.length || status.mtime != entry.mtime
            || entry.nanoseconds != 0 && status.nanoseconds != entry.nanoseconds
        {
            return "for changed file"
        }
        guard options.isLocal else { return nil }
        var own = ByteWriter()
        own.int64(Int64(bitPattern: status.device))
        own.int64(Int64(bitPattern: status.inode))
        return payload[4...].elementsEqual(own.bytes) ? "of destination file" : nil
    }
}
