import RsyncWire

/// An ordered list of filter rules: what the options of one process, or a list received from a client, add up to.
///
/// The list decides about names; reading files, walking directories and deleting belong to others.
public struct FilterList: Sendable {
    /// What a list says about a name: the kind of the first rule that applies and matches (FLT-4).
    public enum Verdict: Sendable, Equatable { case include, exclude, none }

    public internal(set) var rules: [FilterRule] = []
    /// Rules and lines that were dropped because they are too long (FLT-14, FLT-22), for the caller to report.
    public internal(set) var dropped: [FilterError] = []
    /// Whether there is, or ever was, a rule that reads per-directory files: then a receiver cannot repeat the
    /// sender's decisions (FLT-95).
    public internal(set) var everHadDirMerge = false
    /// `--delete-excluded` is in force: rules that name no side are for the sending side only, wherever on the command
    /// line they stand (FLT-70).
    public var deletesExcluded = false
    /// Absolute path of the transfer root on this side, for rules with modifier `/` (FLT-50).
    public var transferRoot: [UInt8] = [slash] {
        didSet { root = Self.trimmed(transferRoot) }
    }

    /// Both ends know perishable rules; decides whether the default CVS list is perishable (FLT-43).
    public var knowsPerishable = true
    /// They were given to the side that receives, or to a local copy.
    public var isReceiver = false

    /// `transferRoot` without slashes at the ends.
    private(set) var root: [UInt8] = []
    /// The list that `-C` rules stand for; nil before the first of them (FLT-43).
    var cvsRules: [FilterRule]?
    private var attributeRules = 0
    /// What `--debug=filter2` is to tell; nil: nobody asks.
    public var notes: [[UInt8]]?

    public init() {}

    public var isEmpty: Bool { rules.isEmpty }

    /// Whether directories have to be entered through a `FilterScope` for the rules to be complete.
    public var hasDirMerge: Bool { rules.contains { $0.kind == .dirMerge } }

    // MARK: Building

    /// `--filter`: a rule in full syntax (FLT-6). Without a `reader`, rules that need files are refused; a dir-merge
    /// rule needs none yet. `nulTerminated`: `--from0`.
    public mutating func add(
        parsing text: [UInt8], reader: (any FilterFileReader)? = nil, nulTerminated: Bool = false
    ) throws(FilterError) {
        if let rule = try FilterRule.parse(text) {
            try add(rule, text: text, reader: reader, nulTerminated: nulTerminated)
        }
    }

    /// `--exclude` (FLT-15).
    public mutating func add(exclude text: [UInt8]) throws(FilterError) { try add(oldStyle: text, .exclude) }

    /// `--include` (FLT-15).
    public mutating func add(include text: [UInt8]) throws(FilterError) { try add(oldStyle: text, .include) }

    mutating func add(oldStyle text: [UInt8], _ kind: FilterRule.Kind, label: [UInt8]? = nil) throws(FilterError) {
        guard var rule = try FilterRule.parseOldStyle(text, kind: kind) else { return }
        rule.label = label
        try add(rule, text: text)
    }

    /// Takes a rule in, or acts on it if it clears or merges.
    mutating func add(
        _ rule: FilterRule, text: [UInt8], reader: (any FilterFileReader)? = nil, nulTerminated: Bool = false
    ) throws(FilterError) {
        var result = FilterFileParser.Result(isNoting: notes != nil, deletesExcluded: deletesExcluded)
        if let reader {
            try FilterFileParser(reader: reader, root: root)
                .take(rule, at: .commandLine, nulTerminated: nulTerminated, into: &result)
        } else if rule.kind == .merge || rule.standsForCVSList {
            throw FilterError(.filesUnavailable, rule: text, clause: "FLT-27", exitCode: 11)
        } else {
            FilterFileParser.takeUnread(rule, into: &result)
        }
        if result.isNoting { add(result.notes, active: rules.filter { $0.kind == .dirMerge }, reader: reader) }
        if result.clearsEarlier, !Knob.clearIsIgnored.isOn {
            rules.removeAll()
            attributeRules = 0
        }
        dropped += result.dropped
        for rule in result.rules {
            if rule.standsForCVSList, cvsRules == nil {
                guard let reader else {
                    throw FilterError(.filesUnavailable, rule: text, clause: "FLT-43", exitCode: 11)
                }
                cvsRules = CVSIgnore.rules(reader: reader, isPerishable: rule.isPerishable)
            }
            append(rule)
        }
    }

    /// Takes in a rule that is known to be an entry of a list. Drops it when its pattern is too long (FLT-14) or when it
    /// is a dir-merge of a name that is active already (FLT-36).
    mutating func append(_ rule: FilterRule) {
        guard rule.patternText.count < FilterLimits.pattern else {
            dropped.append(FilterError(.patternTooLong, rule: rule.patternText, clause: "FLT-14"))
            return
        }
        if rule.kind == .dirMerge {
            everHadDirMerge = true
            if rules.contains(where: { $0.kind == .dirMerge && $0.baseName == rule.baseName }) { return }
        }
        if rule.isAttributeRule { attributeRules += 1 }
        rules.append(rule)
    }

    // MARK: Deciding

    /// What the rules of `side` say about an item. Parents are not looked at: who walks a tree does not enter what is
    /// excluded (FLT-61). Per-directory files are not looked at either: ask a `FilterScope` when there are any.
    ///
    /// - Parameters:
    ///   - name: path inside the transfer; leading slashes are ignored. The transfer root (`.` or empty) is never
    ///     matched (FLT-59).
    ///   - insideDoomedDirectory: the item is in a directory that is being deleted: perishable rules are left out
    ///     (FLT-68).
    public func check(
        _ name: [UInt8], isDirectory: Bool, side: FilterSide, insideDoomedDirectory: Bool = false
    ) -> Verdict {
        let question = Question(
            name: name, isDirectory: isDirectory, side: side, insideDoomedDirectory: insideDoomedDirectory)
        guard let question else { return .none }
        return decide(question, rules)
    }

    /// The rules from here on stand in a file.
    mutating func noteFile(from start: Int) {
        guard start < rules.count else { return }
        for index in start..<rules.count { rules[index].depth = max(1, rules[index].depth) }
    }

    /// What FLT-95 asks of a client that is the receiver: would an honest sender have left this name out? Never so for
    /// the transfer root and for implied directories, and absolute rules do not take part: the client does not know
    /// the sender's directory (FLT-99).
    public func wouldBeWithheld(_ name: [UInt8], isDirectory: Bool, isImplied: Bool) -> Bool {
        if everHadDirMerge || isImplied || rules.isEmpty { return false }
        guard var question = Question(name: name, isDirectory: isDirectory, side: .sender) else { return false }
        question.skipsAbsoluteRules = true
        return decide(question, rules) == .exclude
    }

    /// One item to be decided about.
    struct Question {
        var name: [UInt8]
        var lastComponent: Int
        var isDirectory: Bool
        var side: FilterSide
        var insideDoomedDirectory = false
        var skipsAbsoluteRules = false

        /// Nil for the transfer root.
        init?(name: [UInt8], isDirectory: Bool, side: FilterSide, insideDoomedDirectory: Bool = false) {
            if name == [UInt8(ascii: ".")] { return nil }
            self.name = name.first == slash ? [UInt8](name.drop { $0 == slash }) : name
            if self.name.isEmpty { return nil }
            lastComponent = FilterPath.lastComponent(of: self.name)
            self.isDirectory = isDirectory
            self.side = side
            self.insideDoomedDirectory = insideDoomedDirectory
        }
    }

    /// Asks `rules` in order; `merges` holds the sub-lists of dir-merge rules by base name.
    func decide(_ question: Question, _ rules: [FilterRule], merges: [FilterScope.Merge] = []) -> Verdict {
        let lastByte = Int16(question.name[question.name.count - 1])
        for index in rules.indices {
            let wanted = rules[index].pattern.lastByte
            if wanted >= 0, wanted != lastByte, !rules[index].isNegated, !rules[index].needsFiles { continue }
            guard !rules[index].isAttributeRule, effectiveSides(of: rules[index]).applies(to: question.side) else { continue }
            guard rules[index].needsFiles || question.insideDoomedDirectory || question.skipsAbsoluteRules else {
                // The common case, kept free of copies of the rule.
                let fits = rules[index].matches(
                    question.name, lastComponent: question.lastComponent, isDirectory: question.isDirectory, root: root)
                if fits { return rules[index].kind == .include && !Knob.includeIsExclude.isOn ? .include : .exclude }
                continue
            }
            let rule = rules[index]
            if rule.kind == .dirMerge {
                guard let merge = merges.first(where: { $0.baseName == rule.baseName }) else { continue }
                let verdict = decide(question, merge.rules, merges: merges)
                if verdict != .none { return verdict }
                continue
            }
            if question.insideDoomedDirectory, isPerishable(rule), !Knob.perishableIsKept.isOn { continue }
            if question.skipsAbsoluteRules, rule.isAbsolute { continue }
            if rule.isCVS {
                let verdict = decide(question, cvsRules ?? [])
                if verdict != .none { return verdict }
                continue
            }
            let fits = rule.matches(
                question.name, lastComponent: question.lastComponent, isDirectory: question.isDirectory, root: root)
            guard fits else { continue }
            return rule.kind == .include ? .include : .exclude
        }
        return .none
    }

    private func isPerishable(_ rule: FilterRule) -> Bool {
        rule.isPerishable || (rule.isPerishableIfKnown && knowsPerishable) || (rule.isPerishableForReceiver && isReceiver)
    }

    /// Whether the rules with modifier `x` decide about extended attributes; without any, the default of FLT-72 does.
    public var hasAttributeRules: Bool { attributeRules > 0 }

    /// What the rules with modifier `x` say about the name of an extended attribute (FLT-72).
    public func checkAttribute(_ name: [UInt8], side: FilterSide) -> Verdict {
        if name.isEmpty { return .none }
        for rule in rules where rule.isAttributeRule && effectiveSides(of: rule).applies(to: side) {
            let last = FilterPath.lastComponent(of: name)
            guard rule.matches(name, lastComponent: last, isDirectory: false, root: []) else { continue }
            return rule.kind == .include ? .include : .exclude
        }
        return .none
    }

    /// The sides a rule is for, `--delete-excluded` considered (FLT-70).
    func effectiveSides(of rule: FilterRule) -> FilterSides {
        guard deletesExcluded, rule.sides.isEmpty, !Knob.deleteExcludedIsIgnored.isOn else { return rule.sides }
        return rule.kind == .dirMerge && rule.bareMode == nil ? [] : .sender
    }

    private static func trimmed(_ path: [UInt8]) -> [UInt8] {
        var path = path.drop { $0 == slash }
        while path.last == slash { path.removeLast() }
        return [UInt8](path)
    }
}
