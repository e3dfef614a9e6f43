import FoundationEssentials

/// A session recorded as two plain files and a description:
///
///   <peer>-<version>/<scenario>/session.json  client-to-server.bin  server-to-client.bin
public enum RawRecording {
    public enum Failure: Error, CustomStringConvertible {
        case file(FileBytes.Failure)
        case description(path: String, reason: String)

        public var description: String {
            switch self {
            case .file(let failure): failure.description
            case .description(let path, let reason): "\(path): \(reason)"
            }
        }
    }

    private struct Description: Decodable {
        let peer: String
        let `protocol`: Int32
        let client_options: [String]
        let client_sends: Bool
        let server_command: String
        let source_tree: String?
        let destination_tree_before: String?
        let client_exit: Int32
        let client_stderr: String
    }

    /// Reads the recording in `directory`.
    public static func read(directory: String) throws(Failure) -> Trace {
        let path = "\(directory)/session.json"
        let described: Description
        do {
            described = try JSONDecoder().decode(Description.self, from: Data(try FileBytes.read(path)))
        } catch let failure as FileBytes.Failure {
            throw .file(failure)
        } catch {
            throw .description(path: path, reason: "\(error)")
        }
        guard let dash = described.peer.lastIndex(of: "-") else {
            throw .description(path: path, reason: "the peer is a name, a dash and a version")
        }
        let command = described.server_command.split(separator: " ").map { [UInt8]($0.utf8) }
        var trace = Trace(
            header: TraceHeader(
                peer: String(described.peer[..<dash]), version: String(described.peer[dash...].dropFirst()),
                role: described.client_sends ? .push : .pull, protocolNumber: described.protocol,
                arguments: Array(command.dropFirst()), options: described.client_options.map { [UInt8]($0.utf8) },
                sourceTree: described.source_tree.map { "\($0).tar.xz" },
                destinationTree: described.destination_tree_before.map { "\($0).tar.xz" },
                exitStatus: described.client_exit, errorOutput: [UInt8](described.client_stderr.utf8),
                isInterleaved: false))
        do {
            trace.append(try FileBytes.read("\(directory)/client-to-server.bin"), .toServer)
            trace.append(try FileBytes.read("\(directory)/server-to-client.bin"), .toClient)
        } catch {
            throw .file(error)
        }
        return trace
    }

    /// Where the vectors keep it: `<peer>-<version>/p<NN>/<scenario>.trace`.
    public static func vectorPath(_ header: TraceHeader, scenario: String) -> String {
        "\(header.peer)-\(header.version)/p\(header.protocolNumber)/\(scenario).trace"
    }
}
