/// The command that reaches the far end (ARG-28).
public enum RemoteShell {
    /// All words: the shell's own, user, host, program, then `server`.
    public static func command(
        _ arguments: ParsedArguments, user: [UInt8]?, host: [UInt8], server: [[UInt8]]
    ) throws(ArgumentError) -> [[UInt8]] {
        var command = try words(arguments.remoteShell ?? Array("ssh".utf8))
        let isSecureShell = command.first.map { $0.split(separator: UInt8(ascii: "/")).last?.elementsEqual("ssh".utf8) == true } ?? false
        if let user { command += [Array("-l".utf8), user] }
        if isSecureShell, let family = arguments.addressFamily { command.append(Array((family == .v4 ? "-4" : "-6").utf8)) }
        command.append(host)
        command.append(arguments.remoteProgram)
        return command + server
    }

    /// Splits at spaces. Quotes of either kind keep spaces, and a doubled quote inside stands for itself.
    public static func words(_ text: [UInt8]) throws(ArgumentError) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var quote: UInt8?
        var rest = text[...]
        while let byte = rest.popFirst() {
            if let open = quote {
                if byte != open {
                    word?.append(byte)
                } else if rest.first == open {
                    word?.append(byte)
                    rest = rest.dropFirst()
                } else {
                    quote = nil
                }
            } else if byte == UInt8(ascii: " ") {
                if let word { words.append(word) }
                word = nil
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                word = word ?? []
            } else {
                word = (word ?? []) + [byte]
            }
        }
        if let quote { throw ArgumentError("Missing trailing-\(UnicodeScalar(quote)) in remote-shell command.") }
        if let word { words.append(word) }
        return words
    }
}
