/// The options as `--help` shows them: those that are obeyed, then the names of those that are not.
public enum HelpText {
    /// `program` as people start it, such as `ebb rsync`.
    public static func render(program: String) -> String {
        var text = """
            Usage: \(program) [OPTION]... SOURCE... DESTINATION
                   \(program) [OPTION]... SOURCE... [USER@]HOST:DESTINATION
                   \(program) [OPTION]... [USER@]HOST:SOURCE... [DESTINATION]

            Without a destination the source is listed.

            Options:

            """
        var refused: [String] = []
        for option in OptionTable.all where option.wire != .serverOnly {
            if option.support == .supported {
                text += line(option) + "\n"
            } else {
                refused.append(option.displayName)
            }
        }
        text += "\nOptions of rsync that are known and refused:\n" + wrapped(refused)
        return text + """

            Most options without a value are undone by --no-OPTION, as in --no-perms or --no-p; the last one counts.
            `ebb manual rsync` is the manual: filter rules, what -i shows, the escapes of --out-format, environment variables,
            files and exit codes.

            """
    }

    private static func line(_ option: Option) -> String {
        var spellings = option.names.map { "--" + $0 }
        if let letter = option.letter { spellings.append("-" + String(letter)) }
        var left = spellings.joined(separator: ", ")
        if let value = option.value { left += (option.names.isEmpty ? " " : "=") + value }
        let column = 34
        guard left.count < column else { return left + "\n" + String(repeating: " ", count: column) + option.help }
        return left + String(repeating: " ", count: column - left.count) + option.help
    }

    private static func wrapped(_ words: [String]) -> String {
        var lines = [""]
        for word in words {
            if lines[lines.count - 1].count + word.count > 76 { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "  " : " ") + word
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
