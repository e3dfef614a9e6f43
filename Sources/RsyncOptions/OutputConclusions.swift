/// What the options about output mean together (ARG-60).
extension ParsedArguments {
    /// The form in which a client shows items; nil: it does not (MET-167).
    public var itemFormat: [UInt8]? {
        if let outFormat { return outFormat }
        if itemize > 0 { return Array("%i %n%L".utf8) }
        return info[.name] > 0 ? Array("%n%L".utf8) : nil
    }

    /// The form in which items are logged; nil: they are not.
    public var itemLogFormat: [UInt8]? {
        guard logFile != nil else { return nil }
        guard let logFileFormat else { return Array("%i %n%L".utf8) }
        return logFileFormat.isEmpty ? nil : logFileFormat
    }

    /// How much is said of items: 1 every change, 2 unchanged ones too (MET-165).
    public var itemizeLevel: Int {
        if isServer { return reportHint.itemizesUnchanged ? 2 : reportHint.itemizes ? 1 : 0 }
        guard let itemFormat, FormatText.has("i", in: itemFormat) else { return 0 }
        return max(1, itemize)
    }

    /// What `--info=help` and `--debug=help` print.
    public var wordHelp: String? {
        if info.asksForHelp { return OutputLevels<InfoWord>.help }
        return debug.asksForHelp ? OutputLevels<DebugWord>.help : nil
    }

    /// Called once, when all is known. On a server nobody draws progress.
    mutating func concludeOutput() throws(ArgumentError) {
        if json {
            if outFormat != nil { throw .refused("--json conflicts with --out-format") }
            if quiet { throw .refused("--json conflicts with --quiet") }
            if messageChannel == .all { throw .refused("--json conflicts with --stderr=all") }
            // So that the other side tells what changes.
            itemize = max(itemize, 1)
        }
        info.imply(verbosity: verbosity)
        debug.imply(verbosity: verbosity)
        if statistics { info.imply(.stats, verbosity > 1 ? 3 : 2) }
        guard progress, !isServer else { return }
        info.imply(.flist, 2)
        info.imply(.progress, 1)
        // A line that only comes after the data leaves the progress without a name (MET-167).
        if outFormat == nil && itemize == 0 || FormatText.needsFigures(itemFormat ?? []) { info.imply(.name, 1) }
    }
}

/// Questions about an output format that need not know what its escapes mean (MET-171, MET-172).
public enum FormatText {
    /// Whether the escape is in it, with or without width and quotes.
    public static func has(_ escape: Character, in format: [UInt8]) -> Bool {
        guard let wanted = escape.asciiValue else { return false }
        var rest = format[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[(start + 1)...].drop { $0 == 0x27 || $0 == 0x2d || (0x30...0x39).contains($0) }
            if rest.first == wanted { return true }
            // Two signs are one escape.
            if rest.first == UInt8(ascii: "%") { rest = rest.dropFirst() }
        }
        return false
    }

    /// Whether a line can be made only once the item's data is through (MET-174).
    public static func needsFigures(_ format: [UInt8]) -> Bool { ["b", "c", "C"].contains { has($0, in: format) } }
}
