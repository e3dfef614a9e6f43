/// One option as a command line uses it, told to whoever has to agree before it takes effect (RSH-222).
public struct OptionUse: Sendable {
    public let option: Option
    /// As written, without dashes: one of its names, its letter, or a negation.
    public let name: String
    public let isLetter: Bool
    public let isNegation: Bool
    /// nil for an option without value.
    public let value: [UInt8]?

    init(_ option: Option, name: String, isNegation: Bool = false, value: [UInt8]? = nil) {
        self.option = option
        self.name = name
        isLetter = false
        self.isNegation = isNegation
        self.value = value
    }

    init(_ option: Option, letter: UInt8, value: [UInt8]? = nil) {
        self.option = option
        name = String(UnicodeScalar(letter))
        isLetter = true
        isNegation = false
        self.value = value
    }

    /// With its dashes, as messages show it.
    public var written: String { (isLetter ? "-" : "--") + name }
}

/// Called by the parser for every option it has recognised, before anything is done with it: there is one parser alone, so
/// that what is judged and what is obeyed cannot differ. Throwing ends the parsing.
public typealias OptionVetting = (OptionUse) throws(ArgumentError) -> Void
