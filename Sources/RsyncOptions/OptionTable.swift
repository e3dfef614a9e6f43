/// Every option of rsync 3.5.0, in the order of the clauses that describe them (ARG-78). There is no other (ARG-79) but those of `own`.
///
/// The parser, the help text, the manual and the server's argument vector are all made from this table.
public enum OptionTable {
    public static let all: [Option] = selection + updating + attributes + connection + output + roles

    /// Options that rsync does not have. No server is told of them.
    public static let own: Set<String> = ["json"]

    struct Match {
        let option: Option
        let isNegation: Bool
    }

    /// The option of a long name, given without its dashes. Names are never abbreviated (ARG-44).
    static func named(_ name: String) -> Match? { byName[name].map { Match(option: all[$0.index], isNegation: $0.negation) } }

    static func lettered(_ letter: UInt8) -> Option? { byLetter[letter].map { all[$0] } }

    private static let byName: [String: (index: Int, negation: Bool)] = {
        var names: [String: (index: Int, negation: Bool)] = [:]
        for (index, option) in all.enumerated() {
            for name in option.names { names[name] = (index, false) }
            for name in option.negations { names[name] = (index, true) }
        }
        return names
    }()

    private static let byLetter: [UInt8: Int] = {
        var letters: [UInt8: Int] = [:]
        for (index, option) in all.enumerated() {
            if let ascii = option.letter?.asciiValue { letters[ascii] = index }
        }
        return letters
    }()
}
