/// What a recording itself tells about its session, beside what passed: role and server's arguments from the command
/// that was run, and the protocol from the first bytes of both directions (SES-31, SES-32).
public struct SessionGuess: Sendable {
    public let role: TraceHeader.Role
    public let arguments: [[UInt8]]
    /// 0 when one of the two never announced itself.
    public let protocolNumber: Int32

    public init(command: [[UInt8]], recording: Trace.Recording) {
        let server = [UInt8]("--server".utf8)
        if let position = command.firstIndex(of: server) {
            arguments = Array(command[position...])
        } else {
            arguments = Array(command.dropFirst())
        }
        role = arguments.contains([UInt8]("--sender".utf8)) ? .pull : .push
        let trace = Trace(header: .unknown, recording: recording)
        let announced = Trace.Direction.allCases.map { trace.bytes($0).prefix(4) }
        protocolNumber =
            announced.allSatisfy { $0.count == 4 }
            ? announced.map { $0.enumerated().reduce(Int32(0)) { $0 | Int32($1.element) << (8 * Int32($1.offset)) } }.min() ?? 0
            : 0
    }

    /// `peer` is a name, a dash and a version; without a dash the version is `unknown`.
    public func header(peer: String, exitStatus: Int32?) -> TraceHeader {
        let dash = peer.lastIndex(of: "-")
        return TraceHeader(
            peer: dash.map { String(peer[..<$0]) } ?? peer,
            version: dash.map { String(peer[$0...].dropFirst()) } ?? "unknown", role: role,
            protocolNumber: protocolNumber, arguments: arguments, exitStatus: exitStatus, isInterleaved: true)
    }
}

extension TraceHeader {
    fileprivate static let unknown = TraceHeader(
        peer: "unknown", version: "unknown", role: .push, protocolNumber: 0, arguments: [], isInterleaved: true)
}
