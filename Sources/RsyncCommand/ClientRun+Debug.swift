import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport

// What `--debug` tells of a client beside its session, in the words of rsync.

extension ClientRun {
    /// A line before or behind those of the session.
    func say(_ line: [UInt8]) {
        log?.say(line)
        if let events { return events.text(.info, line) }
        guard !arguments.quiet else { return }
        SystemWords.write(Console.harmless(line) + [0x0a], to: arguments.messageChannel == .all ? 2 : 1)
    }

    func say(_ line: String) { say(Array(line.utf8)) }

    /// `--debug=cmd2`: what a command is made of; nil: there is none, for the other side is here.
    func sayParts(_ command: [[UInt8]]?, user: [UInt8]?, host: [UInt8]?, path: [UInt8]) {
        let none = Array("<NULL>".utf8)
        let shell = command == nil ? nil : arguments.remoteShell
        var line = Array("cmd=".utf8) + (shell ?? none) + Array(" machine=".utf8) + (host ?? none)
        line += Array(" user=".utf8) + (user ?? none) + Array(" path=".utf8) + path
        say(line)
        line = []
        for (number, word) in (command ?? [[0x2e], path]).enumerated() { line += Array("cmd[\(number)]=".utf8) + word + [0x20] }
        say(line)
    }

    /// `--debug=exit`: that this side is at its end, and that it has said all it had to say.
    func sayEntered(_ role: String, _ code: Int32) {
        if arguments.debug[.exit] > 1 { say("[\(role)] _exit_cleanup(code=\(code), file=ebb, line=0): entered") }
    }

    func sayEnd(_ role: String, _ code: Int32, status: Int32) {
        guard arguments.debug[.exit] > 0 else { return }
        let isDry = options.dryRun && !options.isBatchOnly
        say("[\(role)] _exit_cleanup(code=\(code), file=ebb, line=0): about to call exit(\(status))\(isDry ? " (DRY RUN)" : "")")
    }

    /// `--debug=exit2`, of a receiver `--debug=recv`.
    func sayWaiting(for child: ChildProcess, isSender: Bool) {
        guard isSender ? arguments.debug[.exit] > 1 : arguments.debug[.recv] > 0 else { return }
        say("\(isSender ? "client_run" : "client_run2") waiting on \(child.processID)")
    }

    /// What a client is called at its end: a receiver's name before it has begun to receive is another.
    func finalRole(_ role: String, _ result: SessionResult) -> String {
        if role == "sender" { return role }
        return result.error == nil && result.statistics.entries > 0 ? "generator" : "Receiver"
    }

    /// `--debug=iconv`: of this side and, in a local copy, of the other one, which says it where a server does.
    func sayCharsets(isSender: Bool) {
        guard arguments.debug[.iconv] > 0 else { return }
        let roles = isSender ? ("sender", "Receiver") : ("Receiver", "sender")
        if let line = Charsets.line(roles.0, arguments.ownCharset) { say(line) }
        if isLocal, let line = Charsets.line(roles.1, arguments.remoteCharset) { RsyncProgram.tell(MessageText(line)) }
    }

    /// `--debug=filter2`: the rules of the command line, behind that word there.
    func sayRules() {
        for note in options.filters.notes ?? [] { say(Array("[client] ".utf8) + note) }
    }

    /// `-vv`: the words as a shell would take them.
    func sayCommand(_ command: [[UInt8]]) {
        let words = command.map { $0.allSatisfy(Self.needsNoQuotes) ? $0 : [0x22] + $0 + [0x22] }
        let line = Array("opening connection using: ".utf8) + words.joined(separator: [0x20])
        say(line + Array("  (\(command.count) args)".utf8))
    }

    private static func needsNoQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("-_.,/@+=".utf8).contains(byte)
        }
    }
}
