import RsyncProtocol

/// Which items are shown, and their lines (MET-165, MET-167, MET-168, MET-173).
public struct ItemReport: Sendable {
    public enum Style: Sendable, Equatable {
        /// Nothing is printed for items.
        case none
        /// `%n%L`: what `-v` prints.
        case names
        /// `%i %n%L`: what `-i` prints.
        case itemized
    }

    public let style: Style
    /// Unchanged items too: `-ii`, or `-i -vv`.
    public let showsUnchanged: Bool
    public var context: ItemizedString.Context
    public let escaping: NameEscaping

    public init(style: Style, showsUnchanged: Bool, context: ItemizedString.Context, escaping: NameEscaping) {
        self.style = style
        self.showsUnchanged = showsUnchanged
        self.context = context
        self.escaping = escaping
    }

    /// The line of an item without its newline; nil when it is not to be shown.
    ///
    /// `linkedTo` is the xname of a hard link; empty for other items and for links that were there already.
    public func line(
        _ flags: ItemFlags, _ entry: FileEntry, linkedTo: [UInt8] = [], hasDetails: Bool = true
    ) -> [UInt8]? {
        guard isShown(flags, isDirectory: entry.mode.isDirectory, hasLinkName: !linkedTo.isEmpty) else { return nil }
        var line: [UInt8] = []
        if style == .itemized {
            let type = entry.mode.type ?? .regular
            line = Array((ItemizedString.text(flags, type: type, context: context, hasDetails: hasDetails) + " ").utf8)
        }
        line += escaping.escape(Self.displayName(entry.name, isDirectory: entry.mode.isDirectory))
        if !linkedTo.isEmpty {
            line += Array(" => ".utf8) + escaping.escape(linkedTo)
        } else if entry.mode.isSymlink, !entry.linkTarget.isEmpty {
            line += Array(" -> ".utf8) + escaping.escape(entry.linkTarget)
        }
        return line
    }

    /// The line of a deletion; it is the caller's to know whether deletions are shown at all.
    public func deletionLine(_ name: [UInt8], isDirectory: Bool) -> [UInt8] {
        let start = style == .itemized ? ItemizedString.deletion + " " : "deleting "
        return Array(start.utf8) + escaping.escape(Self.displayName(name, isDirectory: isDirectory))
    }

    /// MET-165.
    public func isShown(_ flags: ItemFlags, isDirectory: Bool, hasLinkName: Bool) -> Bool {
        let isChange = !flags.subtracting([.basisTypeFollows, .xnameFollows, .localChange]).isEmpty
        switch style {
        case .none: return false
        case .itemized: return isChange || hasLinkName || showsUnchanged
        case .names:
            if flags.contains(.transfer) || hasLinkName { return true }
            return isChange && (flags.contains(.localChange) || isDirectory)
        }
    }

    /// Directories end in a slash.
    static func displayName(_ name: [UInt8], isDirectory: Bool) -> [UInt8] {
        isDirectory && name.last != UInt8(ascii: "/") ? name + [UInt8(ascii: "/")] : name
    }
}
