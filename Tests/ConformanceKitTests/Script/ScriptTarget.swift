import CConform
import ConformanceKit
import Foundation
import Testing
import TraceKit

/// One run of the program built beside these tests, as a server, against a script.
struct ScriptTarget {
    /// Of the target.
    var isSender: Bool
    var version: Int32
    /// The cluster of option letters, without capabilities.
    var letters = "-r"
    var incremental = false
    var seconds = 20.0
    var mustRefuse = false

    struct Result {
        var report: ScriptReport
        var outcome: SpawnedProcess.Outcome
        /// The directory afterwards: names and contents of files.
        var files: [String: String]
    }

    private static let ebb: String = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return bundle.appendingPathComponent("ebb").path
    }()

    static func steps(_ text: String) throws -> [JSONValue] {
        try #require(JSONValue([UInt8](text.utf8)).array)
    }

    /// `files`: what the directory of the target holds before.
    func run(_ script: String, files: [String: String] = [:]) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("script-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, content) in files {
            let file = directory.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try content.write(to: file, atomically: false, encoding: .utf8)
        }
        // Nobody below 30 would offer capabilities.
        let offers = version > 29
        let cluster = letters + (offers ? "e." + (incremental ? "i" : "") + "LsfxCIvu" : "")
        let arguments = ["--server"] + (isSender ? ["--sender"] : []) + [cluster, ".", directory.path + "/"]
        let (input, output) = (try Self.pipe(), try Self.pipe())
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        let process = try SpawnedProcess([Self.ebb, "rsync"] + arguments, input: output.read, output: input.write, errors: null)
        close(output.read)
        close(input.write)
        close(null)
        let lanes = ScriptLanes(reading: input.read, writing: output.write) { isWriteOnly in
            if isWriteOnly { close(output.write) }
        }
        let report = ScriptInterpreter.run(
            try Self.steps(script),
            in: ScriptSetup(
                isServer: false, isSender: !isSender, arguments: arguments.map { [UInt8]($0.utf8) }, version: version, lanes: lanes,
                seconds: seconds, root: directory.path, mustRefuse: mustRefuse))
        close(input.read)
        let outcome = process.wait()
        var after: [String: String] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: directory.path) ?? .init() {
            after[name] = try? String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
        }
        return Result(report: report, outcome: outcome, files: after)
    }

    static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe conform_pipe(&ends) == 0)
        return (ends[0], ends[1])
    }
}
