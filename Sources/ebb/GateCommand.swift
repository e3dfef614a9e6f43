import BackupVault
import RsyncEngine
import RsyncHost

/// `ebb gate --client NAME --vault DIR`: the forced command of a client's key.
struct GateCommand {
    private let client: ClientName
    private let vault: [UInt8]
    private let fakeSuper: Bool

    init(_ words: [[UInt8]]) throws(CommandWords.Misuse) {
        let words = try CommandWords(words, valued: ["client", "vault"], flags: ["fake-super"])
        guard words.rest.isEmpty else { throw .init(text: "gate takes no argument but its options") }
        let name = String(decoding: try words.required("client"), as: UTF8.self)
        guard let client = ClientName(name) else { throw .init(text: "\(name) is no name for a client (REV-40)") }
        self.client = client
        vault = try words.required("vault")
        fakeSuper = words.has("fake-super")
    }

    func run() -> Int32 {
        do throws(StreamSetupError) {
            let interruption = try Interruption()
            try Signals.install(interrupting: interruption)
            let stream = try FileDescriptorStream(reading: 0, writing: 1, interruption: interruption)
            return GateRun(client: client, vault: vault, fakeSuper: fakeSuper, stream: stream).run()
        } catch {
            System.complain("cannot begin: \(errorText(error.errno))")
            return 14
        }
    }
}
