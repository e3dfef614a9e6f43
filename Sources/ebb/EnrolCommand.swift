import BackupVault
import ReverseSession
import RsyncEngine

/// `ebb enrol --client NAME --vault DIR KEY.pub|-`: makes the client's part of the vault, and the line of
/// `authorized_keys` that lets this key do backups and nothing else.
struct EnrolCommand {
    private let client: ClientName
    private let vault: [UInt8]
    private let fakeSuper: Bool
    private let keyFile: [UInt8]
    private let target: [UInt8]?
    /// A public key has at most some kilobytes (RSA with 16384 bits).
    private static let maximumKeyLength = 16_384

    init(_ words: [[UInt8]]) throws(CommandWords.Misuse) {
        let words = try CommandWords(words, valued: ["client", "vault", "to"], flags: ["fake-super"])
        let name = String(decoding: try words.required("client"), as: UTF8.self)
        guard let client = ClientName(name) else { throw .init(text: "\(name) is no name for a client (REV-40)") }
        guard words.rest.count == 1 else { throw .init(text: "enrol needs one public key file, or - for standard input") }
        guard let vault = System.absolute(try words.required("vault")) else { throw .init(text: "no working directory") }
        self.client = client
        self.vault = vault
        fakeSuper = words.has("fake-super")
        keyFile = words.rest[0]
        target = words.value("to")
    }

    func run() -> Int32 {
        guard let text = System.contents(of: keyFile, limit: Self.maximumKeyLength) else {
            System.complain("cannot read the key from \(String(decoding: keyFile, as: UTF8.self))")
            return 11
        }
        guard let program = System.ownPath() else {
            System.complain("cannot find out where this program lies")
            return 11
        }
        do {
            let line = try AuthorizedKey(publicKey: text).line(
                forcing: [program] + ["gate", "--client", client.description, "--vault"].map { Array($0.utf8) } + [vault]
                    + (fakeSuper ? [Array("--fake-super".utf8)] : []))
            // Before anything is made: a client without a key would be half enrolled.
            if let target, let number = System.append([], to: target) { return complain(target, number) }
            _ = try ClientVault(vault: vault, client: client, creating: true)
            if let target {
                if let number = System.append(line + [0x0a], to: target) { return complain(target, number) }
                System.complain("\(client) is enrolled; its key may back up and do nothing else")
            } else {
                System.write(line + [0x0a], to: 1)
            }
            return 0
        } catch let error as AuthorizedKey.Defect {
            System.complain("this key cannot be used: \(error.text)")
            return 1
        } catch let error as VaultError {
            System.complain("cannot enrol \(client) in the vault \(System.named(vault)): \(System.reason(error))")
            return error.exitCode
        } catch {
            System.complain("\(error)")
            return 11
        }
    }

    private func complain(_ target: [UInt8], _ number: Int32) -> Int32 {
        System.complain("cannot write \(System.named(target)): \(errorText(number))")
        return 11
    }
}
