/// A part of the manual that no option stands for: a title, a few sentences, terms with what they mean, and examples.
public struct ManualSection: Sendable {
    public let title: String
    let introduction: [String]
    let entries: [(term: String, text: String)]
    /// Lines as people type or see them.
    let examples: [String]
    let closing: [String]

    init(
        _ title: String, _ introduction: [String] = [], _ entries: [(term: String, text: String)] = [], examples: [String] = [],
        closing: [String] = []
    ) {
        self.title = title
        self.introduction = introduction
        self.entries = entries
        self.examples = examples
        self.closing = closing
    }

    /// Behind the options, in this order.
    public static let all = [negations, words, itemized, formats, filters, environment, files, signals, exitStatus]

    public var terms: [String] { entries.map(\.term) }

    func render(_ escaped: (String) -> String) -> String {
        func line(_ text: String) -> String {
            let safe = escaped(text)
            return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
        }
        var text = ".SH \(escaped(title))\n"
        text += introduction.map { line($0) + "\n" }.joined(separator: ".PP\n")
        for entry in entries { text += ".TP\n\\fB\(escaped(entry.term))\\fR\n\(line(entry.text))\n" }
        if !examples.isEmpty { text += ".PP\n.nf\n" + examples.map { line("    " + $0) + "\n" }.joined() + ".fi\n" }
        for paragraph in closing { text += ".PP\n\(line(paragraph))\n" }
        return text
    }
}

// What concerns all options.
extension ManualSection {
    static let negations = ManualSection(
        "SWITCHING OPTIONS OFF",
        [
            "An option that is said to be undone by --no-OPTION can be taken back, with its name or its letter: --no-perms and --no-p.",
            "The order counts: rsync -a --no-o copies everything of -a but owners, and rsync --no-o -a copies owners, since -a says so "
                + "later. So an alias or a script can give defaults that a command line overrides.",
        ])

    static let words = ManualSection(
        "WORDS OF --info AND --debug",
        [
            "--info=help and --debug=help list them. A digit behind a word is its level, 0 switches it off: --info=name2,del0.",
            "With rsync, --info=stats3 adds figures about the heap of each process. There are none here: STATS3 is the same as STATS2.",
        ])

    static let signals = ManualSection(
        "SIGNALS", [],
        [
            (
                "SIGVTALRM",
                "A client tells once, when the file in transfer is complete, its name and how far the whole run is, as --info=progress2 does. A "
                    + "server ignores it."
            ),
            (
                "SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR2",
                "The run ends with 20. Temporary files are removed; with --partial or --partial-dir what has arrived is kept."
            ),
        ])

    static let environment = ManualSection(
        "ENVIRONMENT",
        ["A server looks at RSYNC_MAX_ALLOC, RSYNC_CHECKSUM_LIST and RSYNC_COMPRESS_LIST alone. Variables that concern daemons are not looked at."],
        [
            ("RSYNC_RSH", "The remote shell, with its options, where --rsh does not name one."),
            ("RSYNC_OLD_ARGS", "1: as --old-args, 2: as --old-args given twice; where neither that option nor its negation is given."),
            ("RSYNC_PROTECT_ARGS", "Not 0: as --secluded-args, where neither that option nor its negation is given and --old-args is not in effect."),
            ("RSYNC_ICONV", "As --iconv, where the option is not given."),
            ("RSYNC_PARTIAL_DIR", "As --partial-dir, where --partial is given without it; ignored with --inplace and --delay-updates."),
            ("RSYNC_MAX_ALLOC", "As --max-alloc, where the option is not given."),
            ("RSYNC_CHECKSUM_LIST", "Names of checksums, by spaces: those that this side agrees to, best first. Behind & stand those of a server."),
            ("RSYNC_COMPRESS_LIST", "The same of compression."),
            ("CVSIGNORE", "Further patterns of --cvs-exclude, by spaces."),
            ("HOME", "Where .popt and .cvsignore are looked for."),
        ])

    static let files = ManualSection(
        "FILES", [],
        [
            (
                "/etc/popt, ~/.popt",
                "Aliases: rsync alias --NAME WORD... or rsync alias -X WORD..., one a line. The words stand for the option, wherever a client is given it."
            ),
            ("~/.cvsignore", "Further patterns of --cvs-exclude, by spaces."),
            (".cvsignore", "In any directory, with --cvs-exclude: patterns that concern that directory alone."),
            (".rsync-filter", "In any directory, with -F: filter rules for it and everything below."),
        ])

    static let exitStatus = ManualSection(
        "EXIT STATUS", ["As rsync's. Where a remote shell fails, its own status is taken over."],
        [
            ("0", "Success."),
            ("1", "The command line is wrong: unknown options, wrong values or arguments, or options that exclude each other."),
            ("2", "The two sides cannot speak with each other: protocol versions, or what one of them asks for in the other's protocol."),
            ("3", "A source, a destination or a file that an option names cannot be entered or made."),
            ("4", "What was asked for is not there: a checksum, a compression or a character set, or a name arrived that was not asked for."),
            ("5", "A daemon refused (servers only; there are no daemons here)."),
            ("10", "The connection cannot be written to or read from."),
            ("11", "A file cannot be read or written, or the destination not be made."),
            ("12", "The connection ended early, or what came over it makes no sense."),
            ("13", "Messages cannot be written."),
            ("14", "The remote shell cannot be started, or a system call of that kind failed."),
            ("15", "A child process crashed."),
            ("16", "A child process was ended by a signal."),
            ("19", "A process was ended by its sibling (SIGUSR1)."),
            ("20", "A signal to end arrived, SIGINT or one of those beside it below SIGNALS."),
            ("21", "The end of a child process cannot be waited for."),
            ("22", "Memory ran out, or --max-alloc forbids what is needed."),
            ("23", "Something was left out because of errors, which have been told."),
            ("24", "A source vanished before it could be sent."),
            ("25", "--max-delete stopped deletions."),
            ("30", "Nothing moved for as long as --timeout says, or the time of --stop-after or --stop-at is over."),
            ("35", "A daemon could not be reached in time (stock rsync only)."),
            ("124", "The remote shell failed."),
            ("125", "The remote shell was killed."),
            ("126", "The remote program could not be run."),
            ("127", "The remote program was not found."),
        ])
}
