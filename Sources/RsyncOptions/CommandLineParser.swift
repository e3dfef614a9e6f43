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
        try read(words, vetting)
        if !isServer { adopt(environment) }
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

    private mutating func read(_ words: [[UInt8]], _ vetting: OptionVetting?) throws(ArgumentError) {
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
                try readLetters(word, &rest, vetting)
            } else if word.count == 2 {
                positional += rest
                return
            } else {
                try readLong(word, &rest, vetting)
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
            try apply(match.option, value, word)
        } else {
            guard attached == nil else {
                throw .malformed(word, "option does not take an argument", onServer: isServer)
            }
            try vetting?(OptionUse(match.option, name: name))
            try apply(match.option, nil, word)
        }
    }

    private mutating func readLetters(
        _ word: [UInt8], _ rest: inout ArraySlice<[UInt8]>, _ vetting: OptionVetting?
    ) throws(ArgumentError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
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
            if letters.first == UInt8(ascii: "=") { letters = letters.dropFirst() }
            guard let value = letters.isEmpty ? rest.popFirst() : [UInt8](letters) else {
                throw .malformed(word, "missing argument", onServer: isServer)
            }
            try vetting?(OptionUse(option, letter: letter, value: value))
            return try apply(option, value, word)
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
        let reason: String
        switch option.support {
        case .supported: return
        case .onServer:
            if isServer { return }
            reason = "not implemented for clients"
        case .refused(let why): reason = why
        }
        var name = option.displayName
        if !option.names.isEmpty, let letter = option.letter { name += " (-\(letter))" }
        throw isServer
            ? .refused("The server does not support \(name)") : .refused("\(name) is not supported: \(reason)")
    }

    private mutating func adopt(_ environment: ArgumentEnvironment) {
        if remoteShell == nil, let shell = environment.remoteShell, !shell.isEmpty { remoteShell = Array(shell.utf8) }
        if oldArguments == 0, !secludedArguments {
            if let text = environment.protectArguments, let level = Int(text), level != 0 {
                secludedArguments = true
            } else if let text = environment.oldArguments, let level = Int(text), level > 0 {
                oldArguments = level
            }
        }
    }

    /// What can be said only when all is known (ARG-60, ARG-62).
    private mutating func conclude() throws(ArgumentError) {
        // Without checksums there is no delta search, whatever was said of it.
        if let choice = checksumChoice, choice.split(separator: UInt8(ascii: ",")).first?.elementsEqual("none".utf8) == true {
            wholeFile = true
        }
        if secludedArguments, oldArguments > 0 { throw .refused("--secluded-args conflicts with --old-args.") }
        if fakeSuper, xattrs > 1 { throw .refused("--fake-super conflicts with -XX") }
        if deletes, !transfersDirectories {
            throw .refused("--delete does not work without --recursive (-r) or --dirs (-d).")
        }
    }
}
