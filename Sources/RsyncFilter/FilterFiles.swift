/// Where a rule file is.
public enum FilterFileLocation: Sendable, Hashable {
    /// A name from the command line: absolute, or relative to the directory the process was started in; `-` is standard
    /// input, on a client only (FLT-27, FLT-28).
    case fromCommandLine([UInt8])
    /// A path below the transfer root.
    case inTransfer([UInt8])
    /// An absolute path outside of the transfer root: a parent scan (FLT-38) or a merge rule of a per-directory file.
    case absolute([UInt8])
    /// A name in the home directory (FLT-43).
    case inHome([UInt8])
}

/// What rules that read files need from the machine they run on. This module opens nothing itself.
public protocol FilterFileReader {
    /// The whole file, nil when it cannot be opened. Reads regular files only and never blocks on another kind
    /// (FLT-105); keeps to the confinement of the session (FLT-90).
    func contents(of location: FilterFileLocation) -> [UInt8]?

    /// Why a file cannot be read, in the system's words; nil where that is not known.
    func problem(with location: FilterFileLocation) -> String?

    /// The environment variable CVSIGNORE (FLT-43).
    var cvsIgnoreVariable: [UInt8]? { get }

    /// The absolute path of a file at home, for people; nil where there is no home.
    func shownPath(of location: FilterFileLocation) -> [UInt8]?
}

extension FilterFileReader {
    public func problem(with location: FilterFileLocation) -> String? { nil }
    public func shownPath(of location: FilterFileLocation) -> [UInt8]? { nil }
}

/// The text of a rule file made into rules (FLT-19 to FLT-29).
struct FilterFileParser {
    /// What came out of one file, the files that it merges included.
    struct Result {
        var rules: [FilterRule] = []
        /// A clear rule emptied what was before the file, too (FLT-27, FLT-32).
        var clearsEarlier = false
        var dropped: [FilterError] = []
        var notes: [FilterNote] = []
        var isNoting = false
        /// `--delete-excluded`: what names no side is for the sending one.
        var deletesExcluded = false
        /// Behind each of them.
        var context: [UInt8] = []
    }

    /// Where the file stands; this decides how names and leading slashes in it are read.
    enum Place {
        case commandLine
        /// In a directory of the transfer or above it; `directory` is its absolute path without slashes at the ends.
        case directory(_ directory: [UInt8])
    }

    let reader: any FilterFileReader
    /// Absolute path of the transfer root without slashes at the ends.
    let root: [UInt8]

    /// The rules of `bytes`, the contents of the file that `merge` names.
    ///
    /// - Parameters:
    ///   - name: the file, as messages call it.
    ///   - anchor: where a leading slash is anchored; nil for the transfer root.
    ///   - label: the file, as notes call it; nil where nobody takes any.
    ///   - context: what stands behind notes.
    func parse(
        _ bytes: [UInt8], named name: [UInt8], of merge: FilterRule, at place: Place, anchor: [UInt8]?, depth: Int = 1,
        nulTerminated: Bool = false, label: FilterFileLabel? = nil, context: [UInt8] = []
    ) throws(FilterError) -> Result {
        var result = Result(isNoting: label != nil, context: context)
        let texts = merge.isWordSplit ? FilterText.words(bytes) : FilterText.lines(bytes, nulTerminated: nulTerminated)
        let inherited = FilterRule.Inherited(from: merge)
        // Lines are counted for what goes wrong and for notes alone.
        func line(of text: ArraySlice<UInt8>) -> Int? {
            merge.isWordSplit ? nil : FilterText.line(at: text.startIndex, of: bytes, nulTerminated: nulTerminated)
        }
        func origin(of text: ArraySlice<UInt8>) -> FilterOrigin { FilterOrigin(file: name, line: line(of: text)) }
        for text in texts {
            guard text.count <= FilterLimits.line else {
                result.dropped.append(FilterError(.lineTooLong, rule: text, clause: "FLT-22").standing(in: origin(of: text)))
                continue
            }
            do throws(FilterError) {
                guard var rule = try rule([UInt8](text), of: merge, inherited) else { continue }
                rule.depth = depth
                if let label { rule.label = label.rule(line: line(of: text)) }
                if rule.kind == .include || rule.kind == .exclude, rule.pattern.isAnchored, !rule.isAbsolute {
                    rule.anchor = anchor
                }
                try take(
                    rule, from: rule.kind == .merge ? origin(of: text) : nil, at: place, nulTerminated: nulTerminated,
                    label: rule.kind == .merge ? label?.file(namedAt: line(of: text)) : nil, into: &result)
            } catch {
                throw error.standing(in: origin(of: text))
            }
        }
        return result
    }

    /// Puts a parsed rule into the result: acts on clear rules and reads merge files (FLT-26, FLT-27). `origin`: where the rule
    /// stands; nil where it was written out. `label`: the file that it names, as notes call it.
    func take(
        _ rule: FilterRule, from origin: FilterOrigin? = nil, at place: Place, nulTerminated: Bool, label: FilterFileLabel? = nil,
        into result: inout Result
    ) throws(FilterError) {
        guard rule.kind == .merge else { return Self.takeUnread(rule, into: &result) }
        guard rule.depth < FilterLimits.nesting else {
            throw FilterError(.nestedTooDeeply, rule: rule.text, clause: "FLT-29", exitCode: 11)
        }
        Self.takeSelfExclusion(of: rule, into: &result)
        let (location, inner) = resolve(rule.patternText, at: place)
        let contents = reader.contents(of: location)
        if result.isNoting {
            result.notes.append(FilterNote(line: rule.fileNote(rule.patternText, found: contents != nil, manner: 1)))
        }
        guard let bytes = contents else {
            throw FilterError(
                .unreadableFile, rule: rule.text, clause: "FLT-27", exitCode: 11,
                file: FilterError.UnreadableFile(
                    name: rule.patternText, holdsIncludes: rule.bareMode == .include, reason: reader.problem(with: location)))
        }
        let nested = try parse(
            bytes, named: origin?.namedFile ?? rule.patternText, of: rule, at: inner, anchor: nil, depth: rule.depth + 1, nulTerminated: nulTerminated,
            label: result.isNoting ? label ?? FilterFileLabel(name: rule.patternText, isHidden: false) : nil, context: result.context)
        result.notes += nested.notes
        if nested.clearsEarlier {
            result.rules = []
            result.clearsEarlier = true
        }
        result.rules += nested.rules
        result.dropped += nested.dropped
    }

    /// The same for a rule that is no merge rule.
    static func takeUnread(_ rule: FilterRule, into result: inout Result) {
        switch rule.kind {
        case .clear:
            result.note(rule)
            result.rules = []
            result.clearsEarlier = true
        case .dirMerge:
            // FLT-29: too deep a dir-merge is ignored.
            guard rule.depth < FilterLimits.nesting else { return }
            takeSelfExclusion(of: rule, into: &result)
            var kept = rule
            kept.excludesItself = false
            result.note(kept)
            result.rules.append(kept)
        case .include, .exclude, .merge:
            result.note(rule)
            result.rules.append(rule)
        }
    }

    private static func takeSelfExclusion(of rule: FilterRule, into result: inout Result) {
        guard rule.excludesItself else { return }
        var exclusion = FilterRule(kind: .exclude, pattern: rule.baseName)
        exclusion.label = rule.label
        result.note(exclusion)
        result.rules.append(exclusion)
    }

    /// One text of the file `merge` names (FLT-23, FLT-24).
    private func rule(
        _ text: [UInt8], of merge: FilterRule, _ inherited: FilterRule.Inherited
    ) throws(FilterError) -> FilterRule? {
        guard let mode = merge.bareMode else { return try FilterRule.parse(text, inheriting: inherited) }
        if merge.isCVS, text == [UInt8(ascii: "!")] { return FilterRule(kind: .clear, pattern: []) }
        var rule = FilterRule(kind: mode == .exclude ? .exclude : .include, pattern: text)
        rule.isAbsolute = inherited.isAbsolute
        rule.isPerishable = inherited.isPerishable
        rule.sides = inherited.sides
        return rule
    }

    /// The file a merge rule means, and the place the rules in it are at (FLT-28).
    private func resolve(_ name: [UInt8], at place: Place) -> (FilterFileLocation, Place) {
        guard case .directory(let directory) = place else { return (.fromCommandLine(name), .commandLine) }
        let path =
            if name.first == slash {
                FilterPath.collapsed(name)
            } else if name.contains(slash) {
                FilterPath.collapsed(directory + [slash] + name)
            } else {
                FilterPath.collapsed(root + [slash] + name)
            }
        return (FilterPath.location(of: path, root: root), .directory(FilterPath.parent(path) ?? []))
    }
}

/// Absolute paths, written without slashes at the ends; the file system's root is the empty path.
enum FilterPath {
    /// Repeated slashes and `.` dropped, `..` taken textually (FLT-28).
    static func collapsed(_ path: some Sequence<UInt8>) -> [UInt8] {
        var components: [ArraySlice<UInt8>] = []
        for component in [UInt8](path).split(separator: slash) where !component.elementsEqual([UInt8(ascii: ".")]) {
            if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        return [UInt8](components.joined(separator: [slash]))
    }

    /// The directory that holds `path`; nil for the file system's root.
    static func parent(_ path: [UInt8]) -> [UInt8]? {
        if path.isEmpty { return nil }
        return path.lastIndex(of: slash).map { [UInt8](path[..<$0]) } ?? []
    }

    /// Where the last component starts.
    static func lastComponent(of path: [UInt8]) -> Int { (path.lastIndex(of: slash) ?? -1) + 1 }

    /// Whether `directory` is above `path`, not the same.
    static func isProperAncestor(_ directory: [UInt8], of path: [UInt8]) -> Bool {
        directory.isEmpty ? !path.isEmpty : path.count > directory.count && path.starts(with: directory + [slash])
    }

    static func joined(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        if directory.isEmpty { return name }
        return name.isEmpty ? directory : directory + [slash] + name
    }

    static func location(of path: [UInt8], root: [UInt8]) -> FilterFileLocation {
        guard isProperAncestor(root, of: path) else { return .absolute([slash] + path) }
        return .inTransfer(root.isEmpty ? path : [UInt8](path[(root.count + 1)...]))
    }
}
