import RsyncFilter
import RsyncProtocol
import RsyncWire

/// The sets of extended attributes that a sender has found and announced (MET-141 to MET-145). Equal sets are one; long
/// values are not kept but read again when they are asked for.
final class SourceAttributes {
    private let names: AttributeNames
    private struct Set {
        var items: [XattrWire.Item]
        /// As the source has them, where that is another name.
        var localNames: [[UInt8]]
        /// Among those sent; -1 before.
        var wireNumber: Int = -1
        /// Positions that have been asked for.
        var sent: Swift.Set<Int> = []
    }

    private var sets: [Set] = []
    private var numbers: [[XattrWire.Item]: Int32] = [:]
    private var sentCount = 0

    init(_ options: TransferOptions) { names = AttributeNames(options, side: .sender) }

    /// The number of the set that an item has. Where it cannot be read `reading` is the attribute that was the trouble; nil: it was
    /// the list of them.
    func number(of path: RelativePath, in tree: any SourceTree, reading: inout [UInt8]?) throws(FileError) -> Int32 {
        let names = names
        let found = try tree.extendedAttributes(of: path) { name in
            guard names.sent(name) != nil else { return false }
            reading = name
            return true
        }
        var pairs: [(item: XattrWire.Item, local: [UInt8])] = []
        for attribute in found {
            guard let wire = names.sent(attribute.name) else { continue }
            pairs.append((AttributeNames.item(name: wire, value: attribute.value), attribute.name))
        }
        // By the name on this machine: the order of the wire (MET-143).
        pairs.sort { AttributeNames.precedes($0.local, $1.local) }
        return intern(pairs.map(\.item), pairs.map(\.local))
    }

    /// For types whose attributes are not transferred (MET-145).
    func numberOfNone() -> Int32 { intern([], []) }

    private func intern(_ items: [XattrWire.Item], _ localNames: [[UInt8]]) -> Int32 {
        if let known = numbers[items] { return known }
        let number = Int32(sets.count)
        sets.append(Set(items: items, localNames: localNames))
        numbers[items] = number
        return number
    }

    /// The field of an entry.
    func write(_ number: Int32, to writer: inout ByteWriter) {
        let index = Int(number)
        if sets[index].wireNumber >= 0 {
            XattrWire.write(reference: sets[index].wireNumber, to: &writer)
        } else {
            XattrWire.write(literal: sets[index].items, to: &writer)
            sets[index].wireNumber = sentCount
            sentCount += 1
        }
    }

    /// Reads what the receiving side wants of a set (MET-150): positions, each once.
    func readRequest(_ number: Int32, _ connection: Connection) throws(SessionError) -> [Int] {
        var wanted: [Int] = []
        var previous = 0
        while true {
            let last = previous
            let next = try connection.input.parse { reader throws(WireError) in
                try XattrWire.readNumber(&reader, after: last)
            }
            guard let next else { return wanted }
            guard number >= 0, next <= sets[Int(number)].items.count, sets[Int(number)].items[next - 1].isAbbreviated,
                sets[Int(number)].sent.insert(next).inserted
            else { throw .protocolViolation("extended attribute \(next) is not one to be asked for [MET-153]") }
            wanted.append(next)
            previous = next
        }
    }

    /// MET-152. A value that cannot be read any more is sent empty; the result says so.
    func reply(
        _ wanted: [Int], of number: Int32, _ path: RelativePath?, in tree: any SourceTree, _ connection: Connection
    ) throws(SessionError) -> Bool {
        var isComplete = true
        var previous = 0
        var values: [[UInt8]: [UInt8]] = [:]
        if !wanted.isEmpty, let path {
            let names = Swift.Set(wanted.map { sets[Int(number)].localNames[$0 - 1] })
            for attribute in (try? tree.extendedAttributes(of: path, where: { names.contains($0) })) ?? [] {
                values[attribute.name] = attribute.value
            }
        }
        for position in wanted {
            let value = values[sets[Int(number)].localNames[position - 1]]
            if value == nil { isComplete = false }
            let step = Int32(position - previous)
            try connection.output.write { writer in
                writer.varInt(step)
                writer.varInt(Int32(value?.count ?? 0))
            }
            if let value { try connection.output.write(value, 0..<value.count) }
            previous = position
        }
        try connection.output.write { $0.varInt(0) }
        return isComplete
    }
}
