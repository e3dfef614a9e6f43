import RsyncWire

/// What follows an index in requests, replies and reports: fields 2 to 4 of XFR-16 (MET-65).
///
/// | # | field | encoding | present |
/// |---|---|---|---|
/// | 2 | iflags | shortint | since protocol 29 |
/// | 3 | basis-type | byte | since 29, flag 0x0800 |
/// | 4 | xname | vstring, at most 4095 bytes | since 29, flag 0x1000 |
///
/// Before protocol 29 there are no bytes at all and every index is a request (XFR-19).
public struct ItemAttributes: Sendable, Hashable {
    public var flags: ItemFlags
    public var basis: BasisType
    /// The name of a fuzzy basis, or what a hard link was made to (MET-70). Opaque here: whoever uses it as a path
    /// checks it.
    public var xname: [UInt8]

    /// What is shown of the name: that of a fuzzy basis is nobody's concern.
    public var shownName: [UInt8] { flags.contains(.transfer) ? [] : xname }

    /// Longest xname: MAXPATH less its NUL (04-transfer.md section 20).
    public static let longestXname = 4095

    /// Sets the two "follows" flags where the values need them (XFR-18).
    public init(flags: ItemFlags, basis: BasisType = .destination, xname: [UInt8] = []) {
        self.flags = flags
        self.basis = basis
        self.xname = xname
        self.flags = wireFlags
    }

    /// Refuses a flag without a meaning (HOS-212, exit code 2) and an xname above the limit (exit code 2).
    public init(reading reader: inout ByteReader, traits: SessionTraits) throws(WireError) {
        basis = .destination
        xname = []
        guard traits.hasItemFlags else {
            flags = .transfer
            return
        }
        let offset = reader.consumed
        flags = ItemFlags(rawValue: try reader.shortInt())
        guard flags.isSubset(of: .known) || Knob.acceptsUnknownItemFlags.isOn else {
            throw WireError(
                .malformed, field: "iflags", clause: "MET-68", offset: offset, value: Int64(flags.rawValue),
                exitCode: 2)
        }
        if flags.contains(.basisTypeFollows) { basis = BasisType(rawValue: try reader.byte()) }
        if flags.contains(.xnameFollows) {
            xname = try reader.vString(limit: Self.longestXname, field: "xname", clause: "SES-21")
        }
    }

    /// Writes field for field what was read, as an echo must (XFR-55). Precondition: the xname is within its limit.
    public func write(to writer: inout ByteWriter, traits: SessionTraits) {
        guard traits.hasItemFlags else { return }
        let flags = wireFlags
        writer.shortInt(Knob.itemFlagsSwapped.isOn ? flags.rawValue.byteSwapped : flags.rawValue)
        if flags.contains(.basisTypeFollows), !Knob.basisTypeMissing.isOn { writer.byte(basis.rawValue) }
        if flags.contains(.xnameFollows) {
            precondition(xname.count <= Self.longestXname, "an xname is a path")
            writer.vString(Knob.xnameIsCut.isOn ? [UInt8](xname.dropLast()) : xname)
        }
    }

    /// Whether a request for values of extended attributes follows (in an echo: the values), given `-X` and no dry run
    /// (MET-65 field 5, MET-154).
    public func carriesXattrs(_ traits: SessionTraits) -> Bool {
        guard traits.hasItemFlags, flags.contains(.reportXattr) else { return false }
        return !(traits.linksCarryNoXattrs && isLinkReport)
    }

    /// Of a hard link that was made, or of one to an alternate directory's file.
    public var isLinkReport: Bool { flags.isSuperset(of: [.localChange, .xnameFollows]) }

    /// The flags, with those that announce a field added where the field is needed.
    private var wireFlags: ItemFlags {
        var result = flags
        if basis != .destination { result.insert(.basisTypeFollows) }
        if !xname.isEmpty { result.insert(.xnameFollows) }
        return result
    }
}
