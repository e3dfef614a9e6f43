/// How much is told of each part of a session's work, after the words of `--debug` (ARG-73); 0: nothing, and nothing is
/// put together for it.
public struct DebugLevels: Sendable, Equatable {
    /// Backups that were made, and in which manner.
    public var backup: UInt8 = 0
    /// 1: passes over everything; 2: directories and items; 3: what is emptied.
    public var deletion: UInt8 = 0
    /// 1: totals; 2: files and matches; 3: blocks.
    public var search: UInt8 = 0
    public var duplicates: UInt8 = 0
    /// The end of this side.
    public var exit: UInt8 = 0
    /// 1: decisions; 2: rules, and where they are looked for; 3: what was asked for.
    public var filtering: UInt8 = 0
    /// 1: whether there is a search at all; 2: entries; 3: whole lists.
    public var lists: UInt8 = 0
    /// 1: what was chosen; 2: how far each name is away.
    public var fuzzy: UInt8 = 0
    public var generator: UInt8 = 0
    /// 1: members in lists; 2: what becomes of them; 3: what they were found by.
    public var hardLinks: UInt8 = 0
    /// Charsets that names are converted with.
    public var charsets: UInt8 = 0
    /// Messages that are sent.
    public var messages: UInt8 = 0
    /// 1: what a client agreed to; 2: what it was to choose from; 3: the same of a server.
    public var negotiation: UInt8 = 0
    /// 1: owners that are set; 2: how numbers were mapped.
    public var owners: UInt8 = 0
    public var version: UInt8 = 0
    public var receiver: UInt8 = 0
    public var sender: UInt8 = 0
    /// 1: times that are set; 2: directories that are looked at again for theirs.
    public var times: UInt8 = 0

    public init() {}
}
