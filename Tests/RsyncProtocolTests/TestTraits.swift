import RsyncProtocol

/// The traits of a protocol number, with the compatibility flags that a peer of our own age sets.
func traits(_ number: Int32, _ compat: CompatFlags = []) -> SessionTraits {
    guard let version = ProtocolVersion(number) else { preconditionFailure("no protocol \(number)") }
    return SessionTraits(version: version, compat: compat)
}

let allTraits = ProtocolVersion.all.map { SessionTraits(version: $0) }
