import RsyncProtocol
import RsyncWire

/// Steps over what `-A` and `-X` add to entries, wishes and replies (FLS-5, MET-150, MET-152). It is not compared: the
/// trees in memory have no such attributes.
struct ReplayAttributes {
    private let hasAccessLists: Bool
    private let hasAttributes: Bool
    private let isDryRun: Bool
    private let traits: SessionTraits
    /// Literals so far: of access lists, default lists and attribute sets.
    private var known = [0, 0, 0]

    init(_ options: ServerOptions, _ traits: SessionTraits) {
        hasAccessLists = options.letter("A")
        hasAttributes = options.letter("X")
        isDryRun = options.isDryRun
        self.traits = traits
    }

    /// Behind an entry of this mode.
    mutating func skip(_ reader: inout ByteReader, mode: FileMode) throws(WireError) {
        if hasAccessLists, mode.type != .symlink {
            try skipList(&reader, kind: 0)
            if mode.isDirectory { try skipList(&reader, kind: 1) }
        }
        guard hasAttributes, case .literal(let count) = try XattrWire.readStart(&reader, known: known[2]) else { return }
        known[2] += 1
        for _ in 0..<count { _ = try XattrWire.readItem(&reader) }
    }

    private mutating func skipList(_ reader: inout ByteReader, kind: Int) throws(WireError) {
        guard case .literal(_, let named) = try AccessListWire.readStart(&reader, known: known[kind]) else { return }
        known[kind] += 1
        for _ in 0..<named { _ = try AccessListWire.readNamed(&reader) }
    }

    /// Behind an item: the numbers asked for, and with each of them its value where a sender answers.
    func skip(_ reader: inout ByteReader, _ item: ItemAttributes, hasValues: Bool) throws(WireError) {
        guard hasAttributes, !isDryRun, item.carriesXattrs(traits) else { return }
        var number = 0
        while let next = try XattrWire.readNumber(&reader, after: number) {
            number = next
            if hasValues { try reader.skip(try XattrWire.readLength(&reader)) }
        }
    }
}
