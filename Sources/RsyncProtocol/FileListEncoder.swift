import RsyncWire

/// Writes file lists, entry by entry (FLS-27 to FLS-90). One per session: the previous values, the hard-link table
/// and the memory of names already sent go on from list to list.
///
/// The order of the fields is the table of FLS-37; `FileListDecoder` reads the same one.
public struct FileListEncoder {
    public let format: FileListFormat
    private let userName: (UInt32) -> [UInt8]?
    private let groupName: (UInt32) -> [UInt8]?

    private(set) var previous = PreviousEntry()
    /// The name before, as on the wire, before any cleaning (FLS-43).
    private var previousName: [UInt8] = []
    private var isFirst = true
    private(set) var startIndex: Int32 = 0
    /// Entries of this list so far.
    private(set) var position: Int32 = 0
    var firstMembers: [LinkIdentity: FirstMember] = [:]
    private(set) var hasSentLinkDevice = false
    private var users = SentIds()
    private var groups = SentIds()

    /// - Parameters:
    ///   - userName: the name of a uid, nil if there is none; asked once per id.
    ///   - groupName: likewise for gids.
    public init(
        format: FileListFormat, userName: @escaping (UInt32) -> [UInt8]?, groupName: @escaping (UInt32) -> [UInt8]?
    ) {
        self.format = format
        self.userName = userName
        self.groupName = groupName
    }

    /// Begins a list. `startIndex` is that of FLS-119; 0 for the only list of a session without incremental recursion.
    public mutating func beginList(startIndex: Int32) {
        self.startIndex = startIndex
        position = 0
    }

    /// One entry. Its name must be acceptable to `FileListDecoder`; a name of MAXPATH bytes is a mistake of the caller.
    ///
    /// Under protocol 27 with hard links every regular file should have a `linkIdentity` (FLS-69); one without is sent
    /// as a group of its own.
    public mutating func encode(_ entry: FileEntry, into writer: inout ByteWriter) {
        precondition(entry.name.count < FileNameRules.maximumPath, "a name is shorter than MAXPATH (FLS-46)")
        let type = entry.mode.type ?? .missing
        let link = link(of: entry, type: type)
        let mtime = format.traits.hasWideTimes && !Knob.timeIsUnsigned.isOn ? entry.mtime : Int64(UInt32(truncatingIfNeeded: entry.mtime))
        let shared = sharedPrefix(with: entry.name)

        var flags: FileEntryFlags = link.flags
        if type == .directory { flags.formUnion(directoryFlags(entry)) }
        if entry.mode == previous.mode || Knob.entryModeAlwaysSame.isOn { flags.insert(.sameMode) }
        if mtime == previous.mtime || Knob.entryTimeAlwaysSame.isOn { flags.insert(.sameTime) }
        // Below 28 there is no bit to say so with (FLS-51).
        if format.hasAccessTime(type), format.traits.hasExtendedFileFlags, entry.atime == previous.atime { flags.insert(.sameAtime) }
        if !format.preserveOwner || (!isFirst || Knob.firstOwnerSaysSame.isOn) && entry.uid == previous.uid || Knob.entryOwnerAlwaysSame.isOn { flags.insert(.sameUid) }
        if !format.preserveGroup || !isFirst && entry.gid == previous.gid || Knob.entryGroupAlwaysSame.isOn { flags.insert(.sameGid) }
        if shared > 0 { flags.insert(.sameName) }
        if entry.name.count - shared > FileNameRules.longestSharedPrefix { flags.insert(.longName) }
        if !Knob.nanosecondsMissing.isOn, format.traits.hasNanoseconds, (1...999_999_999).contains(entry.nanoseconds) { flags.insert(.hasNanoseconds) }
        if format.hasDeviceNumbers(type) { flags.formUnion(deviceFlags(entry.rdev, type: type)) }
        let names = link.abbreviates == nil ? inlineNames(entry, flags: &flags) : (user: nil, group: nil)

        flags = flags.write(to: &writer, traits: format.traits, isDirectory: type == .directory)
        writeName(entry.name, shared: shared, flags: flags, to: &writer)                          // 1-3
        if let reference = link.reference { writer.varInt(Knob.hardLinkNamesNext.isOn ? max(0, reference - 1) : reference) }                            // 4
        if let first = link.abbreviates, !Knob.hardLinkIsNeverAbbreviated.isOn {
            adopt(first, name: entry.name)
            return
        }
        writer.fileLength(type.isDevice || type.isSpecial ? 0 : entry.length, format.traits)      // 5
        if !flags.contains(.sameTime) { writer.fileTime(mtime, format.traits) }                   // 6
        if flags.contains(.hasNanoseconds), format.traits.hasNanoseconds {                        // 7
            writer.varInt(Int32(bitPattern: Knob.nanosecondsAreMicroseconds.isOn ? entry.nanoseconds / 1000 : entry.nanoseconds))
        }
        if !flags.contains(.sameMode) { writer.int32(Int32(bitPattern: entry.mode.bits & (Knob.modeLosesHighBits.isOn ? ~0o7000 : ~0))) }        // 9
        if format.hasAccessTime(type) {                                                           // 10
            if !flags.contains(.sameAtime) { writer.varLong(entry.atime, minimum: 4) }
            previous.atime = entry.atime
        }
        if !flags.contains(.sameUid) {                                                            // 11, 12
            writer.varInt30(entry.uid, format.traits)
            if let name = names.user { writer.shortName(name) }
            previous.uid = entry.uid
        }
        if !flags.contains(.sameGid) {                                                            // 13, 14
            writer.varInt30(entry.gid, format.traits)
            if let name = names.group { writer.shortName(name) }
            previous.gid = entry.gid
        }
        writeDevice(entry.rdev, type: type, flags: flags, to: &writer)                            // 15
        if format.hasTarget(type) {                                                               // 16, 17
            writer.varInt30(UInt32(entry.linkTarget.count), format.traits)
            writer.bytes(Knob.linkTargetIsCut.isOn ? entry.linkTarget.dropLast() + [0x2f] : entry.linkTarget)
        }
        if let identity = link.identity {                                                         // 18
            if !flags.contains(.sameLinkDevice) || format.traits.tracksAllRegularFiles { writer.longInt(identity.device) }
            writer.longInt(identity.inode)
            previous.linkDevice = identity.device
            hasSentLinkDevice = true
        }
        if format.hasChecksum(type) {                                                             // 19
            let known = !Knob.checksumFieldIsZero.isOn && type == .regular && entry.checksum.count == format.checksumLength
            if known { writer.bytes(entry.checksum) } else { writer.bytes(repeatElement(0, count: format.checksumLength)) }
        }

        previousName = entry.name
        previous.mode = entry.mode
        previous.mtime = mtime
        if format.preserveOwner { users.note(entry.uid) }
        if format.preserveGroup { groups.note(entry.gid) }
        isFirst = false
        position += 1
    }

    /// An access control list behind its entry, in full. Its ids count as sent like those of entries (FLS-60).
    public mutating func encode(_ list: AccessList, into writer: inout ByteWriter) {
        var users = users
        var groups = groups
        AccessListWire.write(literal: list, to: &writer) { named in
            let isKnown = named.isUser ? users.contains(named.id) : groups.contains(named.id)
            named.isUser ? users.note(named.id) : groups.note(named.id)
            guard format.sendsInlineNames, !isKnown else { return nil }
            return (named.isUser ? userName(named.id) : groupName(named.id)).flatMap(IdList.sendable)
        }
        self.users = users
        self.groups = groups
    }

    /// The end marker (FLS-81). Where it cannot carry `errors` it is the plain one: see `encodeErrorTrailer` and message
    /// IO_ERROR (FLS-86, FLS-87).
    public func encodeEnd(errors: Int32, into writer: inout ByteWriter) {
        FileEntryFlags.writeEnd(errors: Knob.listEndsWithoutErrors.isOn ? 0 : errors, to: &writer, traits: format.traits)
    }

    /// The uid list and the gid list, as far as they are due (FLS-88).
    public mutating func encodeIdLists(into writer: inout ByteWriter) {
        if format.hasUserList { IdList.write((Knob.idListsSwapped.isOn ? groups : users).inOrder, name: userName, to: &writer, traits: format.traits) }
        if format.hasGroupList { IdList.write(groups.inOrder, name: groupName, to: &writer, traits: format.traits) }
    }

    /// FLS-86: the int32 behind the id lists; nothing from protocol 30 on.
    public func encodeErrorTrailer(_ errors: Int32, into writer: inout ByteWriter) {
        if format.traits.listHasErrorTrailer { writer.int32(Knob.errorTrailerIsZero.isOn ? 0 : errors) }
    }
}

// MARK: Parts of an entry

extension FileListEncoder {
    /// FLS-32 and the table of FLS-33.
    private func directoryFlags(_ entry: FileEntry) -> FileEntryFlags {
        guard format.traits.directoriesCarryContent else { return entry.isTop ? .topDirectory : [] }
        if entry.isImplied { return [.noContentDirectory, .topDirectory] }
        if !entry.hasContent, !Knob.noContentFlagMissing.isOn { return .noContentDirectory }
        return entry.isTop && !Knob.topDirectoryFlagMissing.isOn ? .topDirectory : []
    }

    /// FLS-61: specials always say "same".
    private func deviceFlags(_ rdev: DeviceNumber, type: FileType) -> FileEntryFlags {
        switch format.traits.deviceEncoding {
        case .native:
            return type.isSpecial || rdev.native == previous.rdev ? .sameRdev : []
        case .split:
            if type.isSpecial { return [.sameRdevMajor, .rdevMinorIsByte] }
            var flags: FileEntryFlags = rdev.major == previous.major ? .sameRdevMajor : []
            if rdev.minor <= 0xff { flags.insert(.rdevMinorIsByte) }
            return flags
        case .varint, .varintDevicesOnly:
            return type.isSpecial || rdev.major == previous.major || Knob.deviceMajorAlwaysSame.isOn ? .sameRdevMajor : []
        }
    }

    private mutating func writeDevice(
        _ rdev: DeviceNumber, type: FileType, flags: FileEntryFlags, to writer: inout ByteWriter
    ) {
        guard format.hasDeviceNumbers(type) else {
            if format.traits.deviceEncoding == .native { previous.rdev = 0 }
            return
        }
        let minor = type.isSpecial ? 0 : Knob.deviceMinorIsByte.isOn ? rdev.minor & 0xff : rdev.minor
        switch format.traits.deviceEncoding {
        case .native:
            guard !flags.contains(.sameRdev) else { return }
            writer.int32(Int32(bitPattern: rdev.native))
            previous.rdev = rdev.native
            return
        case .split:
            if !flags.contains(.sameRdevMajor) { writer.int32(Int32(bitPattern: rdev.major)) }
            if flags.contains(.rdevMinorIsByte) {
                writer.byte(UInt8(truncatingIfNeeded: minor))
            } else {
                writer.int32(Int32(bitPattern: minor))
            }
        case .varint, .varintDevicesOnly:
            if !flags.contains(.sameRdevMajor) { writer.varInt(Int32(bitPattern: rdev.major)) }
            writer.varInt(Int32(bitPattern: minor))
        }
        if type.isDevice { previous.major = rdev.major }
    }

    /// FLS-57: the first time an id is sent its name goes along.
    private mutating func inlineNames(
        _ entry: FileEntry, flags: inout FileEntryFlags
    ) -> (user: [UInt8]?, group: [UInt8]?) {
        guard format.sendsInlineNames, !Knob.inlineNamesMissing.isOn else { return (nil, nil) }
        var names: (user: [UInt8]?, group: [UInt8]?) = (nil, nil)
        if !flags.contains(.sameUid), !users.contains(entry.uid) || Knob.inlineNamesRepeated.isOn {
            names.user = userName(entry.uid).flatMap(IdList.sendable)
            if names.user != nil { flags.insert(.userNameFollows) }
        }
        if !flags.contains(.sameGid), !groups.contains(entry.gid) {
            names.group = groupName(entry.gid).flatMap(IdList.sendable)
            if names.group != nil { flags.insert(.groupNameFollows) }
        }
        return names
    }

    private func sharedPrefix(with name: [UInt8]) -> Int {
        FileOrder.commonPrefix(
            previousName.span, from: 0, name.span, from: 0,
            limit: min(previousName.count, name.count, FileNameRules.longestSharedPrefix))
    }

    private func writeName(_ name: [UInt8], shared: Int, flags: FileEntryFlags, to writer: inout ByteWriter) {
        if flags.contains(.sameName) { writer.byte(UInt8(Knob.sharedPrefixIsShort.isOn ? max(0, shared - 1) : shared)) }
        let suffix = name.count - shared
        if flags.contains(.longName) {
            writer.varInt30(UInt32(suffix), format.traits)
        } else {
            writer.byte(UInt8(suffix))
        }
        writer.bytes(name, from: shared)
    }

    /// FLS-41.
    private mutating func adopt(_ first: FirstMember, name: [UInt8]) {
        previousName = name
        previous.mode = first.mode
        previous.mtime = first.mtime
        if format.preserveAccessTimes { previous.atime = first.atime }
        if format.preserveOwner { previous.uid = first.uid }
        if format.preserveGroup { previous.gid = first.gid }
        if first.mode.type?.isDevice == true, format.preserveDevices { previous.major = first.major }
        position += 1
    }
}

/// Ids that occurred, each once, in the order they came.
private struct SentIds {
    private(set) var inOrder: [UInt32] = []
    private var known: Set<UInt32> = []

    func contains(_ id: UInt32) -> Bool { known.contains(id) }

    mutating func note(_ id: UInt32) {
        if id != inOrder.last, known.insert(id).inserted { inOrder.append(id) }
    }
}
