/// How many items of each kind.
public struct ItemCounts: Sendable, Equatable {
    public var regular: Int64
    public var directories: Int64
    public var symlinks: Int64
    public var devices: Int64
    public var specials: Int64

    public init(
        regular: Int64 = 0, directories: Int64 = 0, symlinks: Int64 = 0, devices: Int64 = 0, specials: Int64 = 0
    ) {
        self.regular = regular
        self.directories = directories
        self.symlinks = symlinks
        self.devices = devices
        self.specials = specials
    }

    public var total: Int64 { regular + directories + symlinks + devices + specials }

    /// `7 (reg: 3, dir: 2)`: classes that have any.
    func text(_ numbers: HumanNumber) -> String {
        let classes = [
            ("reg", regular), ("dir", directories), ("link", symlinks), ("dev", devices), ("special", specials),
        ].filter { $0.1 != 0 }.map { "\($0.0): \(numbers.count($0.1))" }
        return numbers.count(total) + (classes.isEmpty ? "" : " (\(classes.joined(separator: ", ")))")
    }
}

/// The figures of a run, and the two texts made of them. Sizes in bytes.
public struct TransferSummary: Sendable, Equatable {
    public var files = ItemCounts()
    /// nil below protocol 29, where it is not known.
    public var created: ItemCounts? = ItemCounts()
    /// nil below protocol 31.
    public var deleted: ItemCounts? = ItemCounts()
    public var transferredCount: Int64 = 0
    /// Of regular files and symlinks (MET-179).
    public var totalSize: Int64 = 0
    public var transferredSize: Int64 = 0
    public var literal: Int64 = 0
    public var matched: Int64 = 0
    public var listSize: Int64 = 0
    /// Milliseconds.
    public var listBuildMilliseconds: Int64 = 0
    public var listTransferMilliseconds: Int64 = 0
    /// Bytes on the wire.
    public var sent: Int64 = 0
    public var received: Int64 = 0
    /// Whole seconds from start to end.
    public var elapsedSeconds: Int64 = 0
    public var dryRun = false
    /// `--only-write-batch`.
    public var batchOnly = false

    public init() {}

    /// The block of `--stats`, an empty line first, each line with its newline (MET-177).
    public func statisticsBlock(humanReadable: Int) -> String {
        let numbers = HumanNumber(level: humanReadable)
        var lines = ["", "Number of files: \(files.text(numbers))"]
        if let created { lines.append("Number of created files: \(created.text(numbers))") }
        if let deleted { lines.append("Number of deleted files: \(deleted.text(numbers))") }
        lines += [
            "Number of regular files transferred: \(numbers.count(transferredCount))",
            "Total file size: \(numbers.text(totalSize)) bytes",
            "Total transferred file size: \(numbers.text(transferredSize)) bytes",
            "Literal data: \(numbers.text(literal)) bytes",
            "Matched data: \(numbers.text(matched)) bytes",
            "File list size: \(numbers.text(listSize))",
        ]
        if listBuildMilliseconds != 0 {
            let build = numbers.count(Double(listBuildMilliseconds) / 1000, digits: 3)
            let transfer = numbers.count(Double(listTransferMilliseconds) / 1000, digits: 3)
            lines.append("File list generation time: \(build) seconds")
            lines.append("File list transfer time: \(transfer) seconds")
        }
        lines.append("Total bytes sent: \(numbers.text(sent))")
        lines.append("Total bytes received: \(numbers.text(received))")
        return lines.map { $0 + "\n" }.joined()
    }

    /// The two closing lines of `-v` and `--stats`, an empty line first (MET-178).
    public func closingLines(humanReadable: Int) -> String {
        let numbers = HumanNumber(level: humanReadable)
        let moved = Double(sent + received)
        let rate = moved / (0.5 + Double(elapsedSeconds))
        let speedup = moved == 0 ? 0 : Double(totalSize) / moved
        return "\nsent \(numbers.text(sent)) bytes  received \(numbers.text(received)) bytes  "
            + "\(numbers.text(rate, digits: 2)) bytes/sec\n"
            + "total size is \(numbers.text(totalSize))  speedup is \(numbers.count(speedup, digits: 2))"
            + (batchOnly ? " (BATCH ONLY)" : dryRun ? " (DRY RUN)" : "") + "\n"
    }
}
