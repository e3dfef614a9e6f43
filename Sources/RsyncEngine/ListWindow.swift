import RsyncProtocol

/// One file list that is still in use, with the directory whose contents it holds.
struct LiveList {
    let list: FileList
    /// The item that index S-1 stands for (FLS-119); nil where that index does not exist.
    let directory: FileEntry?
    /// The number of that directory among all directories of the session; -1: not known.
    var number: Int32 = -1
    /// Receiver: the sender's errors up to the end of this list (MET-108).
    var errors: ErrorBits = []
    /// Sender: which source argument an entry came from, by wire position.
    var origins: [Int32] = []
    /// Sender: the same of the directory, where it has a list of its own.
    var directoryOrigin: Int32?

    /// The transfer root itself is an entry.
    var entersRoot: Bool { list.count > 0 && list.isActive(0) && list.entry(at: 0).isRootDirectory }

    /// Index range of the list, its directory's index included (FLS-120).
    func contains(_ index: Int32) -> Bool {
        index >= list.startIndex - 1 && index < list.startIndex + Int32(list.count)
    }
}

/// The lists that have been sent or received and not yet released, oldest first (FLS-119, FLS-120, FLS-126).
struct ListWindow {
    private(set) var lists: [LiveList] = []
    /// Entries in all live lists.
    private(set) var liveEntries = 0
    /// The last list that something was asked about, and the entries up to its end (FLS-123).
    private var referredList = 0
    private var referredEntries = 0
    /// Entries in the lists behind the last one that was asked about.
    var entriesAhead: Int { liveEntries - referredEntries }
    /// Entries in lists that are gone.
    private var released = 0

    enum Item {
        /// Entry `position` of the sorted list `slot`.
        case entry(slot: Int, position: Int)
        /// The directory that list `slot` belongs to.
        case directory(slot: Int)
    }

    mutating func append(_ list: LiveList) {
        lists.append(list)
        liveEntries += list.list.count
        if lists.count - 1 <= referredList { referredEntries += list.list.count }
    }

    /// Something in this list was asked about.
    mutating func refer(to slot: Int) {
        while referredList < slot {
            referredList += 1
            referredEntries += lists[referredList].list.count
        }
    }

    mutating func releaseOldest() {
        liveEntries -= lists[0].list.count
        referredEntries -= lists[0].list.count
        released += lists[0].list.count
        lists.removeFirst()
        if referredList > 0 { referredList -= 1 } else { referredEntries = lists.first?.list.count ?? 0 }
    }

    /// How many entries stand before this one, in all lists there have been.
    func ordinal(of index: Int32) -> Int {
        var before = released
        for live in lists {
            if live.contains(index) { return before + max(0, Int(index - live.list.startIndex)) }
            before += live.list.count
        }
        return before
    }

    /// nil for an index that no live list has: fatal, exit 2.
    func resolve(_ index: Int32, incremental: Bool) -> Item? {
        var low = 0
        var high = lists.count
        while low < high {
            let middle = (low + high) / 2
            if lists[middle].list.startIndex + Int32(lists[middle].list.count) <= index {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < lists.count, lists[low].contains(index) else { return nil }
        let list = lists[low].list
        if index >= list.startIndex { return .entry(slot: low, position: list.position(of: index)) }
        return incremental && lists[low].directory != nil ? .directory(slot: low) : nil
    }

    func entry(_ item: Item) -> FileEntry {
        switch item {
        case .entry(let slot, let position): lists[slot].list.entry(at: position)
        case .directory(let slot): lists[slot].directory ?? FileEntry.missing
        }
    }
}

extension FileEntry {
    /// Stands where no entry is; never acted on.
    static let missing = FileEntry(name: [], mode: FileMode(bits: 0))

    var type: FileType { mode.type ?? .missing }
    var isDirectory: Bool { mode.isDirectory }
    var isRegular: Bool { mode.isRegular }
    var isRootDirectory: Bool { name == [0x2e] || name == [0x2f, 0x2e] }
    var time: FileTime { FileTime(seconds: mtime, nanoseconds: nanoseconds) }
}
