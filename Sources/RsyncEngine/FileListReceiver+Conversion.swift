import RsyncProtocol

// Names between the wire's charset and that of this side (FLS-138, FLS-139).

extension FileListReceiver {
    /// An entry that cannot be converted becomes one that only takes up its index, and so does all that is in a directory
    /// of that kind.
    func convert(
        _ entry: inout FileEntry, _ names: any NameConverter, in directory: FileEntry?
    ) throws(SessionError) {
        guard !entry.name.isEmpty else { return }
        let sent = entry.name
        guard let name = names.toLocal(sent), directory?.name.isEmpty != true else {
            fail(&entry, "cannot convert filename: \(sent) (\(names.failure(sent, toWire: false)))")
            return
        }
        guard FileNameRules.allows(name, madeOf: sent, relative: options.relative) else {
            throw .protocolViolation("a name that becomes \(quoted(name)) when converted [HOS-113]")
        }
        entry.name = name
        guard connection.convertsLinks, !entry.linkTarget.isEmpty else { return }
        guard let target = names.toLocal(entry.linkTarget), FileNameRules.allows(target: target) else {
            let full = fullName(name, in: place, from: workingDirectory)
            fail(&entry, "cannot convert symlink data for: \(quoted(full)) (\(names.failure(entry.linkTarget, toWire: false)))")
            return
        }
        entry.linkTarget = target
    }

    private func fail(_ entry: inout FileEntry, _ text: MessageText) {
        entry.name = []
        ledger.add(.general)
        let line: MessageText = "[\(texts.role)] \(text)"
        observer.handle(.text(.error, line.bytes))
    }
}
