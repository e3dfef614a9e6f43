/// Writing of JSON. Members stay in their order, so that the same value is always the same text.
extension JSONValue {
    /// One line without spaces.
    public var compactText: String {
        var writer = JSONWriter(indent: nil)
        writer.write(self, depth: 0)
        return writer.text
    }

    /// Two spaces a level and a newline at the end; a list or object of nothing but plain values stays on its line when that
    /// is short.
    public var indentedText: String {
        var writer = JSONWriter(indent: 2)
        writer.write(self, depth: 0)
        return writer.text + "\n"
    }

    public static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }

    fileprivate var isPlain: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let object): object.members.isEmpty
        default: true
        }
    }
}

private struct JSONWriter {
    /// A line that holds a whole list or object is at most that long.
    private static let lineLength = 110

    let indent: Int?
    var text = ""

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let number): text += "\(number)"
        // A number without a fraction would come back as an integer, which every reader here takes for a number as well.
        case .number(let number): text += number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .string(let string): quote(string)
        case .array(let items): list("[", "]", items.map { (nil, $0) }, depth)
        case .object(let object): list("{", "}", object.members.map { ($0.name, $0.value) }, depth)
        }
    }

    private mutating func list(_ open: String, _ close: String, _ members: [(name: String?, value: JSONValue)], _ depth: Int) {
        guard let indent, !members.isEmpty else {
            text += open
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                if let name = member.name {
                    quote(name)
                    text += ":"
                }
                write(member.value, depth: depth + 1)
            }
            text += close
            return
        }
        if members.allSatisfy(\.value.isPlain), let line = oneLine(open, close, members, depth * indent) {
            text += line
            return
        }
        text += open + "\n"
        for (index, member) in members.enumerated() {
            text += String(repeating: " ", count: (depth + 1) * indent)
            if let name = member.name {
                quote(name)
                text += ": "
            }
            write(member.value, depth: depth + 1)
            text += index + 1 < members.count ? ",\n" : "\n"
        }
        text += String(repeating: " ", count: depth * indent) + close
    }

    private func oneLine(
        _ open: String, _ close: String, _ members: [(name: String?, value: JSONValue)], _ used: Int
    ) -> String? {
        var line = JSONWriter(indent: nil)
        let padding = open == "{" ? " " : ""
        line.text += open + padding
        for (index, member) in members.enumerated() {
            if index > 0 { line.text += ", " }
            if let name = member.name {
                line.quote(name)
                line.text += ": "
            }
            line.write(member.value, depth: 0)
            guard line.text.utf8.count + used <= Self.lineLength else { return nil }
        }
        return line.text + padding + close
    }

    private mutating func quote(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\0"..<" ", "\u{7f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
