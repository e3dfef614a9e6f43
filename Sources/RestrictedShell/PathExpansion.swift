import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncWire

/// The wildcards of a request, matched beneath the root by us and by no shell (RSH-240, ARG-68).
public struct PathExpansion {
    /// A pattern may not make us hold more names than a command line could.
    static let largestCount = 65_536

    private let tree: ConfinedTree
    private let matchesHidden: Bool

    /// `matchesHidden`: `*` matches names with a leading dot too, as it does in secluded arguments and in no shell.
    public init(_ tree: ConfinedTree, matchesHidden: Bool) {
        self.tree = tree
        self.matchesHidden = matchesHidden
    }

    /// In the order of names; empty when nothing matches, or too much does.
    public func names(_ pattern: [UInt8]) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        // What is written so far, and the directory it stands for.
        var found: [(written: [UInt8], place: [[UInt8]])] = [([], [])]
        let components = pattern.split(separator: slash, omittingEmptySubsequences: false)
        for (index, component) in components.enumerated() {
            let separator = index > 0 ? [slash] : []
            var next: [(written: [UInt8], place: [[UInt8]])] = []
            for (written, place) in found {
                if component.isEmpty || component.elementsEqual(".".utf8) {
                    next.append((written + separator + component, place))
                } else if component.elementsEqual("..".utf8) {
                    next.append((written + separator + component, place.dropLast()))
                } else {
                    for name in matches(component, in: place) {
                        next.append((written + separator + name, place + [name]))
                    }
                }
                guard next.count <= Self.largestCount else { return [] }
            }
            found = next
        }
        return found.map(\.written)
    }

    private func matches(_ component: ArraySlice<UInt8>, in place: [[UInt8]]) -> [[UInt8]] {
        guard component.contains(where: { "*?[".utf8.contains($0) }) else {
            let name = Self.unquoted(component)
            return exists(name, in: place) ? [name] : []
        }
        let wildcard = Wildcard(component)
        guard let names = try? directory(place)?.names(in: .root) else { return [] }
        return names.filter { name in
            if name.first == UInt8(ascii: "."), component.first != UInt8(ascii: "."), !matchesHidden { return false }
            return wildcard.matches(name, 0..<name.count)
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func exists(_ name: [UInt8], in place: [[UInt8]]) -> Bool {
        guard let path = try? RelativePath(cleaning: name) else { return false }
        return (try? directory(place)?.status(path)) != nil
    }

    /// Behind the symlinks that stay inside, as what is served is (RSH-240).
    private func directory(_ components: [[UInt8]]) -> ConfinedTree? {
        guard !components.isEmpty else { return tree }
        let path = try? RelativePath(cleaning: [UInt8](components.joined(separator: [UInt8(ascii: "/")])))
        return path.flatMap { try? tree.subtree($0, followsName: true) }
    }

    private static func unquoted(_ component: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = component
        while let byte = rest.popFirst() { plain.append(byte == UInt8(ascii: "\\") ? rest.popFirst() ?? byte : byte) }
        return plain
    }
}
