/// Stand-ins for names that keep what a session depends on: their lengths, where they part from each other, and how they
/// sort. Each byte is replaced by its rank among those that follow the same beginning, so that equal beginnings stay equal;
/// slashes stay, and so do the names `.` and, as parts of a path, `.` and `..`.
struct NameStandIns {
    private final class Node {
        var children: [UInt8: Node] = [:]
        private var standIns: [UInt8: UInt8] = [:]

        func standIn(_ byte: UInt8) -> UInt8 {
            if standIns.isEmpty { assign() }
            return standIns[byte] ?? byte
        }

        /// In order, on either side of the slash, as that is where names of directories part from others.
        private func assign() {
            standIns[NameStandIns.slash] = NameStandIns.slash
            assign(children.keys.filter { $0 < NameStandIns.slash }.sorted(), NameStandIns.low)
            assign(children.keys.filter { $0 > NameStandIns.slash }.sorted(), NameStandIns.high)
        }

        private func assign(_ bytes: [UInt8], _ letters: [UInt8]) {
            if bytes.count <= letters.count {
                for (byte, letter) in zip(bytes, letters) { standIns[byte] = letter }
            } else {
                // More than there are letters: every byte that is no slash, in order.
                for (rank, byte) in bytes.enumerated() {
                    standIns[byte] = byte < NameStandIns.slash ? UInt8(rank + 1) : NameStandIns.slash + 1 + UInt8(rank)
                }
            }
        }
    }

    fileprivate static let slash = UInt8(ascii: "/")
    /// Below the slash, without what means something in a rule or as a name.
    fileprivate static let low = [UInt8]("#$%&'()+,-".utf8)
    fileprivate static let high = [UInt8]("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private let root = Node()

    /// All names must be added before the first stand-in is asked for.
    func add(_ name: [UInt8]) {
        var node = root
        for byte in name {
            let next = node.children[byte] ?? Node()
            node.children[byte] = next
            node = next
        }
    }

    func contains(_ name: [UInt8]) -> Bool {
        var node = root
        for byte in name {
            guard let next = node.children[byte] else { return false }
            node = next
        }
        return true
    }

    /// Of a name that was added.
    func standIn(_ name: [UInt8]) -> [UInt8] {
        if name == [0x2e] { return name }
        var node = root
        var result: [UInt8] = []
        for byte in name {
            result.append(node.standIn(byte))
            guard let next = node.children[byte] else { break }
            node = next
        }
        return result + Self.mask(Array(name[result.count...]))
    }

    /// For what is no name of a list: slashes, dots and the signs of patterns stay, everything else is an `x`.
    static func mask(_ text: [UInt8]) -> [UInt8] {
        text.map { kept.contains($0) || $0 == 0 ? $0 : UInt8(ascii: "x") }
    }

    private static let kept = Set([UInt8]("/.*?[]!".utf8))
}
