/// What a server makes of its positional arguments (ARG-52, ARG-53).
public enum ServerPaths: Sendable, Equatable {
    /// Sources as requested, relative to `directory`; nil leaves the server where it was started.
    case sending(directory: [UInt8]?, sources: [[UInt8]])
    /// The destination, relative to `directory`.
    case receiving(directory: [UInt8]?, destination: [UInt8])

    private static let here = [UInt8(ascii: ".")]

    /// Precondition: `arguments` are a server's, and complete: with secluded ones added.
    public init(_ arguments: ParsedArguments) throws(ArgumentError) {
        let words = arguments.positional
        guard arguments.isSender else {
            // More than two are ignored.
            self = .receiving(directory: words.first, destination: words.count > 1 ? words[1] : Self.here)
            return
        }
        guard let directory = words.first else { throw .refused("the server was given no argument") }
        var sources = Array(words.dropFirst())
        // What the names start from.
        guard arguments.filesFrom == nil || sources.count <= 1 else {
            throw .refused("--files-from allows one argument for the names to start from")
        }
        if sources.isEmpty, arguments.transfersDirectories { sources = [Self.here] }
        self = .sending(directory: arguments.relative ? nil : directory, sources: sources)
    }
}
