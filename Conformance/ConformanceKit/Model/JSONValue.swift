/// A JSON text as it stands: members in their order, integers apart from other numbers. Cases, steps and feature files
/// are read through it, so that what is wrong in one can be named by place.
public indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public init(_ text: [UInt8]) throws(JSONDefect) {
        var parser = JSONParser(text)
        self = try parser.whole()
    }

    /// What kind of value it is, for complaints.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    public var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

/// Members in the order of the text; no name twice.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let name: String
        public let value: JSONValue
    }

    public let members: [Member]

    public init(_ members: [Member]) { self.members = members }

    public subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }
    public var names: [String] { members.map(\.name) }
}

/// What is wrong in a JSON text, and where: a line of the text, or a path of names.
public struct JSONDefect: Error, Sendable, Equatable, CustomStringConvertible {
    public let place: String
    public let reason: String

    public init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    public var description: String { "\(place): \(reason)" }
}

/// RFC 8259, strictly: no comments, no trailing commas, no name twice in one object.
private struct JSONParser {
    /// Nesting beyond this is refused; a case has fewer than ten levels.
    static let deepest = 64

    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func whole() throws(JSONDefect) -> JSONValue {
        let value = try self.value()
        skipSpace()
        guard position == text.count else { throw defect("something stands behind the value") }
        return value
    }

    private func defect(_ reason: String) -> JSONDefect {
        JSONDefect("line \(text[..<min(position, text.count)].count { $0 == 0x0a } + 1)", reason)
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Character) throws(JSONDefect) {
        guard take(character.asciiValue!) else { throw defect("\(character) expected") }
    }

    private mutating func value() throws(JSONDefect) -> JSONValue {
        skipSpace()
        guard position < text.count else { throw defect("the text ends where a value is due") }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw defect("nested too deeply") }
        switch text[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONDefect) -> JSONValue {
        guard text[position...].starts(with: word.utf8) else { throw defect("this is no value") }
        position += word.utf8.count
        return value
    }

    private mutating func object() throws(JSONDefect) -> JSONValue {
        try expect("{")
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        guard !take(UInt8(ascii: "}")) else { return .object(JSONObject([])) }
        repeat {
            skipSpace()
            let name = try string()
            guard names.insert(name).inserted else { throw defect("\(name) stands twice") }
            try expect(":")
            members.append(JSONObject.Member(name: name, value: try value()))
        } while take(UInt8(ascii: ","))
        try expect("}")
        return .object(JSONObject(members))
    }

    private mutating func array() throws(JSONDefect) -> JSONValue {
        try expect("[")
        var items: [JSONValue] = []
        guard !take(UInt8(ascii: "]")) else { return .array([]) }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        try expect("]")
        return .array(items)
    }

    private mutating func string() throws(JSONDefect) -> String {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { throw defect("a text expected") }
        position += 1
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else { throw defect("a text is not UTF-8") }
                return string
            case UInt8(ascii: "\\"): bytes += try escape()
            case 0..<0x20: throw defect("a control character in a text")
            default: bytes.append(byte)
            }
        }
        throw defect("a text does not end")
    }

    private mutating func escape() throws(JSONDefect) -> [UInt8] {
        guard position < text.count else { throw defect("a text does not end") }
        let letter = text[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try unicode()
        default: throw defect("\\\(Character(UnicodeScalar(letter))) is no escape")
        }
    }

    private mutating func unicode() throws(JSONDefect) -> [UInt8] {
        var code = try fourDigits()
        if (0xd800..<0xdc00).contains(code), text[position...].starts(with: "\\u".utf8) {
            position += 2
            let low = try fourDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw defect("half a surrogate pair") }
            code = 0x10000 + (code - 0xd800) << 10 + low - 0xdc00
        }
        guard let scalar = UnicodeScalar(code) else { throw defect("half a surrogate pair") }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func fourDigits() throws(JSONDefect) -> UInt32 {
        guard position + 4 <= text.count,
            let code = UInt32(String(decoding: text[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw defect("four hexadecimal digits expected") }
        position += 4
        return code
    }

    private mutating func number() throws(JSONDefect) -> JSONValue {
        let start = position
        while position < text.count, "+-.eE0123456789".utf8.contains(text[position]) { position += 1 }
        let word = String(decoding: text[start..<position], as: UTF8.self)
        if let integer = Int64(word), !word.hasPrefix("+") { return .integer(integer) }
        guard let number = Double(word), number.isFinite, !word.hasPrefix("+"), !word.hasPrefix(".") else {
            throw defect("this is no value")
        }
        return .number(number)
    }
}
