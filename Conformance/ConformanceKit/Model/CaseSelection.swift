/// Which cells are meant: globs over case ids, flags and protocols.
///
/// `FLS-28/*` is a folder, `FLS-*/names-*` any; `p29/*` is what runs at protocol 29, `hostile/*` what has that flag.
/// A case is chosen when one of its patterns fits, or there is none; `p29/*` narrows besides.
public struct CaseSelection: Sendable {
    private var patterns: [[UInt8]] = []
    private var protocols: Set<Int32> = []
    /// A whole cell: `FLS-28/a@server-sender/p31`.
    private var cells: Set<String> = []

    public init(_ words: [String]) {
        for word in words {
            if word.hasPrefix("p"), word.hasSuffix("/*"), let number = Int32(word.dropFirst().dropLast(2)) {
                protocols.insert(number)
            } else if word.contains("@") {
                cells.insert(word)
            } else {
                patterns.append(Array(word.utf8))
            }
        }
    }

    public func contains(_ cell: CellID, flags: [String]) -> Bool {
        if cells.contains(cell.description) { return true }
        guard protocols.isEmpty || protocols.contains(cell.protocolNumber) else { return false }
        guard !patterns.isEmpty else { return cells.isEmpty || !protocols.isEmpty }
        let slug = cell.caseID.split(separator: "/", maxSplits: 1).last ?? ""
        let names = [cell.caseID] + flags.map { "\($0)/\(slug)" }
        return patterns.contains { pattern in names.contains { Self.matches(pattern[...], Array($0.utf8)[...]) } }
    }

    /// `*` is any run of bytes, `?` any one.
    static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case UInt8(ascii: "*"):
            return (text.startIndex...text.endIndex).contains { matches(pattern.dropFirst(), text[$0...]) }
        case UInt8(ascii: "?"): return !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
        default: return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
    }
}
