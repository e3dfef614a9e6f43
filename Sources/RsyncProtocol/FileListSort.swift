import RsyncWire

/// Sorting a list: a stable merge sort of positions that compares names where they lie in the arena.
enum FileListSort {
    /// Wire positions in sorted order. Equal entries keep wire order (FLS-97).
    static func order(of records: [FileRecord], in arena: [UInt8], plain: Bool) -> [UInt32] {
        let isTrue = !Knob.sortsDirectoriesFirst.isOn && !Knob.sortsWithoutSlash.isOn
        if !plain, isTrue, let order = siblingOrder(of: records, in: arena.span) { return order }
        return sorted([UInt32](0..<UInt32(records.count)), records, arena.span, plain: plain)
    }

    /// Sorted positions in the order of names whose leading slashes are gone; empty if that changes nothing.
    static func lookupOrder(
        of records: [FileRecord], sortedBy order: [UInt32], in arena: [UInt8], plain: Bool
    ) -> [UInt32] {
        let stripped = sorted(order, records, arena.span, plain: plain)
        guard stripped != order else { return [] }
        let sortedPositions = inverse(order)
        return stripped.map { sortedPositions[Int($0)] }
    }

    /// Wire positions to sorted positions.
    static func inverse(_ order: [UInt32]) -> [UInt32] {
        var sortedPositions = [UInt32](repeating: 0, count: order.count)
        for (position, wire) in order.enumerated() { sortedPositions[Int(wire)] = UInt32(position) }
        return sortedPositions
    }

    /// Runs that are in order already are found by comparing across each seam, so a list that arrives directory by
    /// directory costs little more than one pass.
    private static func sorted(
        _ positions: [UInt32], _ records: [FileRecord], _ arena: Span<UInt8>, plain: Bool
    ) -> [UInt32] {
        var from = positions
        var to = positions
        let count = positions.count
        insertionSortRuns(&from, records.span, arena, plain: plain)
        var width = shortRun
        while width < count {
            var start = 0
            while start < count {
                let middle = min(start + width, count)
                let end = min(start + 2 * width, count)
                merge(from, start, middle, end, into: &to, records.span, arena, plain: plain)
                start = end
            }
            swap(&from, &to)
            width *= 2
        }
        return from
    }

    /// The same for the contents of one directory, which is what lists are mostly made of: there the kind and the first
    /// bytes of the last component decide, as one number. nil for anything else.
    private static func siblingOrder(of records: [FileRecord], in arena: Span<UInt8>) -> [UInt32]? {
        guard records.count > 1 else { return [UInt32](0..<UInt32(records.count)) }
        let first = records[0].key
        var keys: [(leading: UInt64, wire: UInt32)] = []
        keys.reserveCapacity(records.count)
        for wire in records.indices {
            let key = records[wire].key
            guard key.lastComponent == first.lastComponent, key.count > key.lastComponent, !key.hidesDot,
                FileOrder.commonPrefix(arena, from: first.start, arena, from: key.start, limit: key.lastComponent)
                    == key.lastComponent
            else { return nil }
            keys.append((leadingBytes(of: key, in: arena), UInt32(wire)))
        }
        // Positions make equal names differ, so the order is the stable one.
        keys.sort { a, b in
            if a.leading != b.leading { return a.leading < b.leading }
            let order = FileOrder.compare(
                records[Int(a.wire)].key, arena, records[Int(b.wire)].key, arena, plain: false)
            return order != 0 ? order < 0 : a.wire < b.wire
        }
        return keys.map { $0.wire }
    }

    /// Files before directories (FLS-99), then the first bytes of the last component, of which the lowest bit is lost: what
    /// is equal here is not decided. A directory ends in a slash, a leaf in what is below any byte.
    private static func leadingBytes(of key: FileOrder.Key, in arena: Span<UInt8>) -> UInt64 {
        var bytes: UInt64 = 0
        let length = key.count - key.lastComponent
        let start = key.start + key.lastComponent
        for index in 0..<8 {
            let byte = index < length ? arena[start + index] : index == length && key.endsInDirectory ? FileOrder.slash : 0
            bytes = bytes << 8 | UInt64(byte)
        }
        return (key.endsInDirectory ? 1 << 63 : 0) | bytes >> 1
    }

    private static let shortRun = 8

    @inline(__always)
    private static func precedes(
        _ a: UInt32, _ b: UInt32, _ records: Span<FileRecord>, _ arena: Span<UInt8>, plain: Bool
    ) -> Bool {
        FileOrder.compare(records[Int(a)].key, arena, records[Int(b)].key, arena, plain: plain) < 0
    }

    private static func insertionSortRuns(
        _ positions: inout [UInt32], _ records: Span<FileRecord>, _ arena: Span<UInt8>, plain: Bool
    ) {
        var start = 0
        while start < positions.count {
            let end = min(start + shortRun, positions.count)
            for index in (start + 1)..<max(end, start + 1) {
                let moving = positions[index]
                var hole = index
                while hole > start, precedes(moving, positions[hole - 1], records, arena, plain: plain) {
                    positions[hole] = positions[hole - 1]
                    hole -= 1
                }
                positions[hole] = moving
            }
            start = end
        }
    }

    private static func merge(
        _ from: [UInt32], _ start: Int, _ middle: Int, _ end: Int, into to: inout [UInt32],
        _ records: Span<FileRecord>, _ arena: Span<UInt8>, plain: Bool
    ) {
        var left = start
        var right = middle
        var out = start
        let isOrdered =
            middle == end || !precedes(from[middle], from[middle - 1], records, arena, plain: plain)
        while !isOrdered, left < middle, right < end {
            // Stable: the right one goes first only if it is truly smaller.
            if precedes(from[right], from[left], records, arena, plain: plain) {
                to[out] = from[right]
                right += 1
            } else {
                to[out] = from[left]
                left += 1
            }
            out += 1
        }
        while left < middle {
            to[out] = from[left]
            left += 1
            out += 1
        }
        while right < end {
            to[out] = from[right]
            right += 1
            out += 1
        }
    }
}
