/// A command line that cannot be obeyed: the text people read and the exit status of the program (ARG-48, ARG-62).
///
/// `text` carries its prefix (`rsync: ` where the reference has one) and no newline.
public struct ArgumentError: Error, Sendable, Equatable, CustomStringConvertible {
    public let text: String
    public let exitCode: Int32
    /// A line of advice below it.
    public let advice: String?

    public init(_ text: String, exitCode: Int32 = 1, advice: String? = nil) {
        self.text = text
        self.exitCode = exitCode
        self.advice = advice
    }

    public var description: String { text }

    /// A combination that is refused in the same words by a client and by a server (ARG-62).
    @inline(never)
    static func refused(_ text: String) -> ArgumentError { ArgumentError("rsync: " + text) }

    /// A word that is no option, or an option written wrongly. `word` is the argument as it stood (ARG-48).
    @inline(never)
    static func malformed(_ word: [UInt8], _ problem: String, onServer: Bool) -> ArgumentError {
        let place = onServer ? "rsync: on remote machine: " : "rsync: "
        return ArgumentError(place + text(of: word) + ": " + problem)
    }

    static func text(of bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
