/// What a script says and cannot mean: a fault of the suite, unless it rests on what the target left out.
struct ScriptMistake: Error, Sendable, CustomStringConvertible {
    let description: String
    let isTargets: Bool
    init(_ description: String, isTargets: Bool = false) {
        self.description = description
        self.isTargets = isTargets
    }
}

/// The values of steps, each with the complaint that belongs to it.
extension JSONValue {
    /// nil for a key that is absent; what is no object has no keys.
    subscript(key: String) -> JSONValue? { object?[key] }

    func whole() throws(ScriptMistake) -> Int64 {
        guard let value = integer else { throw ScriptMistake("\(self) is no whole number") }
        return value
    }

    /// 32 bits, given with or without a sign.
    func word32() throws(ScriptMistake) -> Int32 {
        let value = try whole()
        guard let narrow = Int32(exactly: value) ?? UInt32(exactly: value).map(Int32.init(bitPattern:)) else {
            throw ScriptMistake("\(value) does not fit into 32 bits")
        }
        return narrow
    }

    func count() throws(ScriptMistake) -> Int {
        let value = try whole()
        guard value >= 0, value <= 1 << 30 else { throw ScriptMistake("\(value) is no count") }
        return Int(value)
    }

    func seconds() throws(ScriptMistake) -> Double {
        guard let value = double else { throw ScriptMistake("\(self) is no time in seconds") }
        return value
    }

    func text() throws(ScriptMistake) -> String {
        guard let value = string else { throw ScriptMistake("\(self) is no text") }
        return value
    }

    func items() throws(ScriptMistake) -> [JSONValue] {
        guard let values = array else { throw ScriptMistake("\(self) is no list") }
        return values
    }

    /// A text as bytes: `\xNN` stands for any byte.
    func bytes() throws(ScriptMistake) -> [UInt8] {
        guard let bytes = EscapedText.bytes(try text()) else { throw ScriptMistake("\\x needs two hexadecimal digits") }
        return bytes
    }

    func hex() throws(ScriptMistake) -> [UInt8] {
        guard let bytes = EscapedText.hexadecimal(try text()) else { throw ScriptMistake("\(self) is not hexadecimal") }
        return bytes
    }

    /// An octal mode such as `"0644"`, or a number.
    func mode() throws(ScriptMistake) -> Int32 {
        if integer != nil { return try word32() }
        guard let mode = UInt32(try text(), radix: 8) else { throw ScriptMistake("\(self) is no octal mode") }
        return Int32(bitPattern: mode)
    }

    /// File contents: a text, `{"repeat": "ab", "size": 9}`, `{"zeros": 9}` or `{"hex": "00"}`.
    func contents() throws(ScriptMistake) -> [UInt8] {
        if let zeros = self["zeros"] { return [UInt8](repeating: 0, count: try zeros.count()) }
        if let hex = self["hex"] { return try hex.hex() }
        if let unit = self["repeat"], let size = self["size"] {
            let unit = try unit.bytes()
            guard !unit.isEmpty else { throw ScriptMistake("nothing cannot be repeated") }
            let size = try size.count()
            var result = unit
            while result.count < size { result += result }
            return Array(result.prefix(size))
        }
        return try bytes()
    }

    /// `%` in every text below becomes the number.
    func numbered(_ number: Int) -> JSONValue {
        switch self {
        case .string(let text): .string(text.contains("%") ? text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: String(number)) : text)
        case .array(let items): .array(items.map { $0.numbered(number) })
        case .object(let object):
            .object(JSONObject(object.members.map { JSONObject.Member(name: $0.name, value: $0.value.numbered(number)) }))
        default: self
        }
    }
}
