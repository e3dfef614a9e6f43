import Foundation
import ReverseSession
import Testing

@Suite(.serialized) struct EnrolTests {
    @Test(.timeLimit(.minutes(5))) func writesALineThatSSHDAcceptsAndThatForcesTheGate() throws {
        let stage = try Stage()
        let line = try String(contentsOfFile: stage.path + "/authorized", encoding: .utf8)
        #expect(line.hasPrefix("restrict,command=\"") && line.hasSuffix(" test key\n"))
        #expect(line.contains(" gate --client desk --vault \(stage.vault)\" ssh-ed25519 "))
        // ssh-keygen reads the file as sshd does.
        #expect(try stage.shell("ssh-keygen -l -f authorized").contains("ED25519"))
        let mode = try FileManager.default.attributesOfItem(atPath: stage.vault + "/desk")[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let again = try stage.ebb("enrol", "--client", "desk", "--vault", stage.vault, stage.path + "/key.pub")
        #expect(again.status == 0 && again.output == line)
    }

    @Test func quotesPathsForTheShellAndRefusesWhatCannotBeQuoted() throws {
        let key = try AuthorizedKey(publicKey: Array(Self.key.utf8))
        let line = String(decoding: try key.line(forcing: ["/opt/e b", "gate", "/a\"$(x)`y`"].map { Array($0.utf8) }), as: UTF8.self)
        #expect(line == "restrict,command=\"'/opt/e b' gate '/a\\\"$(x)`y`'\" " + Self.key)
        for word in ["/a\nb", "/it's", "/back\\slash"] {
            #expect(throws: AuthorizedKey.Defect.self) { try key.line(forcing: [Array(word.utf8)]) }
        }
    }

    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6xjKWVK4qanSI8+cqKXw612IWjYI9mog3KltkY7oTq me@here"

    @Test(arguments: [
        "", "ssh-ed25519", "ssh-ed25519 AAAA", "command=\"sh\" " + key, "no-pty " + key, key + "\n" + key,
        key.replacingOccurrences(of: "ssh-ed25519", with: "ssh-rsa"), key.replacingOccurrences(of: "AAAAC3", with: "AAAAC*"),
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ]) func refusesWhatIsNoPublicKey(_ text: String) {
        #expect(throws: AuthorizedKey.Defect.self) { try AuthorizedKey(publicKey: Array(text.utf8)) }
    }

    @Test(.timeLimit(.minutes(5))) func enrolsNobodyByHalf() throws {
        let stage = try Stage()
        let target = stage.path + "/missing/authorized"
        let outcome = try stage.ebb("enrol", "--client", "two", "--vault", stage.vault, "--to", target, stage.path + "/key.pub")
        #expect(outcome.status == 11)
        #expect(outcome.errors == "ebb: cannot write \(target): No such file or directory (2)\n")
        #expect(!stage.exists(stage.vault + "/two"))
    }
}
