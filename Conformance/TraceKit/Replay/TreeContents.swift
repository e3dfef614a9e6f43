import RsyncEngine
import RsyncProtocol
import RsyncWire

/// All items of a tree in words, by name, so that two trees can be compared and one can be cut down.
struct TreeContents {
    struct Item {
        var words: String
        var inode: UInt64?
    }

    private(set) var items: [[UInt8]: Item] = [:]

    init(_ tree: MemoryTree, hasNanoseconds: Bool) throws(FileError) {
        var stack: [RelativePath] = [.root]
        while let path = stack.popLast() {
            let status = try tree.status(path)
            var words = "\(status.mode.type ?? .missing) \(String(status.mode.permissions, radix: 8)) \(status.uid):\(status.gid)"
            words += " @\(status.mtime)"
            if hasNanoseconds { words += ".\(status.nanoseconds)" }
            let name = path.isRoot ? [0x2e] : path.bytes
            switch status.mode.type {
            case .directory:
                for child in try tree.names(in: path) {
                    if let inner = try? path.appending(child) { stack.append(inner) }
                }
            case .regular:
                let bytes = tree.bytes(String(decoding: name, as: UTF8.self)) ?? []
                words += " \(bytes.count) bytes \(HexLine.fingerprint(bytes))"
            case .symlink: words += " -> \(QuotedWords.write(try tree.linkTarget(path)))"
            case .blockDevice, .characterDevice: words += " \(status.rdev.major),\(status.rdev.minor)"
            default: break
            }
            items[name] = Item(words: words, inode: status.mode.isDirectory ? nil : status.inode)
        }
    }

    mutating func keep(_ isWanted: ([UInt8]) -> Bool) { items = items.filter { isWanted($0.key) } }
    mutating func add(_ other: TreeContents, where isWanted: ([UInt8]) -> Bool) {
        for (name, item) in other.items where isWanted(name) && items[name] == nil {
            // Inodes of another file system.
            items[name] = Item(words: item.words, inode: item.inode.map { $0 | 1 << 62 })
        }
    }

    /// One line for each item, with the first name of its link group where links count.
    func lines(hardLinks: Bool) -> [String] {
        var leaders: [UInt64: [UInt8]] = [:]
        return items.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { name, item in
            var line = "\(QuotedWords.write(name)) \(item.words)"
            if hardLinks, let inode = item.inode {
                if let leader = leaders[inode] { line += " = \(QuotedWords.write(leader))" } else { leaders[inode] = name }
            }
            return line
        }
    }
}

extension HexLine {
    /// FNV-1a: enough to tell two contents apart in a message.
    fileprivate static func fingerprint(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }
}
