/// A moment in whole seconds since 1970, written as `2026-11-21T02:15:30Z`: the names of snapshots and the times of the
/// journal. The clock itself is the caller's.
public struct UTCTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let seconds: Int64

    /// Years 1970 to 9999, which the written form can hold.
    public static let range: ClosedRange<Int64> = 0...253_402_300_799

    /// Clamped to `range`: a machine with a mad clock still gets a well-formed name.
    public init(seconds: Int64) { self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound) }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    public var description: String {
        let (year, month, day) = Self.civil(fromDays: seconds / 86_400)
        let rest = Int(seconds % 86_400)
        return Self.digits(year, 4) + "-" + Self.digits(month, 2) + "-" + Self.digits(day, 2) + "T"
            + Self.digits(rest / 3600, 2) + ":" + Self.digits(rest / 60 % 60, 2) + ":" + Self.digits(rest % 60, 2) + "Z"
    }

    /// Exactly the form of `description`; nil for anything else, an impossible date too.
    public init?(parsing text: some StringProtocol) {
        let bytes = [UInt8](text.utf8)
        let template = [UInt8]("0000-00-00T00:00:00Z".utf8)
        guard bytes.count == template.count else { return nil }
        for (byte, expected) in zip(bytes, template) {
            guard expected == 0x30 ? (0x30...0x39).contains(byte) : byte == expected else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) } }
        let days = Self.days(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let seconds = days * 86_400 + number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
        guard Self.range.contains(seconds) else { return nil }
        self.init(seconds: seconds)
        // Written back, an impossible date or hour is another one.
        guard description.utf8.elementsEqual(bytes) else { return nil }
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    // The calendar counts in eras of 400 years (146,097 days) that begin on 1 March, so that the leap day comes last.

    private static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = max(marchYear, 0) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
