import RsyncProtocol

/// Some of the protocol versions: `27-32`, `30-`, `-29`, `28,31`.
public struct ProtocolSet: Sendable, Equatable, CustomStringConvertible {
    public let numbers: [Int32]

    public static let all = ProtocolSet(ProtocolVersion.all.map(\.number))

    public init(_ numbers: some Sequence<Int32>) { self.numbers = Set(numbers).sorted() }

    /// nil when the text is none of the forms, or names a version that there is not.
    public init?(_ text: String) {
        let known = ProtocolVersion.all.map(\.number)
        guard let first = known.first, let last = known.last else { return nil }
        var numbers: [Int32] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 1 || ends.count == 2 else { return nil }
            let low = ends[0].isEmpty && ends.count == 2 ? first : Int32(ends[0])
            let high = ends.last!.isEmpty && ends.count == 2 ? last : Int32(ends.last!)
            guard let low, let high, first <= low, low <= high, high <= last, part != "-" else { return nil }
            numbers += low...high
        }
        self.init(numbers)
    }

    public func intersection(_ other: ProtocolSet) -> ProtocolSet {
        ProtocolSet(numbers.filter(other.numbers.contains))
    }

    public func contains(_ number: Int32) -> Bool { numbers.contains(number) }

    public var description: String {
        var runs: [ClosedRange<Int32>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}
