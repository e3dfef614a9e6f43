/// One list, sorted (FLS-97) and, on the receiving side, free of duplicates (FLS-103).
///
/// Positions are sorted positions, 0-based and inactive entries included. Indexes of the session are positions counted
/// from `startIndex`, or, where names are converted, places in the order of transmission (FLS-106, FLS-140). Made by
/// `FileListBuilder`; never changes.
public final class FileList: Sendable {
    public let startIndex: Int32
    /// Bytes of all regular files and symlinks (FLS-47).
    public let totalSize: Int64
    /// Sorted positions of the directories, duplicates included.
    public let directories: [Int]
    /// Wire position to sorted position where indexes go by the former. Else empty.
    private let sortedPositions: [UInt32]

    private let arena: [UInt8]
    /// In wire order.
    private let records: [FileRecord]
    /// Sorted position to wire position.
    private let order: [UInt32]
    /// Sorted positions in the order of the stripped names, if that is another one (FLS-102). Else empty.
    private let lookupOrder: [UInt32]
    private let inlineNames: [UInt32: InlineNames]
    private let sortsByPlainBytes: Bool

    struct InlineNames: Sendable {
        var user: [UInt8]?
        var group: [UInt8]?
    }

    init(
        startIndex: Int32, totalSize: Int64, arena: [UInt8], records: [FileRecord], order: [UInt32],
        lookupOrder: [UInt32], inlineNames: [UInt32: InlineNames], sortsByPlainBytes: Bool, numbersByWire: Bool
    ) {
        self.startIndex = startIndex
        self.totalSize = totalSize
        self.arena = arena
        self.records = records
        self.order = order
        self.lookupOrder = lookupOrder
        self.inlineNames = inlineNames
        self.sortsByPlainBytes = sortsByPlainBytes
        directories = order.indices.filter { records[Int(order[$0])].mode.isDirectory }
        sortedPositions = numbersByWire ? FileListSort.inverse(order) : []
    }

    public var count: Int { order.count }

    private func record(_ sorted: Int) -> FileRecord { records[Int(order[sorted])] }

    /// Whether the entry survived clean-up. Inactive ones keep their index and are never acted on.
    public func isActive(_ sorted: Int) -> Bool { record(sorted).attributes.contains(.active) }
    public func mode(at sorted: Int) -> FileMode { record(sorted).mode }
    public func length(at sorted: Int) -> Int64 { record(sorted).length }
    public func mtime(at sorted: Int) -> Int64 { record(sorted).mtime }
    public func linkGroup(at sorted: Int) -> Int32 { record(sorted).linkGroup }
    /// 0-based position in the order of transmission.
    public func wirePosition(at sorted: Int) -> Int { Int(order[sorted]) }

    /// The index of an entry (FLS-119).
    public func index(at sorted: Int) -> Int32 {
        startIndex + Int32(sortedPositions.isEmpty ? sorted : wirePosition(at: sorted))
    }

    /// Where the entry of an index stands. The index must be one of this list.
    public func position(of index: Int32) -> Int {
        let place = Int(index - startIndex)
        return sortedPositions.isEmpty ? place : Int(sortedPositions[place])
    }

    /// `directories` in the order in which they are numbered (FLS-112).
    public var numberedDirectories: [Int] {
        sortedPositions.isEmpty ? directories : directories.sorted { wirePosition(at: $0) < wirePosition(at: $1) }
    }

    /// Without the leading slashes of `--relative` (FLS-102), unless the builder was told to keep them.
    public func name(at sorted: Int) -> [UInt8] {
        let record = record(sorted)
        return [UInt8](arena[record.nameStart..<(record.nameStart + Int(record.nameLength))])
    }

    /// Everything that came with the entry but its `linkIdentity`, which only the encoder needs.
    public func entry(at sorted: Int) -> FileEntry {
        let record = record(sorted)
        var entry = FileEntry(
            plain: name(at: sorted), mode: record.mode, length: record.length, mtime: record.mtime,
            nanoseconds: record.nanoseconds, uid: record.uid, gid: record.gid)
        entry.isTop = record.attributes.contains(.top)
        entry.hasContent = record.attributes.contains(.content)
        entry.isImplied = record.attributes.contains(.implied)
        entry.linkGroup = record.linkGroup
        var at = record.nameStart + Int(record.nameLength)
        if record.targetLength > 0 { entry.linkTarget = [UInt8](arena[at..<(at + Int(record.targetLength))]) }
        at += Int(record.targetLength)
        if record.checksumLength > 0 { entry.checksum = [UInt8](arena[at..<(at + Int(record.checksumLength))]) }
        at += Int(record.checksumLength)
        if record.attributes.contains(.hasDeviceNumber) {
            entry.rdev = FileRecord.deviceNumber(arena, at: at)
            at += 8
        }
        if record.attributes.contains(.hasExtras) { FileRecord.readExtras(of: &entry, arena, at: at) }
        if !inlineNames.isEmpty, let names = inlineNames[order[sorted]] {
            entry.userName = names.user
            entry.groupName = names.group
        }
        return entry
    }

    /// The active entry of a name; a file of a directory's name, or the reverse, is no hit (FLS-105). The root of the
    /// transfer is `.`.
    public func find(name: [UInt8], isDirectory: Bool) -> Int? {
        let wanted = FileOrder.Key(name.span, from: 0, count: name.count, isDirectory: isDirectory)
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if compare(rank: middle, wanted, name) < 0 { low = middle + 1 } else { high = middle }
        }
        while low < count, compare(rank: low, wanted, name) == 0 {
            let sorted = sorted(rank: low)
            if isActive(sorted), mode(at: sorted).isDirectory == isDirectory { return sorted }
            low += 1
        }
        return nil
    }

    private func sorted(rank: Int) -> Int { lookupOrder.isEmpty ? rank : Int(lookupOrder[rank]) }

    private func compare(rank: Int, _ wanted: FileOrder.Key, _ name: [UInt8]) -> Int {
        let arena = arena
        return FileOrder.compare(
            record(sorted(rank: rank)).key, arena.span, wanted, name.span, plain: sortsByPlainBytes)
    }
}

/// How a list keeps an entry: everything of variable length lies in the list's arena, name first, then symlink target,
/// checksum and device number. A trivial value, so that a million of them is one block of memory.
struct FileRecord: Sendable {
    var nameStart: Int
    var length: Int64
    var mtime: Int64
    var nanoseconds: UInt32
    var uid: UInt32
    var gid: UInt32
    var linkGroup: Int32
    var nameLength: UInt16
    var lastComponent: UInt16
    var targetLength: UInt16
    var modeBits: UInt16
    var checksumLength: UInt8
    var attributes: Attributes

    struct Attributes: OptionSet, Sendable {
        let rawValue: UInt8
        static let active = Attributes(rawValue: 1)
        static let top = Attributes(rawValue: 2)
        static let content = Attributes(rawValue: 4)
        static let implied = Attributes(rawValue: 8)
        static let hasDeviceNumber = Attributes(rawValue: 16)
        /// The last component is `.`.
        static let isDot = Attributes(rawValue: 32)
        /// An access time, ACLs or extended attributes.
        static let hasExtras = Attributes(rawValue: 64)
    }

    var mode: FileMode { FileMode(bits: UInt32(modeBits)) }

    var key: FileOrder.Key {
        FileOrder.Key(
            start: nameStart, count: Int(nameLength), lastComponent: Int(lastComponent),
            isDirectory: modeBits & 0o170000 == 0o040000, isDot: attributes.contains(.isDot))
    }

    static func deviceNumber(_ arena: [UInt8], at offset: Int) -> DeviceNumber {
        DeviceNumber(major: word(arena, offset), minor: word(arena, offset + 4))
    }

    private static func word(_ arena: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(arena[at + $1]) << UInt32(8 * $1) }
    }

    // What only some sessions have: 20 bytes for an entry then, and none otherwise.

    static func hasExtras(_ entry: FileEntry) -> Bool {
        entry.atime != 0 || entry.accessList >= 0 || entry.defaultList >= 0 || entry.attributeSet >= 0
    }

    static func appendExtras(of entry: FileEntry, to arena: inout [UInt8]) {
        let time = UInt64(bitPattern: entry.atime)
        append(UInt32(truncatingIfNeeded: time), to: &arena)
        append(UInt32(truncatingIfNeeded: time >> 32), to: &arena)
        for number in [entry.accessList, entry.defaultList, entry.attributeSet] {
            append(UInt32(bitPattern: number), to: &arena)
        }
    }

    static func readExtras(of entry: inout FileEntry, _ arena: [UInt8], at offset: Int) {
        entry.atime = Int64(bitPattern: UInt64(word(arena, offset)) | UInt64(word(arena, offset + 4)) << 32)
        entry.accessList = Int32(bitPattern: word(arena, offset + 8))
        entry.defaultList = Int32(bitPattern: word(arena, offset + 12))
        entry.attributeSet = Int32(bitPattern: word(arena, offset + 16))
    }

    static func append(_ rdev: DeviceNumber, to arena: inout [UInt8]) {
        append(rdev.major, to: &arena)
        append(rdev.minor, to: &arena)
    }

    private static func append(_ word: UInt32, to arena: inout [UInt8]) {
        for index in 0..<4 { arena.append(UInt8(truncatingIfNeeded: word >> UInt32(8 * index))) }
    }
}
