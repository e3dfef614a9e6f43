import RsyncProtocol

/// The eleven characters of `%i`: YXcstpogaux (MET-159 to MET-163).
public enum ItemizedString {
    /// What the item's flags alone do not tell.
    public struct Context: Sendable {
        /// This side sends to another machine: `<` instead of `>`. Local copies count as receiving.
        public var sendsToRemote: Bool
        /// `-t`
        public var preservesTimes: Bool
        /// The receiving side can set the times of symlinks.
        public var setsLinkTimes: Bool

        public init(sendsToRemote: Bool, preservesTimes: Bool, setsLinkTimes: Bool = true) {
            self.sendsToRemote = sendsToRemote
            self.preservesTimes = preservesTimes
            self.setsLinkTimes = setsLinkTimes
        }
    }

    /// In place of the eleven characters, for a deletion.
    public static let deletion = "*deleting  "

    /// `hasDetails` is false where the protocol carries no flags (MET-162).
    public static func text(_ flags: ItemFlags, type: FileType, context: Context, hasDetails: Bool = true) -> String {
        let action: String
        if flags.contains(.transfer) {
            action = context.sendsToRemote ? "<" : ">"
        } else if flags.contains(.localChange) {
            action = flags.contains(.xnameFollows) ? "h" : "c"
        } else {
            action = "."
        }
        let kind =
            switch type {
            case .regular, .missing: "f"
            case .directory: "d"
            case .symlink: "L"
            case .blockDevice, .characterDevice: "D"
            case .fifo, .socket: "S"
            }
        if flags.contains(.isNew) { return action + kind + "+++++++++" }
        guard hasDetails else { return action + kind + "?????????" }

        let isSymlink = type == .symlink
        let keepsTime =
            context.preservesTimes
            && !(isSymlink && (!context.setsLinkTimes || flags.contains(.reportTimeFail)))
        let access: String =
            switch (flags.contains(.reportAtime), flags.contains(.reportCrtime)) {
            case (true, true): "b"
            case (true, false): "u"
            case (false, true): "n"
            case (false, false): "."
            }
        var changes = flags.contains(.reportChange) ? "c" : "."
        changes += flags.contains(.reportSize) && !isSymlink ? "s" : "."
        changes += flags.contains(.reportTime) ? keepsTime ? "t" : "T" : "."
        changes += flags.contains(.reportPermissions) ? "p" : "."
        changes += flags.contains(.reportOwner) ? "o" : "."
        changes += flags.contains(.reportGroup) ? "g" : "."
        changes += access
        changes += flags.contains(.reportACL) ? "a" : "."
        changes += flags.contains(.reportXattr) ? "x" : "."
        if !flags.contains(.transfer), changes == "........." { changes = "         " }
        return action + kind + changes
    }
}
