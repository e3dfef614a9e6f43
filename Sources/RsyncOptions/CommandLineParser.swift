extension ParsedArguments {
    /// Reads a command line without its program name.
    ///
    /// Syntax by ARG-44, implications by ARG-60, conflicts by ARG-62. A server stops looking for options at its first
    /// positional argument (ARG-45); a client finds them anywhere before `--`.
    public init(
        parsing words: [[UInt8]], environment: ArgumentEnvironment = ArgumentEnvironment(), vetting: OptionVetting? = nil
    ) throws(ArgumentError) {
        self.init()
        if words.count == 1, words[0].elementsEqual("-h".utf8) {
            showsHelp = true
            return
        }
        // Neither role can be had by an alias, and a server has none.
        let takesAliases = words.first.map { !$0.elementsEqual("--server".utf8) && !$0.elementsEqual("--daemon".utf8) }
        aliases = takesAliases == true ? environment.aliases : OptionAliases()
        try read(words, vetting)
        aliases = OptionAliases()
        if !isServer { adopt(environment) }
        if allocationLimitText == nil, let text = environment.allocationLimit, !text.isEmpty {
            try limitAllocations(Array(text.utf8))
        }
        // What --secluded-args cut away is still to come; only then is the whole known.
        if !(isServer && secludedArguments) { try conclude() }
    }

    public init(parsing words: [String], environment: ArgumentEnvironment = ArgumentEnvironment()) throws(ArgumentError) {
        try self.init(parsing: words.map { Array($0.utf8) }, environment: environment)
    }

    /// Adds the arguments a secluding client sent through the protocol, program name first (ARG-42).
    public mutating func add(secluded words: [[UInt8]], vetting: OptionVetting? = nil) throws(ArgumentError) {
        let positionalBefore = positional
        positional = []
        try read(Array(words.dropFirst()), vetting)
        positional = positionalBefore + positional
        secludedArguments = true
        try conclude()
    }

    /// What the server half of a local copy goes by: these, and the options for the remote side (ARG-66).
    public func withRemoteOptions() throws(ArgumentError) -> ParsedArguments {
        guard !remoteOptions.isEmpty else { return self }
        var far = self
        far.isServer = true
        do throws(ArgumentError) {
            try far.read(remoteOptions, nil)
            try far.conclude()
        } catch {
            throw ArgumentError(error.text, exitCode: 12)
        }
        far.isServer = false
        return far
    }

    /// `within`: the aliases that these words come from, none of which stands for itself once more.
    private mutating func read(
        _ words: [[UInt8]], _ vetting: OptionVetting?, within: [[UInt8]] = []
    ) throws(ArgumentError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.count > 1, word[0] == UInt8(ascii: "-") else {
                positional.append(word)
                if isServer {
                    positional += rest
                    return
                }
                continue
            }
            if word[1] != UInt8(ascii: "-") {
                try readLetters(word, &rest, vetting, within)
            } else if word.count == 2 {
                positional += rest
                return
            } else {
                if let meant = aliases.words(forLong: word), !within.contains(word) {
                    try read(meant, vetting, within: within + [word])
                } else {
                    try readLong(word, &rest, vetting)
                }
            }
        }
    }

    private mutating func readLong(
        _ word: [UInt8], _ rest: inout ArraySlice<[UInt8]>, _ vetting: OptionVetting?
    ) throws(ArgumentError) {
        let equals = word.firstIndex(of: UInt8(ascii: "="))
        let name = ArgumentError.text(of: [UInt8](word[2..<(equals ?? word.count)]))
        guard let match = OptionTable.named(name) else { throw .malformed(word, "unknown option", onServer: isServer) }
        let attached = equals.map { [UInt8](word[($0 + 1)...]) }
        if match.isNegation {
            try vetting?(OptionUse(match.option, name: name, isNegation: true))
            try undo(match.option, name, attached, word)
        } else if match.option.value != nil {
            guard let value = attached ?? rest.popFirst() else {
                throw .malformed(word, "missing argument", onServer: isServer)
            }
            try vetting?(OptionUse(match.option, name: name, value: value))
            try apply(match.option, value, attached == nil ? value : word)
        } else {
            guard attached == nil else {
                throw .malformed(word, "option does not take an argument", onServer: isServer)
            }
            try vetting?(OptionUse(match.option, name: name))
            try apply(match.option, nil, word)
        }
    }

    private mutating func readLetters(
        _ word: [UInt8], _ rest: inout ArraySlice<[UInt8]>, _ vetting: OptionVetting?, _ within: [[UInt8]]
    ) throws(ArgumentError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            if let meant = aliases.words(for: letter), !within.contains([letter]) {
                try read(meant, vetting, within: within + [[letter]])
                continue
            }
            guard let option = OptionTable.lettered(letter) else {
                throw .malformed(word, "unknown option", onServer: isServer)
            }
            guard option.value != nil else {
                guard letters.first != UInt8(ascii: "=") else {
                    throw .malformed(word, "option does not take an argument", onServer: isServer)
                }
                try vetting?(OptionUse(option, letter: letter))
                try apply(option, nil, word)
                continue
            }
            let isAttached = !letters.isEmpty
            // With a sign of equality there is a value, if an empty one.
            if letters.first == UInt8(ascii: "=") { letters = letters.dropFirst() }
            guard let value = isAttached ? [UInt8](letters) : rest.popFirst() else {
                throw .malformed(word, "missing argument", onServer: isServer)
            }
            try vetting?(OptionUse(option, letter: letter, value: value))
            return try apply(option, value, isAttached ? word : value)
        }
    }

    private mutating func apply(_ option: Option, _ value: [UInt8]?, _ word: [UInt8]) throws(ArgumentError) {
        try checkSupport(option)
        switch option.effect {
        case .none: break
        case .flag(let set): try set(&self, true)
        case .value(let set, _):
            try set(&self, OptionValue(bytes: value ?? [], word: word, option: option, onServer: isServer))
        }
    }

    /// `--no-X`. What is refused is not done anyway, so undoing it is always possible.
    private mutating func undo(
        _ option: Option, _ name: String, _ attached: [UInt8]?, _ word: [UInt8]
    ) throws(ArgumentError) {
        guard attached == nil else { throw .malformed(word, "option does not take an argument", onServer: isServer) }
        if option.support == .onServer { try checkSupport(option) }
        switch option.effect {
        case .flag(let set): try set(&self, false)
        case .value(_, let undo?): try undo(&self, false)
        case .none, .value: break
        }
    }

    private func checkSupport(_ option: Option) throws(ArgumentError) {
        switch option.support {
        case .supported: return
        case .onServer, .onServerOnly: if isServer { return }
        case .refused: break
        }
        var name = option.displayName
        if !option.names.isEmpty, let letter = option.letter { name += " (-\(letter))" }
        // Stock's words for what a build of it lacks; why, the manual says.
        throw .refused("\(isServer ? "The server" : "This rsync") does not support \(name)")
    }

    private mutating func adopt(_ environment: ArgumentEnvironment) {
        if remoteShell == nil, let shell = environment.remoteShell, !shell.isEmpty { remoteShell = Array(shell.utf8) }
        if partial, partialDirectory == nil, !delayUpdates, !inPlace, let directory = environment.partialDirectory,
            !directory.isEmpty
        {
            partialDirectory = Array(directory.utf8)
        }
        if charsets == nil, let text = environment.charsets, !text.isEmpty { charsets = Array(text.utf8) }
        if oldArguments == 0, !secludedArguments {
            let old = saidOldArguments ? 0 : Self.leadingNumber(environment.oldArguments)
            if old != 0 {
                oldArguments = max(1, old)
            } else if !saidSecludedArguments, Self.leadingNumber(environment.protectArguments) != 0 {
                secludedArguments = true
            }
        }
    }

    /// As C's atoi: the number at the start of the text, 0 when there is none.
    private static func leadingNumber(_ text: String?) -> Int {
        guard var digits = text?.utf8.drop(while: OptionValue.isSpace) else { return 0 }
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let value = digits.prefix { (0x30...0x39).contains($0) }.reduce(0) { min($0 * 10 + Int($1 - 0x30), Int(Int32.max)) }
        return isNegative ? -value : value
    }

    /// ARG-63.
    mutating func limitAllocations(_ text: [UInt8]) throws(ArgumentError) {
        let shown = "--max-alloc=" + ArgumentError.text(of: text)
        let bytes = try SizeArgument.parse(text, of: "--max-alloc")
        guard bytes == 0 || bytes >= 1 << 20 else {
            throw .refused(shown + " is too small (min: 1.00M or 0 for unlimited)")
        }
        allocationLimitText = text
        allocationLimit = bytes
    }

    /// What can be said only when all is known (ARG-60, ARG-62).
    private mutating func conclude() throws(ArgumentError) {
        // Without checksums there is no delta search, whatever was said of it.
        if let choice = checksumChoice, choice.split(separator: UInt8(ascii: ",")).first?.elementsEqual("none".utf8) == true {
            wholeFile = true
        }
        try concludeOutput()
        if secludedArguments, oldArguments > 0 { throw .refused("--secluded-args conflicts with --old-args.") }
        if !isServer, namesPasswordFile || connectTimeout != 0 {
            throw ArgumentError(
                namesPasswordFile
                    ? "The --password-file option may only be used when accessing an rsync daemon."
                    : "The --contimeout option may only be used when connecting to an rsync daemon.")
        }
        if insecureLinks, confineRoot != nil { throw .refused("--insecure-links cannot be combined with --confine-root") }
        if fakeSuper, xattrs > 1 { throw .refused("--fake-super conflicts with -XX") }
        if deletes, !transfersDirectories {
            throw .refused("--delete does not work without --recursive (-r) or --dirs (-d).")
        }
        try concludeWriting()
        try concludeBatch()
    }

    /// XFR-148. In a dry run nothing is recorded.
    private mutating func concludeBatch() throws(ArgumentError) {
        guard !isServer else { return }
        if writeBatch != nil, readBatch != nil {
            throw ArgumentError("rsync: --write-batch and --read-batch can not be used together")
        }
        if readBatch != nil, filesFrom != nil { throw ArgumentError("rsync: --read-batch cannot be used with --files-from") }
        if readBatch != nil, let removal = sourceRemoval {
            throw ArgumentError("rsync: --read-batch cannot be used with --\(removal.rawValue)")
        }
        guard readBatch == nil || filesFrom == nil else {
            throw .refused("--read-batch cannot be used with --files-from")
        }
        guard (writeBatch ?? readBatch ?? []).count <= Self.longestBatchName else {
            throw ArgumentError("the batch-file name must be \(Self.longestBatchName) characters or less.")
        }
        if dryRun { writeBatch = nil }
    }

    private static var longestBatchName: Int { 256 }
}
