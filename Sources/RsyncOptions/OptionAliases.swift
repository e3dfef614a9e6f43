/// Options that a user or the system defines as a row of others, by lines of a popt file (ARG-82):
/// `rsync alias --name WORD…` or `rsync alias -x WORD…`.
public struct OptionAliases: Sendable {
    /// By `--name` or `-x`.
    private var words: [String: [[UInt8]]] = [:]

    public init() {}

    /// Adds the lines of one file; of two definitions of a name the later counts.
    public mutating func add(file: [UInt8]) {
        var text = file[...]
        while !text.isEmpty {
            var line: [UInt8] = []
            while let byte = text.popFirst(), byte != UInt8(ascii: "\n") {
                if byte == UInt8(ascii: "\\"), text.first == UInt8(ascii: "\n") {
                    text = text.dropFirst()
                } else {
                    line.append(byte)
                }
            }
            add(line: line)
        }
    }

    private mutating func add(line: [UInt8]) {
        guard line.first != UInt8(ascii: "#"), let parts = try? RemoteShell.words(line.map { $0 == 9 ? 32 : $0 }),
            parts.count > 3, parts[0].elementsEqual("rsync".utf8), parts[1].elementsEqual("alias".utf8)
        else { return }
        let name = ArgumentError.text(of: parts[2])
        let isLong = name.hasPrefix("--") && name.count > 2
        guard isLong || name.hasPrefix("-") && name.count == 2, name != "--server", name != "--daemon" else { return }
        words[name] = Array(parts.dropFirst(3))
    }

    /// What stands for `--name`; nil when that is no alias.
    func words(forLong word: [UInt8]) -> [[UInt8]]? { words.isEmpty ? nil : words[ArgumentError.text(of: word)] }
    func words(for letter: UInt8) -> [[UInt8]]? {
        words.isEmpty ? nil : words["-" + String(UnicodeScalar(letter))]
    }
}
