/// One fact about a wire structure, as a `.vec` file holds it (Vectors/wire/README.md).
///
/// Header lines hold `key: value` pairs, several on a line when two or more spaces stand between them; after the line
/// `bytes:` comes a hex dump.
public struct VectorFile: Sendable {
    public enum Expectation: Sendable, Equatable {
        case value(String)
        case needsMore
        case malformed(field: String, offset: Int)
    }

    public var fields: [String: String] = [:]
    public var bytes: [UInt8] = []

    /// nil for a text that has not this form.
    public init?(_ text: String) {
        var inBytes = false
        for line in text.split(separator: "\n") {
            if line == "bytes:" {
                inBytes = true
            } else if inBytes {
                bytes += hex(String(line.prefix { $0 != "|" }.dropFirst(8)))
            } else {
                for pair in Self.pairs(line) {
                    guard let colon = pair.firstIndex(of: ":") else { return nil }
                    let value = pair[pair.index(after: colon)...].drop { $0 == " " }
                    fields[String(pair[..<colon])] = String(value)
                }
            }
        }
        guard inBytes, fields["structure"] != nil, fields["clause"] != nil, expectation != nil else { return nil }
    }

    public var structure: String { fields["structure"] ?? "" }
    /// The protocol numbers the fact holds for.
    public var protocols: [Int32] {
        (fields["traits"] ?? "").split { $0 == "," || $0 == " " }.compactMap { Int32($0.dropFirst()) }
    }
    /// The writer need not produce these bytes.
    public var isOneWay: Bool { fields["one-way"] == "yes" }
    /// What the reader must know beforehand, such as `digest-length=16`.
    public func given(_ key: String) -> Int {
        let words = (fields["given"] ?? "").split(separator: " ").map { $0.split(separator: "=") }
        guard let found = words.first(where: { $0[0] == key }), let value = Int(found[1]) else {
            preconditionFailure("the vector does not say what \(key) is")
        }
        return value
    }

    public var expectation: Expectation? {
        let words = (fields["expect"] ?? "").split(separator: " ", maxSplits: 1)
        switch words.first {
        case "value": return .value(words.count > 1 ? String(words[1]) : "")
        case "needs-more": return .needsMore
        case "malformed":
            let parts = words.count > 1 ? words[1].split(separator: " ") : []
            guard parts.count == 3, parts[1] == "at", let offset = Int(parts[2]) else { return nil }
            return .malformed(field: String(parts[0]), offset: offset)
        default: return nil
        }
    }

    /// The pieces of a line between runs of two or more spaces.
    private static func pairs(_ line: Substring) -> [Substring] {
        var result: [Substring] = []
        var start = line.startIndex
        var index = start
        while index < line.endIndex {
            let next = line.index(after: index)
            if line[index] == " ", next < line.endIndex, line[next] == " " {
                result.append(line[start..<index])
                start = line[index...].firstIndex { $0 != " " } ?? line.endIndex
                index = start
            } else {
                index = next
            }
        }
        if start < line.endIndex { result.append(line[start...]) }
        return result
    }
}
