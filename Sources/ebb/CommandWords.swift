/// Options of the small commands: `--name VALUE`, `--name=VALUE`, `-x`; `--` ends them. What is not known is refused.
struct CommandWords {
    struct Misuse: Error {
        let text: String
    }

    /// Option names without dashes, in order, with their values; a flag has nil.
    private(set) var options: [(name: String, value: [UInt8]?)] = []
    private(set) var rest: [[UInt8]] = []

    /// - Parameters:
    ///   - valued: names that take a value; `flags`: names that take none.
    ///   - letters: short names and the long ones they stand for.
    init(
        _ words: [[UInt8]], valued: Set<String>, flags: Set<String> = [], letters: [Character: String] = [:]
    ) throws(Misuse) {
        var words = words[...]
        while let word = words.popFirst() {
            let text = String(decoding: word, as: UTF8.self)
            if text == "--" {
                rest += words
                return
            }
            guard word.count > 1, text.hasPrefix("-") else {
                rest.append(word)
                continue
            }
            var name = ""
            var attached: [UInt8]?
            if text.hasPrefix("--") {
                let equals = word.firstIndex(of: UInt8(ascii: "="))
                name = String(decoding: word[2..<(equals ?? word.endIndex)], as: UTF8.self)
                attached = equals.map { [UInt8](word[($0 + 1)...]) }
            } else {
                guard text.count == 2, let letter = text.last, let long = letters[letter] else {
                    throw Misuse(text: "unknown option: \(text)")
                }
                name = long
            }
            if valued.contains(name) {
                guard let value = attached ?? words.popFirst() else { throw Misuse(text: "\(text) needs a value") }
                options.append((name, value))
            } else if flags.contains(name), attached == nil {
                options.append((name, nil))
            } else {
                throw Misuse(text: "unknown option: \(text)")
            }
        }
    }

    func has(_ name: String) -> Bool { options.contains { $0.name == name } }

    /// The last one given.
    func value(_ name: String) -> [UInt8]? { options.last { $0.name == name }?.value }

    func text(_ name: String) -> String? { value(name).map { String(decoding: $0, as: UTF8.self) } }

    func required(_ name: String) throws(Misuse) -> [UInt8] {
        guard let value = value(name), !value.isEmpty else { throw Misuse(text: "--\(name) is missing") }
        return value
    }
}
