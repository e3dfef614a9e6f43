/// A daemon session's connection as a trace: greeting, module, authentication and arguments are text (Annex A of the session
/// clauses) and go into the head; what follows is a session like any other, but for the versions, which the greeting said.
/// They are put back as their int32 (SES-31), so that the trace reads like that of a remote shell.
public enum DaemonRecording {
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case noGreeting(Trace.Direction)
        case refused(String)
        case noArguments

        public var description: String {
            switch self {
            case .noGreeting(let direction):
                "the \(direction == .toServer ? "client" : "server") does not begin with @RSYNCD: and a number"
            case .refused(let line): "the server did not accept: \(line)"
            case .noArguments: "the client's arguments do not come to an end"
            }
        }
    }

    private struct Text {
        let bytes: [UInt8]
        var position = 0

        mutating func line(_ end: UInt8 = 0x0a) -> [UInt8]? {
            guard let stop = bytes[position...].firstIndex(of: end) else { return nil }
            defer { position = stop + 1 }
            return Array(bytes[position..<stop])
        }
    }

    public static func trace(_ recording: Trace.Recording, peer: String) throws(Failure) -> Trace {
        func all(_ direction: Trace.Direction) -> [UInt8] {
            recording.segments.reduce(into: []) { if $1.direction == direction { $0 += $1.bytes } }
        }
        var client = Text(bytes: all(.toServer)), server = Text(bytes: all(.toClient))
        guard let own = client.line().flatMap(version) else { throw .noGreeting(.toServer) }
        guard let theirs = server.line().flatMap(version) else { throw .noGreeting(.toClient) }
        _ = client.line()
        while let line = server.line() {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("@RSYNCD: AUTHREQD") { _ = client.line() }
            if text.hasPrefix("@ERROR") || text.hasPrefix("@RSYNCD: EXIT") { throw .refused(text) }
            if text == "@RSYNCD: OK" { break }
        }
        let agreed = min(own, theirs)
        // SES-27: words end with NUL since protocol 30, with LF before; an empty one ends them.
        var arguments: [[UInt8]] = []
        while true {
            guard let word = client.line(agreed >= 30 ? 0 : 0x0a) else { throw .noArguments }
            if word.isEmpty { break }
            arguments.append(word)
        }
        let guess = SessionGuess(command: [[UInt8]("rsync".utf8)] + arguments, recording: recording)
        var header = guess.header(peer: peer, exitStatus: nil)
        header.protocolNumber = agreed
        var trace = Trace(header: header)
        trace.append(little(own), .toServer)
        trace.append(little(theirs), .toClient)
        var left = [client.position, server.position]
        for segment in recording.segments {
            let lane = segment.direction == .toServer ? 0 : 1
            let skipped = min(left[lane], segment.bytes.count)
            left[lane] -= skipped
            trace.append(segment.bytes.dropFirst(skipped), segment.direction)
        }
        return trace
    }

    /// `@RSYNCD: 31.0 md5 md4`.
    private static func version(_ line: [UInt8]) -> Int32? {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, words[0] == "@RSYNCD:" else { return nil }
        return words[1].split(separator: ".").first.flatMap { Int32($0) }
    }

    private static func little(_ number: Int32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
}
