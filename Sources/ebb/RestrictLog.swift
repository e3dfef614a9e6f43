import BackupVault
import RestrictedShell
import RsyncHost

/// The administrator's log of a restricted key: one JSON object a line, opened before confinement (RSH-255).
final class RestrictLog {
    struct Failure: Error {
        let text: String
    }

    private let descriptor: Int32?
    private let fixed: [(String, JSONLine.Value)]
    private let begun = ContinuousClock.now

    /// nil writes nowhere.
    init(_ path: [UInt8]?, command: [UInt8], root: [UInt8], mode: RestrictedPolicy.Mode) throws(Failure) {
        descriptor = path.map { System.openLog($0) }
        if let descriptor, descriptor < 0 { throw Failure(text: "the log cannot be written") }
        let peer = System.variable("SSH_CONNECTION").map { String(decoding: $0.prefix { $0 != 0x20 }, as: UTF8.self) }
        let modeName = switch mode {
        case .both: "rw"
        case .readOnly: "ro"
        case .writeOnly: "wo"
        }
        fixed = [
            ("peer", .string(peer ?? "unknown")), ("root", .string(String(decoding: root, as: UTF8.self))),
            ("mode", .string(modeName)), ("pid", .integer(Int64(System.processID))),
            ("command", .string(String(decoding: command.prefix(4096), as: UTF8.self))),
        ]
    }

    func note(_ event: String, exitCode: Int32? = nil, text: String? = nil, role: String? = nil, level: Int? = nil) {
        guard let descriptor else { return }
        var fields: [(String, JSONLine.Value)] = [("time", .string("\(System.now())")), ("event", .string(event))]
        fields += fixed
        if let role { fields.append(("role", .string(role))) }
        if let level { fields.append(("confinement", .integer(Int64(level)))) }
        if let text { fields.append(("reason", .string(text))) }
        if let exitCode {
            fields.append(("exit", .integer(Int64(exitCode))))
            fields.append(("milliseconds", .integer(Int64((ContinuousClock.now - begun) / .milliseconds(1)))))
        }
        System.write(JSONLine.encode(fields) + [0x0a], to: descriptor)
    }
}
