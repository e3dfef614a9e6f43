import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// The drop-in rsync command line (02-arguments.md). `run` returns the exit status of SES-159.
public enum RsyncProgram {
    public static let version = "0.1.0"

    /// The manual page, for man(1).
    public static var manual: String { ManualPage.render(program: "ebb rsync", version: version) }

    /// `words`: the arguments without the program's name.
    public static func run(_ words: [[UInt8]]) -> Int32 {
        let interruption: Interruption
        do throws(StreamSetupError) {
            interruption = try Interruption()
            try Signals.install(interrupting: interruption)
        } catch {
            complain("cannot install signal handlers: \(SystemWords.text(error.errno))")
            return 14
        }
        // Where the words do not become arguments, nothing else tells.
        let isServer = words.first?.elementsEqual("--server".utf8) == true
        let role = isServer ? "server" : "client"
        do {
            var arguments = try parse(words, interruption)
            if let text = information(arguments) {
                // A server's standard output is the protocol's.
                SystemWords.write(Array(text.utf8), to: isServer ? 2 : 1)
                return 0
            }
            if arguments.positional.isEmpty {
                SystemWords.write(Array(HelpText.render(program: "ebb rsync").utf8), to: 2)
                throw ArgumentError(isServer ? "the server was given no argument" : "no source given")
            }
            ProgramPages.release()
            guard !arguments.isServer else { return try ServerRun(arguments, interruption).run() }
            return try ClientRun(&arguments, interruption, words: words).run()
        } catch let error as ArgumentError {
            complain(error.text)
            complain(error.advice)
            complain(Notices.exitLine(code: error.exitCode, role: role, version: version))
            return error.exitCode
        } catch let error as SessionError {
            complain(error)
            complain(Notices.exitLine(code: error.exitCode, role: role, version: version))
            return error.exitCode
        } catch let error as StreamSetupError {
            complain("rsync: [\(role)] cannot prepare a stream: \(SystemWords.text(error.errno))")
            complain(Notices.exitLine(code: 14, role: role, version: version))
            return 14
        } catch {
            complain("\(error)")
            return 14
        }
    }

    /// What is asked for instead of a transfer.
    private static func information(_ arguments: ParsedArguments) -> String? {
        if arguments.showsHelp { return HelpText.render(program: "ebb rsync") }
        if let help = arguments.wordHelp { return help }
        guard arguments.showsVersion > 0 else { return nil }
        return arguments.showsVersion > 1 ? versionText.json : versionText.text
    }

    /// Call right before the process exits: a receiver that another thread is still stuck in leaves no temporary file
    /// behind (SES-163).
    public static func tidyUp() { LiveFiles.discardAll() }

    private static func parse(
        _ words: [[UInt8]], _ interruption: Interruption
    ) throws -> ParsedArguments {
        let isServer = words.first?.elementsEqual("--server".utf8) == true
        let environment = ArgumentEnvironment(
            oldArguments: SystemWords.variable("RSYNC_OLD_ARGS"),
            protectArguments: SystemWords.variable("RSYNC_PROTECT_ARGS"),
            remoteShell: SystemWords.variable("RSYNC_RSH"), charsets: SystemWords.variable("RSYNC_ICONV"),
            partialDirectory: SystemWords.variable("RSYNC_PARTIAL_DIR"), allocationLimit: SystemWords.variable("RSYNC_MAX_ALLOC"),
            aliases: isServer ? OptionAliases() : SystemWords.aliases())
        var arguments = try ParsedArguments(parsing: words, environment: environment)
        if arguments.isServer, arguments.secludedArguments {
            let names = try Charsets.converter(arguments.ownCharset)
            let words = try readSecluded(interruption).map { names?.toLocal($0) ?? $0 }
            try arguments.add(secluded: SecludedWildcards.expand(words))
        }
        return arguments
    }

    /// ARG-42: one byte at a time, since what follows belongs to the session.
    ///
    /// `seconds`: how long all of it may take, however it trickles in; 0: as long as it likes.
    static func readSecluded(_ interruption: Interruption, within seconds: Int32 = 0) throws -> [[UInt8]] {
        let stream = try FileDescriptorStream(
            reading: 0, writing: 1, timeoutSeconds: seconds, interruption: interruption)
        let begun = ContinuousClock.now
        var decoder = SecludedArguments.Decoder()
        var buffer: [UInt8] = [0]
        while try stream.read(into: &buffer, at: 0, count: 1) == 1 {
            if seconds > 0, ContinuousClock.now - begun > .seconds(Int64(seconds)) {
                throw StreamError.timedOut(seconds: seconds)
            }
            if let words = try decoder.add(buffer[0]) { return words }
        }
        throw ArgumentError("the argument list ended too early", exitCode: 12)
    }

    static func complain(_ text: String?, log: LogFile? = nil) {
        guard let text else { return }
        complain(MessageText(text), log: log)
    }

    /// A complaint that no session tells: an event as well.
    static func warn(_ text: MessageText, log: LogFile? = nil) {
        EventWriter.tell(.warning, text.bytes)
        complain(text, log: log)
    }

    /// What nobody complains of, on standard error all the same.
    static func tell(_ text: MessageText) {
        EventWriter.tell(.info, text.bytes)
        complain(text)
    }

    static func complain(_ error: SessionError, log: LogFile? = nil) {
        if !error.message.bytes.isEmpty { complain(error.message, log: log) }
        for line in error.details { complain(line, log: log) }
    }

    /// Names in it are made harmless (MET-170).
    static func complain(_ text: MessageText, log: LogFile? = nil) {
        log?.say(text.bytes)
        SystemWords.write(Console.harmless(text.bytes) + [0x0a], to: 2)
    }

    private static var versionText: VersionText {
        VersionText(
            program: "ebb", version: version, protocolNumber: ProtocolVersion.newest.number,
            checksums: ["xxh128", "xxh3", "xxh64", "md5", "md4", "sha1", "none"],
            compressions: ["zstd", "lz4", "zlibx", "zlib", "none"])
    }
}
