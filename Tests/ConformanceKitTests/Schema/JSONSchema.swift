import ConformanceKit

/// As much of JSON Schema 2020-12 as the schemas of this suite use. A keyword that is not known here is a problem, so that no
/// schema says more than is checked.
struct JSONSchema {
    private let root: JSONValue

    init(_ root: JSONValue) { self.root = root }

    /// What is wrong with the value; empty when it fits.
    func problems(_ value: JSONValue) -> [String] { check(value, root, "") }

    private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        guard let schema = schema.object else { return ["\(place): a schema is an object"] }
        return schema.members.flatMap { check(value, $0.name, $0.value, schema, place) }
    }

    private func check(
        _ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ schema: JSONObject, _ place: String
    ) -> [String] {
        func unless(_ holds: Bool, _ text: String) -> [String] { holds ? [] : ["\(place): \(text)"] }
        switch keyword {
        case "$schema", "$defs", "title", "description": return []
        case "$ref":
            let name = argument.string.map { String($0.dropFirst("#/$defs/".count)) } ?? ""
            guard let found = root.object?["$defs"]?.object?[name] else { return ["\(place): there is no \(name)"] }
            return check(value, found, place)
        case "type": return unless(Self.hasType(value, argument.string ?? ""), "is \(value.kind), not \(argument.string ?? "")")
        case "enum": return unless(argument.array?.contains(value) == true, "is none of those allowed")
        case "const": return unless(argument == value, "is not the one allowed")
        case "anyOf":
            let kinds = (argument.array ?? []).map { check(value, $0, place) }
            guard !kinds.contains(where: \.isEmpty) else { return [] }
            return ["\(place): fits none: \(kinds.compactMap(\.first).joined(separator: " | "))"]
        case "properties":
            guard let object = value.object, let properties = argument.object else { return [] }
            return object.members.flatMap { member in
                properties[member.name].map { check(member.value, $0, "\(place)/\(member.name)") } ?? []
            }
        case "additionalProperties":
            guard let object = value.object else { return [] }
            let known = schema["properties"]?.object?.names ?? []
            let others = object.members.filter { !known.contains($0.name) }
            if argument == .bool(false) { return others.map { "\(place): \($0.name) is not known" } }
            return others.flatMap { check($0.value, argument, "\(place)/\($0.name)") }
        case "required":
            guard let object = value.object else { return [] }
            return (argument.array ?? []).compactMap(\.string).filter { object[$0] == nil }.map { "\(place): \($0) is missing" }
        case "items":
            return (value.array ?? []).enumerated().flatMap { check($0.element, argument, "\(place)/\($0.offset)") }
        case "minItems": return unless((value.array?.count ?? .max) >= (argument.integer ?? 0), "has too few items")
        case "maxItems": return unless((value.array?.count ?? 0) <= (argument.integer ?? 0), "has too many items")
        case "uniqueItems":
            guard let items = value.array else { return [] }
            return unless(!items.indices.contains { items[..<$0].contains(items[$0]) }, "has an item twice")
        case "minProperties": return unless((value.object?.members.count ?? .max) >= (argument.integer ?? 0), "has too few members")
        case "minLength": return unless((value.string?.count ?? .max) >= (argument.integer ?? 0), "is too short")
        case "minimum": return unless((value.double ?? .infinity) >= (argument.double ?? 0), "is too small")
        case "maximum": return unless((value.double ?? -.infinity) <= (argument.double ?? 0), "is too big")
        case "pattern":
            guard let text = value.string, let pattern = argument.string else { return [] }
            guard let regex = try? Regex(pattern) else { return ["\(place): \(pattern) is no pattern"] }
            return unless(text.firstMatch(of: regex) != nil, "\"\(text)\" does not match \(pattern)")
        default: return ["\(place): the keyword \(keyword) is not checked"]
        }
    }

    private static func hasType(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null), ("integer", .integer),
            ("number", .integer), ("number", .number):
            true
        default: false
        }
    }
}
