/// How alike two names are (MET-94, MET-95).
enum NameDistance {
    /// One step of the table.
    static let unit: UInt32 = 1 << 16
    /// What is farther away is no help.
    static let limit: UInt32 = 25 << 16

    /// Twice the score counts the suffixes ten times. Above `limit` any value above it.
    static func score(_ name: [UInt8], _ target: [UInt8], _ targetSuffix: ArraySlice<UInt8>, upTo limit: UInt32) -> UInt32 {
        guard UInt32(abs(name.count - target.count)) * unit <= limit else { return .max }
        let (names, overflow) = between(name[...], target[...]).addingReportingOverflow(0)
        guard !overflow, names <= limit else { return .max }
        let (suffixes, tooMuch) = between(suffix(of: name), targetSuffix).multipliedReportingOverflow(by: 10)
        let (sum, isAbove) = names.addingReportingOverflow(suffixes)
        return tooMuch || isAbove ? .max : sum
    }

    /// The score as rsync shows it: what is too long or too short by far has no name compared.
    static func shown(_ name: [UInt8], _ target: [UInt8], _ targetSuffix: ArraySlice<UInt8>, upTo limit: UInt32) -> UInt32 {
        UInt32(abs(name.count - target.count)) * unit > limit ? 0xffff_0001 : score(name, target, targetSuffix, upTo: .max)
    }

    /// MET-94. Saturates.
    static func between(_ from: ArraySlice<UInt8>, _ to: ArraySlice<UInt8>) -> UInt32 {
        if from.isEmpty || to.isEmpty {
            let other = from.isEmpty ? to : from
            return other.reduce(UInt32(other.count) * unit) { $0 + UInt32($1) }
        }
        var row = (0...to.count).map { UInt32($0) * unit }
        for (index, byte) in from.enumerated() {
            var diagonal = row[0]
            row[0] = UInt32(index + 1) * unit
            for (column, other) in to.enumerated() {
                let above = row[column + 1]
                let left = row[column]
                let difference = byte > other ? byte - other : other - byte
                let replaced = diagonal + (byte == other ? 0 : unit + UInt32(difference))
                let moved = above < left ? above + unit + UInt32(byte) : left + unit + UInt32(other)
                diagonal = above
                row[column + 1] = min(moved, replaced)
            }
        }
        return row[to.count]
    }

    /// MET-95.
    static func suffix(of name: [UInt8]) -> ArraySlice<UInt8> {
        let dot = UInt8(ascii: ".")
        var rest = name.drop { $0 == dot }
        var hadTilde = false
        if rest.count > 1, rest.last == UInt8(ascii: "~") {
            rest = rest.dropLast()
            hadTilde = true
        }
        var found: ArraySlice<UInt8> = []
        while rest.count > 1, let cut = rest.lastIndex(of: dot), cut > rest.startIndex {
            let suffix = rest[cut...]
            rest = rest[..<cut]
            let isLiteralEnd = suffix.endIndex == name.endIndex
            if isLiteralEnd, [".bak", ".old", ".orig"].contains(where: { suffix.elementsEqual($0.utf8) }) { continue }
            if hadTilde, suffix.count == 3 || suffix.count >= 6, suffix.dropFirst().first == UInt8(ascii: "~"),
                suffix.dropFirst(2).first.map(isDigit) == true
            {
                continue
            }
            found = suffix
            guard suffix.count > 1, suffix.dropFirst().allSatisfy(isDigit) else { break }
        }
        return found
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
