extension OptionTable {
    /// What people are shown (ARG-78, 14.5).
    static let output: [Option] = [
        .flag("verbose v", no: "verbose v", .both, "say more; repeatable") { $0.verbosity = $1 ? $0.verbosity + 1 : 0 },
        .flag("quiet q", .both, "say nothing but errors") { arguments, _ in arguments.quiet = true },
        .valued("info", "WORDS", .both, "what to tell about", on: .onServer) { (arguments, value) throws(ArgumentError) in
            arguments.infoWords += words(value.bytes)
        },
        .valued("debug", "WORDS", .local, "what to tell programmers about", on: .onServer) {
            (arguments, value) throws(ArgumentError) in
            arguments.debugWords += words(value.bytes)
        },
        .refused("stderr", value: "MODE", .both, "where messages go"),
        .flag("msgs2stderr", no: "msgs2stderr", .both, "messages by stderr, or by the protocol", on: .onServer) {
            $0.messageChannel = $1 ? .all : .client
        },
        .flag("itemize-changes i", no: "itemize-changes i", .receiver, "show a summary of changes for each item") {
            $0.itemize = $1 ? $0.itemize + 1 : 0
        },
        .valued("log-format out-format", "FORMAT", .receiver, "how to show each item", on: .onServer) {
            (arguments, value) throws(ArgumentError) in
            arguments.reportHint.hasFormat = true
            arguments.reportHint.itemizes = contains(value.bytes, "%i")
            arguments.reportHint.itemizesUnchanged = contains(value.bytes, "%I")
            arguments.reportHint.namesOperation = contains(value.bytes, "%o")
        },
        .refused("log-file", value: "FILE", .local, "keep a log in FILE"),
        .refused("log-file-format", value: "FORMAT", .local, "the format of the log"),
        .flag("progress", no: "progress", .local, "show how the transfer proceeds") { $0.progress = $1 },
        .flag("stats", .receiver, "show figures at the end") { arguments, _ in arguments.statistics = true },
        .flag("human-readable h", no: "human-readable h", .local, "numbers with units; repeatable") {
            $0.humanReadable = $1 ? $0.humanReadable + 1 : 0
        },
        .refused("8-bit-output 8", no: "8-bit-output 8", .local, "show bytes above 127 as they are"),
        .refused("outbuf", value: "MODE", .local, "buffering of the output"),
        .refused("motd", no: "motd", .local, "show a daemon's message of the day"),
        .flag("help", .local, "show this text") { arguments, _ in arguments.showsHelp = true },
        .flag("version V", .local, "show the version; twice: as JSON") { arguments, _ in arguments.showsVersion += 1 },
    ]

    private static let daemonProgram = "this program is no daemon"

    /// Which program this is (ARG-78, 14.6).
    static let roles: [Option] = [
        .flag("server", .serverOnly, "be the server of a remote client") { arguments, _ in arguments.isServer = true },
        .flag("sender", .serverOnly, "be a server that sends") { (arguments, _) throws(ArgumentError) in
            guard arguments.isServer else { throw .refused("--sender is for servers only") }
            arguments.isSender = true
        },
        .refused("daemon", .local, "be a daemon", because: daemonProgram),
        daemonOption("config", "FILE", "the daemon's configuration"),
        daemonOption("dparam", "NAME=VALUE", "one daemon parameter"),
        daemonOption("detach", nil, "let the daemon go into the background"),
        daemonOption("no-detach", nil, "keep the daemon in the foreground"),
    ]

    /// ARG-83.
    private static func daemonOption(_ name: String, _ value: String?, _ help: String) -> Option {
        @Sendable func refuse() throws(ArgumentError) { throw ArgumentError("Daemon option(s) used without --daemon.") }
        guard let value else {
            return .flag(name, .serverOnly, help) { (_, _) throws(ArgumentError) in try refuse() }
        }
        return .valued(name, value, .serverOnly, help) { (_, _) throws(ArgumentError) in try refuse() }
    }

    private static func words(_ list: [UInt8]) -> [[UInt8]] { list.split(separator: UInt8(ascii: ",")).map { [UInt8]($0) } }

    private static func contains(_ format: [UInt8], _ escape: StaticString) -> Bool {
        let wanted = Array(String(describing: escape).utf8)
        return format.indices.dropLast().contains { format[$0] == wanted[0] && format[$0 + 1] == wanted[1] }
    }
}
