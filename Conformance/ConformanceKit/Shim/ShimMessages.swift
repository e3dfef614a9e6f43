/// What the suite and a shim say to each other (shim.md): objects of one member, one a line.
enum ShimMessages {
    /// Grows when a shim of an older one would not understand a newer suite.
    static let format: Int64 = 1

    static let hello = JSONValue.object([("hello", .object([("format", .integer(format))]))])

    /// What a session is, as the words of a program's command line tell it.
    enum Request: Equatable {
        case server(isSender: Bool, arguments: [[UInt8]])
        case client(isSender: Bool, options: [[UInt8]], sources: [[UInt8]], destination: [UInt8])
    }

    static func run(_ request: Request, directory: String) -> JSONValue {
        func texts(_ words: [[UInt8]]) -> JSONValue { .texts(words.map { EscapedText.text($0) }) }
        var members: [(String, JSONValue)]
        switch request {
        case .server(let isSender, let arguments):
            let role = isSender ? TargetRole.serverSender : .serverReceiver
            members = [("role", .string(role.rawValue)), ("arguments", texts(arguments))]
        case .client(let isSender, let options, let sources, let destination):
            let role = isSender ? TargetRole.clientSender : .clientReceiver
            members = [
                ("role", .string(role.rawValue)), ("options", texts(options)), ("sources", texts(sources)),
                ("destination", .string(EscapedText.text(destination))),
            ]
        }
        members += [("directory", .string(directory)), ("read", .integer(3)), ("write", .integer(4))]
        return .object([("run", .object(members))])
    }

    /// What a shim says.
    enum Answer: Equatable {
        case hello(TargetFeatures)
        /// A client's: the server's arguments, as they go to a remote shell.
        case start(arguments: [[UInt8]])
        case result(exit: Int32, output: String, errors: String)
        case unimplemented(String)
    }

    static func answer(_ line: [UInt8]) throws(JSONDefect) -> Answer {
        let value = try JSONValue(line)
        let place = "the shim"
        guard let object = value.object, object.members.count == 1, let member = object.members.first else {
            throw JSONDefect(place, "a line is an object of one member")
        }
        let item = JSONReader.Item(member.value, at: "\(place): \(member.name)")
        switch member.name {
        case "hello": return .hello(try TargetFeatures(member.value, path: item.place))
        case "unimplemented": return .unimplemented(try item.text())
        case "start":
            var reader = try item.reader()
            let words = try reader.required("arguments") { item throws(JSONDefect) in try item.words() }
            try reader.finish()
            return .start(arguments: words)
        case "result":
            var reader = try item.reader()
            let status = try reader.required("exit") { item throws(JSONDefect) in
                guard let status = Int32(exactly: try item.integer()), (0...255).contains(status) else {
                    throw item.defect("an exit code is 0 to 255")
                }
                return status
            }
            let output = try reader.optional("output") { item throws(JSONDefect) in try item.text() } ?? ""
            let errors = try reader.optional("errors") { item throws(JSONDefect) in try item.text() } ?? ""
            try reader.finish()
            return .result(exit: status, output: output, errors: errors)
        default: throw JSONDefect(place, "\(member.name) is not known here")
        }
    }
}

extension ShimMessages.Request {
    private static let shell: [UInt8] = Array("-e".utf8)
    private static let program: [UInt8] = Array("--rsync-path=".utf8)

    /// Reads a program's words as this suite composes them; with the client's remote shell beside them. nil: they are not.
    static func read(_ words: [[UInt8]]) -> (request: Self, shell: [[UInt8]])? {
        if words.first?.elementsEqual("--server".utf8) == true {
            let isSender = words.contains(Array("--sender".utf8))
            return (.server(isSender: isSender, arguments: words), [])
        }
        // Options, -e SHELL, --rsync-path=rsync, paths.
        guard let place = words.lastIndex(where: { $0.starts(with: program) }), place >= 2, words[place - 2] == Self.shell,
            case let paths = words[(place + 1)...], let last = paths.last, paths.count >= 2
        else { return nil }
        let options = Array(words[..<(place - 2)])
        let isSender = reached(last) != nil
        let sources = paths.dropLast()
        let far = isSender ? [last] : Array(sources)
        guard let host = far.first?.prefix(while: { $0 != UInt8(ascii: ":") }) else { return nil }
        let command = [words[place - 1], Array(host), Array(words[place].dropFirst(program.count))]
        let remote = far.compactMap(reached)
        guard remote.count == far.count else { return nil }
        let request: Self =
            isSender
            ? .client(isSender: true, options: options, sources: Array(sources), destination: remote[0])
            : .client(isSender: false, options: options, sources: remote, destination: last)
        return (request, command)
    }

    /// What stands behind `HOST:` or `:`.
    private static func reached(_ path: [UInt8]) -> [UInt8]? {
        guard let colon = path.firstIndex(of: UInt8(ascii: ":")), !path[..<colon].contains(UInt8(ascii: "/")) else { return nil }
        return Array(path[(colon + 1)...])
    }
}
