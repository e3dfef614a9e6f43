import RsyncFilter
import RsyncProtocol
import RsyncWire
import Synchronization

/// The sets of extended attributes that a sender has announced, with the values that have come (MET-142 to MET-151).
/// Lists and values arrive on the receiver's thread, comparisons happen on the generator's.
final class ReceivedAttributes: Sendable {
    struct Item: Sendable {
        /// As kept here.
        var name: [UInt8]
        /// 1-based position among those that were sent (MET-143).
        var number: Int
        var length: Int
        /// The value; of a long one that has not come its digest.
        var data: [UInt8]
        var isKnown: Bool
        /// Asked for, and not yet here; another item may have shown the value meanwhile.
        var isRequested = false
    }

    private let names: AttributeNames
    private let sets = Mutex<[[Item]]>([])

    init(_ options: TransferOptions) { names = AttributeNames(options, side: .receiver) }

    // MARK: Arrival

    /// The field of an entry.
    func read(_ connection: Connection) throws(SessionError) -> Int32 {
        let known = sets.withLock { $0.count }
        let start = try connection.input.parse { reader throws(WireError) in
            try XattrWire.readStart(&reader, known: known)
        }
        guard case .literal(let count) = start else {
            guard case .known(let number) = start else { return -1 }
            return Int32(number)
        }
        var items: [Item] = []
        var total = 0
        var wireNames: Set<[UInt8]> = []
        for number in 1...max(count, 1) where number <= count {
            let item = try connection.input.parse { reader throws(WireError) in try XattrWire.readItem(&reader) }
            total += item.length
            guard total <= XattrWire.largestSet else {
                throw .protocolViolation("extended attributes of more than \(XattrWire.largestSet) bytes [MET-146]")
            }
            guard wireNames.insert(item.name).inserted else {
                throw .protocolViolation("the extended attribute \(quoted(item.name)) twice [HOS-187]")
            }
            guard let name = names.kept(item.name) else { continue }
            items.append(
                Item(name: name, number: number, length: item.length, data: item.data, isKnown: !item.isAbbreviated))
        }
        items.sort { AttributeNames.precedes($0.name, $1.name) }
        let number = sets.withLock { sets in
            sets.append(items)
            return sets.count - 1
        }
        guard number < Int(Int32.max) else { throw .protocolViolation("more sets of extended attributes than numbers") }
        return Int32(number)
    }

    /// The values behind an echo (MET-152).
    func readReply(_ set: Int32, _ connection: Connection) throws(SessionError) {
        var previous = 0
        while true {
            let last = previous
            let next = try connection.input.parse { reader throws(WireError) in
                try XattrWire.readNumber(&reader, after: last)
            }
            guard let next else { return }
            let length = try connection.input.parse { reader throws(WireError) in try XattrWire.readLength(&reader) }
            let place = sets.withLock { sets in
                set >= 0
                    ? sets[Int(set)].firstIndex { $0.number == next && (connection.isReplay || $0.isRequested) } : nil
            }
            guard let place else {
                throw .protocolViolation("a value of extended attribute \(next), which was not asked for [HOS-189]")
            }
            // Grows with what arrives.
            var value: [UInt8] = []
            try connection.input.consume(length) { bytes, range throws(SessionError) in
                value.append(contentsOf: bytes[range])
            }
            sets.withLock { [value] sets in
                sets[Int(set)][place].data = value
                sets[Int(set)][place].length = value.count
                sets[Int(set)][place].isKnown = true
                sets[Int(set)][place].isRequested = false
            }
            previous = next
        }
    }

    // MARK: Comparison

    /// Whether an item's attributes differ from a set (MET-72). `present` nil: a new item. With `learns`, long values that the
    /// item has already are kept for all who refer to the set, so that they need not travel.
    func differs(_ set: Int32, from present: [ExtendedAttribute]?, learns: Bool) -> Bool {
        guard set >= 0 else { return false }
        return sets.withLock { sets in
            let count = sets[Int(set)].count
            guard let present else { return count > 0 }
            var differs = present.count != count
            let values = Dictionary(present.map { ($0.name, $0.value) }) { first, _ in first }
            for index in 0..<count {
                let item = sets[Int(set)][index]
                guard let value = values[item.name], value.count == item.length else {
                    differs = true
                    continue
                }
                guard (item.isKnown ? value : AttributeNames.digest(value)) == item.data else {
                    differs = true
                    continue
                }
                guard learns, !item.isKnown else { continue }
                sets[Int(set)][index].data = value
                sets[Int(set)][index].isKnown = true
            }
            return differs
        }
    }

    /// The attributes of an item that take part in comparisons.
    func present(_ path: RelativePath, in tree: any SourceTree) throws(FileError) -> [ExtendedAttribute] {
        let names = names
        return try tree.extendedAttributes(of: path) { names.isVisible($0) }
    }

    /// MET-150: what is to be asked for, each value once in a session.
    func takeRequest(_ set: Int32) -> [Int] {
        guard set >= 0 else { return [] }
        return sets.withLock { sets in
            var wanted: [Int] = []
            for index in sets[Int(set)].indices where !sets[Int(set)][index].isKnown && !sets[Int(set)][index].isRequested {
                sets[Int(set)][index].isRequested = true
                wanted.append(sets[Int(set)][index].number)
            }
            return wanted.sorted()
        }
    }

    static func write(request: [Int], to writer: inout ByteWriter) {
        var previous = 0
        for number in request {
            writer.varInt(Int32(number - previous))
            previous = number
        }
        writer.varInt(0)
    }

    // MARK: Application

    /// What makes an item's attributes those of a set, and the names of those whose values never came (MET-156, MET-157).
    func change(
        _ set: Int32, from present: [ExtendedAttribute]
    ) -> (change: ExtendedAttributeChange, missing: [[UInt8]]) {
        var change = ExtendedAttributeChange()
        var missing: [[UInt8]] = []
        guard set >= 0 else { return (change, missing) }
        let items = sets.withLock { $0[Int(set)] }
        let values = Dictionary(present.map { ($0.name, $0.value) }) { first, _ in first }
        for item in items {
            if !item.isKnown {
                if let value = values[item.name], value.count == item.length, AttributeNames.digest(value) == item.data {
                    continue
                }
                missing.append(item.name)
            } else if values[item.name] != item.data {
                change.set.append(ExtendedAttribute(name: item.name, value: item.data))
            }
        }
        let wanted = Set(items.map(\.name))
        change.remove = present.map(\.name).filter { !wanted.contains($0) }
        return (change, missing)
    }

    func isVisible(_ name: [UInt8]) -> Bool { names.isVisible(name) }
}
