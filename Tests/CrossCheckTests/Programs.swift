import Glibc
import PeerKit
import TraceKit

/// The programs under test, which stand beside the bundle of the tests.
enum Programs {
    /// `EBB_PROGRAM` names another, such as an optimised one for long runs; an absolute path.
    static let ebb = variable("EBB_PROGRAM") ?? beside("ebb")
    static let conform = beside("rsync-conform")

    /// The root of this package, where the setup script keeps its peers.
    static let packageRoot = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private static func beside(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        precondition(count > 0, "/proc is there")
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/\(name)"
    }

    static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}

/// A program that ran to its end, with what it said.
struct CommandResult: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program with nothing on its standard input; ends it when it takes longer than so many seconds.
    init(_ words: [String], scratch: String, environment: [String: String] = [:], longest: Int = Self.longest) throws {
        let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        let out = unsafe open("\(scratch).out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let err = unsafe open("\(scratch).err", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { for descriptor in [null, out, err] where descriptor >= 0 { close(descriptor) } }
        let child = try SpawnedProcess(
            ["timeout", "-k", "5", "\(longest)"] + words, environment: environment, input: null, output: out, errors: err)
        status = child.wait().shellStatus
        output = String(decoding: try FileBytes.read("\(scratch).out"), as: UTF8.self)
        errors = String(decoding: try FileBytes.read("\(scratch).err"), as: UTF8.self)
    }

    /// Seconds that a job of a fraction of one may take on a busy machine; after that the status is `timedOut`.
    static let longest = 120
    /// The status of what took longer.
    static let timedOut: Int32 = 124
}

/// Lines of shell for the fixture's own work, which must succeed.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let line: String
        let status: Int32
        let said: String
        var description: String { "status \(status) of: \(line): \(said)" }
    }

    static func run(_ line: String, at directory: String) throws {
        let scratch = try TemporaryDirectory(prefix: "ebb-shell")
        let result = try CommandResult(["sh", "-ec", "cd '\(directory)'\n\(line)"], scratch: "\(scratch.path)/sh")
        guard result.status == 0 else { throw Failure(line: line, status: result.status, said: result.errors) }
    }
}
