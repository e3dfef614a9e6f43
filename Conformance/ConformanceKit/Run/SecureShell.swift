import PeerKit
import TraceKit

/// A loopback sshd, and this program's own ssh as the way to a server there.
struct SecureShell {
    /// This suite's program.
    let program: String
    /// The file that says where to connect.
    let endpoint: String

    /// The fixture behind a run, gone after `stop`.
    final class Fixture: Sendable {
        private let server: SSHServer
        let endpoint: String

        /// Writes the file with the endpoint into `directory`.
        init(in directory: String) throws {
            server = try SSHServer()
            endpoint = "\(directory)/endpoint"
            let place = server.endpoint()
            let filed = SSHEndpoint(
                port: place.port, user: place.user, hostKey: place.hostKey, privateKey: .file(server.clientKeys[0].path))
            try FileBytes.write(Array((filed.text ?? "").utf8), to: endpoint)
        }

        func stop() { server.stop() }
    }

    /// The same process, started at the far end of a session: its directory, its umask and nothing but its environment.
    func carried(_ launch: Launch) -> Launch {
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        var far = [bytes("env"), bytes("-i")]
        far += launch.environment.map { bytes("\($0.name)=") + $0.value }
        far += launch.words
        let line = bytes("cd ") + ShellWords.line([bytes(launch.directory)]) + bytes(" && umask \(String(launch.umask, radix: 8)) && exec ")
            + ShellWords.line(far)
        var near = launch
        near.words = ["ssh", "--endpoint", endpoint, "conform"].map(bytes)
        near.words.insert(bytes(program), at: 0)
        near.words.append(line)
        near.environment = launch.environment.filter { ["PATH", "HOME", "LC_ALL", "TZ"].contains($0.name) }
        near.user = 0
        near.addressSpace = 0
        return near
    }
}
