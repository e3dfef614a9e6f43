import RsyncOptions

/// What the administrator lets a key do: the words of the forced command, parsed.
public struct RestrictedPolicy: Sendable {
    public enum Mode: Sendable { case both, readOnly, writeOnly }

    public var mode = Mode.both
    public var munges = false
    public var forbidsDeletion = false
    public var forbidsOverwriting = false
    /// The root's own path, where arguments may be spelled with it in front (`-absolute`); resolved.
    public var absoluteAlias: [UInt8]?
    /// The root is `/`: what leads out of it does not exist.
    public var isWholeSystem = false
    /// The longest silence that a client may ask for; 0: as long as it likes.
    public var longestTimeout: Int32 = 0
    private var permitted: Set<String> = []
    private var withdrawn: Set<String> = []

    public init() {}

    public struct Misuse: Error, Sendable, Equatable {
        public let text: String
    }

    /// `--allow NAME`: one of the options that only an administrator can permit.
    public mutating func permit(_ name: String) throws(Misuse) {
        let key = try Self.key(name)
        guard OptionClass.table[key]?.verdict == .byPermission else {
            throw Misuse(text: "--allow \(name): this option is allowed anyway or can never be")
        }
        permitted.insert(key)
    }

    /// `--refuse NAME`.
    public mutating func withdraw(_ name: String) throws(Misuse) {
        let key = try Self.key(name)
        guard OptionClass.table[key]?.verdict != .role else { throw Misuse(text: "--refuse \(name): nothing would be left") }
        withdrawn.insert(key)
    }

    private static func key(_ name: String) throws(Misuse) -> String {
        let plain = String(name.drop { $0 == "-" })
        let option = OptionTable.all.first { $0.names.contains(plain) || $0.letter.map(String.init) == plain }
        guard let option else { throw Misuse(text: "rsync has no option \(name)") }
        return OptionClass.key(option)
    }

    var refusesRemoval: Bool { forbidsDeletion || mode == .readOnly }

    /// Throws unless a server in this role may have this option. `isSender` is known before any option is looked at.
    func vet(_ use: OptionUse, isSender: Bool) throws(ArgumentError) {
        let key = OptionClass.key(use.option)
        guard let kind = OptionClass.of(use.option), !withdrawn.contains(key) else { throw Self.disabled(use) }
        switch kind.verdict {
        case .refused: throw Self.disabled(use)
        case .byPermission: guard isWholeSystem || permitted.contains(key) else { throw Self.disabled(use) }
        case .allowed, .role: break
        }
        if use.isNegation {
            guard kind.isNegatable else { throw Self.disabled(use) }
            return
        }
        let removes: OptionClass.Deeds = isSender ? .removesAtSender : .removesAtReceiver
        if refusesRemoval, kind.deeds.contains(removes) { throw Self.disabled(use) }
        if forbidsOverwriting, !isSender, kind.deeds.contains(.replaces) { throw Self.disabled(use) }
        try vet(kind.value, use)
    }

    private func vet(_ value: OptionClass.Value, _ use: OptionUse) throws(ArgumentError) {
        let bytes = use.value ?? []
        let isHarmless: Bool
        switch value {
        case .plain, .directory: isHarmless = true
        case .localDirectory: isHarmless = !Self.climbs(bytes)
        case .nameEnd: isHarmless = !bytes.contains(UInt8(ascii: "/"))
        case .listFile:
            // Reading is what a write-only key is not for.
            isHarmless = bytes == [UInt8(ascii: "-")] || mode != .writeOnly && !Self.climbs(bytes)
        case .capabilities: isHarmless = use.isLetter && Self.areCapabilities(bytes)
        case .charsets: isHarmless = NameCharsets.areCommon(bytes)
        }
        guard isHarmless else { throw Self.disabled(use) }
    }

    static func climbs(_ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
    }

    /// Digits, a dot, letters: `.LsfxCIvu`, `30.0`.
    private static func areCapabilities(_ value: [UInt8]) -> Bool {
        let rest = value.drop { (0x30...0x39).contains($0) }
        guard rest.first == UInt8(ascii: ".") else { return false }
        return rest.dropFirst().allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f
        }
    }

    /// In the words of the wrapper that this replaces (RSH-11).
    private static func disabled(_ use: OptionUse) -> ArgumentError {
        ArgumentError("option \(use.written) has been disabled on this server.")
    }
}
