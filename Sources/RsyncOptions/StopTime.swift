/// A point in local time as `--stop-at` takes it: any tail of `YEAR-MONTH-DAY` and `THOUR:MINUTE`, one of both or both.
/// What is left out in front is now, or the next that lies ahead (XFR-151).
public struct StopTime: Sendable, Equatable {
    /// When a run has to end.
    public enum Moment: Sendable, Equatable {
        case after(minutes: Int64)
        case at(StopTime, text: String)
    }

    /// Below 100: the next year that ends so, this one included.
    public let year: Int32?
    public let month: Int32?
    public let day: Int32?
    public let hour: Int32?
    public let minute: Int32?

    /// nil for what is no such time.
    public init?(_ text: [UInt8]) {
        var date = text[...]
        var time: ArraySlice<UInt8>?
        if let mark = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "t") }) {
            date = text[..<mark]
            time = text[(mark + 1)...]
            // A mark behind a date may end the text, and no hour may be missing behind one.
            if time?.isEmpty == true, !date.isEmpty { time = nil }
            if time?.first == UInt8(ascii: ":") { return nil }
        } else if text.contains(UInt8(ascii: ":")) {
            date = []
            time = text[...]
        }
        guard !text.isEmpty, let days = Self.days(date), let clock = Self.clock(time) else { return nil }
        (year, month, day) = days
        (hour, minute) = clock
    }

    private static func days(_ text: ArraySlice<UInt8>) -> (year: Int32?, month: Int32?, day: Int32?)? {
        guard !text.isEmpty else { return (nil, nil, nil) }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }
        var numbers: [Int32] = []
        for (index, part) in parts.enumerated() {
            guard let number = number(part, isYear: index == 0 && parts.count == 3) else { return nil }
            numbers.append(number)
        }
        guard parts.count <= 3, let day = numbers.popLast() else { return nil }
        let month = numbers.popLast()
        let year = numbers.popLast()
        let longest: [Int32] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if let month { guard (1...12).contains(month) else { return nil } }
        // With a year, what is too much runs over into the next month.
        guard day >= 1, day <= (year == nil ? month.map { longest[Int($0) - 1] } ?? 31 : 31) else { return nil }
        return (year, month, day)
    }

    private static func clock(_ text: ArraySlice<UInt8>?) -> (hour: Int32?, minute: Int32?)? {
        guard let text else { return (nil, nil) }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let minute = number(parts[1]), minute < 60 else { return nil }
        if parts[0].isEmpty { return (nil, minute) }
        guard let hour = number(parts[0]), hour < 24 else { return nil }
        return (hour, minute)
    }

    /// A year that no run lives to see is the same as the last with four digits.
    private static func number(_ text: ArraySlice<UInt8>, isYear: Bool = false) -> Int32? {
        guard !text.isEmpty, isYear || text.count <= 4, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { min($0 * 10 + Int32($1 - 0x30), 9999) }
    }

    /// The value of `--stop-after`: a positive number, behind which anything may stand; nil for none, and for one that leads
    /// beyond what a clock of 64 bits shows.
    static func minutes(_ text: [UInt8]) -> Int64? {
        var digits = text.drop(while: OptionValue.isSpace)
        if digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let total = digits.prefix { (0x30...0x39).contains($0) }.reduce(Int64(0)) { min($0, Self.most) * 10 + Int64($1 - 0x30) }
        // What is so far away that it never comes is the same as a little less.
        return total > 0 && total <= Self.most ? min(total, Int64(Int32.max)) : nil
    }

    /// The seconds that the clock shows then must fit in 64 bits.
    private static let most = (Int64.max - Int64(UInt32.max)) / 60
}
