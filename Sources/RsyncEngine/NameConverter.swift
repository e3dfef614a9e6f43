/// Between the charset of this side's names and that of the wire, which is UTF-8 (ARG-64). Both threads of a receiving
/// side use it.
public protocol NameConverter: Sendable {
    /// nil when some of the bytes are no text of the one charset, or have no counterpart in the other.
    func toWire(_ name: [UInt8]) -> [UInt8]?
    func toLocal(_ name: [UInt8]) -> [UInt8]?
    /// Whether a name that cannot be converted ends within a character; all others have a wrong one.
    func isCutShort(_ name: [UInt8], toWire: Bool) -> Bool
}

extension NameConverter {
    public func isCutShort(_ name: [UInt8], toWire: Bool) -> Bool { false }

    /// The system's words for why not, of EINVAL or EILSEQ.
    func failure(_ name: [UInt8], toWire: Bool) -> String { errorWords(isCutShort(name, toWire: toWire) ? 22 : 84) }

    /// Messages always arrive (SES-93): what cannot be converted does so in digits.
    func messageToWire(_ text: [UInt8]) -> [UInt8] { toWire(text) ?? NameConversion.plain(text) }
    func messageToLocal(_ text: [UInt8]) -> [UInt8] { toLocal(text) ?? NameConversion.plain(text) }
}

enum NameConversion {
    /// Everything that is not ASCII as `\#ooo` (MET-170).
    static func plain(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { byte -> [UInt8] in
            guard byte >= 0x80 else { return [byte] }
            return [0x5c, 0x23, 0x30 + (byte >> 6), 0x30 + (byte >> 3 & 7), 0x30 + (byte & 7)]
        }
    }
}
