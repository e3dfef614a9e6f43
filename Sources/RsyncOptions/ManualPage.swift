/// The manual page, in the macros of man(7), made from the option table.
public enum ManualPage {
    /// `program` as people start it, such as `ebb rsync`.
    public static func render(program: String, version: String) -> String {
        var text = """
            .TH EBB-RSYNC 1 "" "ebb \(escaped(version))" "User Commands"
            .SH NAME
            ebb\\-rsync \\- copy files, here or to and from other machines, sending only what differs
            .SH SYNOPSIS
            .nf
            .B \(escaped(program)) \\fR[\\fIOPTION\\fR]... \\fISOURCE\\fR... \\fIDESTINATION\\fR
            .B \(escaped(program)) \\fR[\\fIOPTION\\fR]... \\fISOURCE\\fR... [\\fIUSER\\fR@]\\fIHOST\\fR:\\fIDESTINATION\\fR
            .B \(escaped(program)) \\fR[\\fIOPTION\\fR]... [\\fIUSER\\fR@]\\fIHOST\\fR:\\fISOURCE\\fR... [\\fIDESTINATION\\fR]
            .fi
            .SH DESCRIPTION
            Speaks rsync's protocol, versions 27 to 32, on both ends of a connection. Without a destination the source is listed.
            A source that ends in a slash stands for what is in it.
            .SH OPTIONS

            """
        var refused: [Option] = []
        for option in OptionTable.all where option.wire != .serverOnly {
            if option.support == .supported { text += entry(option) } else { refused.append(option) }
        }
        if !refused.isEmpty {
            text += ".SH REFUSED OPTIONS\nKnown to rsync and not obeyed here:\n"
            for option in refused {
                guard case .refused(let reason) = option.support else { continue }
                text += ".TP\n.B \(escaped(option.displayName))\n\(sentence(reason))\n"
            }
        }
        let silent = DebugWord.allCases.filter(\.isSilent).map(\.name).joined(separator: ", ")
        text += """
            .SH DEBUG OUTPUT
            Of the words of \\fB\\-\\-debug\\fR these print nothing in this program: \(silent). A server prints what it was told to by \\fB\\-M\\-\\-debug\\fR
            or by \\fB\\-v\\fR. Where rsync names a line of its source, this program names line 0 of ebb.

            """
        text += ManualSection.all.map { $0.render(escaped) }.joined()
        return text + """
            .SH SEE ALSO
            .BR ssh (1)

            """
    }

    private static func entry(_ option: Option) -> String {
        var spellings = option.names.map { "--" + $0 }
        if let letter = option.letter { spellings.append("-" + String(letter)) }
        var head = "\\fB" + spellings.map(escaped).joined(separator: "\\fR, \\fB") + "\\fR"
        if let value = option.value { head += (option.names.isEmpty ? " " : "=") + "\\fI" + escaped(value) + "\\fR" }
        var body = sentence(option.help)
        if !option.negations.isEmpty {
            body += "\nUndone by " + option.negations.map { "\\fB" + escaped("--" + $0) + "\\fR" }.joined(separator: ", ") + "."
        }
        return ".TP\n\(head)\n\(body)\n"
    }

    /// Upper case at the start, a full stop at the end, on a line that is no request.
    private static func sentence(_ text: String) -> String {
        let whole = text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
        let safe = escaped(whole)
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result
    }
}
