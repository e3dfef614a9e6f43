/// Numbers as people chose to read them (MET-166).
public struct HumanNumber: Sendable {
    /// 0 plain digits, 1 groups of three, 2 units of 1000, 3 and up units of 1024.
    public let level: Int

    public init(level: Int) { self.level = level }

    /// H(n) of the specification.
    public func text(_ value: Int64) -> String {
        if let scaled = scaled(Double(value)) { return scaled }
        return level == 0 ? String(value) : Self.grouped(String(value))
    }

    /// H(x) with `digits` decimals; with a unit always two.
    public func text(_ value: Double, digits: Int) -> String {
        scaled(value) ?? count(value, digits: digits)
    }

    /// C(n): never with a unit.
    public func count(_ value: Int64) -> String { level == 0 ? String(value) : Self.grouped(String(value)) }

    public func count(_ value: Double, digits: Int) -> String {
        let text = Self.fixed(value, digits: digits)
        return level == 0 ? text : Self.grouped(text)
    }

    private func scaled(_ value: Double) -> String? {
        guard level >= 2 else { return nil }
        let step: Double = level == 2 ? 1000 : 1024
        guard value.magnitude >= step else { return nil }
        var rest = value
        var unit: Character = "K"
        for next in ["K", "M", "G", "T", "P"] as [Character] {
            rest /= step
            unit = next
            if rest.magnitude < step { break }
        }
        return Self.fixed(rest, digits: 2) + String(unit)
    }

    /// Digits grouped in threes in front of the decimal point.
    private static func grouped(_ number: String) -> String {
        let sign = number.hasPrefix("-") ? "-" : ""
        let digits = number.dropFirst(sign.count)
        let whole = digits.prefix { $0 != "." }
        var text = sign
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text + digits.dropFirst(whole.count)
    }

    /// Decimal notation with 0 to 3 `digits`, rounded to nearest from the exact binary value, ties to even.
    ///
    /// In whole numbers, since the mathematics library is not linked: |value| is `mantissa` / 2^`shift`.
    static func fixed(_ value: Double, digits: Int) -> String {
        // Above this the sums below could overflow, and nothing here is measured so finely.
        guard value.magnitude < 1e15 else { return value.isFinite ? "\(value)" : "0" }
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        let exponent = Int(value.exponentBitPattern)
        let mantissa = value.significandBitPattern | (exponent == 0 ? 0 : 1 << 52)
        let shift = 1075 - max(exponent, 1)
        // Below 2^53 * 1000, which fits; `shift` is at least 3.
        let product = mantissa * scale
        var units: UInt64 = 0
        if shift < 64 {
            units = product >> UInt64(shift)
            let rest = product & (1 << UInt64(shift) - 1)
            let half: UInt64 = 1 << UInt64(shift - 1)
            if rest > half || rest == half && units % 2 == 1 { units += 1 }
        }
        let sign = value < 0 && units > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(units) }
        let fraction = String(units % scale)
        return sign + String(units / scale) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

/// `text` moved to the right edge of `width` columns.
func rightAligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}
