import RsyncProtocol

/// A tree as a case tells it (Cases/README.md, "Trees").
public enum TreeDescription: Sendable {
    /// Made by the suite from the seed.
    case recipe(String)
    /// From `Vectors/traces/trees`.
    case archive(String)
    case items([Item])

    public static let empty = TreeDescription.items([])

    /// One path, or many alike.
    public struct Item: Sendable {
        /// Below the root, without a slash at either end; `.` is the root itself.
        public var path: [UInt8]
        public var kind: Kind
        public var attributes: Attributes
        /// How many of them there are; `%` in the path, and in a text, is the number of each, from 0.
        public var count: Int?
    }

    public enum Kind: Sendable {
        case file(Content)
        case directory
        case symlink([UInt8])
        /// Another path of the tree, which is the same file.
        case hardLink([UInt8])
        case fifo
        case socket
        case device(isBlock: Bool, DeviceNumber)
    }

    public enum Content: Sendable {
        case text([UInt8])
        /// Bytes that nothing compresses, the same for the same seed.
        case random(size: Int, seed: UInt64)
        case repeated([UInt8], size: Int)
        /// Zeros, written as a hole.
        case zeros(Int)
    }

    public struct Attributes: Sendable {
        public var permissions: UInt32?
        public var mtime: Int64?
        public var nanoseconds: UInt32?
        public var owner: (uid: UInt32, gid: UInt32)?
        public var xattrs: [(name: [UInt8], value: [UInt8])] = []
        /// Whether they are told at all; if so, there are no others of the user's.
        public var hasXattrs = false
        /// In the kernel's form; empty: none at all.
        public var acl: [UInt8]?
        public var defaultACL: [UInt8]?
    }

    /// 2001-09-09: the time of what has none of its own.
    public static let usualTime: Int64 = 1_000_000_000

    public init(_ item: JSONReader.Item) throws(JSONDefect) {
        if let text = item.value.string {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            switch parts.first {
            case "recipe" where parts.count == 2: self = .recipe(parts[1])
            case "archive" where parts.count == 2: self = .archive(parts[1])
            default: throw item.defect("recipe:NAME, archive:NAME or an object expected")
            }
            return
        }
        guard let object = item.value.object else { throw item.defect("recipe:NAME, archive:NAME or an object expected") }
        var items: [Item] = []
        for member in object.members {
            let place = JSONReader.Item(member.value, at: "\(item.place): \(member.name)")
            guard let path = EscapedText.bytes(member.name), Self.isPlain(path) else {
                throw place.defect("a path below the root expected, without a slash at either end")
            }
            items.append(try Item(path, place))
        }
        self = .items(items)
    }

    private static func isPlain(_ path: [UInt8]) -> Bool {
        path == [0x2e] || path.split(separator: 0x2f, omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && !$0.contains(0)
        }
    }
}

extension TreeDescription.Item {
    fileprivate init(_ path: [UInt8], _ item: JSONReader.Item) throws(JSONDefect) {
        self.path = path
        var reader = try item.reader()
        attributes = try TreeDescription.Attributes(&reader)
        if let many = reader.take("many") {
            var inner = try many.reader()
            count = try inner.required("count") { item throws(JSONDefect) in try item.positive() }
            // Attributes stand beside the kind, or beside `many`.
            let own = try TreeDescription.Attributes(&inner)
            if reader.names.count == 1 { attributes = own }
            guard path.contains(UInt8(ascii: "%")) else { throw many.defect("the path of many alike has a % in it") }
            kind = try TreeDescription.Kind(&inner, many) ?? .file(.text([]))
            try inner.finish()
        } else {
            kind = try TreeDescription.Kind(&reader, item) ?? .directory
        }
        try reader.finish()
        if path == [0x2e], case .directory = kind {} else if path == [0x2e] { throw item.defect("the root is a directory") }
    }
}

extension TreeDescription.Kind {
    /// nil: none is named.
    fileprivate init?(_ reader: inout JSONReader, _ item: JSONReader.Item) throws(JSONDefect) {
        var found: [TreeDescription.Kind] = []
        if let file = reader.take("file") { found.append(.file(try TreeDescription.Content(file))) }
        if let flag = reader.take("dir"), try flag.truth() { found.append(.directory) }
        if let link = reader.take("symlink") { found.append(.symlink(try link.bytes())) }
        if let link = reader.take("hard") { found.append(.hardLink(try link.bytes())) }
        if let flag = reader.take("fifo"), try flag.truth() { found.append(.fifo) }
        if let flag = reader.take("socket"), try flag.truth() { found.append(.socket) }
        if let device = reader.take("device") {
            let parts = try device.list()
            guard parts.count == 3, let major = UInt32(exactly: try parts[1].integer()),
                let minor = UInt32(exactly: try parts[2].integer()), ["b", "c"].contains(try parts[0].text())
            else { throw device.defect("[\"c\" or \"b\", major, minor] expected") }
            found.append(.device(isBlock: try parts[0].text() == "b", DeviceNumber(major: major, minor: minor)))
        }
        guard found.count <= 1 else { throw item.defect("one kind, not several") }
        guard let kind = found.first else { return nil }
        self = kind
    }
}

extension TreeDescription.Content {
    fileprivate init(_ item: JSONReader.Item) throws(JSONDefect) {
        if item.value.string != nil {
            self = .text(try item.bytes())
            return
        }
        var reader = try item.reader()
        let size = try reader.optional("size") { item throws(JSONDefect) in try item.size() }
        if let zeros = reader.take("zeros") {
            self = .zeros(try zeros.size())
        } else if let pattern = reader.take("repeat"), let size {
            let bytes = try pattern.bytes()
            guard !bytes.isEmpty else { throw pattern.defect("nothing cannot be repeated") }
            self = .repeated(bytes, size: size)
        } else if let size {
            let seed = try reader.optional("seed") { item throws(JSONDefect) in try item.integer() } ?? 1
            self = .random(size: size, seed: UInt64(bitPattern: Int64(seed)))
        } else {
            throw item.defect("a text, or size, repeat or zeros expected")
        }
        try reader.finish()
    }

    /// `number` replaces `%` in a text.
    func bytes(number: Int? = nil) -> [UInt8] {
        switch self {
        case .text(let text): number.map { TreeDescription.numbered(text, $0) } ?? text
        case .random(let size, let seed): Self.random(size, seed &+ UInt64(number ?? 0))
        case .repeated(let pattern, let size):
            Array((0...(size / pattern.count)).lazy.flatMap { _ in pattern }.prefix(size))
        case .zeros(let size): [UInt8](repeating: 0, count: size)
        }
    }

    private static func random(_ size: Int, _ seed: UInt64) -> [UInt8] {
        var state = seed
        return unsafe [UInt8](unsafeUninitializedCapacity: size + 8) { buffer, count in
            var position = 0
            while position < size {
                state &+= 0x9e37_79b9_7f4a_7c15
                var value = state
                value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
                value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
                value ^= value >> 31
                for shift in stride(from: 0, to: 64, by: 8) {
                    unsafe buffer[position] = UInt8(truncatingIfNeeded: value >> UInt64(shift))
                    position += 1
                }
            }
            count = size
        }
    }
}

extension TreeDescription {
    static func numbered(_ text: [UInt8], _ number: Int) -> [UInt8] {
        text.flatMap { $0 == UInt8(ascii: "%") ? Array(String(number).utf8) : [$0] }
    }
}

extension TreeDescription.Attributes {
    fileprivate init(_ reader: inout JSONReader) throws(JSONDefect) {
        permissions = try reader.optional("mode") { item throws(JSONDefect) in
            guard let mode = UInt32(try item.text(), radix: 8), mode <= 0o7777 else { throw item.defect("a mode is \"0644\"") }
            return mode
        }
        if let time = reader.take("mtime") {
            if time.value.array != nil {
                let parts = try time.list()
                guard parts.count == 2, let fraction = UInt32(exactly: try parts[1].integer()), fraction < 1_000_000_000 else {
                    throw time.defect("[seconds, nanoseconds] expected")
                }
                mtime = Int64(try parts[0].integer())
                nanoseconds = fraction
            } else {
                mtime = Int64(try time.integer())
            }
        }
        owner = try reader.optional("owner") { item throws(JSONDefect) in
            let parts = try item.list()
            guard parts.count == 2, let uid = UInt32(exactly: try parts[0].integer()),
                let gid = UInt32(exactly: try parts[1].integer())
            else { throw item.defect("[uid, gid] expected") }
            return (uid, gid)
        }
        if let item = reader.take("xattrs") {
            var inner = try item.reader()
            hasXattrs = true
            for name in inner.names {
                guard let bytes = EscapedText.bytes(name) else { throw item.defect("\\x needs two hexadecimal digits") }
                xattrs.append((bytes, try inner.required(name) { value throws(JSONDefect) in try value.bytes() }))
            }
        }
        acl = try reader.optional("acl") { item throws(JSONDefect) in try AccessListText.kernelForm(item) }
        defaultACL = try reader.optional("default-acl") { item throws(JSONDefect) in try AccessListText.kernelForm(item) }
    }
}

extension JSONReader.Item {
    /// A tree of a case stays small.
    fileprivate func size() throws(JSONDefect) -> Int {
        let number = try integer()
        guard (0...(1 << 30)).contains(number) else { throw defect("a size of 0 to 1 GiB expected") }
        return number
    }
}

/// `u::rw-,u:7:r--,g::r--,m::rw-,o::r--` as the value of the attribute that holds it.
enum AccessListText {
    static let accessName = Array("system.posix_acl_access".utf8)
    static let defaultName = Array("system.posix_acl_default".utf8)
    private static let version: UInt32 = 2
    private static let tags: [String: (object: UInt16, named: UInt16)] = [
        "u": (0x01, 0x02), "g": (0x04, 0x08), "m": (0x10, 0x10), "o": (0x20, 0x20),
    ]

    static func kernelForm(_ item: JSONReader.Item) throws(JSONDefect) -> [UInt8] {
        if item.value.string == "none" { return [] }
        var bytes = little(version, 4)
        for entry in try item.text().split(separator: ",") {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let tag = tags[parts[0]], parts[2].count == 3, parts[1].isEmpty || UInt32(parts[1]) != nil,
                zip(parts[2], "rwx").allSatisfy({ $0 == $1 || $0 == "-" })
            else { throw item.defect("\(entry) is no entry like u:7:r--") }
            let permissions = zip(parts[2], [4, 2, 1] as [UInt32]).reduce(0) { $0 + ($1.0 == "-" ? 0 : $1.1) }
            bytes += little(UInt32(parts[1].isEmpty ? tag.object : tag.named), 2) + little(permissions, 2)
            bytes += little(UInt32(parts[1]) ?? .max, 4)
        }
        return bytes
    }

    /// Whether the mode says as much: owner, group and others, and nobody else.
    static func isMinimal(_ list: [UInt8]) -> Bool { list.isEmpty || list.count == 4 + 3 * 8 }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
}
