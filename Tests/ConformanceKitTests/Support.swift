import ConformanceKit

/// A case out of its text, with an id of its own.
func aCase(_ text: String, id: String = "FLS-1/a") throws -> Case {
    let head = #""title": "t", "clauses": ["\#(id.split(separator: "/")[0])"]"#
    return try Case(id: id, path: "\(id).json", JSONValue(Array("{\(head), \(text)}".utf8)))
}
