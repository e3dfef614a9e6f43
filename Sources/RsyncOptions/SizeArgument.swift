/// A size on the command line: `1.5M`, `64k`, `10MB`, `1GiB-1` (ARG-63).
enum SizeArgument {
    enum Reading: Equatable {
        case bytes(Int64)
        /// Below nothing, too: stock says the same of both.
        case tooLarge
        case invalid
    }

    /// The size that `option` is to have, or what is wrong with it in stock's words. `limit` stands behind "too large".
    static func parse(
        _ text: [UInt8], of option: String, defaultUnit: UInt8 = UInt8(ascii: "b"), limit: String = ""
    ) throws(ArgumentError) -> Int64 {
        let shown = "\(option)=\(ArgumentError.text(of: text))"
        switch read(text, defaultUnit: defaultUnit) {
        case .bytes(let bytes): return bytes
        case .tooLarge: throw .refused("\(shown) is too large\(limit)")
        case .invalid: throw .refused("\(shown) is invalid")
        }
    }

    /// Units: B K M G T P in either case; `B` behind a unit makes it a power of 1000, `iB` or nothing of 1024; `+1` or `-1`
    /// may follow. `defaultUnit` stands in for a missing one. Without a number it is none of them, as in an empty text.
    static func read(_ text: [UInt8], defaultUnit: UInt8 = UInt8(ascii: "b")) -> Reading {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") {
            let number = rest.dropFirst().prefix(while: isNumber)
            return number.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) } ? .tooLarge : .invalid
        }
        let number = rest.prefix(while: isNumber)
        guard number.count(where: { $0 == UInt8(ascii: ".") }) <= 1 else { return .invalid }
        rest = rest.dropFirst(number.count)
        let unit = takeUnit(&rest, defaultUnit)
        // Without a number there has to be a unit before one is added.
        let isBare = number.isEmpty && rest.count == text.count
        let adjustment: Int64
        switch String(decoding: rest, as: UTF8.self) {
        case "": adjustment = 0
        case "+1" where !isBare: adjustment = 1
        case "-1" where !isBare: adjustment = -1
        default: return .invalid
        }
        guard let bytes = product(number, unit) else { return .tooLarge }
        let (total, isTooMuch) = bytes.addingReportingOverflow(adjustment)
        return isTooMuch || total < 0 ? .tooLarge : .bytes(total)
    }

    private static func isNumber(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte) }

    /// How many bytes the unit in front stands for.
    private static func takeUnit(_ rest: inout ArraySlice<UInt8>, _ defaultUnit: UInt8) -> Int64 {
        let units = Array("bkmgtp".utf8)
        let given = rest.first.flatMap { units.firstIndex(of: $0 | 0x20) }
        var base: Int64 = 1024
        if given != nil {
            rest = rest.dropFirst()
            if rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "b") {
                base = 1000
                rest = rest.dropFirst()
            } else if rest.prefix(2).map({ $0 | 0x20 }) == Array("ib".utf8) {
                rest = rest.dropFirst(2)
            }
        }
        return (0..<(given ?? units.firstIndex(of: defaultUnit) ?? 0)).reduce(1) { unit, _ in unit * base }
    }

    /// nil when it does not fit.
    private static func product(_ number: ArraySlice<UInt8>, _ unit: Int64) -> Int64? {
        let halves = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var whole: Int64 = 0
        for digit in halves.first ?? [] {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(Int64(digit) - 0x30)
            guard !overflow, !more else { return nil }
            whole = sum
        }
        var (bytes, isTooMuch) = whole.multipliedReportingOverflow(by: unit)
        guard !isTooMuch else { return nil }
        if halves.count == 2 {
            var (fraction, scale) = (0.0, 0.1)
            for digit in halves[1] {
                fraction += scale * Double(digit - 0x30)
                scale /= 10
            }
            (bytes, isTooMuch) = bytes.addingReportingOverflow(Int64(fraction * Double(unit)))
        }
        // As far as a double tells it from 2^63, which is how stock counts.
        return isTooMuch || Double(bytes) >= 0x1p63 ? nil : bytes
    }
}
