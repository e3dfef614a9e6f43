/// The line of `--progress`, written over and over (MET-180, MET-181).
public struct ProgressLine: Sendable {
    public enum End: Sendable, Equatable {
        case running
        /// The last line of a file: its number among those transferred, and entries still to be looked at out of
        /// those known; `isListing` while more are to come.
        case finished(transferred: Int, remaining: Int, known: Int, isListing: Bool)
    }

    /// Bytes.
    public var done: Int64
    public var size: Int64
    /// Bytes a second: of late while running, on average at the end.
    public var rate: Double
    /// Seconds: to go while running, spent at the end; nil when it cannot be told.
    public var seconds: Double?
    public var end: End

    public init(done: Int64, size: Int64, rate: Double, seconds: Double?, end: End) {
        self.done = done
        self.size = size
        self.rate = rate
        self.seconds = seconds
        self.end = end
    }

    /// With the carriage return in front, and a newline only at a file's end.
    public func text(humanReadable: Int) -> String {
        let (start, end) = parts(humanReadable: humanReadable)
        return start + end
    }

    func parts(humanReadable: Int) -> (start: String, end: String) {
        let percent = done == size ? 100 : size > 0 ? Int(100 * (Double(done) / Double(size))) : 0
        let start =
            "\r" + rightAligned(HumanNumber(level: humanReadable).text(done), 15)
            + " " + rightAligned(String(percent), 3) + "% " + rateText + " " + timeText
        return (start, endText)
    }

    private var rateText: String {
        var value = rate / 1024
        var unit = "kB/s"
        if value > 1024 {
            value /= 1024
            unit = "MB/s"
            if value > 1024 {
                value /= 1024
                unit = "GB/s"
            }
        }
        return rightAligned(HumanNumber.fixed(value, digits: 2), 7) + unit
    }

    private var timeText: String {
        guard let seconds, seconds >= 0, seconds <= 9999 * 3600 else { return "  ??:??:??" }
        let whole = Int(seconds)
        return rightAligned(String(whole / 3600), 4) + ":" + LocalTime.padded(whole / 60 % 60, 2) + ":"
            + LocalTime.padded(whole % 60, 2)
    }

    private var endText: String {
        switch end {
        case .running: "  "
        case .finished(let transferred, let remaining, let known, let isListing):
            " (xfr#\(transferred), \(isListing ? "ir" : "to")-chk=\(remaining)/\(known))\n"
        }
    }
}

/// The one line of `--info=progress2`, for the whole run (MET-182).
public struct TotalProgress: Sendable {
    /// Something stands on the line.
    public private(set) var isOpen = false
    private var ending = ""

    public init() {}

    /// The end of the last file stays until another takes its place; blanks cover what is left of a longer one.
    public mutating func text(_ line: ProgressLine, humanReadable: Int) -> String {
        let start: String
        var end: String
        (start, end) = line.parts(humanReadable: humanReadable)
        if end.hasSuffix("\n") { end.removeLast() }
        let covered = max(0, ending.utf8.count - end.utf8.count)
        isOpen = true
        if line.end == .running {
            if !ending.isEmpty { end = ending }
        } else {
            ending = end
        }
        return start + end + String(repeating: " ", count: line.end == .running ? 0 : covered)
    }
}
