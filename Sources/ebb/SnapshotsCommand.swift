import BackupVault
import RsyncReport

/// `ebb snapshots --vault DIR [--client NAME]`: what there is, with what each snapshot added.
struct SnapshotsCommand {
    private let vault: [UInt8]
    /// nil: all that are there.
    private let client: ClientName?

    init(_ words: [[UInt8]]) throws(CommandWords.Misuse) {
        let words = try CommandWords(words, valued: ["vault", "client"])
        guard words.rest.isEmpty else { throw .init(text: "snapshots takes no argument but its options") }
        vault = try words.required("vault")
        if let text = words.text("client") {
            guard let name = ClientName(text) else { throw .init(text: "\(text) is no name of a client") }
            client = name
        } else {
            client = nil
        }
    }

    func run() -> Int32 {
        let clients: [ClientName]
        do throws(VaultError) {
            if let client { clients = [client] } else { clients = try ClientVault.clients(of: vault) }
        } catch {
            System.complain("cannot read the vault \(System.named(vault)): \(System.reason(error))")
            return error.exitCode
        }
        var code: Int32 = 0
        for client in clients {
            do throws(VaultError) {
                try list(try ClientVault(vault: vault, client: client, creating: false))
            } catch {
                System.complain("\(client) in \(System.named(vault)): \(System.reason(error))")
                code = error.exitCode
            }
        }
        return code
    }

    private func list(_ vault: ClientVault) throws(VaultError) {
        let marks = try notes(vault)
        EbbProgram.write("\(vault.client)\n", to: 1)
        var count = 0
        _ = try vault.summaries { summary in
            if count == 0 { line("snapshot", "items", "new", "total", "") }
            count += 1
            var note = marks[summary.name.description] ?? ""
            if summary.unreadable > 0 { note += " \(summary.unreadable) items could not be examined" }
            line(
                summary.name.description, HumanNumber(level: 1).text(Int64(summary.items)), size(summary.newBytes),
                size(summary.totalBytes), note)
        }
        if count == 0 { EbbProgram.write("  no snapshot yet\n", to: 1) }
    }

    /// What the journal says about single snapshots.
    private func notes(_ vault: ClientVault) throws(VaultError) -> [String: String] {
        var notes: [String: String] = [:]
        for record in try vault.journal().records {
            if let name = record.snapshot, let error = record.error { notes[name] = error }
        }
        return notes
    }

    private func size(_ bytes: Int64) -> String { HumanNumber(level: 3).text(bytes) }

    private func line(_ name: String, _ items: String, _ new: String, _ total: String, _ note: String) {
        func left(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.utf8.count))
        }
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.utf8.count)) + text
        }
        let text = "  \(left(name, 22)) \(right(items, 11)) \(right(new, 10)) \(right(total, 10))"
        EbbProgram.write(text + (note.isEmpty ? "" : "  \(note)") + "\n", to: 1)
    }
}
