/// Collects the entries of one list in wire order and makes a `FileList` of them.
public struct FileListBuilder: Sendable {
    private let startIndex: Int32
    private let traits: SessionTraits
    private let keepsLeadingSlashes: Bool
    private let numbersByWire: Bool
    private var totalSize: Int64 = 0
    private var arena: [UInt8] = []
    private var records: [FileRecord] = []
    private var inlineNames: [UInt32: FileList.InlineNames] = [:]

    /// - Parameters:
    ///   - keepsLeadingSlashes: for a sender; a receiver strips them behind the sort (FLS-102).
    ///   - numbersByWire: names are converted, so the two sides may sort differently (FLS-140).
    public init(
        startIndex: Int32, traits: SessionTraits, keepsLeadingSlashes: Bool = false, numbersByWire: Bool = false
    ) {
        self.startIndex = startIndex
        self.traits = traits
        self.keepsLeadingSlashes = keepsLeadingSlashes
        self.numbersByWire = numbersByWire
    }

    /// Entries so far.
    public var count: Int { records.count }

    /// The next entry in wire order. An empty name makes an entry that only takes up its index (FLS-93 check 6).
    public mutating func append(_ entry: FileEntry) {
        precondition(entry.name.count < FileNameRules.maximumPath)
        let key = FileOrder.Key(
            entry.name.span, from: 0, count: entry.name.count, isDirectory: entry.mode.isDirectory)
        var attributes: FileRecord.Attributes = entry.name.isEmpty ? [] : .active
        if entry.isTop { attributes.insert(.top) }
        if entry.hasContent { attributes.insert(.content) }
        if entry.isImplied { attributes.insert(.implied) }
        if entry.rdev != .none { attributes.insert(.hasDeviceNumber) }
        let hasExtras = FileRecord.hasExtras(entry)
        if hasExtras { attributes.insert(.hasExtras) }
        if key.hidesDot { attributes.insert(.isDot) }
        if entry.hasRare, entry.userName != nil || entry.groupName != nil {
            inlineNames[UInt32(records.count)] = FileList.InlineNames(user: entry.userName, group: entry.groupName)
        }
        let start = arena.count
        arena.append(contentsOf: entry.name)
        var targetLength = 0
        var checksumLength = 0
        if entry.hasRare {
            let target = entry.linkTarget
            let checksum = entry.checksum
            precondition(target.count < FileNameRules.maximumPath && checksum.count <= Int(UInt8.max))
            targetLength = target.count
            checksumLength = checksum.count
            arena.append(contentsOf: target)
            arena.append(contentsOf: checksum)
        }
        records.append(
            FileRecord(
                nameStart: start, length: entry.length, mtime: entry.mtime, nanoseconds: entry.nanoseconds,
                uid: entry.uid, gid: entry.gid, linkGroup: entry.linkGroup, nameLength: UInt16(entry.name.count),
                lastComponent: UInt16(key.lastComponent), targetLength: UInt16(targetLength),
                modeBits: UInt16(truncatingIfNeeded: entry.mode.bits), checksumLength: UInt8(checksumLength),
                attributes: attributes))
        if entry.rdev != .none { FileRecord.append(entry.rdev, to: &arena) }
        if hasExtras { FileRecord.appendExtras(of: entry, to: &arena) }
        // A hostile sum must not trap; the true total of any real list is far below.
        if entry.countsTowardsTotalSize { totalSize = totalSize.addingReportingOverflow(entry.length).partialValue }
    }

    /// A name that was in the list before, and the index it would have had.
    public struct Duplicate: Sendable, Equatable {
        public let name: [UInt8]
        public let index: Int32
    }

    /// What is no longer active.
    private func duplicates(_ before: [FileRecord], _ after: [FileRecord], _ order: [UInt32]) -> [Duplicate] {
        order.indices.compactMap { position in
            let record = after[Int(order[position])]
            guard before[Int(order[position])].attributes.contains(.active), !record.attributes.contains(.active) else { return nil }
            let name = [UInt8](arena[record.nameStart..<(record.nameStart + Int(record.nameLength))])
            return Duplicate(name: name, index: startIndex + Int32(position))
        }
    }

    /// Sorts, and on the receiving side makes duplicates inactive (FLS-103, FLS-104): a sender passes false.
    ///
    /// - Parameters:
    ///   - keepsEmptyDirectory: given under `--prune-empty-dirs`: whether a directory stays although nothing is below it,
    ///     which is when the filter rules exclude it (FLS-107).
    ///   - onDuplicates: hears what was dropped, if anything was and anybody minds.
    public consuming func finish(
        removingDuplicates: Bool, onDuplicates: (([Duplicate]) -> Void)? = nil, pruningEmptyDirectories keepsEmptyDirectory: ((_ name: [UInt8]) -> Bool)? = nil
    ) -> FileList {
        let plain = traits.sortsByPlainBytes
        var records = records
        var order = FileListSort.order(of: records, in: arena, plain: plain)
        if removingDuplicates {
            let before = onDuplicates == nil ? [] : records
            FileListCleanUp.removeDuplicates(&records, order: order, arena: arena, plain: plain)
            if let onDuplicates { onDuplicates(duplicates(before, records, order)) }
        }
        if traits.hardLinksByInode { FileListCleanUp.dissolveSingleLinks(&records) }
        var lookupOrder: [UInt32] = []
        if !keepsLeadingSlashes, FileListCleanUp.stripLeadingSlashes(&records, arena: arena) {
            lookupOrder = FileListSort.lookupOrder(of: records, sortedBy: order, in: arena, plain: plain)
        }
        if let keepsEmptyDirectory {
            FileListCleanUp.pruneEmptyDirectories(&records, order: order, arena: arena, keeps: keepsEmptyDirectory)
        }
        order.reserveCapacity(0)
        return FileList(
            startIndex: startIndex, totalSize: totalSize, arena: arena, records: records, order: order,
            lookupOrder: lookupOrder, inlineNames: inlineNames, sortsByPlainBytes: plain,
            numbersByWire: numbersByWire)
    }
}
