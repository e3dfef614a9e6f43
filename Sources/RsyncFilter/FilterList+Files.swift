// Rules that come from the text of a file (FLT-16, FLT-19 to FLT-22). The caller has read it.

extension FilterList {
    /// What the lines of a file are.
    public enum FileKind: Sendable, Equatable {
        /// `--exclude-from`: texts as for `--exclude`.
        case exclude
        /// `--include-from`: texts as for `--include`.
        case include
        /// Rules in full syntax.
        case rules
    }

    /// Adds every line of a file. `nulTerminated`: `--from0`. `reader` is for lines of kind `rules` only. `name`: the file, as
    /// notes call it.
    public mutating func add(
        contentsOfFile bytes: [UInt8], kind: FileKind, reader: (any FilterFileReader)? = nil,
        nulTerminated: Bool = false, named name: [UInt8] = []
    ) throws(FilterError) {
        let file = notes == nil ? nil : FilterFileLabel(name: name, isHidden: false)
        if kind != .rules { notes?.append(FilterRule.fileNote(name, kind == .include ? 0x20 : 0, 3, found: true)) }
        for line in FilterText.lines(bytes, nulTerminated: nulTerminated) {
            guard line.count <= FilterLimits.line else {
                dropped.append(FilterError(.lineTooLong, rule: line, clause: "FLT-22"))
                continue
            }
            let before = rules.count
            defer { noteFile(from: before) }
            switch kind {
            case .exclude, .include:
                let label = file?.rule(line: FilterText.line(at: line.startIndex, of: bytes, nulTerminated: nulTerminated))
                try add(oldStyle: [UInt8](line), kind == .exclude ? .exclude : .include, label: label)
            case .rules: try add(parsing: [UInt8](line), reader: reader, nulTerminated: nulTerminated)
            }
        }
    }
}

/// Cutting rule files into rule texts.
enum FilterText {
    /// The lines of a line file without comments and empty lines (FLT-19). Blanks are kept.
    static func lines(_ bytes: [UInt8], nulTerminated: Bool) -> [ArraySlice<UInt8>] {
        bytes.split { nulTerminated ? $0 == 0 : $0 == 0x0a || $0 == 0x0d }
            .filter { $0.first != UInt8(ascii: "#") && $0.first != UInt8(ascii: ";") }
    }

    /// The number of the line at an offset, comments and empty lines counted too.
    static func line(at offset: Int, of bytes: [UInt8], nulTerminated: Bool) -> Int {
        bytes[..<offset].count { $0 == (nulTerminated ? 0 : 0x0a) } + 1
    }

    /// The tokens of a word-split file (FLT-20): no comments, whatever ends lines.
    static func words(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { bytes.split(whereSeparator: isWhiteSpace) }
}
