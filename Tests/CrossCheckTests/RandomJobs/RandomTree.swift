import RsyncProtocol
import TestSupport

/// A tree to be made: what a path leads to, by path in bytes, so that parents come before what is in them.
struct RandomTree: Sendable {
    struct Node: Sendable {
        enum Kind: Sendable, Equatable {
            case directory
            case file([Segment])
            case symlink([UInt8])
            /// Another name of a file at an earlier path; without one there, a file of its own.
            case link([UInt8])
            case fifo, socket
            case character(UInt32, UInt32)
            case block(UInt32, UInt32)
        }

        var kind: Kind
        var permissions: UInt32
        var mtime: Int64
        var nanoseconds: Int
        var owner: UInt32
        var group: UInt32

        var isFile: Bool {
            switch kind {
            case .file, .link: true
            default: false
            }
        }

        /// Of a source, with these options.
        func mayBeDirectory(_ units: [[String]]) -> Bool {
            if case .symlink = kind { return units.contains { ["-L", "-k", "--copy-unsafe-links"].contains($0[0]) } }
            return kind == .directory
        }
    }

    /// Content that a shell can make too: `count` bytes of what `seq` prints from a number on, or of zeros.
    struct Segment: Sendable, Equatable {
        var first: Int?
        var count: Int

        var bytes: [UInt8] {
            guard var number = first else { return [UInt8](repeating: 0, count: count) }
            var result: [UInt8] = []
            result.reserveCapacity(count + 12)
            while result.count < count {
                result += String(number).utf8
                result.append(0x0a)
                number += 1
            }
            return Array(result[..<count])
        }
    }

    var nodes: [[UInt8]: Node] = [:]
    /// Of the tree's own directory.
    var root = Node(kind: .directory, permissions: 0o755, mtime: 1_000_000_000, nanoseconds: 0, owner: 0, group: 0)

    /// Parents first, and a file before its further names.
    var order: [[UInt8]] { nodes.keys.sorted { $0.lexicographicallyPrecedes($1) } }

    var hasLinks: Bool { nodes.values.contains { if case .link = $0.kind { true } else { false } } }

    /// Whether following symlinks leads from a directory back to it, or out of the tree.
    var hasLoops: Bool {
        var isDone: [[UInt8]: Bool] = [:]
        func leadsBack(_ path: [UInt8]) -> Bool {
            if let done = isDone[path] { return !done }
            guard let node = path.isEmpty ? root : nodes[path] else { return false }
            isDone[path] = false
            defer { isDone[path] = true }
            switch node.kind {
            case .symlink(let target): return followed(path, target).map(leadsBack) ?? (target.first != 0x2f)
            case .directory: return nodes.keys.contains { Self.parent(of: $0) == path && leadsBack($0) }
            default: return false
            }
        }
        return leadsBack([])
    }

    var hasClosedDirectories: Bool { nodes.values.contains { $0.kind == .directory && $0.permissions & 0o300 == 0o200 } }

    /// Where in the tree a symlink leads by its words; nil: out of it.
    private func followed(_ path: [UInt8], _ target: [UInt8]) -> [UInt8]? {
        guard target.first != 0x2f else { return nil }
        var names = path.split(separator: 0x2f).dropLast().map { [UInt8]($0) }
        for name in target.split(separator: 0x2f) where name != [0x2e] {
            if name != [0x2e, 0x2e] { names.append([UInt8](name)) } else if names.popLast() == nil { return nil }
        }
        return [UInt8](names.joined(separator: [0x2f]))
    }

    private static func parent(of path: [UInt8]) -> [UInt8] { path.lastIndex(of: 0x2f).map { [UInt8](path[..<$0]) } ?? [] }

    // MARK: Chance

    private static let names: [[UInt8]] = [
        "a", "b", "c", "d", "e.txt", "f.o", "g~", "sub", "dir", "two words", ".hidden", "-dash", "new\nline", "*star", "[x]",
        "back\\slash", "#hash", "na\u{ef}ve", ";x", "core", "CVS", ".x.AbCdEf", "foo", "foo.bak", "foobar", "z",
    ].map { [UInt8]($0.utf8) } + [[0x66, 0xff], [UInt8](repeating: 0x6e, count: 200)]

    /// About block edges, and about the window and token edges of a larger file.
    private static let sizes = [
        0, 1, 2, 100, 699, 700, 701, 1399, 1400, 1401, 2100, 5000, 32_767, 32_768, 32_769, 65_536, 100_000, 262_145,
    ]

    init(using random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...18, using: &random) { add(using: &random) }
        root.mtime = Self.time(&random).0
    }

    mutating func add(using random: inout SplitMix64) {
        let directories = [[]] + nodes.filter { $0.value.kind == .directory && $0.key.count { $0 == 0x2f } < 3 }.keys
            .sorted { $0.lexicographicallyPrecedes($1) }
        let parent = directories.randomElement(using: &random)!
        let path = (parent.isEmpty ? [] : parent + [0x2f]) + Self.names.randomElement(using: &random)!
        guard nodes[path] == nil else { return }
        nodes[path] = node(at: path, using: &random)
    }

    private func node(at path: [UInt8], using random: inout SplitMix64) -> Node {
        let kind: Node.Kind
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: kind = .directory
        case 25..<36: kind = .symlink(symlinkTarget(using: &random))
        case 36..<46:
            let earlier = order.filter { key in
                if case .file = nodes[key]!.kind { key.lexicographicallyPrecedes(path) } else { false }
            }
            kind = earlier.randomElement(using: &random).map { .link($0) } ?? .file(Self.content(&random))
        case 46..<48: kind = .fifo
        case 48: kind = .socket
        case 49: kind = .character(1, 3)
        case 50: kind = .block(259, 70_000)
        default: kind = .file(Self.content(&random))
        }
        let modes: [UInt32] =
            kind == .directory
            ? [0o755, 0o755, 0o755, 0o700, 0o555, 0o1777, 0o2775]
            : [0o644, 0o644, 0o644, 0o600, 0o755, 0o444, 0o4755, 0o2755, 0o000, 0o666]
        let (mtime, nanoseconds) = Self.time(&random)
        let owner = Self.owners.randomElement(using: &random)!
        return Node(
            kind: kind, permissions: modes.randomElement(using: &random)!, mtime: mtime, nanoseconds: nanoseconds,
            owner: owner.0, group: owner.1)
    }

    private func symlinkTarget(using random: inout SplitMix64) -> [UInt8] {
        let fixed = ["a", "b", "../a", "sub", "no/such", "/no/such", "..", "../../x", "dir/a"].map { [UInt8]($0.utf8) }
        return Bool.random(using: &random) ? fixed.randomElement(using: &random)! : order.randomElement(using: &random) ?? fixed[0]
    }

    private static let owners: [(UInt32, UInt32)] = [(0, 0), (0, 0), (0, 0), (1, 1), (1000, 1000), (65_534, 65_534), (70_000, 70_001)]

    private static func time(_ random: inout SplitMix64) -> (Int64, Int) {
        (
            1_000_000_000 + [0, 1, 2, 100_000].randomElement(using: &random)!,
            [0, 0, 0, 500_000_000, 123_456_789].randomElement(using: &random)!
        )
    }

    private static func content(_ random: inout SplitMix64) -> [Segment] {
        let size = sizes.randomElement(using: &random)!
        // Few beginnings, so that files have the same or similar contents.
        let first = [1, 1, 500, 77_777].randomElement(using: &random)!
        guard Int.random(in: 0..<6, using: &random) == 0 else { return [Segment(first: first, count: size)] }
        return [
            Segment(first: first, count: size / 2), Segment(first: nil, count: Int.random(in: 0...100_000, using: &random)),
            Segment(first: first, count: size - size / 2),
        ]
    }

    // MARK: Change

    /// As it might have been before: items gone, added, replaced, with other content or attributes. `rate` of a
    /// hundred items are touched.
    func mutated(rate: Int, using random: inout SplitMix64) -> RandomTree {
        var tree = self
        for path in order where Int.random(in: 0..<100, using: &random) < rate {
            guard var node = tree.nodes[path] else { continue }
            switch Int.random(in: 0..<8, using: &random) {
            case 0: tree.remove(path)
            case 1:
                tree.remove(path)
                tree.nodes[path] = tree.node(at: path, using: &random)
            case 2: (node.mtime, node.nanoseconds) = Self.time(&random)
            case 3: node.permissions ^= [0o022, 0o100, 0o044].randomElement(using: &random)!
            case 4: (node.owner, node.group) = Self.owners.randomElement(using: &random)!
            default:
                if case .file(let segments) = node.kind {
                    node.kind = .file(Self.changed(segments, &random))
                    if Int.random(in: 0..<4, using: &random) > 0 { (node.mtime, node.nanoseconds) = Self.time(&random) }
                }
            }
            if tree.nodes[path] != nil, tree.nodes[path]!.kind == kind(path) { tree.nodes[path] = node }
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) { tree.add(using: &random) }
        return tree
    }

    private func kind(_ path: [UInt8]) -> Node.Kind? { nodes[path]?.kind }

    mutating func remove(_ path: [UInt8]) {
        nodes = nodes.filter { $0.key != path && !$0.key.starts(with: path + [0x2f]) }
    }

    private static func changed(_ segments: [Segment], _ random: inout SplitMix64) -> [Segment] {
        var result = segments
        let extra = Segment(first: 9_000_000, count: Int.random(in: 1...3000, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: result.append(extra)
        case 1: result.insert(extra, at: 0)
        case 2: result[result.count - 1].count /= 2
        case 3:
            let whole = result[0]
            let cut = whole.count / 3
            let tail = Segment(first: whole.first.map { $0 + 1 }, count: whole.count - cut)
            result.replaceSubrange(0...0, with: [Segment(first: whole.first, count: cut), tail])
        default: result[0].first = result[0].first.map { $0 + 1 }
        }
        return result
    }
}
