import RsyncProtocol
import RsyncWire

// What `--debug` tells of the generator, in the words of rsync.

extension Generator {
    var debug: DebugLevels { options.messages.debug }

    /// A line of the generator's own work.
    func tellGenerating(_ text: @autoclosure () -> MessageText) throws(SessionError) {
        if debug.generator > 0 { try say(.info, text()) }
    }

    /// The numbers of owners and groups as they were mapped since this was called last: the receiver maps too, and may
    /// not write.
    func tellMappings() throws(SessionError) {
        guard debug.owners > 1 else { return }
        for text in plan.mapper.takeTexts() { try say(.info, text) }
    }

    func tellAttributes(_ change: AttributeChange, _ entry: FileEntry, _ path: RelativePath) throws(SessionError) {
        guard debug.tellsAttributes, let status = try? tree.status(path) else { return }
        let texts = change.texts(entry.name, from: status, debug, dryRun: options.dryRun, localTime: environment.localTime)
        for text in texts { try say(.info, text) }
    }

    /// Reasons why something is on its way out: with all that is in it, or since it is in something that goes.
    static var withContents: Int { 2 }
    static var inside: Int { 4 }

    /// `reasons`: those above, or what it makes way for.
    func tellDeletion(_ name: [UInt8], _ status: FileStatus, _ reasons: Int) throws(SessionError) {
        guard debug.deletion > 1 else { return }
        try say(.info, "delete_item(\(name)) mode=\(String(status.mode.bits, radix: 8)) flags=\(reasons)")
    }

    /// Something of the destination that is looked at beside what is listed; `kind`: 1 for a similar name, 2 for what may go.
    func tellFound(_ name: [UInt8], kind: Int) throws(SessionError) {
        if debug.lists > 1 { try say(.info, "[generator] make_file(\(name),*,\(kind))") }
    }

    /// All that was found in a directory.
    func tellFoundList(_ found: [(name: [UInt8], status: FileStatus)]) throws(SessionError) {
        guard debug.lists > 2 else { return }
        let traits = connection.traits
        let sorted = found.sorted {
            FileOrder.precedes($0.name, $0.status.mode.isDirectory, $1.name, $1.status.mode.isDirectory, traits: traits)
        }
        let texts = ListTexts(options, traits, role: "generator") { text throws(SessionError) in try self.say(.info, text) }
        try texts.show(sorted)
    }

    func tellEmptying(_ name: [UInt8], _ reasons: Int) throws(SessionError) {
        guard debug.deletion > 2 else { return }
        try say(.info, "delete_dir_contents(\(name)) flags=\(reasons)")
    }

    func reasons(makingWayFor entry: FileEntry) -> Int {
        let isWhole = options.deletion != nil || options.force
        let kind =
            switch entry.type {
            case .directory: 16
            case .symlink: 32
            case .blockDevice, .characterDevice: 64
            case .fifo, .socket: 128
            case .regular, .missing: 8
            }
        return kind | (isWhole ? Self.withContents : 0)
    }

    /// What becomes of a member of a hard-link group.
    func tellLink(_ entry: FileEntry, _ index: Int32, _ text: @autoclosure () -> MessageText) throws(SessionError) {
        guard debug.hardLinks > 1 else { return }
        try say(.info, "hlink for \(index) (\(entry.name),\(incremental ? entry.linkGroup : -1)): \(text())")
    }

    func tellSums(_ file: any ReadableFile, of basis: RelativePath, _ head: SumHead, _ index: Int32) throws(SessionError) {
        guard debug.search > 1 else { return }
        if debug.search > 2 { try say(.info, "gen mapped \(basis.bytes) of size \(file.size)") }
        try say(.info, "generating and sending sums for \(index)")
        try say(
            .info,
            "count=\(head.count) rem=\(head.remainder) blength=\(head.blockLength) s2length=\(head.strongLength) flength=\(file.size)")
    }

    func tellBlock(_ block: Int32, _ head: SumHead, _ weak: UInt32) throws(SessionError) {
        try say(
            .info, "chunk[\(block)] offset=\(head.offset(ofBlock: block)) len=\(head.length(ofBlock: block)) sum1=\(weakText(weak))")
    }

    func tellDistance(_ path: RelativePath, _ distance: UInt32) throws(SessionError) {
        let part = String(distance & 0xffff)
        try say(
            .info,
            "fuzzy distance for \(path.bytes) = \(distance >> 16).\(String(repeating: "0", count: 5 - part.count))\(part)")
    }
}

/// A weak sum as messages show it.
func weakText(_ sum: UInt32) -> String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
