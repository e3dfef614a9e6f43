import ReverseSession
import RsyncEngine
import RsyncHost
import RsyncOptions

/// `ebb backup [USER@]HOST ROOT…`: asks the gate at HOST to take a snapshot of the roots, over the user's own ssh.
struct BackupCommand {
    private let agent: BackupAgent

    init(_ words: [[UInt8]]) throws(CommandWords.Misuse) {
        let wishes: [(name: String, wish: BackupRequest.Wish)] = [
            ("checksum", .checksum), ("dry-run", .dryRun), ("ignore-times", .ignoreTimes), ("whole-file", .wholeFile),
            ("one-file-system", .oneFileSystem), ("numeric-ids", .numericIds), ("hard-links", .hardLinks),
        ]
        let words = try CommandWords(
            words, valued: ["exclude", "include", "timeout", "ssh", "rsync"],
            flags: Set(wishes.map(\.name) + ["verbose"]),
            letters: [
                "c": "checksum", "n": "dry-run", "I": "ignore-times", "W": "whole-file", "x": "one-file-system",
                "H": "hard-links", "v": "verbose",
            ])
        guard let host = words.rest.first, !host.isEmpty else { throw .init(text: "backup needs a host and a root") }
        // ssh would take it for an option.
        guard host.first != UInt8(ascii: "-") else { throw .init(text: "a host cannot begin with a dash") }
        var timeout: Int32?
        if let text = words.text("timeout") {
            guard let seconds = Int32(text) else { throw .init(text: "--timeout needs a number of seconds") }
            timeout = seconds
        }
        var patterns: [BackupRequest.Pattern] = []
        for option in words.options where option.name == "exclude" || option.name == "include" {
            patterns.append(.init(isExclude: option.name == "exclude", bytes: option.value ?? []))
        }
        let request: BackupRequest
        do throws(RequestDefect) {
            request = try BackupRequest(
                roots: words.rest.dropFirst().map(Self.plain), patterns: patterns,
                wishes: Set(wishes.filter { words.has($0.name) }.map(\.wish)), timeout: timeout)
        } catch {
            throw .init(text: error.description)
        }
        if words.has("one-file-system"), !words.has("rsync") {
            throw .init(text: "-x is for a stock rsync (--rsync): the built-in sender cannot do it yet")
        }
        agent = BackupAgent(
            request: request, host: host, ssh: try Self.shell(words), rsync: words.value("rsync"),
            showsProgress: words.has("verbose"), say: { System.complain($0) })
    }

    /// A trailing slash, as completion leaves it, means nothing here.
    private static func plain(_ root: [UInt8]) -> [UInt8] {
        var root = root
        while root.count > 1, root.last == UInt8(ascii: "/") { root.removeLast() }
        return root
    }

    private static func shell(_ words: CommandWords) throws(CommandWords.Misuse) -> [[UInt8]] {
        do throws(ArgumentError) {
            let command = try RemoteShell.words(
                words.value("ssh") ?? System.variable("EBB_SSH") ?? Array("ssh -T".utf8))
            guard !command.isEmpty else { throw ArgumentError("the ssh command is empty") }
            return command
        } catch {
            throw .init(text: error.text)
        }
    }

    func run() -> Int32 {
        let interruption: Interruption
        do throws(StreamSetupError) {
            interruption = try Interruption()
            try Signals.install(interrupting: interruption)
        } catch {
            System.complain("cannot install signal handlers: \(errorText(error.errno))")
            return 14
        }
        return agent.run(interruption)
    }
}
