import Glibc
import PeerKit
import Testing
import TraceKit

/// Whole reverse sessions through the system's ssh client and a real sshd whose forced command is the gate.
struct ReverseSessionTests {
    enum Agent: String, CaseIterable, Sendable {
        /// `ebb backup` with the sender that is built in.
        case own
        /// `ebb backup` with a stock rsync as its sender.
        case ownWithStockSender = "own with a stock sender"
        /// Nothing but sh, ssh and rsync.
        case shell

        func command(root: String) -> [String] {
            switch self {
            case .own: [Programs.ebb, "backup", "127.0.0.1", root]
            case .ownWithStockSender: [Programs.ebb, "backup", "--rsync", "rsync", "127.0.0.1", root]
            case .shell: ["sh", "\(Programs.packageRoot)/Conformance/Spec/shell-agent.sh", "127.0.0.1", root]
            }
        }
    }

    private static let isRoot = geteuid() == 0

    @Test(.timeLimit(.minutes(3)), arguments: Agent.allCases)
    func keepsTwoSnapshotsThatEqualTheirSourcesAndShareWhatIsUnchanged(_ agent: Agent) throws {
        let stage = try TemporaryDirectory(prefix: "ebb-reverse")
        let source = "\(stage.path)/source"
        let vault = "\(stage.path)/vault"
        try Shell.run("mkdir source; mkdir -m 700 vault; ssh-keygen -q -t ed25519 -N '' -f key", at: stage.path)
        // Not as root, owners and devices are kept in extended attributes.
        let fake = Self.isRoot ? "" : " --fake-super"
        try Shell.run("'\(Programs.ebb)' enrol --client desk --vault '\(vault)'\(fake) key.pub", at: stage.path)
        let server = try SSHServer(logins: [
            .init(forcedCommand: "\(Programs.ebb) gate --client desk --vault \(vault)\(fake)")
        ])
        defer { server.stop() }
        let ssh = (["ssh", "-T"] + (try server.clientOptions())).joined(separator: " ")
        func backup() throws -> String {
            let result = try CommandResult(
                ["env", "EBB_SSH=\(ssh)"] + agent.command(root: source), scratch: "\(stage.path)/backup")
            #expect(result.status == 0, "\(result.errors)\n\(server.log.suffix(2000))")
            #expect(result.output.isEmpty)
            let list = try CommandResult(
                ["sh", "-ec", "ls -d '\(vault)'/desk/snapshots/* | sort -V | tail -n 1"], scratch: "\(stage.path)/list")
            return String(list.output.dropLast()) + source
        }

        var builder = TreeBuilder(at: source, seed: 31)
        try builder.build()
        if !Self.isRoot { try Shell.run("chmod 600 source/mode-0", at: stage.path) }
        try Shell.run("cp -a source before", at: stage.path)
        let first = try backup()
        try expectNoDifference(source, first, stage)
        var changer = TreeBuilder(at: source, seed: 32)
        try changer.mutate()
        let second = try backup()
        try #require(second != first)
        try expectNoDifference(source, second, stage)
        // What the first session kept is as it was.
        try expectNoDifference("\(stage.path)/before", first, stage)

        for name in ["size-700", "odd/#number", "nested/deep/middle", "mode-4755"] {
            #expect(try inode("\(first)/\(name)") == inode("\(second)/\(name)"), "\(name) is there twice")
        }
        for name in ["size-1000000", "size-0"] {
            #expect(try inode("\(first)/\(name)") != inode("\(second)/\(name)"), "\(name) changed in both snapshots")
        }
    }

    /// By stock rsync's word: content, types, modes, times, owners, devices and links. It prints what it would change.
    private func expectNoDifference(_ source: String, _ copy: String, _ stage: TemporaryDirectory) throws {
        let fake = Self.isRoot ? [] : ["-M--fake-super"]
        let result = try CommandResult(
            ["rsync", "-nacHi", "--delete"] + fake + ["\(source)/", "\(copy)/"], scratch: "\(stage.path)/difference")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "")
    }

    private func inode(_ path: String) throws -> ino_t {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw FileBytes.Failure(path: path, errno: errno) }
        return status.st_ino
    }
}
