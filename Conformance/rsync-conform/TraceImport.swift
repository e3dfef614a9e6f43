import ArgumentParser
import Glibc
import TraceKit

struct TraceImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns recordings of other kinds into trace files.",
        discussion: """
            A recording is a directory PEER-VERSION/SCENARIO with session.json, client-to-server.bin and
            server-to-client.bin. It becomes OUTPUT/PEER-VERSION/pNN/SCENARIO.trace.

            With --pcap FILE, a packet capture (classic, as tcpdump -w writes it) of a client's connection to a daemon becomes the
            trace file OUTPUT. Its packets are put in order; greeting, module and authentication are left out, the arguments
            go into the head, and the versions of the greetings stand where a remote shell's session has them.
            A connection whose beginning, or of which a part, was not captured is refused.
            """)

    @Option(name: .shortAndLong, help: "The directory to write below; with --pcap the trace file.")
    var output: String

    @Option(help: "A packet capture of a daemon's session.")
    var pcap: String?

    @Option(help: "With --pcap: the daemon's port.")
    var port: UInt16 = 873

    @Option(help: "With --pcap: which of the connections to that port, counted from 1.")
    var connection = 1

    @Option(help: "With --pcap: name and version of the programs, as NAME-VERSION.")
    var peer = "rsync-unknown"

    @Argument(help: "The recordings' directories.")
    var recordings: [String] = []

    func validate() throws {
        guard recordings.isEmpty != (pcap == nil) else { throw ValidationError("Directories, or --pcap.") }
    }

    func run() throws {
        if let pcap {
            let capture = try PacketCapture(FileBytes.read(pcap))
            let trace = try DaemonRecording.trace(capture.connection(port: port, number: connection), peer: peer)
            try FileBytes.write(trace.text, to: output)
            print("\(output): connection \(connection) of \(capture.count(port: port)), protocol \(trace.header.protocolNumber)")
            return
        }
        for directory in recordings {
            let trimmed = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
            let trace = try RawRecording.read(directory: trimmed)
            let scenario = String(trimmed.split(separator: "/").last ?? "session")
            let path = "\(output)/\(RawRecording.vectorPath(trace.header, scenario: scenario))"
            try Self.makeDirectories(above: path)
            try FileBytes.write(trace.text, to: path)
            print(path)
        }
    }

    static func makeDirectories(above path: String) throws {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            let directory = String(path[..<index])
            guard unsafe mkdir(directory, 0o755) == 0 || errno == EEXIST else {
                throw FileBytes.Failure(path: directory, errno: errno)
            }
        }
    }
}
