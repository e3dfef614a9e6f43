import RsyncWire

/// Extended attributes on the wire (MET-141 to MET-152), piece by piece: a peer's counts and lengths are checked before
/// anything is kept.
public enum XattrWire {
    /// Values above this many bytes travel as their digest and are asked for (MET-144).
    public static let longestPlainValue = 32
    public static let digestLength = 16

    // MET-146.
    public static let largestCount = 65_536
    public static let longestName = 4096
    public static let longestValue = 128 << 20
    public static let largestSet = 512 << 20

    /// One attribute as it travels with an entry.
    public struct Item: Sendable, Hashable {
        /// Without its NUL.
        public var name: [UInt8]
        public var length: Int
        /// The value, or of a longer one the MD5 of it.
        public var data: [UInt8]
        public var isAbbreviated: Bool { length > XattrWire.longestPlainValue }

        public init(name: [UInt8], length: Int, data: [UInt8]) {
            self.name = name
            self.length = length
            self.data = data
        }
    }

    public enum Start: Sendable, Equatable {
        /// The set of this number.
        case known(Int)
        /// So many attributes follow.
        case literal(Int)
    }

    /// `known`: how many sets the session has.
    public static func readStart(_ reader: inout ByteReader, known: Int) throws(WireError) -> Start {
        var cursor = reader
        let reference = try cursor.varInt()
        guard reference >= 0, Int(reference) <= known else {
            throw WireError(
                .outOfRange, field: "xattr reference", clause: "MET-142", offset: 0, value: Int64(reference), exitCode: 12)
        }
        if reference > 0 {
            reader = cursor
            return .known(Int(reference) - 1)
        }
        let count = try cursor.varInt()
        guard count >= 0, count <= largestCount else {
            throw WireError(
                .outOfRange, field: "xattr count", clause: "MET-146", offset: 0, value: Int64(count), exitCode: 2)
        }
        reader = cursor
        return .literal(Int(count))
    }

    public static func readItem(_ reader: inout ByteReader) throws(WireError) -> Item {
        var cursor = reader
        let nameLength = try cursor.varInt()
        guard nameLength >= 0, nameLength <= longestName else {
            throw WireError(
                .outOfRange, field: "xattr name length", clause: "MET-146", offset: 0, value: Int64(nameLength), exitCode: 2)
        }
        let length = try readLength(&cursor)
        var name = try cursor.bytes(Int(nameLength))
        guard name.popLast() == 0, !name.isEmpty, !name.contains(0) else {
            throw WireError(.forbiddenName, field: "xattr name", clause: "MET-142", offset: 0, exitCode: 11)
        }
        let data = try cursor.bytes(length > longestPlainValue ? digestLength : length)
        reader = cursor
        return Item(name: name, length: length, data: data)
    }

    /// The length of a value, in an entry or in a reply.
    public static func readLength(_ reader: inout ByteReader) throws(WireError) -> Int {
        let length = try reader.varInt()
        guard length >= 0, length <= longestValue else {
            throw WireError(
                .outOfRange, field: "xattr value length", clause: "MET-146", offset: 0, value: Int64(length), exitCode: 2)
        }
        return Int(length)
    }

    public static func write(reference: Int, to writer: inout ByteWriter) { writer.varInt(Int32(reference) + 1) }

    public static func write(literal items: [Item], to writer: inout ByteWriter) {
        writer.varInt(0)
        writer.varInt(Int32(items.count))
        for item in items {
            writer.varInt(Int32(item.name.count) + 1)
            writer.varInt(Int32(item.length))
            writer.bytes(item.name)
            writer.byte(0)
            writer.bytes(item.data)
        }
    }

    /// The next number of a request or reply, `previous` being the one before; nil at its end (MET-150).
    public static func readNumber(_ reader: inout ByteReader, after previous: Int) throws(WireError) -> Int? {
        let step = try reader.varInt()
        guard step != 0 else { return nil }
        // A receiver that keeps some attributes under other names asks in the order of its own names.
        guard (1...largestCount).contains(previous + Int(step)) else {
            throw WireError(
                .outOfRange, field: "xattr number", clause: "MET-153", offset: 0, value: Int64(step), exitCode: 2)
        }
        return previous + Int(step)
    }
}
