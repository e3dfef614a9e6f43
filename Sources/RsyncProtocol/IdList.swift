import RsyncWire

/// The uid list and the gid list behind the file list (FLS-88 to FLS-90):
///
/// | field | encoding |
/// |---|---|
/// | id, repeated with its name | varint30, non-zero |
/// | name | byte length 1...255 and bytes |
/// | end | varint30 0 |
/// | name of id 0, only with compat bit 8 | byte length 0...255 and bytes |
public enum IdListItem: Sendable, Equatable {
    case name(UInt32, [UInt8])
    /// nil: the form of this session has no name of id 0. Empty: unknown.
    case end(zeroName: [UInt8]?)

    /// Names that one list may have: far more than any machine's accounts, and a bound for a list without end (HOS-180).
    public static let largestCount = 65_536

    public init(reading reader: inout ByteReader, traits: SessionTraits) throws(WireError) {
        let id = UInt32(bitPattern: traits.usesVarints ? try reader.varInt() : try reader.int32())
        if id != 0 {
            self = .name(id, try reader.bytes(Int(try reader.byte())))
        } else {
            self = .end(zeroName: traits.idListsNameZero ? try reader.bytes(Int(try reader.byte())) : nil)
        }
    }

    public func write(to writer: inout ByteWriter, traits: SessionTraits) {
        switch self {
        case .name(let id, let name):
            traits.usesVarints ? writer.varInt(Int32(bitPattern: id)) : writer.int32(Int32(bitPattern: id))
            writer.byte(UInt8(name.count))
            writer.bytes(name)
        case .end(let zeroName):
            traits.usesVarints ? writer.varInt(0) : writer.int32(0)
            guard traits.idListsNameZero else { return }
            writer.byte(UInt8(zeroName?.count ?? 0))
            writer.bytes(zeroName ?? [])
        }
    }
}

enum IdList {
    /// FLS-89: only ids that are non-zero and have a name.
    static func write(
        _ ids: [UInt32], name: (UInt32) -> [UInt8]?, to writer: inout ByteWriter, traits: SessionTraits
    ) {
        for id in ids where id != 0 && !Knob.idListIsEmpty.isOn {
            guard let name = name(id).flatMap(sendable) else { continue }
            IdListItem.name(id, name).write(to: &writer, traits: traits)
        }
        let zeroName = traits.idListsNameZero && !Knob.idListHasZero.isOn ? name(0).flatMap(sendable) ?? [] : nil
        IdListItem.end(zeroName: zeroName).write(to: &writer, traits: traits)
    }

    /// The length is one byte; a longer name is treated like none.
    static func sendable(_ name: [UInt8]) -> [UInt8]? { (1...255).contains(name.count) ? name : nil }
}
