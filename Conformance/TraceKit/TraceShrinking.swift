/// Makes a trace smaller without losing what it is to show.
public enum TraceShrinking {
    /// What must still be so of the smaller trace.
    public enum Property: Sendable {
        /// The first gap of a direction, by its reason.
        case gap(Trace.Direction, reason: String)
        /// It differs from another trace, first in the same fields.
        case difference(from: Trace, first: String)
        /// All fields are there, whatever the lengths of literals.
        case wholeSession

        /// What a trace shows by itself, or against another one; nil: nothing in particular is left to show.
        public init?(of trace: Trace, against other: Trace?) {
            if let other {
                guard let first = TraceComparison.differences(other, trace).first else { return nil }
                self = .difference(from: other, first: Self.shown(first))
            } else if let gap = Dissection(trace).gaps.first {
                self = .gap(gap.direction, reason: gap.reason)
            } else {
                self = .wholeSession
            }
        }

        private static func shown(_ difference: TraceDifference) -> String {
            guard difference.direction != nil else { return difference.text }
            return [difference.old, difference.new].map { $0.map { "\($0.name) \($0.value)" } ?? "nothing" }.joined(separator: " / ")
        }

        func holds(_ trace: Trace) -> Bool {
            switch self {
            case .gap(let direction, let reason):
                return Dissection(trace).gaps.contains { $0.direction == direction && $0.reason == reason }
            case .difference(let other, let first):
                return TraceComparison.differences(other, trace).first.map { Self.shown($0) == first } ?? false
            case .wholeSession: return Dissection(trace).gaps.isEmpty
            }
        }
    }

    /// Tries, in this order, and keeps what leaves the property as it is: every literal cut to its first byte; each
    /// direction cut behind the earliest frame that will do. A whole session is not cut. `lost` in the head says what was done.
    public static func shrink(_ trace: Trace, keeping property: Property) -> Trace {
        var best = trace
        let short = withoutLiterals(trace)
        if short != trace, property.holds(short) {
            best = short
            best.header.losses = added("literals", to: best.header.losses)
        }
        if case .wholeSession = property { return best }
        for direction in Trace.Direction.allCases {
            let surgery = TraceSurgery(best)
            let cuts = surgery.cuts(direction)
            // Most properties hold from some length on; the one found is looked at before it is believed.
            var low = 0, high = cuts.count
            while low < high {
                let middle = (low + high) / 2
                if property.holds(surgery.trace(ends: [direction: cuts[middle]])) { high = middle } else { low = middle + 1 }
            }
            guard low < cuts.count, cuts[low] < best.bytes(direction).count else { continue }
            var cut = surgery.trace(ends: [direction: cuts[low]])
            guard property.holds(cut) else { continue }
            cut.header.losses = added("cut", to: cut.header.losses)
            best = cut
        }
        return best
    }

    private static func added(_ loss: String, to losses: [String]) -> [String] { losses.contains(loss) ? losses : losses + [loss] }

    /// Plain literals have one byte each; none cannot be, as that would be the end of the tokens (XFR-81).
    private static func withoutLiterals(_ trace: Trace) -> Trace {
        var surgery = TraceSurgery(trace)
        for direction in Trace.Direction.allCases {
            let fields = surgery.dissection.fields.filter { $0.direction == direction && !$0.name.hasPrefix("frame ") }
            for (token, literal) in zip(fields, fields.dropFirst()) where token.name == "token" && literal.name == "literal" {
                let number = surgery[direction].places(token), data = surgery[direction].places(literal)
                guard number.count == 4, data.count > 1 else { continue }
                for (place, byte) in zip(number, [1, 0, 0, 0] as [UInt8]) { surgery[direction].bytes[place] = byte }
                surgery[direction].leaveOut(data.dropFirst())
            }
        }
        return surgery.trace()
    }
}
