import Glibc

/// The words this process was started with. The parser's words are text; these are bytes, as names may be anything.
enum ProcessWords {
    static var all: [[UInt8]] {
        (0..<Int(CommandLine.argc)).map { index in
            guard let word = unsafe CommandLine.unsafeArgv[index] else { return [] }
            return unsafe [UInt8](UnsafeRawBufferPointer(start: word, count: strlen(word)))
        }
    }

    /// Leaves out what a remote shell takes for itself: the host's name, with `-l USER` before or behind it.
    static func withoutHost(_ words: [[UInt8]]) -> [[UInt8]] {
        var rest = words[...]
        if rest.first == [UInt8]("-l".utf8) { rest = rest.dropFirst(2) }
        rest = rest.dropFirst()
        if rest.first == [UInt8]("-l".utf8) { rest = rest.dropFirst(2) }
        return Array(rest)
    }
}
