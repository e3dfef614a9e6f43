import PeerKit
import Testing

/// Our engine against real rsync programs, over a real sshd and libssh2, in every role at every protocol.
struct CrossCheckTests {
    /// Columns without incremental recursion come with the newest peer alone: the lists are then those of one piece.
    private static func columns(_ peer: Peer, protocols: ClosedRange<Int32>, withWholeLists: Bool) -> [Column] {
        protocols.filter { peer.protocols.contains($0) }.map { Column(peer: peer, number: $0, incremental: true) }
            + protocols.filter { withWholeLists && $0 >= 30 && peer.protocols.contains($0) }
            .map { Column(peer: peer, number: $0, incremental: false) }
    }

    @Test func agreesWithStockRsyncInEveryRoleAtEveryProtocol() throws {
        var columns: [Column] = []
        var missing: [String] = []
        if let stock = PeerCatalogue.stock() {
            columns += Self.columns(stock, protocols: 27...32, withWholeLists: true)
        } else {
            missing.append("MISSING: no rsync in PATH; CI/setup installs it")
        }
        if let old = PeerCatalogue.old(packageRoot: Programs.packageRoot) {
            columns += Self.columns(old, protocols: 27...31, withWholeLists: false)
        } else {
            missing.append("MISSING: rsync 3.2.7; CI/setup unpacks it, or EBB_RSYNC_327 names it")
        }
        let run = try MatrixRun(CellSelection(Programs.variable("EBB_CELL")))
        defer { run.stop() }
        let verdicts = run.run(columns)
        print(MatrixTable(columns: columns, verdicts: verdicts, missing: missing).text)
        #expect(!verdicts.isEmpty, "no cell was run")
        for verdict in verdicts where !verdict.reasons.isEmpty {
            Issue.record("\(MatrixTable.explanation(verdict).joined(separator: "\n"))")
        }
        if !missing.isEmpty, Programs.variable("CI") == "true" { Issue.record("\(missing.joined(separator: "\n"))") }
    }

    @Test func runsTheCellsThatAPatternNames() throws {
        let peer = Peer(name: "rsync", version: "3.5.0", executable: "rsync", newestProtocol: 32)
        let cell = Cell(role: .wePull, step: .delete, column: Column(peer: peer, number: 30, incremental: false))
        for pattern in [nil, "we-pull", "we-pull/delete/3.5.0/30-whole", "*/delete", "*/*/3.5.0"] as [String?] {
            #expect(CellSelection(pattern).contains(cell))
        }
        for pattern in ["we-push", "we-pull/delete/3.5.0/30", "*/delete/3.2.7", "we-pull/delete/3.5.0/30-whole/more"] {
            #expect(!CellSelection(pattern).contains(cell))
        }
    }
}
