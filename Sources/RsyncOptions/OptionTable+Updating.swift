extension OptionTable {
    /// How files are brought up to date (ARG-78, 14.2).
    static let updating: [Option] = [
        .flag("backup b", no: "backup", .both, "keep what is replaced or deleted") { $0.backup = $1 },
        .valued("backup-dir", "DIR", .both, "keep it in DIR") { $0.backupDirectory = $1.bytes },
        .valued("suffix", "TEXT", .both, "name suffix of what is kept") { $0.suffixOption = $1.bytes },
        .flag("inplace", no: "inplace", .both, "write into the destination file itself") { $0.inPlaceOption = $1 },
        .flag("append", no: "append", .both, "add only what shorter files lack") { arguments, isOn in
            // A server counts (ARG-50).
            arguments.append = !isOn ? 0 : arguments.isServer ? arguments.append + 1 : 1
        },
        .flag("append-verify", .both, "as --append, and check the old part") { arguments, _ in arguments.append = 2 },
        .flag("whole-file W", no: "whole-file W", .both, "send files whole, without looking for what is there") {
            $0.wholeFile = $1
        },
        .valued("block-size B", "SIZE", .both, "fixed block length of the delta search") {
            (arguments, value) throws(ArgumentError) in
            arguments.blockSize = try blockSize(value, protocolNumber: arguments.protocolNumber)
        },
        .flag("sparse S", no: "sparse S", .both, "write runs of zeros as holes") { $0.sparse = $1 },
        .flag("preallocate", .receiver, "allocate space before writing") { $0.preallocate = $1 },
        .flag("partial", no: "partial", .receiver, "keep files that arrived in part") { $0.partial = $1 },
        .valued("partial-dir", "DIR", .receiver, "keep files that arrived in part in DIR") {
            $0.partialDirectory = $1.bytes
        },
        .flag("P", .receiver, "same as --partial --progress") { arguments, _ in
            arguments.partial = true
            arguments.progress = true
        },
        .flag("delay-updates", no: "delay-updates", .receiver, "put all updated files in place at the end") {
            $0.delayUpdates = $1
        },
        .valued("temp-dir T", "DIR", .receiver, "where temporary files are made") { $0.temporaryDirectory = $1.bytes },
        .flag("fsync", .receiver, "flush every file to the disk") { $0.synchronizes = $1 },
        .flag("fuzzy y", no: "fuzzy y", .receiver, "look for a similar file to start from; twice: in alternate directories too") {
            $0.fuzzy = $1 ? $0.fuzzy + 1 : 0
        },
        alternate(.compare, "also compare with the files in DIR"),
        alternate(.copy, "also compare with DIR, and copy unchanged files from there"),
        alternate(.link, "also compare with DIR, and hard link unchanged files from there"),
        .flag("delete", .receiver, "delete what is not at the source") { arguments, _ in arguments.deletes = true },
        deletion("delete-before", .before, "as --delete, before the transfer"),
        deletion("delete-during del", .during, "as --delete, during the transfer"),
        deletion("delete-delay", .delay, "as --delete, found during and done after the transfer"),
        deletion("delete-after", .after, "as --delete, after the transfer"),
        .flag("delete-excluded", .receiver, "as --delete, and what is left out by rules") { arguments, _ in
            arguments.deletes = true
            arguments.deleteExcluded = true
        },
        .valued("max-delete", "NUM", .receiver, "delete at most NUM items") { (arguments, value) throws(ArgumentError) in
            let limit = try value.integer()
            // The least of all numbers is how stock says to itself that there is none.
            arguments.deletionLimit = limit == .min ? nil : limit
        },
        .flag("ignore-errors", no: "ignore-errors", .both, "delete even after errors") { $0.ignoreErrors = $1 },
        .flag("force", no: "force", .receiver, "let a file take the place of a full directory") { $0.force = $1 },
        .flag("remove-source-files", .both, "remove at the source what has been transferred") { arguments, _ in
            arguments.sourceRemoval = .synchronized
        },
        .flag("remove-sent-files", .both, "remove at the source what has been sent") { arguments, _ in
            arguments.sourceRemoval = .sent
        },
        .flag("mkpath", no: "mkpath", .receiver, "make missing parents of the destination") { $0.makesParents = $1 },
        .flag("dry-run n", .both, "change nothing, only show what would be done") { arguments, _ in
            arguments.dryRun = true
        },
    ]

    /// ARG-62.
    static let largestAlternateCount = 20
    /// ARG-62; the protocol's own limit (XFR-27).
    static let largestBlockSize: Int64 = 131_072
    static let largestOldBlockSize: Int64 = 536_870_912

    /// One kind in a run (ARG-62).
    private static func alternate(_ kind: ParsedArguments.AlternateKind, _ help: String) -> Option {
        .valued(kind.rawValue, "DIR", .receiver, help) { (arguments, value) throws(ArgumentError) in
            if let other = arguments.alternateKind, other != kind {
                throw .refused("ERROR: the --\(kind.rawValue) option conflicts with the --\(other.rawValue) option")
            }
            guard arguments.alternateDirectories.count < largestAlternateCount else {
                throw .refused("ERROR: at most \(largestAlternateCount) --\(kind.rawValue) args may be specified")
            }
            arguments.alternateKind = kind
            arguments.alternateDirectories.append(value.bytes)
        }
    }

    private static func deletion(_ names: String, _ time: ParsedArguments.DeletionTime, _ help: String) -> Option {
        .flag(names, .receiver, help) { (arguments, _) throws(ArgumentError) in
            guard arguments.deletionTime == nil || arguments.deletionTime == time else {
                throw .refused("You may not combine multiple --delete-WHEN options.")
            }
            arguments.deletes = true
            arguments.deletionTime = time
        }
    }

    private static func blockSize(_ value: OptionValue, protocolNumber: Int32?) throws(ArgumentError) -> Int32 {
        let text = "--block-size=" + ArgumentError.text(of: value.bytes)
        let isOld = protocolNumber.map { $0 < 30 } ?? false
        let limit = " (max: \(isOld ? "512.00M" : "128.00K"))"
        let size = try SizeArgument.parse(value.bytes, of: "--block-size", limit: limit)
        guard size <= (isOld ? largestOldBlockSize : largestBlockSize) else { throw .refused(text + " is too large" + limit) }
        return Int32(size)
    }
}
