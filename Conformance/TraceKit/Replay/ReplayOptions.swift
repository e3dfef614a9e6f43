import RsyncEngine
import RsyncFilter
import RsyncProtocol

/// What a recorded client was asked to do, for our engine to be asked the same.
struct ReplayOptions {
    private(set) var transfer = TransferOptions()
    private(set) var capabilities: Capabilities
    /// Third directories, relative to the destination, in order.
    private(set) var alternates: [String] = []
    /// The client's file of names, in the directory that holds source and destination.
    private(set) var nameFile: String?
    /// Options that have no meaning here: the replay would be of another session.
    private(set) var unknown: [String] = []
    private var isPull = false

    init(_ header: TraceHeader) throws(FilterError) {
        let server = ServerOptions(header.arguments)
        capabilities = Capabilities(optionValue: Self.capabilityLetters(header.arguments))
        transfer.recursive = server.letter("r")
        transfer.preserveLinks = server.letter("l")
        transfer.preservePermissions = server.letter("p")
        transfer.preserveOwner = server.letter("o")
        transfer.preserveGroup = server.letter("g")
        transfer.preserveDevices = server.letter("D")
        transfer.preserveSpecials = server.letter("D")
        transfer.preserveTimes = server.letter("t")
        transfer.preserveHardLinks = server.letter("H")
        transfer.compareChecksums = server.letter("c")
        transfer.dryRun = server.isDryRun
        transfer.ignoreTimes = server.letter("I")
        transfer.wholeFile = server.letter("W")
        transfer.numericIds = server.isNumeric
        transfer.relative = server.letter("R")
        transfer.preserveXattrs = server.letter("X")
        transfer.fuzzy = header.options.reduce(0) { $0 + ($1 == [UInt8]("--fuzzy".utf8) || $1 == [UInt8]("-y".utf8) ? 1 : 0) }
        transfer.inPlace = server.has("--inplace") || server.appends
        transfer.deleteExcluded = server.has("--delete-excluded")
        transfer.listDirectories = server.letter("d") || server.readsNames
        // As the recordings were made.
        transfer.rootMode = .root
        transfer.allowsIncrementalRecursion = capabilities.contains("i")
        transfer.compression.isRequested = server.requestsCompression
        transfer.compression.choice = server.explicitCompression
        transfer.compression.level = server.value("--compress-level").flatMap { Int32($0) }
        if server.deletes { transfer.deletion = .unspecified }
        isPull = header.role == .pull
        for word in header.options.map({ String(decoding: $0, as: UTF8.self) }) { try add(word) }
        for word in server.long where !Self.knownToServer(word) { unknown.append(word) }
    }

    /// What a client says for itself: that a server would not learn.
    private mutating func add(_ word: String) throws(FilterError) {
        let value = word.split(separator: "=", maxSplits: 1).dropFirst().first.map { [UInt8]($0.utf8) } ?? []
        switch word {
        case "--delete": transfer.deletion = .unspecified
        case "--delete-before": transfer.deletion = .before
        case "--delete-during": transfer.deletion = .during
        case "--delete-after": transfer.deletion = .after
        case _ where word.hasPrefix("--exclude="): try transfer.filters.add(exclude: value)
        case _ where word.hasPrefix("--include="): try transfer.filters.add(include: value)
        case "--delete-excluded": transfer.deletion = transfer.deletion ?? .unspecified
        case "--delete-delay": transfer.deletion = .delay
        case _ where word.hasPrefix("--max-delete="): transfer.deletionLimit = Int(String(decoding: value, as: UTF8.self))
        case _ where word.hasPrefix("--filter="): try transfer.filters.add(parsing: value)
        case "--append": transfer.append = .plain
        case "--append-verify": transfer.append = .verifying
        case "--inplace", "--fuzzy", "--itemize-changes", "--no-inc-recursive": break
        case _ where word.hasPrefix("--link-dest="): addAlternate(value, .link)
        case _ where word.hasPrefix("--copy-dest="): addAlternate(value, .copy)
        case _ where word.hasPrefix("--compare-dest="): addAlternate(value, .compare)
        case _ where word.hasPrefix("--files-from=") && isPull: nameFile = String(decoding: value, as: UTF8.self)
        case _ where word.hasPrefix("--files-from="): unknown.append("--files-from of a client that sends")
        case _ where word.hasPrefix("--checksum-choice="): break
        case "--old-compress", "--new-compress": break
        case _ where word.hasPrefix("--compress-level="), _ where word.hasPrefix("--compress-choice="): break
        case "--numeric-ids": transfer.numericIds = true
        case _ where word.hasPrefix("--protocol="), _ where word.hasPrefix("--checksum-seed="): break
        case _ where word.hasPrefix("-") && !word.hasPrefix("--"):
            unknown += word.dropFirst().filter { !"aHcznrlptgoDIWXiyRd".contains($0) }.map { "-\($0)" }
        default: unknown.append(word)
        }
    }

    private mutating func addAlternate(_ directory: [UInt8], _ kind: TransferOptions.AlternateKind) {
        alternates.append(String(decoding: directory, as: UTF8.self))
        transfer.alternateKind = kind
        transfer.alternateCount = alternates.count
    }

    private static func knownToServer(_ word: String) -> Bool {
        [
            "--append", "--inplace", "--fuzzy", "--files-from=-", "--from0", "--delete-excluded", "--delete-delay", "--link-dest", "--copy-dest",
            "--compare-dest", "--log-format=%i", "--no-R", "--no-relative", "--dirs", "--max-delete",
            "--server", "--sender", "--numeric-ids", "--delete", "--delete-before", "--delete-during", "--delete-after", "--old-compress", "--new-compress",
        ]
            .contains(word)
            || ["--checksum-seed=", "--compress-level=", "--compress-choice=", "--checksum-choice=", "--max-delete=", "--link-dest="].contains(where: word.hasPrefix)
    }

    /// What stands behind `e` in the arguments (ARG-11).
    private static func capabilityLetters(_ arguments: [[UInt8]]) -> [UInt8] {
        for word in arguments where word.first == UInt8(ascii: "-") && word.dropFirst().first != UInt8(ascii: "-") {
            if let e = word.firstIndex(of: UInt8(ascii: "e")) { return Array(word[(e + 1)...]) }
        }
        return []
    }
}
