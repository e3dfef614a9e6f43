// What `--iconv` means to each side (ARG-64).

extension ParsedArguments {
    private static let off: [UInt8] = [UInt8(ascii: "-")]
    private static let comma = UInt8(ascii: ",")

    /// The charset of this side's names; nil where nothing is converted. Nothing or `.` is the locale's.
    public var ownCharset: [UInt8]? {
        guard let charsets, isServer || charsets != Self.off else { return nil }
        guard !isServer, let comma = charsets.firstIndex(of: Self.comma) else { return charsets }
        return [UInt8](charsets[..<comma])
    }

    /// A client's: the charset of the other side's names.
    public var remoteCharset: [UInt8]? {
        guard let charsets, charsets != Self.off else { return nil }
        guard let comma = charsets.firstIndex(of: Self.comma) else { return charsets }
        return [UInt8](charsets[(comma + 1)...])
    }
}
