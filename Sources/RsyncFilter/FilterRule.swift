import RsyncWire

/// The end of a transfer that asks.
public enum FilterSide: Sendable, Equatable {
    case sender, receiver

    public var other: FilterSide { self == .sender ? .receiver : .sender }
}

/// The sides a rule names; none and both are the same to matching, not to `--delete-excluded` (FLT-70).
public struct FilterSides: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let sender = FilterSides(rawValue: 1)
    public static let receiver = FilterSides(rawValue: 2)

    public func applies(to side: FilterSide) -> Bool {
        isEmpty || Knob.sidesAreIgnored.isOn || contains(side == .sender ? .sender : .receiver)
    }
}

/// One entry of a rule list.
public struct FilterRule: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case exclude, include
        /// A file that is looked for in every directory (FLT-30).
        case dirMerge
        /// A file that is read at once (FLT-27); never part of a list.
        case merge
        /// Empties the list; never part of one.
        case clear
    }

    /// How the lines of a merge file are to be read when they are not full rules.
    public enum BareMode: Sendable, Equatable { case exclude, include }

    public var kind: Kind
    /// The pattern, or the file name of a merge kind.
    public var pattern: FilterPattern
    public var sides: FilterSides = []
    /// Modifier `/` (FLT-50).
    public var isAbsolute = false
    /// Modifier `!` (FLT-48).
    public var isNegated = false
    /// Modifier `p` (FLT-68).
    public var isPerishable = false
    /// Modifier `x` (FLT-72).
    public var isAttributeRule = false
    /// Modifier `C`: this exclude or include stands for the CVS list, this merge reads CVS files.
    public var isCVS = false
    /// Modifier `n`: subdirectories do not inherit.
    public var isNotInherited = false
    /// Modifier `w`: the file is split at white space.
    public var isWordSplit = false
    /// Modifier `-` or `+` of a merge kind.
    public var bareMode: BareMode?
    /// Modifier `e`: exclude the merge file itself.
    public var excludesItself = false

    /// The directory a leading slash of the pattern stands for: its absolute path without slashes at the ends, compared
    /// literally (FLT-33). Nil for the transfer root.
    var anchor: [UInt8]?
    /// How many files deep the rule stands (FLT-29); 0 for the command line.
    var depth = 0
    /// A line of a file, which is not shown to whoever asks: whose files were read is not always whose output it is.
    public var isFromFile: Bool { depth > 0 }
    /// What notes show for a line of a file; nil where there are none, or it was written out.
    var label: [UInt8]?
    /// A rule of the default CVS list: perishable if both ends know perishable rules (FLT-43).
    var isPerishableIfKnown = false
    /// Perishable for a receiver whatever the protocol: the rule of a partial directory (MET-84).
    var isPerishableForReceiver = false
    /// The `:C` of option `-C`: servers of old protocols add theirs themselves (FLT-82).
    var isCVSOption = false

    public init(kind: Kind, pattern: some Sequence<UInt8>) {
        self.kind = kind
        self.pattern = FilterPattern(pattern)
    }

    /// The last component of a merge kind's file name.
    var baseName: [UInt8] {
        let name = patternText
        return name.lastIndex(of: slash).map { [UInt8](name[($0 + 1)...]) } ?? name
    }

    /// An exclude or include that stands for the CVS list (FLT-44).
    var standsForCVSList: Bool { isCVS && (kind == .exclude || kind == .include) }

    /// Whether a file has to be read for this rule.
    public var needsFiles: Bool { kind == .dirMerge || kind == .merge || isCVS }

    /// Whether the rule's pattern, negation included, fits the item (FLT-47, FLT-48). Sides do not matter here.
    /// `root` is the absolute path of the transfer root, without its leading slash and without a trailing one.
    func matches(_ name: [UInt8], lastComponent: Int, isDirectory: Bool, root: [UInt8]) -> Bool {
        var name = name
        var lastComponent = lastComponent
        if let directory = anchor {
            let path = FilterPath.joined(root, name)
            guard FilterPath.isProperAncestor(directory, of: path) else { return isNegated }
            name = directory.isEmpty ? path : [UInt8](path[(directory.count + 1)...])
            lastComponent = FilterPath.lastComponent(of: name)
        }
        let absolute = isAbsolute && !Knob.absoluteIsIgnored.isOn && anchor == nil ? FilterPath.joined(root, name) : nil
        return pattern.matches(name, lastComponent: lastComponent, isDirectory: isDirectory, absolute: absolute)
            != (isNegated && !Knob.negationIsIgnored.isOn)
    }

    /// The rule in the syntax of FLT-6, modifiers in the order of FLT-77; for messages.
    public var text: [UInt8] {
        prefix(includingPerishable: true) + [UInt8(ascii: " ")] + patternText
    }

    /// The pattern with the slash of a directory-only rule.
    var patternText: [UInt8] { pattern.isDirectoryOnly ? pattern.bytes + [slash] : pattern.bytes }

    /// The PREFIX of FLT-77.
    func prefix(includingPerishable: Bool, sides: FilterSides? = nil) -> [UInt8] {
        var text = ""
        switch kind {
        case .exclude: text += "-"
        case .include: text += "+"
        case .dirMerge: text += ":"
        case .merge: text += "."
        case .clear: return [UInt8(ascii: "!")]
        }
        if isAbsolute { text += "/" }
        if isNegated { text += "!" }
        if isCVS {
            text += "C"
        } else {
            if isNotInherited { text += "n" }
            if isWordSplit { text += "w" }
            if let bareMode { text += bareMode == .exclude ? "-" : "+" }
        }
        if isAttributeRule { text += "x" }
        let sides = sides ?? self.sides
        if sides.contains(.sender) { text += "s" }
        if sides.contains(.receiver) { text += "r" }
        if isPerishable, includingPerishable { text += "p" }
        return [UInt8](text.utf8)
    }
}
