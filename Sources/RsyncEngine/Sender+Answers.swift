import RsyncProtocol
import RsyncWire

// One request of the receiving side, and what answers it (XFR-1 to XFR-6).

extension Sender {
    func answer(_ index: Int32) throws(SessionError) {
        let traits = connection.traits
        let attributes = try connection.input.parse { reader throws(WireError) in
            try ItemAttributes(reading: &reader, traits: traits)
        }
        if isKeepAlive(index, attributes) { return }
        guard let item = window.resolve(index, incremental: traits.incrementalRecursion) else {
            if Knob.senderIgnoresBadIndex.isOn { return }
            throw .protocolViolation("File-list index \(index) not in the file list (sender) [FLS-120]")
        }
        switch item {
        case .entry(let slot, _), .directory(let slot): window.refer(to: slot)
        }
        let entry = window.entry(item)
        let wanted = try readXattrRequest(entry, attributes)
        try tellSending("send_files(\(index), \(shownPath(entry, origin: origin(of: item))))")
        guard attributes.flags.contains(.transfer) else {
            try echo(index, attributes)
            if let wanted { try replyXattrs(wanted, entry, item) }
            report(entry, attributes, origin: origin(of: item))
            return
        }
        guard phase < 2 || Knob.senderAnswersLate.isOn else { throw .protocolViolation("got transfer request in phase \(phase) [sender] [SES-135]") }
        guard case .entry(let slot, let position) = item, entry.isRegular || Knob.senderSendsAnyType.isOn else {
            throw .protocolViolation("a transfer was requested of \(quoted(entry.name)), which is no regular file [XFR-13]")
        }
        if options.dryRun, !options.isBatchOnly, !Knob.dryRunSendsData.isOn {
            try echo(index, attributes)
            statistics.transferredFiles += 1
            statistics.transferredSize &+= entry.length
            report(entry, attributes, origin: origin(of: item))
            return
        }
        let isRedo = try countRequest(of: index, slot: slot, position: position) > 1
        let live = window.lists[slot]
        let origin = live.origins[live.list.wirePosition(at: position)]
        try sendFile(entry, index, attributes, origin: origin, isRedo: isRedo) { () throws(SessionError) in
            if let wanted { try self.replyXattrs(wanted, entry, item) }
        }
    }

    /// Field 5 of MET-65; nil when there is none.
    private func readXattrRequest(_ entry: FileEntry, _ item: ItemAttributes) throws(SessionError) -> [Int]? {
        guard let attributes = scanner.attributes, !options.dryRun, item.carriesXattrs(connection.traits) else { return nil }
        return try attributes.readRequest(entry.attributeSet, connection)
    }

    private func replyXattrs(_ wanted: [Int], _ entry: FileEntry, _ item: ListWindow.Item) throws(SessionError) {
        guard let attributes = scanner.attributes else { return }
        var origins: [Int32] = []
        switch item {
        case .entry(let slot, let position):
            let live = window.lists[slot]
            origins = [live.origins[live.list.wirePosition(at: position)]]
        // A directory of several arguments: the first that has it.
        case .directory: origins = scanner.arguments.indices.map { Int32($0) }
        }
        var place: (tree: any SourceTree, path: RelativePath)?
        if !wanted.isEmpty {
            for origin in origins where place == nil {
                guard let found = scanner.arguments[Int(origin)].place(of: entry.name),
                    (try? found.tree.status(found.path))?.mode.type == entry.type
                else { continue }
                place = found
            }
        }
        let isComplete = try attributes.reply(
            wanted, of: entry.attributeSet, place?.path, in: place?.tree ?? scanner.arguments[0].tree, connection)
        if !isComplete {
            scanner.ledger.add(.general)
            try diagnostics.error("failed to re-read xattrs of \(quoted(entry.name))")
        }
    }

    /// HOS-210: an entry is asked for once, and once more when its sum was wrong.
    private func countRequest(of index: Int32, slot: Int, position: Int) throws(SessionError) -> UInt8 {
        let list = window.lists[slot].list
        var counts = requests.removeValue(forKey: list.startIndex) ?? [UInt8](repeating: 0, count: list.count)
        counts[position] += 1
        let count = counts[position]
        requests[list.startIndex] = counts
        guard count <= 2 || Knob.senderAnswersForEver.isOn else {
            throw .protocolViolation("index \(index) was asked for more than twice [HOS-210]")
        }
        return count
    }

    /// SES-152: an index one above the last entry, with nothing but IS_NEW.
    private func isKeepAlive(_ index: Int32, _ attributes: ItemAttributes) -> Bool {
        connection.traits.hasIndexKeepAlive && attributes.flags == .isNew
            && Int(index) == window.lists.first?.list.count
    }

    func echo(_ index: Int32, _ attributes: ItemAttributes) throws(SessionError) {
        try indexesOut.write(index)
        let traits = connection.traits
        try connection.output.write { (Knob.attributesAreNotEchoed.isOn ? ItemAttributes(flags: attributes.flags.intersection(.transfer)) : attributes).write(to: &$0, traits: traits) }
    }

    /// What a client that is the sender shows; below 29 only transfers are announced, without details (MET-162).
    func report(
        _ entry: FileEntry, _ attributes: ItemAttributes, origin: Int32?, stage: ItemReport.Stage = .whole,
        isRedo: Bool = false
    ) {
        guard options.reportsItems else { return }
        // What is asked for again was created before.
        if stage.isFirst, attributes.flags.contains(.isNew), !isRedo { statistics.created.add(entry.type) }
        observer.handle(
            .item(
                ItemReport(
                    entry: entry, flags: attributes.flags, xname: attributes.shownName, isSender: true,
                    detailsUnknown: !connection.traits.hasItemFlags,
                    setsLinkTimes: connection.traits.setsLinkTimes, stage: stage,
                    directory: origin.map { scanner.arguments[Int($0)].directory } ?? [],
                    sumLength: connection.shownSumLength(options))))
    }

    private func origin(of item: ListWindow.Item) -> Int32? {
        switch item {
        case .entry(let slot, let position):
            let live = window.lists[slot]
            return live.origins[live.list.wirePosition(at: position)]
        // What is in it comes from where it comes from; of an empty one that is known when there is no choice.
        case .directory(let slot):
            return window.lists[slot].origins.first ?? window.lists[slot].directoryOrigin ?? (scanner.arguments.count == 1 ? 0 : nil)
        }
    }
}
