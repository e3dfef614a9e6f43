import ArgumentParser
import Glibc
import TraceKit

struct TraceImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns raw recordings into trace files.",
        discussion: """
            A recording is a directory PEER-VERSION/SCENARIO with session.json, client-to-server.bin and
            server-to-client.bin. It becomes OUTPUT/PEER-VERSION/pNN/SCENARIO.trace.
            """)

    @Option(name: .shortAndLong, help: "The directory to write below.")
    var output: String

    @Argument(help: "The recordings' directories.")
    var recordings: [String]

    func run() throws {
        for directory in recordings {
            let trimmed = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
            let trace = try RawRecording.read(directory: trimmed)
            let scenario = String(trimmed.split(separator: "/").last ?? "session")
            let path = "\(output)/\(RawRecording.vectorPath(trace.header, scenario: scenario))"
            try makeDirectories(above: path)
            try FileBytes.write(trace.text, to: path)
            print(path)
        }
    }

    private func makeDirectories(above path: String) throws {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            let directory = String(path[..<index])
            guard unsafe mkdir(directory, 0o755) == 0 || errno == EEXIST else {
                throw FileBytes.Failure(path: directory, errno: errno)
            }
        }
    }
}
