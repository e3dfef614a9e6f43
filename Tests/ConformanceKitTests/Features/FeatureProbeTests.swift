import Testing
import TraceKit

@testable import ConformanceKit

/// A target that is a table: what it can do, and in which roles. Sessions are not held, so that each answer is known.
private struct Pretended: Sendable {
    var roles: [TargetRole] = [.serverSender, .clientReceiver]
    var protocols: [Int32] = [27, 28, 29, 30, 31]
    /// Words of options that it refuses.
    var refuses: [String] = []
    var refusesAs: [TargetRole: [String]] = [:]

    func run(_ cases: [Case], _ roles: [TargetRole], _ protocols: ProtocolSet) -> [CellResult] {
        cases.flatMap { one in
            roles.filter(one.roles.contains).flatMap { role in
                (one.protocols ?? .all).intersection(protocols).numbers.map { number in
                    let words = one.options.map { String(decoding: $0, as: UTF8.self) }
                    let refused = words.contains { refuses.contains($0) || refusesAs[role]?.contains($0) == true }
                    let good = self.roles.contains(role) && self.protocols.contains(number) && !refused
                    return CellResult(
                        caseID: one.id, title: "", clauses: [], level: .must, flags: [], role: role, protocolNumber: number,
                        verdict: good ? .pass : .fail, reason: good ? "" : "exit: ended with 1, expected 0")
                }
            }
        }
    }
}

@Suite struct FeatureProbeTests {
    private func probe(_ target: Pretended, needs: Set<String>) throws -> FeatureProbe.Outcome {
        let list = try ProbeList(suite: packageRoot + "/Conformance")
        return try FeatureProbe(list: list, needs: needs) { target.run($0, $1, $2) }.run(name: "x", version: "1")
    }

    @Test func findsRolesAndProtocols() throws {
        let found = try probe(Pretended(), needs: [])
        #expect(found.features.roles == [.serverSender, .clientReceiver])
        #expect(found.features.protocols == ProtocolSet("27-31"))
        #expect(found.features.features == [])
        #expect(found.notes.map { $0.prefix { $0 != ":" } } == ["server-receiver", "client-sender"])
    }

    @Test func findsWhatItIsAskedForAndNothingElse() throws {
        var target = Pretended()
        target.refuses = ["--compress-choice=zstd", "--mkpath"]
        let found = try probe(target, needs: ["codec:zstd", "codec:lz4", "acls", "option:--mkpath", "option:--stderr", "option:--max-alloc"])
        #expect(found.features.features == ["codec:lz4", "acls", "option:--stderr", "option:--max-alloc"])
        #expect(found.features.lacking(["acls", "codec:zstd"]) == "codec:zstd")
    }

    @Test func oneOfTwoWaysIsEnough() throws {
        var target = Pretended()
        target.refuses = ["--compress-choice=zlibx"]
        #expect(try probe(target, needs: ["codec:zlibx"]).features.features == ["codec:zlibx"])
        target.refuses.append("--new-compress")
        #expect(try probe(target, needs: ["codec:zlibx"]).features.features == [])
    }

    @Test func remarksOnARoleThatLacksWhatAnotherHas() throws {
        var target = Pretended()
        target.refusesAs = [.clientReceiver: ["-rA"]]
        let found = try probe(target, needs: ["acls"])
        #expect(found.features.features == ["acls"])
        #expect(found.notes.contains { $0.hasPrefix("acls: not as client-receiver:") })
    }

    @Test func asksForNothingThatNoProtocolHas() throws {
        var target = Pretended()
        target.protocols = [27, 28]
        #expect(try probe(target, needs: ["acls", "symlinks"]).features.features == ["symlinks"])
    }

    @Test func aTargetThatCompletesNothingHasNoRole() throws {
        var target = Pretended()
        target.roles = []
        let found = try probe(target, needs: ["acls"])
        #expect(found.features.roles.isEmpty)
        #expect(found.notes.count == 4)
    }

    /// Every word that a case needs is one that can be found out.
    @Test func everyNeedHasAProbe() throws {
        let list = try ProbeList(suite: packageRoot + "/Conformance")
        let known = Set(list.probes.map(\.feature) + [TargetFeatures.root])
        for one in try CaseLibrary(suite: packageRoot + "/Conformance").cases {
            for need in one.needs { #expect(known.contains(need) || need.hasPrefix("option:--"), "\(one.id) needs \(need)") }
        }
    }

    @Test func theFileOfAProbeIsReadAgain() throws {
        let features = TargetFeatures(
            name: "x", version: "1", protocols: ProtocolSet("27,30-31")!, roles: [.restricted], features: ["b", "a"])
        #expect(try TargetFeatures(JSONValue([UInt8](features.json.indentedText.utf8)), path: "f") == features)
    }
}

@Suite struct ProgramVersionTests {
    @Test(arguments: [
        ("rsync  version 3.2.7  protocol version 32\nCopyright", "rsync", "3.2.7"),
        ("their rsync  version 0.1.0  protocol version 32\n", "their", "0.1.0"),
        ("rsync  version 3.5.0  protocol version 32  (ebb 0.1.0)\nAn", "ebb", "0.1.0"),
        ("warning: x\nrsync_bpc  version 3.1.3.0  protocol version 31\n", "rsync_bpc", "3.1.3.0"),
    ])
    func readsTheFirstLineThatTells(_ output: String, _ name: String, _ version: String) {
        #expect(ProgramVersion(output: output) == ProgramVersion(name: name, version: version))
    }

    @Test(arguments: ["", "version", "openrsync: protocol 27\n", "some version"])
    func isNothingWhereNothingTells(_ output: String) {
        #expect(ProgramVersion(output: output) == nil)
    }

    @Test func asksAProgramOnEitherOfItsStreams() {
        let words = ["/bin/sh", "-c", "echo 'mine  version 1.5  protocol version 27' >&2; exit 3"].map { [UInt8]($0.utf8) }
        #expect(ProgramVersion(command: words) == ProgramVersion(name: "mine", version: "1.5"))
        #expect(ProgramVersion(command: [[UInt8]("/nonexistent".utf8)]) == nil)
    }
}

@Suite struct PeerListTests {
    private func list(_ text: String) throws -> PeerList {
        try PeerList(JSONValue([UInt8](text.utf8)), path: "peers.json", programs: "/opt/bin")
    }

    @Test func readsPeers() throws {
        let list = try list(#"[{"name": "a", "command": ["{bin}/ebb", "rsync"], "roles": ["server", "client-sender"]}, {"name": "b", "command": ["b"], "shim": true}]"#)
        #expect(list.entries.map(\.command) == [["/opt/bin/ebb", "rsync"], ["b"]])
        #expect(list.entries[0].roles == [.serverSender, .serverReceiver, .clientSender])
        #expect(list.entries[1].roles.count == 4)
        #expect(list.entries.map(\.isShim) == [false, true])
    }

    @Test(arguments: [
        #"[{"name": "a"}]"#, #"[{"name": "a", "command": []}]"#, #"[{"name": "a", "command": ["x"], "roles": ["x"]}]"#,
        #"[{"name": "a", "command": ["x"], "color": 1}]"#, #"[{"name": "a", "command": ["x"]}, {"name": "a", "command": ["y"]}]"#,
    ])
    func refusesAListThatIsWrong(_ text: String) {
        #expect(throws: JSONDefect.self) { try list(text) }
    }

    @Test func theSuitesOwnIsRight() throws {
        let path = packageRoot + "/Conformance/peers.json"
        let names = try PeerList(JSONValue(FileBytes.read(path)), path: path, programs: "/").entries.map(\.name)
        #expect(names == ["ebb", "rsync-3.5.0", "rsync-3.2.7", "rsync_bpc", "ebb-restrict", "rrsync"])
        for name in names {
            let known = try KnownFailures(JSONValue(FileBytes.read("\(packageRoot)/Conformance/known-failures/\(name).json")), path: name)
            let cases = try CaseLibrary(suite: packageRoot + "/Conformance").cases.map(\.id)
            #expect(known.strangers(among: cases).isEmpty, "\(name)")
        }
    }
}
