/// What a remote shell makes of the words that a client gives it.
enum ShellWords {
    /// The words of a command line with its backslashes and quotes resolved, if that is all there is for a shell to do;
    /// nil if it takes a real one (wildcards, variables, a home directory).
    static func split(_ line: [UInt8]) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var quote: UInt8?
        var position = 0
        while position < line.count {
            let byte = line[position]
            position += 1
            if quote == UInt8(ascii: "'") {
                if byte == quote { quote = nil } else { word?.append(byte) }
            } else if byte == UInt8(ascii: "\\") {
                guard position < line.count, quote == nil else { return nil }
                word = (word ?? []) + [line[position]]
                position += 1
            } else if byte == UInt8(ascii: "'") {
                quote = byte
                word = word ?? []
            } else if byte == 0x20 {
                if let word { words.append(word) }
                word = nil
            } else if Array("*?[]~$`\"!#&;|<>(){}\t\n\r".utf8).contains(byte) {
                return nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(word) }
        return words
    }

    /// `program` in the place of the command's first word, as a process: through a shell where it takes one.
    static func command(_ program: [[UInt8]], _ line: [UInt8]) -> [[UInt8]] {
        if let words = split(line) { return program + words.dropFirst() }
        let rest = line.drop { $0 != 0x20 }
        return [Array("/bin/sh".utf8), Array("-c".utf8), Array("exec \"$@\"".utf8) + rest, Array("sh".utf8)] + program
    }

    /// The server's arguments in a line, as far as no shell is needed to know them.
    static func arguments(_ line: [UInt8]) -> [[UInt8]] {
        Array((split(line) ?? line.split(separator: 0x20).map { [UInt8]($0) }).dropFirst())
    }

    /// Words as a line that a shell splits into the same words.
    static func line(_ words: [[UInt8]]) -> [UInt8] {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:@%+".utf8)
        return Array(words.map { $0.flatMap { plain.contains($0) ? [$0] : [UInt8(ascii: "\\"), $0] } }.joined(separator: [0x20]))
    }
}
