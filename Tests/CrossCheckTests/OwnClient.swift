import PeerKit
import RsyncCommand
import RsyncEngine
import RsyncHost
import RsyncFilter
import RsyncOptions
import RsyncProtocol
import Synchronization

/// Our engine as the client, in this process, with a real rsync as the server at the far end of an ssh session.
struct OwnClient {
    let endpoint: SSHEndpoint
    /// The server's program.
    let peer: Peer

    struct Outcome {
        var status: Int32
        var said: [String]
        var statistics: SessionStatistics
    }

    func run(_ options: [String], isPull: Bool, source: String, destination: String) throws -> Outcome {
        let arguments = try ParsedArguments(parsing: options + [source, destination])
        let settings = try TransferOptions(arguments, isLocal: false) { _, _ throws(SessionError) in [] }
        let role: ServerArguments.Role = isPull ? .receiver : .sender
        let version = arguments.protocolNumber.flatMap { ProtocolVersion($0) } ?? .newest
        let offered = Capabilities.offered(
            incremental: ServerArguments.asksForIncrementalRecursion(arguments, role: role))
        let capabilities = version.offersCapabilities ? Array(offered.utf8) : []
        let remotePath = Array((isPull ? source : destination).utf8)
        let server = try ServerArguments.compose(
            arguments, role: role, capabilities: capabilities, paths: [remotePath])
        let words = [Array(peer.executable.utf8)] + server.commandLine
        let stream = try SSHSession(String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self), at: endpoint)
        let observer = Listener()
        let session = Session(
            configuration: SessionConfiguration(
                isServer: false, isSender: !isPull, version: version,
                capabilities: Capabilities(optionValue: capabilities), seed: 0),
            options: settings, stream: stream, observer: observer, environment: .current(ruleFiles: nil))
        let result: SessionResult
        if isPull {
            let place = LocalDestination(
                argument: Array(destination.utf8), linkDestinations: [], options: settings, places: .trusted)
            let asked = RequestedNames(
                arguments: [remotePath],
                options: RequestedNames.Options(relative: false, recursive: true, directories: false))
            result = session.runReceiver(place, requested: asked)
        } else {
            let opened = SourceOpener(relative: false, fakeSuper: false, report: { observer.note(String(decoding: $0.bytes, as: UTF8.self)) })
                .open([Array(source.utf8)])
            result = session.runSender(opened)
        }
        return try outcome(result, stream, observer)
    }

    /// As a command would end: with the worse of the two sides' statuses.
    private func outcome(_ result: SessionResult, _ stream: SSHSession, _ observer: Listener) throws -> Outcome {
        var said = observer.texts
        var status = result.exitCode
        if let error = result.error {
            said.append("own end: \(error.message)")
            stream.disconnect()
        } else if case .exited(let far) = try stream.wait() {
            status = max(status, far)
        } else {
            said.append("the server was ended by a signal")
            status = 255
        }
        said += String(decoding: stream.stderr, as: UTF8.self).split(separator: "\n").map { "server: \($0)" }
        return Outcome(status: status, said: said, statistics: result.statistics)
    }
}

/// Keeps the texts of a session.
private final class Listener: SessionObserver {
    private let kept = Mutex<[String]>([])

    var texts: [String] { kept.withLock { $0 } }

    func note(_ text: String) { kept.withLock { $0.append(text) } }

    func handle(_ event: SessionEvent) {
        if case .text(_, let text) = event { note(String(decoding: text, as: UTF8.self)) }
    }
}
