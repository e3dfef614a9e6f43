extension OptionTable {
    /// What people are shown (ARG-78, 14.5).
    static let output: [Option] = [
        .flag("verbose v", no: "verbose v", .both, "say more; repeatable") { $0.verbosity = $1 ? $0.verbosity + 1 : 0 },
        .flag("quiet q", .both, "say nothing but errors") { arguments, _ in arguments.quiet = true },
        .valued("info", "FLAGS", .both, "choose what to tell about; FLAGS can be help") {
            (arguments, value) throws(ArgumentError) in
            try arguments.info.read(value.bytes, onServer: arguments.isServer)
        },
        .valued("debug", "FLAGS", .local, "choose what to tell programmers about; FLAGS can be help") {
            (arguments, value) throws(ArgumentError) in
            try arguments.debug.read(value.bytes, onServer: arguments.isServer)
            arguments.filters.append(.told(arguments.debug.said[.filter] ?? 0 > 1))
        },
        .valued("stderr", "MODE", .both, "where messages go: errors, all or client") {
            (arguments, value) throws(ArgumentError) in
            let modes: [(name: String, channel: ParsedArguments.MessageChannel)] = [
                ("errors", .errors), ("all", .all), ("client", .client),
            ]
            let text = ArgumentError.text(of: value.bytes)
            guard let mode = modes.first(where: { !text.isEmpty && $0.name.hasPrefix(text) }) else {
                throw .refused("--stderr mode \"\(text)\" is not one of errors, all, or client")
            }
            arguments.messageChannel = mode.channel
        },
        .flag("msgs2stderr", no: "msgs2stderr", .both, "the same as --stderr=all; with no-: --stderr=client") {
            $0.messageChannel = $1 ? .all : .client
        },
        .flag("itemize-changes i", no: "itemize-changes i", .receiver, "show a summary of changes for each item") {
            $0.itemize = $1 ? $0.itemize + 1 : 0
        },
        .valued("out-format log-format", "FORMAT", .receiver, "show each item in this form") {
            (arguments, value) throws(ArgumentError) in
            guard arguments.isServer else {
                arguments.outFormat = value.bytes
                return
            }
            arguments.reportHint.hasFormat = true
            arguments.reportHint.itemizes = FormatText.has("i", in: value.bytes)
            arguments.reportHint.itemizesUnchanged = FormatText.has("I", in: value.bytes)
            arguments.reportHint.namesOperation = FormatText.has("o", in: value.bytes)
        },
        // Ours alone: stock knows no such option, so that no server ever hears of it.
        .flag("json", .local, "tell what happens as JSON, one object a line") { (arguments, _) throws(ArgumentError) in
            guard !arguments.isServer else {
                throw .malformed(Array("--json".utf8), "unknown option", onServer: true)
            }
            arguments.json = true
        },
        .valued("log-file", "FILE", .local, "log what is done in FILE") { (arguments, value) throws(ArgumentError) in
            arguments.logFile = value.bytes.isEmpty ? nil : value.bytes
        },
        .valued("log-file-format", "FORMAT", .local, "log items in this form") {
            (arguments, value) throws(ArgumentError) in
            arguments.logFileFormat = value.bytes
        },
        .flag("progress", no: "progress", .local, "show how the transfer proceeds") { $0.progress = $1 },
        .flag("stats", .receiver, "show figures at the end") { arguments, _ in arguments.statistics = true },
        .flag("human-readable h", no: "human-readable h", .local, "numbers with units; repeatable") {
            $0.humanReadable = $1 ? $0.humanReadable + 1 : 0
        },
        .flag("8-bit-output 8", no: "8-bit-output 8", .local, "show bytes above 127 as they are") {
            $0.showsHighBytes = $1
        },
        .valued("outbuf", "N|L|B", .local, "buffering of the output: none, line or block") {
            (arguments, value) throws(ArgumentError) in
            switch value.bytes.first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "n"), UInt8(ascii: "u"): arguments.outputBuffering = ParsedArguments.OutputBuffering.none
            case UInt8(ascii: "l"): arguments.outputBuffering = .line
            case UInt8(ascii: "b"), UInt8(ascii: "f"): arguments.outputBuffering = .block
            default: throw .refused("Invalid --outbuf setting -- specify N, L, or B.")
            }
        },
        // There is no daemon that could have one, and so nothing to leave out or to show.
        .flag("motd", no: "motd", .local, "show a daemon's message of the day") { _, _ in },
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
}
