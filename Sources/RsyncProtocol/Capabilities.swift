/// What a client can do, as letters behind `e` in the server's arguments (ARG-11 to ARG-17).
public struct Capabilities: Sendable, Hashable {
    /// The value of `-e`: `.` or `V.S`, then letters. Empty where there was no `-e`.
    public let optionValue: [UInt8]

    /// Takes the last `-e` value of the arguments as it stands (ARG-17).
    public init(optionValue: [UInt8]) { self.optionValue = optionValue }

    /// A letter counts wherever in the value it stands (ARG-16).
    public func contains(_ letter: Character) -> Bool {
        guard let value = letter.asciiValue else { return false }
        return optionValue.contains(value)
    }

    /// The string of this implementation (ARG-13). `incremental` is the condition of ARG-14.
    public static func offered(incremental: Bool) -> String { incremental ? ".iLsfxCIvu" : ".LsfxCIvu" }

    /// The compatibility flags a server answers with (SES-44). Never a bit whose letter is absent (SES-49).
    ///
    /// - Parameter allowsIncrementalRecursion: the server's own half of SES-45, without the letter.
    public func compatFlags(allowsIncrementalRecursion: Bool) -> CompatFlags {
        // Linux can always set the time of a symlink and convert its text, so no letter is needed.
        var flags: CompatFlags = [.symlinkTimes, .symlinkIconv]
        if allowsIncrementalRecursion, contains("i") { flags.insert(.incrementalRecursion) }
        let asked: [(Character, CompatFlags)] = [
            ("f", .safeFileList), ("x", .avoidXattrOptimisation), ("C", .checksumSeedFix), ("I", .inplacePartialDir),
            ("v", .varintFileListFlags), ("u", .idZeroNames),
        ]
        for (letter, flag) in asked where contains(letter) { flags.insert(flag) }
        return flags
    }

    /// The number a server advertises to this client when its own is `own`: lower for a pre-release (SES-40).
    public func advertised(own: Int32) -> Int32 {
        let parts = optionValue.split(separator: 0x2e, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let version = Self.leadingNumber(parts[0]), let sub = Self.leadingNumber(parts[1]),
            version > 0, sub > 0
        else { return own }
        return version < own ? version - 1 : version == own ? own - 1 : own
    }

    /// The decimal number at the start; nil when there is no digit or it does not fit.
    private static func leadingNumber(_ text: ArraySlice<UInt8>) -> Int32? {
        Int32(String(decoding: text.prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }
}
