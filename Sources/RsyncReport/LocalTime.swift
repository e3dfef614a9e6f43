/// A point in time in a time zone's calendar, as listings and logs show it.
///
/// The zone is a function, since the calendar of a machine is not this module's to ask: seconds to add to UTC at a
/// given time.
public struct LocalTime: Sendable {
    public typealias ZoneOffset = @Sendable (_ seconds: Int64) -> Int

    public let year: Int64
    public let month: Int
    public let day: Int
    public let secondOfDay: Int

    public init(_ seconds: Int64, offset: ZoneOffset) {
        let local = seconds.addingReportingOverflow(Int64(offset(seconds)))
        let shifted = local.overflow ? seconds : local.partialValue
        var days = shifted / 86400
        var rest = shifted % 86400
        if rest < 0 {
            rest += 86400
            days -= 1
        }
        secondOfDay = Int(rest)

        // Years from March on, in eras of 400 years: the leap day then ends the year.
        let shiftedDays = days + 719_468
        let era = (shiftedDays >= 0 ? shiftedDays : shiftedDays - 146_096) / 146_097
        let dayOfEra = shiftedDays - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = Int(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100))
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026/11/20 23:36:22`
    public var text: String { text(separator: " ") }

    func text(separator: String) -> String {
        "\(Self.padded(Int(year), 4))/\(Self.padded(month, 2))/\(Self.padded(day, 2))\(separator)"
            + "\(Self.padded(secondOfDay / 3600, 2)):\(Self.padded(secondOfDay / 60 % 60, 2)):\(Self.padded(secondOfDay % 60, 2))"
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
