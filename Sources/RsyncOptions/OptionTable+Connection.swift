extension OptionTable {
    /// Of no consequence to a remote shell, and a daemon's address is refused (`HostSpecification`).
    private static let daemonsOnly = " (with daemons only, which are not supported)"

    /// The transfer and the connection (ARG-78, 14.4).
    static let connection: [Option] = [
        .flag("compress z", no: "compress z", .both, "compress file data; twice, without the blocks in its history") {
            $0.compression.count = $1 ? $0.compression.count + 1 : 0
            if !$1 { $0.compression.choice = nil }
        },
        .valued("compress-choice zc", "NAME", .both, "the compression algorithm") { $0.compression.choice = $1.bytes },
        .flag("old-compress", .both, "compress with zlib") { arguments, _ in
            arguments.compression.choice = Array("zlib".utf8)
        },
        .flag("new-compress", .both, "compress with zlibx") { arguments, _ in
            arguments.compression.choice = Array("zlibx".utf8)
        },
        .valued("compress-level zl", "NUM", .both, "the compression level") { (arguments, value) throws(ArgumentError) in
            arguments.compression.level = try value.integer()
        },
        .valued("compress-threads zt", "NUM", .local, "threads used for compression") {
            (arguments, value) throws(ArgumentError) in
            arguments.compression.threads = try value.integer()
        },
        // Without effect since 3.2.0 (XFR-110); an older server that sends still listens to it.
        .valued("skip-compress", "LIST", .sender, "file name suffixes not worth compressing") {
            $0.compression.skippedSuffixes = $1.bytes
        },
        .valued("checksum-choice cc", "NAME", .both, "the checksum algorithm, or two: for the transfer and for -c") {
            (arguments, value) throws(ArgumentError) in
            let names = value.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            let isAutomatic = names.allSatisfy { $0.elementsEqual("auto".utf8) }
            arguments.checksumChoice = isAutomatic ? nil : value.bytes
        },
        .valued("checksum-seed", "NUM", .both, "fixed checksum seed") { (arguments, value) throws(ArgumentError) in
            arguments.checksumSeed = try value.integer()
        },
        .valued(
            "bwlimit", "RATE", .both, "limit the rate of what is written, in units of 1024 bytes per second", no: "bwlimit",
            undo: { arguments, _ in arguments.bandwidthLimit = 0 }
        ) { (arguments, value) throws(ArgumentError) in
            arguments.bandwidthLimit = try bandwidthLimit(value)
        },
        .valued(
            "timeout", "SECONDS", .both, "give up when nothing moves for so long", no: "timeout",
            undo: { $0.timeout = $1 ? $0.timeout : 0 }
        ) { (arguments, value) throws(ArgumentError) in
            arguments.timeout = max(0, try value.integer())
        },
        .valued(
            "contimeout", "SECONDS", .local, "time to reach a daemon" + daemonsOnly, no: "contimeout",
            undo: { arguments, _ in arguments.connectTimeout = 0 }
        ) { (arguments, value) throws(ArgumentError) in
            arguments.connectTimeout = try value.integer()
        },
        .valued("stop-after time-limit", "MINUTES", .local, "end after so long") { (arguments, value) throws(ArgumentError) in
            guard let minutes = StopTime.minutes(value.bytes) else {
                throw .refused("invalid --stop-after value: " + ArgumentError.text(of: value.bytes))
            }
            arguments.stop = .after(minutes: minutes)
        },
        .valued("stop-at", "TIME", .local, "end at that time: [[[YEAR-]MONTH-]DAY][THOUR:MINUTE]") {
            (arguments, value) throws(ArgumentError) in
            guard let time = StopTime(value.bytes) else {
                throw .refused("invalid --stop-at format: " + ArgumentError.text(of: value.bytes))
            }
            arguments.stop = .at(time, text: ArgumentError.text(of: value.bytes))
        },
        .valued("rsh e", "COMMAND", .local, "the remote shell; on a server, what the client is capable of") {
            (arguments, value) throws(ArgumentError) in
            if arguments.isServer { arguments.capabilities = value.bytes } else { arguments.remoteShell = value.bytes }
        },
        .valued("rsync-path", "PROGRAM", .local, "the program to start at the remote side") {
            (arguments, value) throws(ArgumentError) in
            arguments.remoteProgram = value.bytes
        },
        .valued("remote-option M", "OPTION", .both, "an option for the remote side only") {
            (arguments, value) throws(ArgumentError) in
            guard value.bytes.first == UInt8(ascii: "-") else {
                throw .refused("Remote option must start with a dash: " + ArgumentError.text(of: value.bytes))
            }
            arguments.remoteOptions.append(value.bytes)
        },
        .flag("blocking-io", no: "blocking-io", .local, "give the remote shell blocking pipes, as it always has here") { _, _ in },
        .valued("protocol", "NUM", .local, "speak an older protocol") { (arguments, value) throws(ArgumentError) in
            arguments.protocolNumber = try value.integer()
        },
        .flag("old-args", no: "old-args", .local, "let the remote shell split and expand arguments") {
            $0.oldArguments = $1 ? $0.oldArguments + 1 : 0
            $0.saidOldArguments = true
        },
        .flag(
            "secluded-args protect-args s", no: "secluded-args protect-args s", .both,
            "send arguments through the protocol, out of the remote shell's sight"
        ) {
            $0.secludedArguments = $1
            $0.saidSecludedArguments = true
        },
        .flag("trust-sender", .local, "do not check that the names that arrive were asked for") { arguments, _ in
            arguments.trustsSender = true
        },
        .valued(
            "iconv", "SPEC", .both, "convert the character set of names", no: "iconv",
            undo: { arguments, _ in arguments.charsets = [UInt8(ascii: "-")] }
        ) { $0.charsets = $1.bytes },
        .flag("ipv4 4", .local, "use IPv4: said to ssh") { arguments, _ in arguments.addressFamily = .v4 },
        .flag("ipv6 6", .local, "use IPv6: said to ssh") { arguments, _ in arguments.addressFamily = .v6 },
        .valued("address", "ADDRESS", .local, "the local address to use" + daemonsOnly) { _, _ in },
        .valued("port", "NUM", .local, "the daemon's port" + daemonsOnly) { (_, value) throws(ArgumentError) in
            _ = try value.integer()
        },
        .valued("sockopts", "OPTIONS", .local, "socket options" + daemonsOnly) { _, _ in },
        .valued("password-file", "FILE", .local, "where the daemon's password is" + daemonsOnly) { arguments, _ in
            arguments.namesPasswordFile = true
        },
        .valued("early-input", "FILE", .local, "bytes for a daemon's hook" + daemonsOnly) { _, _ in },
        batchOption("write-batch", "also record the update in FILE") { $0.writeBatch = $1 },
        .valued("only-write-batch", "FILE", .receiver, "record the update in FILE without doing it") {
            $0.writeBatch = $1.bytes
            $0.onlyWritesBatch = true
        },
        batchOption("read-batch", "do an update recorded in FILE") { $0.readBatch = $1 },
        .valued("max-alloc", "SIZE", .both, "the largest single allocation (0: no limit)") {
            (arguments, value) throws(ArgumentError) in
            try arguments.limitAllocations(value.bytes)
        },
        // The order is the same with any algorithm; all that is left of it is that lists come whole (ARG-14, ARG-23).
        .flag("qsort", .local, "sort whole lists: no incremental recursion") { arguments, _ in
            arguments.sortsWholeLists = true
        },
    ]

    /// A server drops it and says so (ARG-49).
    private static func batchOption(
        _ name: String, _ help: String, _ set: @escaping @Sendable (inout ParsedArguments, [UInt8]) -> Void
    ) -> Option {
        .valued(name, "FILE", .local, help) { arguments, value in
            if arguments.isServer { arguments.droppedOptions.append(name) } else { set(&arguments, value.bytes) }
        }
    }

    /// ARG-63: in units of 1024 bytes per second, to the nearest.
    private static func bandwidthLimit(_ value: OptionValue) throws(ArgumentError) -> Int32 {
        let text = "--bwlimit=" + ArgumentError.text(of: value.bytes)
        let bytes = try SizeArgument.parse(value.bytes, of: "--bwlimit", defaultUnit: UInt8(ascii: "k"))
        guard bytes >= 512 || bytes == 0 else { throw .refused(text + " is too small (min: 512 or 0 for unlimited)") }
        return Int32(clamping: (bytes / 2 + 256) / 512)
    }
}
