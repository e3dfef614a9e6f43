import RsyncWire

/// Access control lists on the wire (MET-122 to MET-125), piece by piece: a peer's counts are checked before anything
/// is kept.
public enum AccessListWire {
    /// Named entries of one list (MET-125).
    public static let largestCount = 65_536

    private static let hasUser: UInt8 = 1
    private static let hasGroup: UInt8 = 2
    private static let hasMask: UInt8 = 4
    private static let hasOther: UInt8 = 8
    private static let hasNamed: UInt8 = 16

    public enum Start: Sendable, Equatable {
        /// The list of this number.
        case known(Int)
        /// What the mode says otherwise; so many named entries follow.
        case literal(AccessList, named: Int)
    }

    /// `known`: how many lists of the kind the session has.
    public static func readStart(_ reader: inout ByteReader, known: Int) throws(WireError) -> Start {
        var cursor = reader
        let reference = try cursor.varInt()
        guard reference >= 0, Int(reference) <= known else {
            throw WireError(
                .outOfRange, field: "ACL reference", clause: "MET-123", offset: 0, value: Int64(reference), exitCode: 12)
        }
        if reference > 0 {
            reader = cursor
            return .known(Int(reference) - 1)
        }
        let flags = try cursor.byte()
        var list = AccessList()
        if flags & hasUser != 0 { list.user = try readPermissions(&cursor) }
        if flags & hasGroup != 0 { list.group = try readPermissions(&cursor) }
        if flags & hasMask != 0 { list.mask = try readPermissions(&cursor) }
        if flags & hasOther != 0 { list.other = try readPermissions(&cursor) }
        let count = flags & hasNamed != 0 ? try cursor.varInt() : 0
        guard count >= 0, count <= largestCount else {
            throw WireError(.outOfRange, field: "ACL count", clause: "MET-125", offset: 0, value: Int64(count), exitCode: 2)
        }
        reader = cursor
        return .literal(list, named: Int(count))
    }

    private static func readPermissions(_ reader: inout ByteReader) throws(WireError) -> UInt32 {
        try permissions(UInt32(bitPattern: reader.varInt()))
    }

    private static func permissions(_ value: UInt32) throws(WireError) -> UInt32 {
        guard value <= 7 else {
            throw WireError(.outOfRange, field: "ACL permissions", clause: "MET-124", offset: 0, value: Int64(value))
        }
        return value
    }

    /// One named entry, and its name if that travels with it.
    public static func readNamed(_ reader: inout ByteReader) throws(WireError) -> (entry: AccessList.Named, name: [UInt8]?) {
        var cursor = reader
        let id = UInt32(bitPattern: try cursor.varInt())
        let access = UInt32(bitPattern: try cursor.varInt())
        let entry = AccessList.Named(isUser: access & 2 != 0, id: id, permissions: try permissions(access >> 2))
        let name = access & 1 != 0 ? try cursor.bytes(Int(try cursor.byte())) : nil
        reader = cursor
        return (entry, name)
    }

    public static func write(reference: Int, to writer: inout ByteWriter) { writer.varInt(Int32(reference) + 1) }

    /// `name`: that of an id, where it is to go along.
    public static func write(
        literal list: AccessList, to writer: inout ByteWriter, name: (AccessList.Named) -> [UInt8]?
    ) {
        writer.varInt(0)
        var flags: UInt8 = 0
        if list.user != nil { flags |= hasUser }
        if list.group != nil { flags |= hasGroup }
        if list.mask != nil { flags |= hasMask }
        if list.other != nil { flags |= hasOther }
        if !list.named.isEmpty { flags |= hasNamed }
        writer.byte(flags)
        for field in [list.user, list.group, list.mask, list.other] {
            if let field { writer.varInt(Int32(field)) }
        }
        guard !list.named.isEmpty else { return }
        writer.varInt(Int32(list.named.count))
        for entry in list.named {
            let name = name(entry)
            writer.varInt(Int32(bitPattern: entry.id))
            writer.varInt(Int32(entry.permissions << 2 | (entry.isUser ? 2 : 0) | (name == nil ? 0 : 1)))
            guard let name else { continue }
            writer.byte(UInt8(name.count))
            writer.bytes(name)
        }
    }
}
