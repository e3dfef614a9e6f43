/// Reads the members of one object by name, and in the end refuses those that nobody asked for.
///
///     var reader = try JSONReader(value, at: "FLS-28/a.json")
///     let title = try reader.required("title") { try $0.text() }
///     try reader.finish()
public struct JSONReader {
    /// One value with its place, for complaints.
    public struct Item {
        public let place: String
        public let value: JSONValue

        public init(_ value: JSONValue, at place: String) {
            self.value = value
            self.place = place
        }

        public func defect(_ reason: String) -> JSONDefect { JSONDefect(place, reason) }

        private func wanted(_ kind: String) -> JSONDefect { defect("\(kind) expected, not \(value.kind)") }

        public func text() throws(JSONDefect) -> String {
            guard let text = value.string else { throw wanted("a text") }
            return text
        }

        /// A text with `\xNN` for any byte.
        public func bytes() throws(JSONDefect) -> [UInt8] {
            guard let bytes = EscapedText.bytes(try text()) else { throw defect("\\x needs two hexadecimal digits") }
            return bytes
        }

        public func integer() throws(JSONDefect) -> Int {
            guard let number = value.integer else { throw wanted("a whole number") }
            return Int(number)
        }

        public func number() throws(JSONDefect) -> Double {
            guard let number = value.double else { throw wanted("a number") }
            return number
        }

        public func truth() throws(JSONDefect) -> Bool {
            guard let value = value.bool else { throw wanted("true or false") }
            return value
        }

        public func list() throws(JSONDefect) -> [Item] {
            guard let items = value.array else { throw wanted("a list") }
            return items.enumerated().map { Item($0.element, at: "\(place)[\($0.offset)]") }
        }

        public func texts() throws(JSONDefect) -> [String] {
            var texts: [String] = []
            for item in try list() { texts.append(try item.text()) }
            return texts
        }

        public func words() throws(JSONDefect) -> [[UInt8]] {
            var words: [[UInt8]] = []
            for item in try list() { words.append(try item.bytes()) }
            return words
        }

        public func reader() throws(JSONDefect) -> JSONReader {
            guard let object = value.object else { throw wanted("an object") }
            return JSONReader(object, at: place)
        }
    }

    public let place: String
    private let object: JSONObject
    private var asked: Set<String> = []

    public init(_ object: JSONObject, at place: String) {
        self.object = object
        self.place = place
    }

    public var names: [String] { object.names }

    /// The member, if it is there and not null.
    public mutating func take(_ name: String) -> Item? {
        asked.insert(name)
        guard let value = object[name], value != .null else { return nil }
        return Item(value, at: "\(place): \(name)")
    }

    /// Whether the member is there, be it null.
    public func has(_ name: String) -> Bool { object[name] != nil }

    public mutating func optional<Value>(
        _ name: String, _ read: (Item) throws(JSONDefect) -> Value
    ) throws(JSONDefect) -> Value? {
        guard let item = take(name) else { return nil }
        return try read(item)
    }

    public mutating func required<Value>(
        _ name: String, _ read: (Item) throws(JSONDefect) -> Value
    ) throws(JSONDefect) -> Value {
        guard let item = take(name) else { throw JSONDefect(place, "\(name) is missing") }
        return try read(item)
    }

    /// Members that nobody asked for are spelled wrongly, or meant for another version of this program.
    public func finish() throws(JSONDefect) {
        if let unknown = object.names.first(where: { !asked.contains($0) }) {
            throw JSONDefect(place, "\(unknown) is not known here")
        }
    }
}
