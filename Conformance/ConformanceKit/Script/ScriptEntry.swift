import RsyncProtocol
import RsyncWire

/// One entry of a list as a script gives it, every field of FLS-37 written out in full: nothing depends on the entry
/// before it, and nothing is checked, so that each field can lie.
///
/// | key | field | default |
/// |---|---|---|
/// | `name` | suffix | required |
/// | `type` | `file`, `dir`, `symlink`, `fifo`, `socket`, `char`, `block`, `missing` | `file` |
/// | `flags` | all the flags, instead of those that the rest asks for | |
/// | `plus` | flags to be added | 0 |
/// | `prefix` | shared-prefix length; its flag comes with it | none |
/// | `suffix-length` | that the wire announces | that of `name` |
/// | `first`, `link` | hard-link group: the first of one; a member of that index | none |
/// | `size`, `mtime`, `nanoseconds`, `mode`, `atime`, `uid`, `gid`, `user`, `group` | | 0; `mode` 0644, 0755 of a directory |
/// | `rdev` | `[major, minor]` | `[0, 0]` |
/// | `target`, `target-length` | | `x`; that of the target |
/// | `inode` | `[device, inode]` below protocol 30 with `-H` | `[1, position]` |
/// | `sum` | hexadecimal | zeros |
/// | `acl`, `xattr` | hexadecimal, behind the entry | of `-A`: no entry; of `-X`: none |
/// | `implied`, `content` | what a directory says of itself | content |
struct ScriptEntry {
    let value: JSONValue
    let name: [UInt8]
    let type: FileType
    let mode: Int32

    private static let types: [String: FileType] = [
        "file": .regular, "dir": .directory, "symlink": .symlink, "fifo": .fifo, "socket": .socket,
        "char": .characterDevice, "block": .blockDevice, "missing": .missing,
    ]

    static let keys: Set<String> = [
        "name", "type", "flags", "plus", "prefix", "suffix-length", "first", "link", "size", "mtime", "nanoseconds", "mode",
        "atime", "uid", "gid", "user", "group", "rdev", "target", "target-length", "inode", "sum", "acl", "xattr", "implied",
        "content",
    ]

    init(_ value: JSONValue) throws(ScriptMistake) {
        self.value = value
        if let unknown = value.object?.names.first(where: { !Self.keys.contains($0) }) {
            throw ScriptMistake("an entry has no \(unknown)")
        }
        guard let name = value["name"] else { throw ScriptMistake("an entry has a name") }
        self.name = try name.contents()
        let word = try value["type"]?.text() ?? "file"
        guard let type = Self.types[word] else { throw ScriptMistake("there is no type \(word)") }
        self.type = type
        let permissions = try value["mode"]?.mode() ?? (type == .directory ? 0o755 : type == .symlink ? 0o777 : 0o644)
        // A mode with a type of its own stands for itself.
        mode = UInt32(bitPattern: permissions) > 0o7777
            ? permissions : Int32(bitPattern: FileMode(type, permissions: UInt32(bitPattern: permissions)).bits)
    }

    /// What a reader would make of it; nil when it would refuse it.
    var plain: FileEntry? {
        guard name.count < 4096, FileMode(bits: UInt32(bitPattern: mode)).type != nil else { return nil }
        return FileEntry(plain: name, mode: FileMode(bits: UInt32(bitPattern: mode)))
    }

    private struct Flags {
        static let top: Int32 = 0x01
        static let sameUid: Int32 = 0x08
        static let sameGid: Int32 = 0x10
        static let sameName: Int32 = 0x20
        static let longName: Int32 = 0x40
        static let extended: Int32 = 0x04
        static let noContent: Int32 = 0x100
        static let hardLinked: Int32 = 0x200
        static let userName: Int32 = 0x400
        static let groupName: Int32 = 0x800
        static let minorIsByte: Int32 = 0x800
        static let firstLink: Int32 = 0x1000
        static let nanoseconds: Int32 = 0x2000
    }

    private func flags(_ format: FileListFormat) throws(ScriptMistake) -> Int32 {
        if let all = value["flags"] { return try all.word32() }
        let traits = format.traits
        var flags = try value["plus"]?.word32() ?? 0
        if value["prefix"] != nil { flags |= Flags.sameName }
        if value["suffix-length"] != nil || name.count > 255 { flags |= Flags.longName }
        if !format.preserveOwner { flags |= Flags.sameUid }
        if !format.preserveGroup { flags |= Flags.sameGid }
        if traits.hasNanoseconds, value["nanoseconds"] != nil { flags |= Flags.nanoseconds }
        if traits.hasInlineNames {
            if value["user"] != nil { flags |= Flags.userName }
            if value["group"] != nil { flags |= Flags.groupName }
        }
        if value["first"] != nil, !traits.hardLinksByInode { flags |= Flags.hardLinked | Flags.firstLink }
        if value["link"] != nil, !traits.hardLinksByInode { flags |= Flags.hardLinked }
        if value["inode"] != nil, traits.hardLinksByInode, traits.hasExtendedFileFlags { flags |= Flags.hardLinked }
        if type == .directory {
            if value["implied"] != nil {
                flags |= traits.directoriesCarryContent ? Flags.noContent | Flags.top : 0
            } else if value["content"]?.bool == false {
                flags |= traits.directoriesCarryContent ? Flags.noContent : 0
            } else if name == [0x2e] {
                flags |= Flags.top
            }
        }
        return flags
    }

    /// `position`: where the entry stands in its list, for the hard-link identity that nobody gave.
    func write(to writer: inout ByteWriter, format: FileListFormat, position: Int) throws(ScriptMistake) {
        let traits = format.traits
        let flags = writeFlags(try flags(format), &writer, traits)
        if flags & Flags.sameName != 0 { writer.byte(UInt8(truncatingIfNeeded: try value["prefix"]?.whole() ?? 0)) }
        let length = try value["suffix-length"]?.word32() ?? Int32(name.count)
        if flags & Flags.longName != 0 {
            writer.number(length, traits)
        } else {
            writer.byte(UInt8(truncatingIfNeeded: length))
        }
        writer.bytes(name)
        if flags & Flags.hardLinked != 0, flags & Flags.firstLink == 0, !traits.hardLinksByInode, let link = value["link"] {
            writer.varInt(try link.word32())
            // What is of a list that is written already has no more fields; `link-is-old` says otherwise by `size`.
            if value["size"] == nil { return }
        }
        let size = try value["size"]?.whole() ?? 0
        if traits.usesVarints { writer.varLong(size, minimum: 3) } else { writer.longInt(size) }
        if flags & 0x80 == 0 { try writeTime(&writer, traits) }
        if flags & Flags.nanoseconds != 0, traits.hasNanoseconds { writer.varInt(try value["nanoseconds"]?.word32() ?? 0) }
        if flags & 0x02 == 0 { writer.int32(mode) }
        if format.preserveAccessTimes, type != .directory, flags & 0x4000 == 0 {
            writer.varLong(try value["atime"]?.whole() ?? 0, minimum: 4)
        }
        if flags & Flags.sameUid == 0 { try writeId("uid", "user", flags & Flags.userName, &writer, traits) }
        if flags & Flags.sameGid == 0 { try writeId("gid", "group", flags & Flags.groupName, &writer, traits) }
        try writeDevice(flags, &writer, format)
        if type == .symlink, format.preserveLinks {
            let target = try value["target"]?.contents() ?? [UInt8(ascii: "x")]
            writer.number(try value["target-length"]?.word32() ?? Int32(target.count), traits)
            writer.bytes(target)
        }
        if format.preserveHardLinks, traits.hardLinksByInode,
            traits.tracksAllRegularFiles ? type == .regular : flags & Flags.hardLinked != 0
        {
            let pair = try value["inode"]?.items() ?? []
            writer.longInt(try pair.first?.whole() ?? 1)
            writer.longInt(try pair.last?.whole() ?? Int64(position) + 1)
        }
        if format.checksumLength > 0, type == .regular || traits.everyEntryHasChecksumField {
            writer.bytes(try value["sum"]?.hex() ?? [UInt8](repeating: 0, count: format.checksumLength))
        }
    }

    /// FLS-30: no flags at all would be the end of the list.
    private func writeFlags(_ given: Int32, _ writer: inout ByteWriter, _ traits: SessionTraits) -> Int32 {
        var flags = given
        switch traits.fileFlagsEncoding {
        case .byte:
            if flags & 0xff == 0 { flags |= type == .directory ? Flags.longName : Flags.top }
            writer.byte(UInt8(truncatingIfNeeded: flags))
        case .extendedByte:
            if flags & 0xff == 0, flags & 0xff00 == 0 { flags |= type == .directory ? Flags.extended : Flags.top }
            if flags & 0xff00 != 0 { flags |= Flags.extended }
            writer.byte(UInt8(truncatingIfNeeded: flags))
            if flags & Flags.extended != 0 { writer.byte(UInt8(truncatingIfNeeded: flags >> 8)) }
        case .varint:
            if flags == 0 { flags |= Flags.extended }
            writer.varInt(flags)
        }
        return flags
    }

    private func writeTime(_ writer: inout ByteWriter, _ traits: SessionTraits) throws(ScriptMistake) {
        let time = try value["mtime"]?.whole() ?? 1_000_000_000
        if traits.hasWideTimes { writer.varLong(time, minimum: 4) } else { writer.int32(Int32(truncatingIfNeeded: time)) }
    }

    private func writeId(
        _ key: String, _ nameKey: String, _ named: Int32, _ writer: inout ByteWriter, _ traits: SessionTraits
    ) throws(ScriptMistake) {
        writer.number(try value[key]?.word32() ?? 0, traits)
        guard named != 0, traits.hasInlineNames else { return }
        let name = try value[nameKey]?.bytes() ?? []
        writer.byte(UInt8(truncatingIfNeeded: name.count))
        writer.bytes(name)
    }

    private func writeDevice(_ flags: Int32, _ writer: inout ByteWriter, _ format: FileListFormat) throws(ScriptMistake) {
        let encoding = format.traits.deviceEncoding
        guard type.isDevice ? format.preserveDevices : type.isSpecial && format.preserveSpecials && encoding != .varintDevicesOnly
        else { return }
        let pair = try value["rdev"]?.items() ?? [.integer(0), .integer(0)]
        guard pair.count == 2 else { throw ScriptMistake("rdev is [major, minor]") }
        let major = try pair[0].word32()
        let minor = try pair[1].word32()
        switch encoding {
        case .native:
            let number = DeviceNumber(major: UInt32(bitPattern: major), minor: UInt32(bitPattern: minor)).native
            if flags & Flags.extended == 0 { writer.int32(Int32(bitPattern: number)) }
        case .split:
            if flags & Flags.noContent == 0 { writer.int32(major) }
            if flags & Flags.minorIsByte != 0 {
                writer.byte(UInt8(truncatingIfNeeded: minor))
            } else {
                writer.int32(minor)
            }
        case .varint, .varintDevicesOnly:
            if flags & Flags.noContent == 0 { writer.varInt(major) }
            writer.varInt(minor)
        }
    }

    /// What follows the entry proper (FLS-37 fields 20 and 21).
    func writeAttributes(to writer: inout ByteWriter, accessLists: Bool, xattrs: Bool) throws(ScriptMistake) {
        if accessLists, type != .symlink {
            if let list = value["acl"] { writer.bytes(try list.hex()) } else { writer.bytes(type == .directory ? [0, 0, 0, 0] : [0, 0]) }
        }
        if xattrs {
            if let set = value["xattr"] { writer.bytes(try set.hex()) } else { writer.bytes([0, 0]) }
        }
    }
}

extension ByteWriter {
    /// varint from protocol 30 on, else int32 (SES-17).
    mutating func number(_ value: Int32, _ traits: SessionTraits) {
        traits.usesVarints ? varInt(value) : int32(value)
    }
}
