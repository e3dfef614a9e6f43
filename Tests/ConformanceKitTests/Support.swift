import ConformanceKit
import Glibc
import PeerKit
import TraceKit

/// A case out of its text, with an id of its own.
func aCase(_ text: String, id: String = "FLS-1/a") throws -> Case {
    let head = #""title": "t", "clauses": ["\#(id.split(separator: "/")[0])"]"#
    return try Case(id: id, path: "\(id).json", JSONValue(Array("{\(head), \(text)}".utf8)))
}

/// The program that was built beside the test bundle.
let builtProgram: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/rsync-conform"
}()

/// A suite of the test's own: one document, one case that any rsync passes and one that none does.
final class SmallSuite {
    private let place: TemporaryDirectory
    var path: String { place.path }

    init() throws {
        place = try TemporaryDirectory(prefix: "ebb-suite")
        for directory in ["Spec", "Cases", "Cases/SES-1", "Cases/SES-2"] { mkdir("\(path)/\(directory)", 0o755) }
        try write("Spec/01-x.md", "# The document\n\n## One\n\nSES-1. [MUST 27-32] It copies.\n\nSES-2. [MUST 27-32] It flies.\n")
        try write(
            "Cases/SES-1/copies.json",
            #"{"title": "It copies", "clauses": ["SES-1"], "roles": ["server-sender"], "protocols": "29", "needs": ["symlinks"],"#
                + #" "source": {"a": {"file": "x"}}}"#)
        try write(
            "Cases/SES-2/flies.json",
            #"{"title": "It flies", "clauses": ["SES-2"], "roles": ["server-sender"], "protocols": "29", "source": {"a": {"file": "x"}},"#
                + #" "expect": {"tree": {"wings": {"file": "two"}}}}"#)
        try FileBytes.write(FileBytes.read(packageRoot + "/Conformance/probes.json"), to: "\(path)/probes.json")
    }

    func write(_ name: String, _ text: String) throws { try FileBytes.write([UInt8](text.utf8), to: "\(path)/\(name)") }

    func read(_ name: String) throws -> String { String(decoding: try FileBytes.read("\(path)/\(name)"), as: UTF8.self) }

    /// Runs the program with this suite; its status and what it says on both streams.
    func run(_ words: [String]) throws -> (status: Int32, said: String) {
        let log = unsafe open("\(path)/log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { for descriptor in [log, null] where descriptor >= 0 { close(descriptor) } }
        let arguments = words[0].split(separator: " ").map { String($0) } + ["--suite", path] + words.dropFirst()
        let child = try SpawnedProcess([builtProgram] + arguments, input: null, output: log, errors: log)
        let status = child.wait().shellStatus
        return (status, try read("log"))
    }
}
