import RsyncProtocol
import RsyncWire

/// What `-A` and `-X` add to an entry (FLS-5), and what is asked and answered about long values (MET-150, MET-152).
struct AttributeText {
    private let hasAccessLists: Bool
    private let hasAttributes: Bool
    private let isDryRun: Bool
    private let traits: SessionTraits
    /// Literals so far: of access lists, default lists and attribute sets.
    private var known = [0, 0, 0]

    init(_ session: DissectedSession) {
        hasAccessLists = session.options.letter("A")
        hasAttributes = session.options.letter("X")
        isDryRun = session.options.isDryRun
        traits = session.traits
    }

    /// Behind an entry of this mode.
    mutating func read(_ reader: inout FieldReader, mode: FileMode) throws(WireError) {
        if hasAccessLists, mode.type != .symlink {
            try readAccessList(&reader, "acl", kind: 0)
            if mode.isDirectory { try readAccessList(&reader, "default-acl", kind: 1) }
        }
        if hasAttributes { try readSet(&reader) }
    }

    private mutating func readAccessList(_ reader: inout FieldReader, _ name: String, kind: Int) throws(WireError) {
        let count = known[kind]
        let start = try reader.field(
            name, "MET-122", { reader throws(WireError) in try AccessListWire.readStart(&reader, known: count) },
            show: {
                switch $0 {
                case .known(let number): "as number \(number)"
                case .literal(let list, let named): Self.shown(list, named: named)
                }
            })
        guard case .literal(_, let named) = start else { return }
        known[kind] += 1
        for _ in 0..<named {
            _ = try reader.field(
                "\(name)-entry", "MET-125", { reader throws(WireError) in try AccessListWire.readNamed(&reader) },
                show: { entry, name in
                    "\(entry.isUser ? "user" : "group") \(entry.id) \(entry.permissions)"
                        + (name.map { ", name \(QuotedWords.write($0))" } ?? "")
                })
        }
    }

    private static func shown(_ list: AccessList, named: Int) -> String {
        let fields = [("user", list.user), ("group", list.group), ("mask", list.mask), ("other", list.other)]
        let words = fields.compactMap { name, value in value.map { "\(name) \($0)" } } + ["\(named) named"]
        return words.joined(separator: ", ")
    }

    private mutating func readSet(_ reader: inout FieldReader) throws(WireError) {
        let count = known[2]
        let start = try reader.field(
            "xattrs", "MET-141", { reader throws(WireError) in try XattrWire.readStart(&reader, known: count) },
            show: {
                switch $0 {
                case .known(let number): "as number \(number)"
                case .literal(let count): "\(count) attributes"
                }
            })
        guard case .literal(let items) = start else { return }
        known[2] += 1
        for _ in 0..<items {
            _ = try reader.field(
                "xattr", "MET-141", { reader throws(WireError) in try XattrWire.readItem(&reader) },
                show: {
                    "\(QuotedWords.write($0.name)), \($0.length) bytes, \($0.isAbbreviated ? "digest" : "value") "
                        + FieldText.hexadecimal($0.data)
                })
        }
    }

    private func follows(_ item: ItemAttributes) -> Bool { hasAttributes && !isDryRun && item.carriesXattrs(traits) }

    /// Behind a generator's item.
    func readRequest(_ reader: inout FieldReader, _ item: ItemAttributes) throws(WireError) {
        guard follows(item) else { return }
        _ = try reader.field(
            "xattr-request", "MET-150",
            { reader throws(WireError) in
                var numbers: [Int] = []
                while let next = try XattrWire.readNumber(&reader, after: numbers.last ?? 0) { numbers.append(next) }
                return numbers
            },
            show: { $0.isEmpty ? "nothing" : $0.map { String($0) }.joined(separator: " ") })
    }

    /// Behind a sender's item.
    func readReply(_ reader: inout FieldReader, _ item: ItemAttributes) throws(WireError) {
        guard follows(item) else { return }
        var number = 0
        while true {
            let last = number
            let value = try reader.field(
                "xattr-value", "MET-152",
                { reader throws(WireError) -> (number: Int, length: Int)? in
                    guard let next = try XattrWire.readNumber(&reader, after: last) else { return nil }
                    let length = try XattrWire.readLength(&reader)
                    try reader.skip(length)
                    return (next, length)
                },
                show: { $0.map { "\($0.number), \($0.length) bytes" } ?? "end" })
            guard let value else { return }
            number = value.number
        }
    }
}
