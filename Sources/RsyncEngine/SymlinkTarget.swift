/// Where a symlink leads, by its text alone (MET-47).
enum SymlinkTarget {
    /// Whether a symlink called `name` in the transfer leads outside of it.
    static func isUnsafe(_ target: [UInt8], at name: [UInt8]) -> Bool {
        guard let first = target.first, first != slash else { return true }
        if climbsLate(target) { return true }
        var depth = 0
        for component in name.split(separator: slash).dropLast() {
            if component.elementsEqual("..".utf8) {
                depth = 0
            } else if !component.elementsEqual(".".utf8) {
                depth += 1
            }
        }
        let components = target.split(separator: slash, omittingEmptySubsequences: false)
        for (number, component) in components.enumerated() where !component.isEmpty && !component.elementsEqual(".".utf8) {
            if component.elementsEqual("..".utf8) {
                depth -= 1
                if depth < 0 { return true }
            } else if number < components.count - 1 {
                depth += 1
            }
        }
        return false
    }

    /// The form that leads nowhere (MET-48).
    static func munged(_ target: [UInt8]) -> [UInt8] { prefix + target }

    /// FLS-21.
    static func unmunged(_ target: [UInt8]) -> [UInt8] {
        target.count > prefix.count && target.starts(with: prefix) ? [UInt8](target[prefix.count...]) : target
    }

    private static let prefix = Array("/rsyncd-munged/".utf8)

    /// `..` behind something else than `..`: what it leads to depends on other symlinks.
    private static func climbsLate(_ target: [UInt8]) -> Bool {
        var rest = target[...]
        while rest.starts(with: "../".utf8) {
            rest = rest.dropFirst(2)
            rest = rest.drop { $0 == slash }
        }
        if target.count > 3, target.suffix(3).elementsEqual("/..".utf8) { return true }
        guard rest.count >= 4 else { return false }
        return (rest.startIndex...(rest.endIndex - 4)).contains { rest[$0..<($0 + 4)].elementsEqual("/../".utf8) }
    }

    private static let slash = UInt8(ascii: "/")
}
