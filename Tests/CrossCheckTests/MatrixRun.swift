import PeerKit
import RsyncEngine
import RsyncHost
import Synchronization
import TraceKit

/// Runs the matrix: one ssh server and three sources for all of it, and for each column and direction the results of
/// stock rsync, from which every cell begins and against which it is compared. So no cell depends on another.
final class MatrixRun: Sendable {
    private let server: SSHServer
    private let directory: TemporaryDirectory
    private let selection: CellSelection
    private let verdicts = Mutex<[Verdict]>([])

    init(_ selection: CellSelection) throws {
        self.selection = selection
        server = try SSHServer()
        directory = try TemporaryDirectory(prefix: "ebb-matrix")
        let place = server.endpoint()
        try FileBytes.write(
            [UInt8](
                (SSHEndpoint(
                    port: place.port, user: place.user, hostKey: place.hostKey,
                    privateKey: .file(server.clientKeys[0].path)
                ).text ?? "").utf8), to: "\(directory.path)/endpoint")
        // Started under this name, `ebb` is rsync and nothing else.
        try Shell.run("mkdir bin && ln -s '\(Programs.ebb)' bin/rsync", at: directory.path)
        // A remote shell that goes nowhere: leaves the host's name out.
        try Shell.run(#"printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' >bin/here; chmod +x bin/here"#, at: directory.path)
        try buildSources()
    }

    func stop() {
        server.stop()
        directory.remove()
    }

    /// The next source is the one before it with changes: items of every kind replaced, then only links.
    private func buildSources() throws {
        try Shell.run("mkdir source0", at: directory.path)
        var builder = TreeBuilder(at: "\(directory.path)/source0", seed: 20_011)
        try builder.build()
        try Shell.run("cp -a source0 source1", at: directory.path)
        var changer = TreeBuilder(at: "\(directory.path)/source1", seed: 20_012)
        try changer.mutate()
        try Shell.run("cp -a source1 source2", at: directory.path)
        // A group grows, one shrinks to a single name, a new one takes an old name's place, links to what is no file.
        // New names stand behind old ones: whether ours lets a name before an old one wait for it depends, under
        // incremental recursion, on how soon the list with the old one comes.
        try Shell.run(
            """
            ln nested/hard-b nested/linked-again; ln size-100000 nested/deep/size-again; ln -f size-699 size-700
            rm nested/deep/hard-c; ln nested/deep/middle new-dir/middle
            ln socket socket-again; ln -P link-to-file link-again
            touch -d @1000030000.25 . nested nested/deep new-dir
            """, at: "\(directory.path)/source2")
    }

    // MARK: All of it

    /// Two columns at a time; the verdicts come in the order of the table.
    func run(_ columns: [Column]) -> [Verdict] {
        let chosen = columns.filter { column in
            Role.allCases.contains { role in
                Step.allCases.contains { selection.contains(Cell(role: role, step: $0, column: column)) }
            }
        }
        let waiting = Queue(chosen)
        let workers = (0..<2).map { _ in
            WorkerThread {
                while let column = waiting.next() { self.run(column) }
            }
        }
        for worker in workers { worker.join() }
        return verdicts.withLock { $0 }
    }

    /// What is still to do.
    private final class Queue: Sendable {
        private let rest: Mutex<[Column]>
        init(_ columns: [Column]) { rest = Mutex(columns.reversed()) }
        func next() -> Column? { rest.withLock { $0.popLast() } }
    }

    private func run(_ column: Column) {
        let place = "\(directory.path)/\(column.name.map { $0 == "/" ? "-" : String($0) }.joined())"
        do {
            try Shell.run("mkdir '\(place)'", at: directory.path)
            let pulled = try references(column, isPull: true, at: place)
            let pushed = try references(column, isPull: false, at: place)
            for role in Role.allCases {
                guard let references = role.isPull ? pulled : pushed else { continue }
                for step in Step.allCases {
                    let cell = Cell(role: role, step: step, column: column)
                    guard selection.contains(cell) else { continue }
                    let reasons: [String]
                    do {
                        reasons = try check(cell, references, at: place)
                    } catch {
                        reasons = ["\(error)"]
                    }
                    verdicts.withLock { $0.append(Verdict(cell: cell, reasons: reasons)) }
                }
            }
        } catch {
            // Without something to compare with, nothing of the column is proved.
            let reasons = ["stock rsync's own run: \(error)"]
            for role in Role.allCases {
                for cell in Step.allCases.map({ Cell(role: role, step: $0, column: column) }) where selection.contains(cell) {
                    verdicts.withLock { $0.append(Verdict(cell: cell, reasons: reasons)) }
                }
            }
        }
        try? Shell.run("rm -rf '\(place)'", at: directory.path)
    }

    /// nil when no chosen cell needs them.
    private func references(_ column: Column, isPull: Bool, at place: String) throws -> References? {
        let isNeeded = Role.allCases.contains { role in
            role.isPull == isPull && Step.allCases.contains { selection.contains(Cell(role: role, step: $0, column: column)) }
        }
        guard isNeeded else { return nil }
        return try References(
            column, isPull: isPull, at: place, sources: directory.path, shell: "\(directory.path)/bin/here")
    }

    // MARK: One cell

    private func check(_ cell: Cell, _ references: References, at place: String) throws -> [String] {
        let reference = references.results[cell.step.index]
        let destination = "\(place)/destination"
        try references.prepare(destination, for: cell.step)
        let source = "\(directory.path)/source\(cell.step.source)/"
        let options = cell.column.options(cell.step)
        var reasons: [String] = []
        let status: Int32
        let said: [String]
        if cell.role.isOurClient {
            let outcome = try OwnClient(endpoint: server.endpoint(), peer: cell.column.peer)
                .run(options, isPull: cell.role.isPull, source: source, destination: destination + "/")
            (status, said) = (outcome.status, outcome.said)
            reasons += figures(cell.step, outcome.statistics)
        } else {
            let result = try stockClient(cell, options, source: source, destination: destination + "/", at: place)
            (status, said) = (result.status, result.errors.split(separator: "\n").map(String.init))
            reasons += itemized(References.changes(result.output, cell.column, place: destination), reference)
        }
        if status != reference.status { reasons.append("exit status \(status), stock's own is \(reference.status)") }
        let differences = try TreeSnapshot(destination).differences(from: reference.tree)
        reasons += differences.prefix(5)
        if differences.count > 5 { reasons.append("and \(differences.count - 5) more differences") }
        return reasons.isEmpty ? [] : reasons + said.suffix(6).map { "it said: \($0)" }
    }

    /// A stock client with our bridge as its remote shell and our engine as its server.
    private func stockClient(
        _ cell: Cell, _ options: [String], source: String, destination: String, at place: String
    ) throws -> CommandResult {
        let shell = "\(Programs.conform) ssh --endpoint \(directory.path)/endpoint"
        let paths = cell.role.isPull ? ["fixture:\(source)", destination] : [source, "fixture:\(destination)"]
        return try CommandResult(
            [cell.column.peer.executable] + options
                + ["-i", "-e", shell, "--rsync-path=\(directory.path)/bin/rsync"] + paths, scratch: "\(place)/run")
    }

    /// What our own figures must show: that the update was a delta, and that nothing is sent twice.
    private func figures(_ step: Step, _ statistics: SessionStatistics) -> [String] {
        switch step {
        case .deltaUpdate where statistics.matched < 10 * statistics.literal:
            ["\(statistics.literal) bytes sent as they are, only \(statistics.matched) found in the old files"]
        case .noChange where statistics.transferredFiles != 0: ["\(statistics.transferredFiles) files sent again"]
        default: []
        }
    }

    /// A stock client lists the same changes whether its server is stock or ours.
    private func itemized(_ found: [String], _ reference: References.Result) -> [String] {
        guard found != reference.changes else { return [] }
        let extra = found.filter { !reference.changes.contains($0) }.prefix(3)
        let lacking = reference.changes.filter { !found.contains($0) }.prefix(3)
        return extra.map { "itemized: \($0)" } + lacking.map { "not itemized: \($0)" }
    }
}
