/// What happens to a list between sorting and use (FLS-102 to FLS-107). Entries never move: they become inactive.
enum FileListCleanUp {
    /// FLS-104.
    static func removeDuplicates(_ records: inout [FileRecord], order: [UInt32], arena: [UInt8], plain: Bool) {
        var lastKept: Int?
        for position in order.indices {
            let current = Int(order[position])
            guard records[current].attributes.contains(.active) else { continue }
            let isDirectory = records[current].mode.isDirectory
            if let last = lastKept, compare(records[last].key, records[current].key, arena, plain: plain) == 0 {
                switch (records[last].mode.isDirectory, isDirectory) {
                case (_, false):
                    records[current].attributes.remove(.active)
                    continue
                case (true, true):
                    merge(records[current].attributes, into: &records[last].attributes)
                    records[current].attributes.remove(.active)
                    continue
                case (false, true):
                    records[last].attributes.remove(.active)
                }
            } else if isDirectory, !plain,
                let file = keptFile(named: records[current], records, before: position, order, arena)
            {
                records[file].attributes.remove(.active)
            }
            lastKept = current
        }
    }

    /// The earlier directory inherits what allows more, and stays implied only if both are.
    private static func merge(_ later: FileRecord.Attributes, into earlier: inout FileRecord.Attributes) {
        earlier.formUnion(later.intersection([.top, .content]))
        if !later.contains(.implied) { earlier.remove(.implied) }
    }

    /// In the modern order a file sorts apart from a directory of the same name.
    private static func keptFile(
        named directory: FileRecord, _ records: [FileRecord], before end: Int, _ order: [UInt32], _ arena: [UInt8]
    ) -> Int? {
        var key = directory.key
        guard !key.hidesDot else { return nil }
        key.endsInDirectory = false
        var low = 0
        var high = end
        while low < high {
            let middle = low + (high - low) / 2
            if compare(records[Int(order[middle])].key, key, arena, plain: false) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        while low < end, compare(records[Int(order[low])].key, key, arena, plain: false) == 0 {
            let wire = Int(order[low])
            if records[wire].attributes.contains(.active) { return wire }
            low += 1
        }
        return nil
    }

    private static func compare(_ a: FileOrder.Key, _ b: FileOrder.Key, _ arena: [UInt8], plain: Bool) -> Int {
        FileOrder.compare(a, arena.span, b, arena.span, plain: plain)
    }

    /// Protocol 27 gives every regular file a group; one with a single member is none.
    static func dissolveSingleLinks(_ records: inout [FileRecord]) {
        var members: [Int32: Int] = [:]
        for record in records where record.linkGroup >= 0 { members[record.linkGroup, default: 0] += 1 }
        guard !members.isEmpty else { return }
        for index in records.indices where members[records[index].linkGroup] == 1 { records[index].linkGroup = -1 }
    }

    /// FLS-102. `/.` becomes `.`. Returns whether there were any.
    static func stripLeadingSlashes(_ records: inout [FileRecord], arena: [UInt8]) -> Bool {
        var found = false
        for index in records.indices {
            while records[index].nameLength > 1, arena[records[index].nameStart] == 0x2f {
                records[index].nameStart += 1
                records[index].nameLength -= 1
                records[index].lastComponent = max(records[index].lastComponent, 1) - 1
                found = true
            }
        }
        return found
    }

    /// FLS-107: a directory goes unless an active non-directory is below it, or it or one below it must be kept.
    static func pruneEmptyDirectories(
        _ records: inout [FileRecord], order: [UInt32], arena: [UInt8], keeps: (_ name: [UInt8]) -> Bool
    ) {
        // In the order of protocol 29 and up a directory comes right before what is below it, so the ancestors of an
        // entry are exactly what is left on this stack of (wire position, has something below).
        var open: [(wire: Int, isNeeded: Bool)] = []
        func name(_ wire: Int) -> ArraySlice<UInt8> {
            arena[records[wire].nameStart..<(records[wire].nameStart + Int(records[wire].nameLength))]
        }
        func holds(_ directory: Int, _ entry: Int) -> Bool {
            let inner = name(entry)
            let outer = name(directory)
            return inner.count > outer.count && inner.starts(with: outer)
                && inner[inner.startIndex + outer.count] == 0x2f
        }
        func close() {
            guard let last = open.popLast(), !last.isNeeded else { return }
            records[last.wire].attributes.remove(.active)
        }
        func need() {
            for index in open.indices.reversed() {
                if open[index].isNeeded { break }
                open[index].isNeeded = true
            }
        }
        for position in order.indices {
            let wire = Int(order[position])
            let record = records[wire]
            guard record.attributes.contains(.active), !record.attributes.contains(.isDot) else { continue }
            while let last = open.last, !holds(last.wire, wire) { close() }
            if record.mode.isDirectory {
                open.append((wire, false))
                if keeps([UInt8](name(wire))) { need() }
            } else {
                need()
            }
        }
        while !open.isEmpty { close() }
    }
}
