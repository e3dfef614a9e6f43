import RsyncWire

/// Reads file lists, item by item (FLS-27 to FLS-90), and trusts nothing in them (FLS-93 checks 1 to 6 and 8 to 10).
///
/// One per session: previous values, announced hard-link groups and the memory of what is below a start directory go
/// on from list to list. Every call either takes one whole item or throws and changes nothing, neither here nor in
/// the reader: with more bytes the same call can be made again.
///
/// The order of the fields is the table of FLS-37; `FileListEncoder` writes the same one.
public struct FileListDecoder: Sendable {
    public let format: FileListFormat

    private var previous = PreviousEntry()
    /// The name before, as on the wire, before any cleaning (FLS-43).
    private var previousName: [UInt8] = []
    private var startIndex: Int32 = 0
    /// Entries of this list so far.
    private var position: Int32 = 0
    private var links = LinkGroups()
    private var content = ContentRule()
    private var idListCount = 0

    public enum Item: Sendable, Equatable {
        case entry(FileEntry)
        /// The end marker; 0 = no error. From protocol 29 down the flags come later (FLS-86).
        case end(errors: Int32)
    }

    public init(format: FileListFormat) {
        self.format = format
    }

    /// Begins a list. `startIndex` is that of FLS-119; 0 for the only list of a session without incremental recursion.
    public mutating func beginList(startIndex: Int32) {
        self.startIndex = startIndex
        position = 0
        links.beginList()
    }

    /// The next item of the list.
    ///
    /// - Throws: `needsMore` when the bytes end inside it; everything else ends the session with the error's exit code.
    public mutating func decode(_ reader: inout ByteReader) throws(WireError) -> Item {
        var cursor = reader
        let item: Item
        switch try FileEntryFlags.read(&cursor, traits: format.traits) {
        case .end(let errors): item = .end(errors: errors)
        case .entry(let flags): item = .entry(try decodeEntry(flags, &cursor, from: reader.consumed))
        }
        reader = cursor
        return item
    }

    /// The next item of the uid list or of the gid list (FLS-88 to FLS-90). At most `IdListItem.largestCount` in each.
    public mutating func decodeIdListItem(_ reader: inout ByteReader) throws(WireError) -> IdListItem {
        var cursor = reader
        let item = try IdListItem(reading: &cursor, traits: format.traits)
        if case .name = item {
            guard idListCount < IdListItem.largestCount else {
                throw WireError(
                    .outOfRange, field: "id list", clause: "HOS-180", offset: 0, value: Int64(idListCount), exitCode: 2)
            }
            idListCount += 1
        } else {
            idListCount = 0
        }
        reader = cursor
        return item
    }

    /// FLS-86: the int32 behind the id lists. Ask only if `traits.listHasErrorTrailer`.
    public func decodeErrorTrailer(_ reader: inout ByteReader) throws(WireError) -> Int32 {
        try reader.int32() & 0x7
    }

    private mutating func decodeEntry(
        _ flags: FileEntryFlags, _ reader: inout ByteReader, from start: Int
    ) throws(WireError) -> FileEntry {
        let traits = format.traits
        // Indexes of the list end below Int32.max, whatever the start.
        guard startIndex < Int32.max - 1 - position else {
            throw WireError(
                .outOfRange, field: "entry", clause: "FLS-119", offset: 0, value: Int64(position), exitCode: 22)
        }
        let own = startIndex + position
        let nameOffset = reader.consumed - start
        let rawName = try readName(flags, &reader, from: start)                                   // 1-3
        let name = try FileNameRules.cleaned(rawName, relative: format.relative, offset: nameOffset)

        if !traits.hardLinksByInode, flags.contains(.hardLinked), !flags.contains(.hardLinkFirst) {
            let offset = reader.consumed - start
            let reference = try reader.varInt()                                                   // 4
            try links.check(reference, below: own, offset: offset)
            if reference >= startIndex, let first = links.member(reference) {
                return try commitAbbreviated(rawName, name: name, first, offset: nameOffset)
            }
            return try readBody(rawName, name, flags, group: reference, own: own, &reader, from: start)
        }
        return try readBody(rawName, name, flags, group: nil, own: own, &reader, from: start)
    }

    /// Fields 1 to 3 (FLS-43 to FLS-46).
    private func readName(
        _ flags: FileEntryFlags, _ reader: inout ByteReader, from start: Int
    ) throws(WireError) -> [UInt8] {
        let offset = reader.consumed - start
        let shared = flags.contains(.sameName) ? Int(try reader.byte()) : 0
        guard shared <= previousName.count else {
            throw WireError(
                .malformed, field: "shared-prefix length", clause: "FLS-46", offset: offset, value: Int64(shared),
                exitCode: 22)
        }
        let suffixOffset = reader.consumed - start
        let suffix = flags.contains(.longName) ? try reader.varInt30(format.traits) : Int32(try reader.byte())
        guard suffix >= 0, Int(suffix) < FileNameRules.maximumPath - shared || Knob.acceptsLongNames.isOn else {
            throw WireError(
                .outOfRange, field: "suffix length", clause: "FLS-46", offset: suffixOffset, value: Int64(suffix),
                exitCode: 22)
        }
        return try reader.bytes(Int(suffix), behind: previousName, upTo: shared)
    }

    /// Fields 5 to 19. `group` is the reference of field 4.
    private mutating func readBody(
        _ rawName: [UInt8], _ name: [UInt8], _ flags: FileEntryFlags, group: Int32?, own: Int32,
        _ reader: inout ByteReader, from start: Int
    ) throws(WireError) -> FileEntry {
        let traits = format.traits
        var next = previous
        var offset = reader.consumed - start
        var length = try reader.fileLength(traits) & (Knob.decodesLengthShort.isOn ? 0xffff : -1)                                                // 5
        guard length >= 0 || Knob.acceptsNegativeLengths.isOn else {
            throw WireError(
                .outOfRange, field: "length", clause: "FLS-93.10", offset: offset, value: length, exitCode: 4)
        }
        if !flags.contains(.sameTime) { next.mtime = try reader.fileTime(traits) }                // 6
        var nanoseconds: UInt32 = 0
        if flags.contains(.hasNanoseconds), traits.hasNanoseconds {                               // 7
            offset = reader.consumed - start
            nanoseconds = UInt32(bitPattern: try reader.varInt())
            guard nanoseconds <= 999_999_999 || Knob.acceptsLongNanoseconds.isOn else {
                throw WireError(
                    .outOfRange, field: "mtime nanoseconds", clause: "FLS-50", offset: offset,
                    value: Int64(nanoseconds), exitCode: 2)
            }
        }
        offset = reader.consumed - start
        if !flags.contains(.sameMode) {                                                           // 9
            next.mode = FileMode(bits: UInt32(bitPattern: try reader.int32()) & 0xffff)
        }
        guard let type = next.mode.type, type != .missing || format.acceptsMissing else {
            throw WireError(
                .malformed, field: "mode", clause: "FLS-54", offset: offset, value: Int64(next.mode.bits), exitCode: 2)
        }
        guard type == .directory || !FileNameRules.isRoot(name) || Knob.acceptsFileAsRoot.isOn else {
            throw WireError(
                .malformed, field: "mode", clause: "FLS-93.8", offset: offset, value: Int64(next.mode.bits),
                exitCode: 2)
        }
        guard type != .directory || !traits.hasExtendedFileFlags || !flags.contains(.hardLinked) else {
            throw WireError(
                .malformed, field: "flags", clause: "FLS-69", offset: 0, value: Int64(flags.rawValue), exitCode: 2)
        }
        if format.hasAccessTime(type), !flags.contains(.sameAtime) {                              // 10
            next.atime = try reader.varLong(minimum: 4)
        }
        if type.isDevice || type.isSpecial { length = 0 }
        var entry = FileEntry(
            plain: name, mode: next.mode, length: length, mtime: next.mtime, nanoseconds: nanoseconds)
        if format.hasAccessTime(type) { entry.atime = next.atime }
        if format.preserveOwner {
            if !flags.contains(.sameUid) {                                                        // 11, 12
                next.uid = UInt32(bitPattern: try reader.varInt30(traits))
                if traits.hasInlineNames, flags.contains(.userNameFollows) { entry.userName = try reader.shortName() }
            }
            entry.uid = next.uid
        }
        if format.preserveGroup {
            if !flags.contains(.sameGid) {                                                        // 13, 14
                next.gid = UInt32(bitPattern: try reader.varInt30(traits))
                if traits.hasInlineNames, flags.contains(.groupNameFollows) { entry.groupName = try reader.shortName() }
            }
            entry.gid = next.gid
        }
        entry.rdev = try readDevice(type, flags, &next, &reader)                                  // 15
        if format.hasTarget(type) { entry.linkTarget = try readTarget(&reader, from: start) }     // 16, 17
        var identity: LinkIdentity?
        if format.hasLinkIdentity(type, flags: flags) {                                           // 18
            if traits.tracksAllRegularFiles || !flags.contains(.sameLinkDevice) {
                next.linkDevice = try reader.longInt()
            }
            identity = LinkIdentity(
                device: UInt64(bitPattern: next.linkDevice), inode: UInt64(bitPattern: try reader.longInt()))
        }
        if format.hasChecksum(type) {                                                             // 19
            let sum = try reader.bytes(format.checksumLength)
            if type == .regular { entry.checksum = sum }
        }

        // Everything is read and right: from here on nothing throws.
        previousName = rawName
        previous = next
        position += 1
        if type == .directory { content.apply(to: &entry, flags: flags, format: format) }
        if let identity {
            entry.linkGroup = links.group(of: identity, type: type, own: own) ?? -1
        } else if let group {
            if format.preserveHardLinks { entry.linkGroup = links.group(of: group, type: type) ?? -1 }
        } else if !traits.hardLinksByInode, flags.isSuperset(of: [.hardLinked, .hardLinkFirst]) {
            if format.preserveHardLinks { entry.linkGroup = own }
            links.announce(own, entry)
        }
        return entry
    }

    /// Field 15 (FLS-61): numbers of specials are read and forgotten (FLS-64).
    private func readDevice(
        _ type: FileType, _ flags: FileEntryFlags, _ next: inout PreviousEntry, _ reader: inout ByteReader
    ) throws(WireError) -> DeviceNumber {
        guard format.hasDeviceNumbers(type) else {
            if format.traits.deviceEncoding == .native { next.rdev = 0 }
            return .none
        }
        let minor: UInt32
        switch format.traits.deviceEncoding {
        case .native:
            if !flags.contains(.sameRdev) { next.rdev = UInt32(bitPattern: try reader.int32()) }
            return type.isDevice ? DeviceNumber(native: next.rdev) : .none
        case .split:
            if !flags.contains(.sameRdevMajor) { next.major = UInt32(bitPattern: try reader.int32()) }
            minor =
                flags.contains(.rdevMinorIsByte)
                ? UInt32(try reader.byte()) : UInt32(bitPattern: try reader.int32())
        case .varint, .varintDevicesOnly:
            if !flags.contains(.sameRdevMajor) { next.major = UInt32(bitPattern: try reader.varInt()) }
            minor = UInt32(bitPattern: try reader.varInt())
        }
        return type.isDevice ? DeviceNumber(major: next.major, minor: minor) : .none
    }

    /// Fields 16 and 17 (FLS-67).
    private func readTarget(_ reader: inout ByteReader, from start: Int) throws(WireError) -> [UInt8] {
        let offset = reader.consumed - start
        let length = try reader.varInt30(format.traits)
        guard length > 0 || Knob.acceptsEmptyTargets.isOn, Int(length) < FileNameRules.maximumPath else {
            throw WireError(
                .outOfRange, field: "symlink target length", clause: "FLS-67", offset: offset, value: Int64(length),
                exitCode: 22)
        }
        let target = try reader.bytes(Int(length))
        guard !target.contains(0) || Knob.acceptsNulInTargets.isOn else {
            throw WireError(
                .forbiddenName, field: "symlink target", clause: "FLS-67", offset: offset, exitCode: 22)
        }
        return target
    }

    /// FLS-41 and FLS-74: everything but the name is that of the group's first entry.
    private mutating func commitAbbreviated(
        _ rawName: [UInt8], name: [UInt8], _ first: FileEntry, offset: Int
    ) throws(WireError) -> FileEntry {
        guard !FileNameRules.isRoot(name) else {
            throw WireError(.malformed, field: "suffix", clause: "FLS-93.8", offset: offset, exitCode: 2)
        }
        previousName = rawName
        previous.mode = first.mode
        previous.mtime = first.mtime
        if format.preserveAccessTimes { previous.atime = first.atime }
        if format.preserveOwner { previous.uid = first.uid }
        if format.preserveGroup { previous.gid = first.gid }
        if first.mode.type?.isDevice == true, format.preserveDevices { previous.major = first.rdev.major }
        position += 1
        var entry = first
        entry.name = name
        return entry
    }
}
