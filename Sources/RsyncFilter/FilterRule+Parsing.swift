// Rule texts: the full syntax (FLT-6 to FLT-13) and the one of --exclude and --include (FLT-15).

extension FilterRule {
    /// What a rule takes over from the merge rule whose file it is in (FLT-24, FLT-25).
    struct Inherited: Sendable, Equatable {
        var isAbsolute = false
        var isPerishable = false
        var sides: FilterSides = []

        static let nothing = Inherited()

        init() {}

        init(from merge: FilterRule) {
            isAbsolute = merge.isAbsolute
            isPerishable = merge.isPerishable
            sides = merge.sides
        }
    }

    /// A rule in full syntax. Nil for an empty text. The pattern's length is not checked here.
    static func parse(_ text: [UInt8], inheriting: Inherited = .nothing) throws(FilterError) -> FilterRule? {
        guard !text.isEmpty else { return nil }
        let (spelling, start) = try spelling(of: text)
        var index = start
        if index < text.count, text[index] == comma { index += 1 }
        if spelling.kind == .clear {
            guard index == text.count else { throw FilterError(.textAfterClear, rule: text, clause: "FLT-12") }
            return FilterRule(kind: .clear, pattern: [])
        }
        var rule = FilterRule(kind: spelling.kind, pattern: [])
        rule.sides = spelling.sides
        rule.isAbsolute = inheriting.isAbsolute
        rule.isPerishable = inheriting.isPerishable
        while index < text.count, text[index] != space, text[index] != underscore {
            try rule.apply(modifierAt: index, namesSide: !spelling.sides.isEmpty, in: text)
            index += 1
        }
        if !inheriting.sides.isEmpty {
            guard rule.sides.isEmpty else { throw FilterError(.sideNamedTwice, rule: text, clause: "FLT-25") }
            rule.sides = inheriting.sides
        }
        var pattern = text[min(index + 1, text.count)...]
        let isMerge = rule.kind == .merge || rule.kind == .dirMerge
        if rule.isCVS {
            // FLT-13: a CVS merge has a default name, a CVS rule has no pattern at all.
            if !isMerge { pattern = [] } else if pattern.isEmpty { pattern = cvsFileName[...] }
        } else if pattern.isEmpty {
            throw FilterError(.missingPattern, rule: text, clause: "FLT-12")
        }
        rule.pattern = FilterPattern(pattern)
        return rule
    }

    /// The argument of --exclude or --include, or a line of such a file (FLT-15). Nil for an empty text.
    static func parseOldStyle(_ text: [UInt8], kind: Kind) throws(FilterError) -> FilterRule? {
        if text.isEmpty { return nil }
        if text == [UInt8(ascii: "!")] { return FilterRule(kind: .clear, pattern: []) }
        guard text.count >= 2, text[1] == space, text[0] == minus || text[0] == plus else {
            return FilterRule(kind: kind, pattern: text)
        }
        guard text.count > 2 else { throw FilterError(.missingPattern, rule: text, clause: "FLT-15") }
        return FilterRule(kind: text[0] == minus ? .exclude : .include, pattern: text[2...])
    }

    private struct Spelling {
        var kind: Kind
        var sides: FilterSides = []
    }

    private static let names: [(name: String, spelling: Spelling)] = [
        ("clear", Spelling(kind: .clear)),
        ("dir-merge", Spelling(kind: .dirMerge)),
        ("exclude", Spelling(kind: .exclude)),
        ("hide", Spelling(kind: .exclude, sides: .sender)),
        ("include", Spelling(kind: .include)),
        ("merge", Spelling(kind: .merge)),
        ("protect", Spelling(kind: .exclude, sides: .receiver)),
        ("risk", Spelling(kind: .include, sides: .receiver)),
        ("show", Spelling(kind: .include, sides: .sender)),
    ]

    /// The kind (FLT-7, FLT-8) and the index behind it.
    /// A spelled-out name without its comma has no modifiers: a tab behind it ends as an invalid one (FLT-9).
    private static func spelling(of text: [UInt8]) throws(FilterError) -> (Spelling, Int) {
        switch text[0] {
        case minus: return (Spelling(kind: .exclude), 1)
        case plus: return (Spelling(kind: .include), 1)
        case UInt8(ascii: "H"): return (Spelling(kind: .exclude, sides: .sender), 1)
        case UInt8(ascii: "S"): return (Spelling(kind: .include, sides: .sender), 1)
        case UInt8(ascii: "P"): return (Spelling(kind: .exclude, sides: .receiver), 1)
        case UInt8(ascii: "R"): return (Spelling(kind: .include, sides: .receiver), 1)
        case UInt8(ascii: "."): return (Spelling(kind: .merge), 1)
        case UInt8(ascii: ":"): return (Spelling(kind: .dirMerge), 1)
        case UInt8(ascii: "!"): return (Spelling(kind: .clear), 1)
        default: break
        }
        for (name, spelling) in names where text.starts(with: name.utf8) {
            let end = name.utf8.count
            if end == text.count || isWhiteSpace(text[end]) || text[end] == underscore || text[end] == comma {
                return (spelling, end)
            }
        }
        throw FilterError(.unknownRule, rule: text, clause: "FLT-8")
    }

    /// FLT-10 and FLT-11.
    private mutating func apply(modifierAt index: Int, namesSide: Bool, in text: [UInt8]) throws(FilterError) {
        let isMerge = kind == .merge || kind == .dirMerge
        let isFree = bareMode == nil && !isCVS
        switch text[index] {
        case slash: isAbsolute = true
        case UInt8(ascii: "p"): isPerishable = true
        case UInt8(ascii: "x"): isAttributeRule = !isMerge
        case UInt8(ascii: "!") where !isMerge: isNegated = true
        case UInt8(ascii: "s") where !namesSide: sides.insert(.sender)
        case UInt8(ascii: "r") where !namesSide: sides.insert(.receiver)
        case UInt8(ascii: "C") where !namesSide && isFree:
            isCVS = true
            if isMerge {
                bareMode = .exclude
                isWordSplit = true
                isNotInherited = true
            }
        case minus where isMerge && isFree: bareMode = .exclude
        case plus where isMerge && isFree: bareMode = .include
        case UInt8(ascii: "e") where isMerge: excludesItself = true
        case UInt8(ascii: "n") where isMerge: isNotInherited = true
        case UInt8(ascii: "w") where isMerge: isWordSplit = true
        default: throw FilterError(.invalidModifier, rule: text, clause: "FLT-10", position: index)
        }
    }
}

/// FLT-13.
let cvsFileName = [UInt8](".cvsignore".utf8)

let minus = UInt8(ascii: "-")
let plus = UInt8(ascii: "+")
let comma = UInt8(ascii: ",")
let space = UInt8(ascii: " ")
let underscore = UInt8(ascii: "_")

/// The white space of FLT-20, in any locale.
func isWhiteSpace(_ byte: UInt8) -> Bool { byte == space || (0x09...0x0d).contains(byte) }
