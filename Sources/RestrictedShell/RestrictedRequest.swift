import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncWire

/// A client's request, decided: what the key may do and the client asks for.
public struct RestrictedRequest: Sendable {
    /// The exact command `true`: does the connection work? (RSH-6)
    public static func isProbe(_ command: [UInt8]) -> Bool { command.elementsEqual("true".utf8) }

    /// As the parser has them. `positional` is what the client wrote, until `arguments(expanding:)`.
    public private(set) var parsed: ParsedArguments
    private let policy: RestrictedPolicy
    private var paths: [CommandTokens.Word] = []
    /// Values that name directories, to be looked at once the destination is known.
    private var directories: [(written: String, path: [UInt8])] = []
    private var isComplete = false

    public var isSender: Bool { parsed.isSender }
    /// The rest of the arguments comes over the connection, for `add(secluded:)` (RSH-224).
    public var isSecluded: Bool { !isComplete }
    /// A pull that removes what it has sent, or may yet turn out to be one.
    public var mayRemoveSources: Bool {
        isSender && (parsed.sourceRemoval != nil || isSecluded && !policy.refusesRemoval)
    }

    /// - Parameter command: SSH_ORIGINAL_COMMAND as it came.
    public init(_ command: [UInt8], policy: RestrictedPolicy) throws(Refusal) {
        let words = try CommandTokens(command).words
        // Which file the client means by rsync is of no account: we are it.
        guard let program = words.first, program.bytes.split(separator: UInt8(ascii: "/")).last?.elementsEqual("rsync".utf8) == true,
            program.bytes.last != UInt8(ascii: "/"), program.bytes.count == 5 || program.bytes.first == UInt8(ascii: "/")
        else { throw Refusal("SSH_ORIGINAL_COMMAND does not run rsync") }
        guard words.count > 1, words[1].bytes.elementsEqual("--server".utf8) else {
            throw Refusal("--server option is not the first arg")
        }
        let isSender = words.count > 2 && words[2].bytes.elementsEqual("--sender".utf8)
        switch policy.mode {
        case .readOnly where !isSender: throw Refusal("sending to read-only server is not allowed")
        case .writeOnly where isSender: throw Refusal("reading from write-only server is not allowed")
        default: break
        }
        self.policy = policy
        let own = Self.own(policy, isSender: isSender)
        let options = words.dropFirst(isSender ? 3 : 2)
        var directories: [(written: String, path: [UInt8])] = []
        let start = ["--server"] + (isSender ? ["--sender"] : []) + own
        var ours = start.count
        do throws(ArgumentError) {
            parsed = try ParsedArguments(parsing: start.map { Array($0.utf8) } + options.map(\.bytes)) {
                use throws(ArgumentError) in
                // The first words are ours.
                if ours > 0 {
                    ours -= 1
                    return
                }
                try Self.vet(use, policy, isSender: isSender, &directories)
            }
        } catch {
            throw Refusal(Self.plain(error.text))
        }
        self.directories = directories
        if parsed.secludedArguments {
            guard parsed.positional.isEmpty else { throw Self.malformed }
            return
        }
        // What is positional is the end of the words.
        try complete(Array(options.suffix(parsed.positional.count)))
    }

    /// What came over the connection, program name first (RSH-224): the same rules, and the role stays.
    public mutating func add(secluded words: [[UInt8]]) throws(Refusal) {
        guard isSecluded else { throw Self.malformed }
        let policy = policy
        let isSender = isSender
        var directories = directories
        do throws(ArgumentError) {
            try parsed.add(secluded: words) { use throws(ArgumentError) in
                try Self.vet(use, policy, isSender: isSender, &directories)
            }
        } catch {
            throw Refusal(Self.plain(error.text))
        }
        self.directories = directories
        try complete(words.suffix(parsed.positional.count).map { CommandTokens.Word(secluded: $0) })
    }

    /// What the administrator's words add to the client's (RSH-21). Devices are for whoever has the whole system.
    private static func own(_ policy: RestrictedPolicy, isSender: Bool) -> [String] {
        var words: [String] = []
        if policy.munges { words.append("--munge-links") }
        if !isSender, policy.forbidsOverwriting { words.append("--ignore-existing") }
        if !isSender, !policy.isWholeSystem { words.append("--drop-D") }
        return words
    }

    private static func vet(
        _ use: OptionUse, _ policy: RestrictedPolicy, isSender: Bool,
        _ directories: inout [(written: String, path: [UInt8])]
    ) throws(ArgumentError) {
        // Both roles have been said, in their places; a later one would change what was decided (RSH-8).
        if OptionClass.of(use.option)?.verdict == .role {
            throw ArgumentError("option \(use.written) has been disabled on this server.")
        }
        try policy.vet(use, isSender: isSender)
        if OptionClass.of(use.option)?.value == .directory, let path = use.value {
            directories.append((use.written, path))
        }
    }

    private mutating func complete(_ words: [CommandTokens.Word]) throws(Refusal) {
        guard let start = words.first, start.bytes == [UInt8(ascii: ".")], !start.hasWildcard else { throw Self.malformed }
        paths = Array(words.dropFirst())
        guard isSender || paths.count <= 1 else { throw Self.malformed }
        for index in paths.indices { try settle(&paths[index]) }
        for (written, path) in directories { try check(path, of: written) }
        if policy.longestTimeout > 0 {
            parsed.timeout = parsed.timeout == 0 ? policy.longestTimeout : min(parsed.timeout, policy.longestTimeout)
        }
        isComplete = true
    }

    /// `-absolute`, and no way out of the root.
    private func settle(_ word: inout CommandTokens.Word) throws(Refusal) {
        if let alias = policy.absoluteAlias, alias.count > 1, word.bytes.starts(with: alias),
            word.bytes.count == alias.count || word.bytes[alias.count] == UInt8(ascii: "/")
        {
            // A prefix of plain bytes is as long in the pattern, but for what was quoted in it.
            var own = CommandTokens.Word()
            for byte in alias { own.add(byte, quoted: true) }
            let length = word.pattern.starts(with: own.pattern) ? own.pattern.count : alias.count
            word.pattern = [UInt8](word.pattern.dropFirst(length))
            word.bytes = [UInt8](word.bytes.dropFirst(alias.count))
            if word.bytes.isEmpty { word.bytes = [UInt8(ascii: "/")] }
        }
        if (try? Places.reduced(word.bytes)) == nil { throw Self.outside(word.bytes) }
    }

    /// RSH-241: relative to the destination, and inside.
    private func check(_ path: [UInt8], of written: String) throws(Refusal) {
        let slash = UInt8(ascii: "/")
        let base = path.first == slash ? [] : (paths.first?.bytes ?? [])
        if !isSender, (try? Places.reduced(base + [slash] + path)) == nil { throw Refusal("\(written): outside of what is served") }
    }

    /// Refuses what leads out of the root by a symlink, and a directory for temporary files that is not there: nothing has
    /// been said to the client yet. `arguments`: with the paths as they are used. After confinement: this opens directories.
    public func checkLinks(of arguments: ParsedArguments, in places: Places) throws(Refusal) {
        let slash = UInt8(ascii: "/")
        // There everything is inside.
        guard !policy.isWholeSystem else { return }
        for path in arguments.positional.dropFirst() {
            // A symlink itself is sent as what it is.
            let names = isSender && path.last != slash ? [UInt8](path[..<(path.lastIndex(of: slash) ?? 0)]) : path
            if Self.problem(names, places) == FileError.tooManyLinks { throw Self.outside(path) }
        }
        guard !isSender else { return }
        let destination = arguments.positional.dropFirst().first ?? []
        // One file may get a name of its own there; it is in the directory above, then.
        let bases = Self.problem(destination, places) == nil ? [destination] : [destination, Self.parent(destination)]
        for (written, path) in directories {
            let numbers = (path.first == slash ? [[]] : bases).map { Self.problem($0 + [slash] + path, places) }
            if numbers.contains(FileError.tooManyLinks) { throw Refusal("\(written): leads outside of what is served") }
            if path == arguments.temporaryDirectory, !arguments.dryRun, !numbers.contains(nil), numbers.last == FileError.notFound {
                throw Refusal("The temp-dir does not exist: \(String(decoding: path, as: UTF8.self))")
            }
        }
    }

    /// What stands against opening a directory.
    private static func problem(_ path: [UInt8], _ places: Places) -> Int32? {
        do throws(FileError) {
            _ = try places.tree(path)
            return nil
        } catch {
            return error.errno
        }
    }

    private static func parent(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let end = path.lastIndex { $0 != slash } ?? 0
        return [UInt8](path[..<(path[..<end].lastIndex(of: slash) ?? 0)])
    }

    /// The arguments with their wildcards expanded in the root, as a shell would (RSH-24). After confinement: this reads directories.
    public func arguments(
        expanding expand: (_ pattern: [UInt8], _ matchesHidden: Bool) -> [[UInt8]]
    ) throws(Refusal) -> ParsedArguments {
        var arguments = parsed
        arguments.positional = [[UInt8(ascii: ".")]]
        for path in paths {
            let found = path.hasWildcard ? expand(path.pattern, parsed.secludedArguments) : []
            guard isSender || found.count <= 1 else {
                throw Refusal("\(String(decoding: path.bytes, as: UTF8.self)): the destination matches \(found.count) names")
            }
            arguments.positional += found.isEmpty ? [path.bytes] : found
        }
        return arguments
    }

    private static let malformed = Refusal("invalid rsync-command syntax or options")

    private static func outside(_ path: [UInt8]) -> Refusal {
        Refusal("unsafe arg: \(String(decoding: path, as: UTF8.self)) leads outside of what is served")
    }

    private static func plain(_ text: String) -> String {
        for prefix in ["rsync: on remote machine: ", "rsync: "] where text.hasPrefix(prefix) {
            return String(text.dropFirst(prefix.count))
        }
        return text
    }
}
