import RsyncDigest

extension ChecksumVariant {
    /// The variant of a session (XFR-49): `name` where one was chosen or negotiated, else the default of the protocol.
    public init(name: ChecksumName?, traits: SessionTraits) {
        if let name {
            self = name.variant
        } else if !traits.defaultChecksumIsMD5 {
            self = .md4Legacy
        } else {
            self = traits.seedsBlockSumsFirst ? .md5SeedFirst : .md5SeedLast
        }
    }
}
