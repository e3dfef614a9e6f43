import RsyncProtocol

/// What `--debug=flist,dup,hlink` tells of file lists, in the words of rsync. `tell` is where lines go.
struct ListTexts {
    private(set) var debug: DebugLevels
    private let showsOwner: Bool
    private let showsGroup: Bool
    /// As it is called in the lines.
    var role: String
    var tell: (MessageText) throws(SessionError) -> Void
    /// Sender: the first member of each hard-link group, by its number.
    private var firstLinks: [LinkIdentity: Int32] = [:]

    init(
        _ options: TransferOptions, _ traits: SessionTraits, role: String,
        tell: @escaping (MessageText) throws(SessionError) -> Void
    ) {
        debug = options.messages.debug
        showsOwner = options.preserveOwner
        showsGroup = options.preserveGroup
        // In the older lists links have no numbers.
        if !options.preserveHardLinks || traits.hardLinksByInode { debug.hardLinks = 0 }
        self.role = role
        self.tell = tell
    }

    /// Whether anything is told of single entries.
    var tellsEntries: Bool { debug.lists > 1 || debug.hardLinks > 0 }

    func say(_ level: UInt8, _ text: @autoclosure () -> MessageText) throws(SessionError) {
        if debug.lists >= level { try tell(text()) }
    }

    /// An entry that was made here; `kind`: 0 it was asked for by name, 2 it was found.
    func made(_ name: [UInt8], kind: Int) throws(SessionError) {
        if debug.lists > 1 { try tell("[\(role)] make_file(\(name),*,\(kind))") }
    }

    func dropped(_ duplicates: [FileListBuilder.Duplicate]) throws(SessionError) {
        for one in duplicates { try tell("removing duplicate name \(one.name) from file list (\(one.index))") }
    }

    /// An entry that has come, and whether it is linked to an earlier one. `index`: its number in order of transmission.
    func received(_ entry: FileEntry, _ index: Int32, listStart: Int32) throws(SessionError) {
        if debug.lists > 1 { try tell("recv_file_name(\(entry.name))") }
        guard debug.hardLinks > 0, entry.linkGroup >= 0, entry.linkGroup != index else { return }
        try linked(index, to: entry.linkGroup, listStart)
    }

    /// The same of one that is about to go.
    mutating func sent(_ entry: FileEntry, _ index: Int32, listStart: Int32) throws(SessionError) {
        guard debug.hardLinks > 0, let identity = entry.linkIdentity else { return }
        if let first = firstLinks[identity] { return try linked(index, to: first, listStart) }
        firstLinks[identity] = index
        if debug.hardLinks > 2 { try tell("[\(role)] dev:inode for #\(index) is \(identity.device):\(identity.inode)") }
    }

    private func linked(_ index: Int32, to first: Int32, _ listStart: Int32) throws(SessionError) {
        // Of a first one in the same list the attributes need not travel once more.
        try tell("[\(role)] #\(index) hard-links #\(first) (\(first >= listStart ? "abbrev" : "unabbrev"))")
    }

    /// All of a list, as it is used. `place`: what stands before the names: a sender's directory, a receiver's depth.
    func show(_ list: FileList, place: (FileEntry) -> MessageText) throws(SessionError) {
        guard debug.lists > 2 else { return }
        try show(start: list.startIndex, count: list.count)
        for position in 0..<list.count {
            let entry = list.entry(at: position)
            let flags = (entry.isTop ? 1 : 0) | (entry.hasContent ? 4 : 0) | (entry.linkGroup >= 0 ? 0x20 : 0)
            try show(
                list.index(at: position), place(entry), entry.name, entry.mode, entry.length,
                owner: Int64(entry.uid), group: Int64(entry.gid), flags: flags)
        }
    }

    /// The same of what is in a directory here, in the order of a list.
    func show(_ found: [(name: [UInt8], status: FileStatus)]) throws(SessionError) {
        try show(start: 0, count: found.count)
        for (number, item) in found.enumerated() {
            let mode = item.status.mode
            try show(
                Int32(number), "0", item.name, mode, item.status.size,
                owner: Int64(item.status.uid), group: Int64(item.status.gid), flags: mode.isDirectory ? 5 : 1)
        }
    }

    private func show(start: Int32, count: Int) throws(SessionError) {
        try tell("[\(role)] flist start=\(start), used=\(count), low=0, high=\(count - 1)")
    }

    private func show(
        _ index: Int32, _ place: MessageText, _ name: [UInt8], _ mode: FileMode, _ length: Int64, owner: Int64, group: Int64, flags: Int
    ) throws(SessionError) {
        let owner = showsOwner ? " uid=\(owner)" : ""
        let group = showsGroup ? " gid=\(group)" : ""
        try tell(
            "[\(role)] i=\(index) \(place) \(name)\(mode.isDirectory ? "/" : "") mode=0\(String(mode.bits, radix: 8)) len=\(Self.grouped(length))\(owner)\(group) flags=\(String(flags, radix: 16))"
        )
    }

    /// With a comma before each three digits.
    private static func grouped(_ number: Int64) -> String {
        var digits: [Character] = []
        for (place, digit) in String(number.magnitude).reversed().enumerated() {
            if place > 0, place % 3 == 0 { digits.append(",") }
            digits.append(digit)
        }
        return (number < 0 ? "-" : "") + String(digits.reversed())
    }

    static func depth(of name: [UInt8]) -> Int { name == [0x2e] ? 0 : name.split(separator: 0x2f).count }
}
