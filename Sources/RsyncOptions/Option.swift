/// One option of rsync: everything the parser, the help text and the manual know about it.
public struct Option: Sendable {
    /// Long names without dashes, the usual one first; empty for `-P` and `-F`.
    public let names: [String]
    public let letter: Character?
    /// The placeholder of its value; nil when it takes none.
    public let value: String?
    /// Long names without dashes that undo it (ARG-79).
    public let negations: [String]
    /// Which server the reference client tells about it (ARG-78, column "wire").
    public let wire: Wire
    public let support: Support
    /// One line for people.
    public let help: String
    let effect: Effect

    /// Who is told: nobody, the receiving server, the sending server, both; or: for servers alone.
    public enum Wire: Sendable { case local, receiver, sender, both, serverOnly }

    public enum Support: Sendable, Equatable {
        case supported
        /// Clients say it to servers; people do not.
        case onServer
        /// Clients said it to servers once, which need not obey; with the reason why nobody else may say it.
        case onServerOnly(String)
        /// Known by name, with the reason why it is not obeyed.
        case refused(String)
    }

    typealias Setter = @Sendable (inout ParsedArguments, Bool) throws(ArgumentError) -> Void
    typealias ValueSetter = @Sendable (inout ParsedArguments, OptionValue) throws(ArgumentError) -> Void

    enum Effect: Sendable {
        case none
        /// Called with true for the option and false for a negation.
        case flag(Setter)
        /// The second is called for a negation.
        case value(ValueSetter, undo: Setter?)
    }

    /// As messages name it: `--name`, or `-c` without a long name.
    public var displayName: String {
        if let name = names.first { return "--" + name }
        return letter.map { "-" + String($0) } ?? ""
    }
}

extension Option {
    /// An option without a value. A name of one character is its letter. `no` lists what undoes it: `"links l"` stands for `--no-links` and `--no-l`.
    static func flag(
        _ names: String, no: String = "", _ wire: Wire, _ help: String,
        on support: Support = .supported, _ set: @escaping Setter
    ) -> Option {
        Option(
            names: longNames(names), letter: letter(names), value: nil, negations: words(no).map { "no-" + $0 }, wire: wire,
            support: support, help: help, effect: .flag(set))
    }

    static func valued(
        _ names: String, _ value: String, _ wire: Wire, _ help: String,
        on support: Support = .supported, no: String = "", undo: Setter? = nil, _ set: @escaping ValueSetter
    ) -> Option {
        Option(
            names: longNames(names), letter: letter(names), value: value, negations: words(no).map { "no-" + $0 }, wire: wire,
            support: support, help: help, effect: .value(set, undo: undo))
    }

    /// Known and not obeyed. Its negations ask for what happens anyway, so they are obeyed.
    static func refused(
        _ names: String, value: String? = nil, no: String = "", _ wire: Wire,
        _ help: String, because reason: String = "not implemented"
    ) -> Option {
        Option(
            names: longNames(names), letter: letter(names), value: value, negations: words(no).map { "no-" + $0 }, wire: wire,
            support: .refused(reason), help: help, effect: .none)
    }

    private static func longNames(_ text: String) -> [String] { words(text).filter { $0.utf8.count > 1 } }

    private static func letter(_ text: String) -> Character? { words(text).first { $0.utf8.count == 1 }?.first }

    /// By bytes: it is done several hundred times whenever a program starts.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            if byte != UInt8(ascii: " ") {
                word.append(byte)
            } else if !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }
}

/// The value of an option together with how it was written, for messages.
struct OptionValue {
    let bytes: [UInt8]
    /// The argument that holds the option: with its value when they share it.
    let word: [UInt8]
    let option: Option
    let onServer: Bool

    /// Decimal, or C's 0x and 0 forms, within 32 bits; nothing at all is 0, as a variable that is not set leaves it (ARG-81).
    func integer() throws(ArgumentError) -> Int32 {
        guard !bytes.isEmpty else { return 0 }
        var digits = bytes.drop(while: Self.isSpace)
        let negative = digits.first == UInt8(ascii: "-")
        if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var radix: Int64 = 10
        if digits.starts(with: Array("0x".utf8)) || digits.starts(with: Array("0X".utf8)) {
            radix = 16
            digits = digits.dropFirst(2)
        } else if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            radix = 8
            digits = digits.dropFirst()
        }
        guard !digits.isEmpty else { throw .malformed(word, "invalid numeric value", onServer: onServer) }
        var total: Int64 = 0
        for digit in digits {
            guard let number = Character(UnicodeScalar(digit)).hexDigitValue, Int64(number) < radix else {
                throw .malformed(word, "invalid numeric value", onServer: onServer)
            }
            total = min(total * radix + Int64(number), Int64(UInt32.max))
        }
        guard let result = Int32(exactly: negative ? -total : total) else {
            throw .malformed(word, "number too large or too small", onServer: onServer)
        }
        return result
    }

    /// As C's isspace.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}
