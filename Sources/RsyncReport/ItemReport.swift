import RsyncProtocol

/// Which items are shown, and their lines (MET-165, MET-167, MET-168, MET-173).
public struct ItemReport: Sendable {
    /// nil: nothing is printed for items.
    public let format: OutputFormat?
    /// Unchanged items too: `-ii`, or `-i -vv`.
    public let showsUnchanged: Bool
    public var formatter: ItemFormatter

    public init(format: OutputFormat?, showsUnchanged: Bool, formatter: ItemFormatter) {
        self.format = format
        self.showsUnchanged = showsUnchanged
        self.formatter = formatter
    }

    /// The line of an item without its newline; nil when it is not to be shown.
    public func line(_ facts: ItemFacts) -> [UInt8]? {
        guard let format, isShown(facts, format) else { return nil }
        return formatter.line(format, facts)
    }

    /// The line of a deletion; it is the caller's to know whether deletions are shown at all.
    public func deletionLine(_ name: [UInt8], isDirectory: Bool) -> [UInt8] {
        guard let format, format.showsOperations else {
            return Array("deleting ".utf8) + formatter.escaping.escape(Self.displayName(name, isDirectory: isDirectory))
        }
        let entry = FileEntry(name: name, mode: FileMode(isDirectory ? .directory : .regular, permissions: 0))
        return formatter.line(format, ItemFacts(entry: entry, flags: [], operation: .delete))
    }

    /// MET-165.
    public func isShown(_ facts: ItemFacts, _ format: OutputFormat) -> Bool {
        let isChange = !facts.flags.subtracting([.basisTypeFollows, .xnameFollows, .localChange]).isEmpty
        if format.has("i") { return isChange || !facts.linkedTo.isEmpty || showsUnchanged }
        if facts.flags.contains(.transfer) || !facts.linkedTo.isEmpty { return true }
        return isChange && (facts.flags.contains(.localChange) || facts.entry.mode.isDirectory)
    }

    /// The log of a server mentions what changed; in a format without %i only transfers (MET-175).
    public func serverLogLine(_ facts: ItemFacts) -> [UInt8]? {
        guard let format else { return nil }
        if format.has("i") { return isShown(facts, format) ? formatter.line(format, facts) : nil }
        return facts.flags.contains(.transfer) ? formatter.line(format, facts) : nil
    }

    /// Directories end in a slash.
    static func displayName(_ name: [UInt8], isDirectory: Bool) -> [UInt8] {
        isDirectory && name.last != UInt8(ascii: "/") ? name + [UInt8(ascii: "/")] : name
    }
}
