import RsyncWire

// Field forms of file lists that depend on the protocol.

extension ByteWriter {
    /// varint30.
    mutating func varInt30(_ value: UInt32, _ traits: SessionTraits) {
        traits.usesVarints ? varInt(Int32(bitPattern: value)) : int32(Int32(bitPattern: value))
    }

    /// FLS-48.
    mutating func fileLength(_ value: Int64, _ traits: SessionTraits) {
        traits.usesVarints ? varLong(value, minimum: 3) : longInt(value)
    }

    /// FLS-49.
    mutating func fileTime(_ value: Int64, _ traits: SessionTraits) {
        traits.hasWideTimes ? varLong(value, minimum: 4) : int32(Int32(truncatingIfNeeded: value))
    }

    mutating func shortName(_ name: [UInt8]) {
        byte(UInt8(name.count))
        bytes(name)
    }
}

extension ByteReader {
    /// varint30.
    mutating func varInt30(_ traits: SessionTraits) throws(WireError) -> Int32 {
        traits.usesVarints ? try varInt() : try int32()
    }

    /// FLS-48.
    mutating func fileLength(_ traits: SessionTraits) throws(WireError) -> Int64 {
        traits.usesVarints ? try varLong(minimum: 3) : try longInt()
    }

    /// FLS-49: below protocol 30 the 32 bits are unsigned.
    mutating func fileTime(_ traits: SessionTraits) throws(WireError) -> Int64 {
        traits.hasWideTimes ? try varLong(minimum: 4) : Int64(UInt32(bitPattern: try int32()))
    }

    /// Length byte and bytes; a length of 0 means "no name known" (FLS-58).
    mutating func shortName() throws(WireError) -> [UInt8]? {
        let length = Int(try byte())
        return length == 0 ? nil : try bytes(length)
    }
}
