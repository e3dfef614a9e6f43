import RsyncProtocol
import RsyncWire

// Names between the charset of this side and the wire's (FLS-138, FLS-139).

extension SourceScanner {
    /// Whether an item can be sent at all; what cannot is left out, with its contents, and said.
    func isConvertible(_ entry: FileEntry, in argument: SourceArgument) throws(SessionError) -> Bool {
        guard let names = connection.names else { return true }
        let text: MessageText
        if !fits(names.toWire(entry.name)) {
            text = "cannot convert filename: \(entry.name) (\(names.failure(entry.name, toWire: true)))"
        } else if connection.convertsLinks, !entry.linkTarget.isEmpty, !fits(names.toWire(entry.linkTarget)) {
            let full = fullName(entry.name, in: argument.directory, from: workingDirectory)
            text = "cannot convert symlink data for: \(quoted(full)) (\(names.failure(entry.linkTarget, toWire: true)))"
        } else {
            return true
        }
        ledger.add(.general)
        try diagnostics.error("[sender] \(text)")
        return false
    }

    /// The entry as it travels; nil when it cannot.
    func onTheWire(_ entry: FileEntry) -> FileEntry? {
        guard let names = connection.names else { return entry }
        guard let name = names.toWire(entry.name) else { return nil }
        var sent = entry
        sent.name = name
        if connection.convertsLinks, !entry.linkTarget.isEmpty {
            guard let target = names.toWire(entry.linkTarget) else { return nil }
            sent.linkTarget = target
        }
        return sent
    }

    private func fits(_ converted: [UInt8]?) -> Bool {
        guard let converted else { return false }
        return !converted.isEmpty && converted.count <= RelativePath.maximumLength
    }
}
