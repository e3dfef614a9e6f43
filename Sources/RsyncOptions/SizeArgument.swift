/// A size on the command line: `1.5M`, `64k`, `10MB`, `1GiB-1` (ARG-63).
enum SizeArgument {
    /// Bytes; nil when the text is no size. Units: B K M G T P in either case; `B` behind a unit makes it a power of
    /// 1000, `iB` or nothing of 1024; `+1` or `-1` may follow.
    /// `defaultUnit` stands in for a missing one.
    static func parse(_ text: [UInt8], defaultUnit: UInt8 = UInt8(ascii: "b")) -> Int64? {
        var rest = text[...]
        let number = rest.prefix { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        guard !number.isEmpty, number.count <= 30, number.count(where: { $0 == UInt8(ascii: ".") }) <= 1,
            number.contains(where: { $0 != UInt8(ascii: ".") })
        else { return nil }
        rest = rest.dropFirst(number.count)

        var exponent = 0
        var base: Int64 = 1024
        let units = Array("bkmgtp".utf8)
        let given = rest.first.flatMap { units.firstIndex(of: $0 | 0x20) }
        exponent = given ?? units.firstIndex(of: defaultUnit) ?? 0
        if given != nil {
            rest = rest.dropFirst()
            if exponent > 0, let next = rest.first {
                if next | 0x20 == UInt8(ascii: "b") {
                    base = 1000
                    rest = rest.dropFirst()
                } else if next | 0x20 == UInt8(ascii: "i"), rest.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "b") {
                    rest = rest.dropFirst(2)
                }
            }
        }
        var adjustment: Int64 = 0
        if rest.elementsEqual("+1".utf8) { adjustment = 1 }
        if rest.elementsEqual("-1".utf8) { adjustment = -1 }
        guard rest.isEmpty || adjustment != 0 else { return nil }

        var unit: Int64 = 1
        for _ in 0..<exponent { unit *= base }
        let halves = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var whole: Int64 = 0
        for digit in halves[0] {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(Int64(digit) - 0x30)
            guard !overflow, !more else { return nil }
            whole = sum
        }
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        var fraction = 0.0
        if halves.count == 2 {
            var scale = 0.1
            for digit in halves[1] {
                fraction += scale * Double(digit - 0x30)
                scale /= 10
            }
        }
        let (total, tooMuch) = bytes.addingReportingOverflow(Int64(fraction * Double(unit)) + adjustment)
        return tooMuch ? nil : total
    }
}
