import RsyncWire

/// The names that a sender was asked for, derived from the source arguments (FLT-96 to FLT-98; FLS-95, FLS-96).
///
/// A client that is the receiver checks every received name but `.` against it, so that a hostile sender cannot place
/// files nobody asked for.
public struct RequestedNames: Sendable {
    /// What the arguments say about a received name.
    public enum Verdict: Sendable, Equatable {
        case requested
        /// A directory on the way to something requested: to be treated as an implied one (FLT-100).
        case parentOnly
        case notRequested
    }

    /// The options that shape the patterns.
    public struct Options: Sendable, Equatable {
        /// `--relative`; implied by a files-from list unless turned off.
        public var relative: Bool
        /// `--recursive`.
        public var recursive: Bool
        /// `--dirs`, or an option that implies it.
        public var directories: Bool
        /// The source is a daemon's: arguments begin with the module name.
        public var namesModule: Bool

        public init(relative: Bool, recursive: Bool, directories: Bool, namesModule: Bool = false) {
            self.relative = relative
            self.recursive = recursive
            self.directories = directories
            self.namesModule = namesModule
        }
    }

    private struct Pattern: Sendable {
        let wildcard: Wildcard
        let isDirectoryOnly: Bool

        func matches(_ name: [UInt8]) -> Bool { wildcard.matches(name, 0..<name.count) }
    }

    private var patterns: [Pattern] = []
    /// Patterns without wildcards, which a list of names may bring by the thousand: true for those of directories only.
    private var literals: [[UInt8]: Bool] = [:]
    /// Directories, without wildcards in their names, whose contents were asked for.
    private var above: Set<[UInt8]> = []
    private var hasArguments = false
    /// Some argument asked for the contents of the transfer root itself; without one, `.` is only a parent of what was
    /// asked for (FLS-96).
    public private(set) var asksForRootContents = false
    private let options: Options
    /// All below the transfer root.
    private var asksForEverything = false
    /// For `--debug=filter3`: every pattern as rsync has it, in order; nil: nobody asks.
    private var notes: [Note]?

    private struct Note: Sendable {
        let text: [UInt8]
        let pattern: Pattern
    }

    public init(options: Options, takesNotes: Bool = false) {
        self.options = options
        notes = takesNotes ? [] : nil
    }

    /// What names are compared with, for people.
    public var patternTexts: [[UInt8]] { notes?.map(\.text) ?? [] }

    /// The pattern that a name was asked for by, for people.
    public func explanation(_ name: [UInt8], isDirectory: Bool) -> [UInt8]? {
        notes?.first { (isDirectory || !$0.pattern.isDirectoryOnly) && $0.pattern.matches(name) }?.text
    }

    private mutating func note(_ text: [UInt8], isDirectoryOnly: Bool = false) {
        guard notes != nil else { return }
        if isDirectoryOnly, notes?.contains(where: { $0.pattern.isDirectoryOnly && $0.text.dropFirst().dropLast() == text[...] }) == true { return }
        notes?.append(
            Note(
                text: [slash] + text + (isDirectoryOnly ? [slash] : []),
                pattern: Pattern(wildcard: Wildcard(text), isDirectoryOnly: isDirectoryOnly)))
    }

    /// - Parameter arguments: the remote source arguments as the user gave them, behind the host part and before any
    ///   quoting for a shell; with a local files-from list its lines as they are forwarded instead: the argument is
    ///   then only the directory they start at.
    ///   `takesNotes`: for people who want to know what they are.
    public init(arguments: [[UInt8]], options: Options, takesNotes: Bool = false) {
        self.init(options: options, takesNotes: takesNotes)
        for argument in arguments { add(argument) }
    }

    /// One more argument (FLT-97; the numbers are its steps).
    public mutating func add(_ argument: [UInt8]) {
        hasArguments = true
        // 1, 2
        var rest = argument[...]
        if options.namesModule { rest = rest.firstIndex(of: slash).map { rest[($0 + 1)...] } ?? [] }
        if options.relative {
            if let dot = Self.firstDotDirectory(in: rest) { rest = rest[(dot + 3)...] }
        } else if let last = rest.lastIndex(of: slash) {
            rest = rest[(last + 1)...]
        }
        // 3, and FLT-99 (c): `..` names the transfer root as `.` does.
        let tail = rest.lastIndex(of: slash).map { rest[($0 + 1)...] } ?? rest
        if rest.elementsEqual([dot]) || tail.elementsEqual([dot, dot]) { rest = [] }
        // 4, 5
        let isWild = rest.contains(where: Self.isWildcard)
        let path = Self.cleaned(rest, isWild: isWild)
        // Patterns are kept without their leading slash: so are names.
        if !path.isEmpty {
            addPattern(path, isWild: isWild)
            note(path)
            // 6
            if options.relative {
                for (index, byte) in path.enumerated().reversed() where byte == slash && notes != nil {
                    note([UInt8](path[..<index]), isDirectoryOnly: true)
                }
                for (index, byte) in path.enumerated() where byte == slash {
                    let parent = [UInt8](path[..<index])
                    let parentIsWild = isWild && parent.contains { Self.isWildcard($0) || $0 == backslash }
                    addPattern(parent, isWild: parentIsWild, isDirectoryOnly: true)
                }
            }
        } else {
            asksForRootContents = true
        }
        // 7
        guard options.recursive || options.directories else { return }
        note((path.isEmpty ? [] : path + [slash]) + (options.recursive ? [star, star] : [star]))
        guard isWild else {
            above.insert(path)
            if path.isEmpty, options.recursive { asksForEverything = true }
            return
        }
        addPattern(path + [slash] + (options.recursive ? [star, star] : [star]), isWild: true)
    }

    /// Whether a received name was asked for. The transfer root always was; without any argument nothing is checked.
    public func check(_ name: [UInt8], isDirectory: Bool) -> Verdict {
        if asksForEverything { return .requested }
        let name = name.first == slash ? [UInt8](name.drop { $0 == slash }) : name
        if !hasArguments || name.isEmpty || name == [dot] { return .requested }
        var verdict = Knob.everythingIsRequested.isOn ? Verdict.requested : Verdict.notRequested
        if let isDirectoryOnly = literals[name], isDirectory || !isDirectoryOnly {
            guard isDirectoryOnly else { return .requested }
            verdict = .parentOnly
        }
        if lies(inRequested: name) { return .requested }
        for pattern in patterns where isDirectory || !pattern.isDirectoryOnly {
            guard pattern.isDirectoryOnly == false || verdict == .notRequested, pattern.matches(name) else { continue }
            if !pattern.isDirectoryOnly { return .requested }
            verdict = .parentOnly
        }
        return verdict
    }

    /// Whether the contents of a directory above `name` were asked for; without `-r` only the one it lies in counts.
    private func lies(inRequested name: [UInt8]) -> Bool {
        guard !above.isEmpty else { return false }
        if above.count <= Self.fewDirectories { return above.contains { lies(name, in: $0) } }
        var end = name.count
        while let cut = name[..<end].lastIndex(of: slash) {
            if above.contains([UInt8](name[..<cut])) { return true }
            guard options.recursive else { return false }
            end = cut
        }
        return above.contains([])
    }

    /// So many are looked at one by one, without making the names of parents.
    private static let fewDirectories = 4

    private func lies(_ name: [UInt8], in directory: [UInt8]) -> Bool {
        let start = directory.isEmpty ? 0 : directory.count + 1
        guard name.count > start, directory.isEmpty || name[start - 1] == slash && name.starts(with: directory) else { return false }
        return options.recursive || !name[start...].contains(slash)
    }

    private mutating func addPattern(_ text: [UInt8], isWild: Bool, isDirectoryOnly: Bool = false) {
        guard isWild else {
            literals[text] = isDirectoryOnly && literals[text] != false
            return
        }
        patterns.append(Pattern(wildcard: Wildcard(text), isDirectoryOnly: isDirectoryOnly))
        // 8: a remote shell hands over a pattern that matches nothing as it stands.
        var escaped: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if byte == bracket, index == 0 || text[index - 1] != backslash { escaped.append(backslash) }
            escaped.append(byte)
        }
        if escaped.count > text.count {
            patterns.append(Pattern(wildcard: Wildcard(escaped), isDirectoryOnly: isDirectoryOnly))
        }
    }

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == star || byte == UInt8(ascii: "?") || byte == bracket
    }

    /// Index of the first `/./`.
    private static func firstDotDirectory(in path: ArraySlice<UInt8>) -> Int? {
        guard path.count >= 3 else { return nil }
        return (path.startIndex...(path.endIndex - 3)).first {
            path[$0] == slash && path[$0 + 1] == dot && path[$0 + 2] == slash
        }
    }

    /// Step 5: components without empty and `.` ones, backslashes as the pattern's kind needs them.
    private static func cleaned(_ path: ArraySlice<UInt8>, isWild: Bool) -> [UInt8] {
        let components = path.split(separator: slash).filter { !$0.elementsEqual([dot]) }
        let joined = [UInt8](components.joined(separator: [slash]))
        var result: [UInt8] = []
        for (index, byte) in joined.enumerated() {
            result.append(byte)
            guard byte == backslash else { continue }
            let next = index + 1 < joined.count ? joined[index + 1] : 0
            if isWildcard(next) { continue }
            if next == UInt8(ascii: "]") {
                if !isWild { result.removeLast() }
            } else if isWild {
                result.append(backslash)
            }
        }
        return result
    }
}

private let star = UInt8(ascii: "*")
private let dot = UInt8(ascii: ".")
private let bracket = UInt8(ascii: "[")
private let backslash = UInt8(ascii: "\\")
