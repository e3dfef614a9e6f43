/// What a command line says about compression (ARG-78, 14.4).
public struct CompressionArguments: Sendable, Equatable {
    public init() {}

    /// Times `-z` was given.
    public var count = 0
    /// The value of `--compress-choice`, or what `--old-compress` and `--new-compress` stand for.
    public var choice: [UInt8]?
    public var level: Int32?
    public var threads: Int32 = 0
    /// The value of `--skip-compress`.
    public var skippedSuffixes: [UInt8]?

    /// The choice in effect, nil where there is none: `auto` is none, and `-zz` is one where nothing else was said.
    public var effectiveChoice: [UInt8]? {
        if let choice, !Self.isEqual(choice, "auto") { return choice }
        return count > 1 ? Array("zlibx".utf8) : nil
    }

    /// A level asks for compression, too (SES-54).
    public var isRequested: Bool { count > 0 || level != nil }

    /// ARG-6: plain `-z`, or zlib by choice.
    var sendsLetter: Bool { effectiveChoice.map { Self.isEqual($0, "zlib") } ?? (count == 1) }

    /// ARG-18 row 14.
    func choiceOption(_ escape: ([UInt8]) -> [UInt8]) -> [UInt8]? {
        guard let choice = effectiveChoice else { return nil }
        if Self.isEqual(choice, "zlibx") { return Array("--new-compress".utf8) }
        if Self.isEqual(choice, "zlib") { return Array("--old-compress".utf8) }
        return Array("--compress-choice=".utf8) + escape(choice)
    }

    /// Without regard to ASCII case (SES-52).
    private static func isEqual(_ name: [UInt8], _ word: String) -> Bool {
        name.elementsEqual(word.utf8) { ($0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0) == $1 }
    }
}
