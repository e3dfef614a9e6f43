import RsyncFilter
import RsyncHost
import RsyncWire

/// Wildcards in secluded arguments: no shell has seen them, so the server expands them itself (ARG-68).
enum SecludedWildcards {
    private static let slash = UInt8(ascii: "/")

    /// `words`: program name, options, `.`, paths. Those behind the `.` are expanded.
    static func expand(_ words: [[UInt8]], in places: Places = .machine) -> [[UInt8]] {
        guard let dot = words.firstIndex(of: [UInt8(ascii: ".")]) else { return words }
        return words.prefix(dot + 1) + words[(dot + 1)...].flatMap { isWild($0[...]) ? expand($0, places) : [$0] }
    }

    private static func isWild(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// What matches, in the order of the directories; the word itself when nothing does.
    private static func expand(_ word: [UInt8], _ places: Places) -> [[UInt8]] {
        let isAbsolute = word.first == slash
        let endsInSlash = word.last == slash
        let parts = word.split(separator: slash)
        var found: [[UInt8]] = [isAbsolute ? [slash] : []]
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            found = found.flatMap { base -> [[UInt8]] in
                func joined(_ name: some Sequence<UInt8>) -> [UInt8] {
                    base + (base.isEmpty || base.last == slash ? [] : [slash]) + name
                }
                guard isWild(part) else {
                    let path = joined(part)
                    return isLast || (try? places.tree(path)) != nil ? [path] : []
                }
                let pattern = NamePattern(part)
                guard let directory = try? places.tree(base.isEmpty ? [UInt8(ascii: ".")] : base),
                    let names = try? directory.names(in: .root)
                else { return [] }
                let matching = names.filter(pattern.matches).map(joined)
                return isLast ? matching : matching.filter { (try? places.tree($0)) != nil }
            }
        }
        if endsInSlash { found = found.map { $0 + [slash] } }
        return found.isEmpty ? [word] : found
    }
}
