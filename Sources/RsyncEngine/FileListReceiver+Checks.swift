import RsyncFilter
import RsyncProtocol
import RsyncWire

// Whether what comes is what was asked for (FLS-93 to FLS-96).

extension FileListReceiver {
    /// FLS-93 row 12: with one list for all, what is inside a directory needs that directory in the list. Below 30 `-R`
    /// may leave the directories above a start item out.
    func checkParents(in list: FileList) throws(SessionError) {
        if Knob.orphansAreTaken.isOn { return }
        let traits = connection.traits
        guard !traits.incrementalRecursion, !options.relative || traits.alwaysSendsImpliedDirectories else { return }
        var known: [UInt8] = []
        for position in 0..<list.count where list.isActive(position) {
            let name = list.name(at: position)
            let parent = Self.directoryName(name)
            // Siblings stand together.
            if parent.isEmpty || parent == known { continue }
            guard let place = list.find(name: parent, isDirectory: true), list.isActive(place) else {
                // A missing item's directory may be missing, too (FLS-15).
                if list.entry(at: position).type == .missing { continue }
                throw .protocolViolation("\(quoted(name)) is in no directory of the file list [FLS-93]")
            }
            known = parent
        }
    }

    /// FLS-93 row 11 and FLS-94 to FLS-96.
    func check(_ entry: inout FileEntry, in directory: FileEntry?) throws(SessionError) {
        if entry.name.isEmpty { return }
        if connection.traits.incrementalRecursion { try checkParent(entry, directory) }
        if entry.type == .missing, !options.deletesMissing || entry.isRootDirectory {
            throw .protocolViolation("an entry without a type: \(quoted(entry.name)) [FLS-54]")
        }
        guard let requested, !entry.isRootDirectory else {
            if let requested, entry.isDirectory, !requested.asksForRootContents { narrow(&entry) }
            return
        }
        if !Knob.withheldIsTaken.isOn, options.filters.wouldBeWithheld(entry.name, isDirectory: entry.isDirectory, isImplied: entry.isImplied) {
            throw SessionError(
                exitCode: 4, "ERROR: rejecting excluded file-list name: \(entry.name)")
        }
        if options.messages.debug.filtering > 2, let pattern = requested.explanation(entry.name, isDirectory: entry.isDirectory) {
            let kind = entry.isDirectory ? "directory" : "file"
            try texts.tell(
                "[\(directory == nil ? "Receiver" : "receiver")] showing \(kind) \(entry.name) because of pattern \(pattern) [implied]")
        }
        switch requested.check(entry.name, isDirectory: entry.isDirectory) {
        case .requested: break
        case .parentOnly: narrow(&entry)
        case .notRequested where Knob.unrequestedIsTaken.isOn: break
        case .notRequested:
            throw SessionError(
                exitCode: 4,
                "ERROR: rejecting unrequested file-list name: \(entry.name)")
        }
    }

    /// FLS-96: what only leads to something asked for cannot widen the reach of deletions.
    private func narrow(_ entry: inout FileEntry) {
        entry.isTop = false
        entry.hasContent = false
        if connection.traits.directoriesCarryContent { entry.isImplied = true }
    }

    private func checkParent(_ entry: FileEntry, _ directory: FileEntry?) throws(SessionError) {
        // In the first list a dot-dir's contents have no directory part, and neither has a start item.
        guard Self.lies(entry.name, directlyIn: directory?.name ?? []) || Knob.foreignParentIsTaken.isOn else {
            throw SessionError(
                exitCode: 4,
                "ABORTING due to invalid path from sender: \(entry.name) [FLS-93]")
        }
    }

    /// Whether everything before the last slash of `name` is `directory`, leading slashes aside. Nothing is allocated.
    private static func lies(_ name: [UInt8], directlyIn directory: [UInt8]) -> Bool {
        let name = name.span
        let directory = directory.span
        let start = name.count > 0 && name[0] == 0x2f ? 1 : 0
        let directoryStart = directory.count > 0 && directory[0] == 0x2f ? 1 : 0
        var end = name.count
        while end > start, name[end - 1] != 0x2f { end -= 1 }
        // Behind the slash, or at the start when there is none.
        let length = max(end - 1, start) - start
        guard length == directory.count - directoryStart else { return false }
        for index in 0..<length where name[start + index] != directory[directoryStart + index] { return false }
        return true
    }

    /// Everything before the last slash, without a leading one; empty when there is none.
    static func directoryName(_ name: [UInt8]) -> [UInt8] {
        let relative = name.first == 0x2f ? name.dropFirst() : name[...]
        guard let slash = relative.lastIndex(of: 0x2f) else { return [] }
        return [UInt8](relative[relative.startIndex..<slash])
    }
}
