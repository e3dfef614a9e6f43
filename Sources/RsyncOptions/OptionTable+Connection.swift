extension OptionTable {
    private static let daemon = "daemons are not supported, only remote shells"
    private static let batch = "batch files are not supported"

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
        .refused("bwlimit", value: "RATE", no: "bwlimit", .both, "limit the rate of the transfer"),
        .valued(
            "timeout", "SECONDS", .both, "give up when nothing moves for so long", no: "timeout",
            undo: { $0.timeout = $1 ? $0.timeout : 0 }
        ) { (arguments, value) throws(ArgumentError) in
            arguments.timeout = max(0, try value.integer())
        },
        .refused("contimeout", value: "SECONDS", no: "contimeout", .local, "time to reach a daemon", because: daemon),
        .refused("stop-after time-limit", value: "MINUTES", .local, "end after so long"),
        .refused("stop-at", value: "TIME", .local, "end at that time"),
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
        .refused("blocking-io", no: "blocking-io", .local, "blocking pipes to the remote shell"),
        .valued("protocol", "NUM", .local, "speak an older protocol") { (arguments, value) throws(ArgumentError) in
            arguments.protocolNumber = try value.integer()
        },
        .flag("old-args", no: "old-args", .local, "let the remote shell split and expand arguments") {
            $0.oldArguments = $1 ? $0.oldArguments + 1 : 0
        },
        .flag(
            "secluded-args protect-args s", no: "secluded-args protect-args s", .both,
            "send arguments through the protocol, out of the remote shell's sight"
        ) { $0.secludedArguments = $1 },
        .flag("trust-sender", .local, "do not check the names that arrive") { arguments, _ in arguments.trustsSender = true },
        .refused("iconv", value: "SPEC", no: "iconv", .both, "convert the character set of names"),
        .refused("ipv4 4", .local, "use IPv4"),
        .refused("ipv6 6", .local, "use IPv6"),
        .refused("address", value: "ADDRESS", .local, "the local address to use", because: daemon),
        .refused("port", value: "NUM", .local, "the daemon's port", because: daemon),
        .refused("sockopts", value: "OPTIONS", .local, "socket options", because: daemon),
        .refused("password-file", value: "FILE", .local, "where the daemon's password is", because: daemon),
        .refused("early-input", value: "FILE", .local, "bytes for a daemon's hook", because: daemon),
        .refused("write-batch", value: "FILE", .local, "also record the update in FILE", because: batch),
        .refused("only-write-batch", value: "FILE", .receiver, "record the update in FILE without doing it", because: batch),
        .refused("read-batch", value: "FILE", .local, "do an update recorded in FILE", because: batch),
        .refused("max-alloc", value: "SIZE", .both, "the largest single allocation", because: "limits are fixed"),
        .refused("qsort", .local, "sort with another algorithm", because: "there is one sort only"),
    ]
}
