import ConformanceKit
import Testing

@Suite struct KnownFailuresTests {
    private func result(_ caseID: String, _ verdict: Verdict, protocolNumber: Int32 = 31) -> CellResult {
        CellResult(
            caseID: caseID, title: "", clauses: [], level: .must, flags: [], role: .serverSender,
            protocolNumber: protocolNumber, verdict: verdict)
    }

    private func known(_ text: String) throws -> KnownFailures {
        try KnownFailures(JSONValue([UInt8](text.utf8)), path: "peer.json")
    }

    @Test func expectsAFailureThatIsKnown() throws {
        let known = try known(#"[{"id": "HOS-54/*", "reason": "floods end it", "link": "https://example.org/7"}]"#)
        let judged = known.applied(to: [result("HOS-54/flood", .fail), result("HOS-55/text", .fail)])
        #expect(judged.map(\.verdict) == [.expectedFail, .fail])
        #expect(judged[0].reason == "floods end it (https://example.org/7)")
        #expect(known.unused(in: judged).isEmpty)
    }

    @Test(arguments: [Verdict.pass, .passNonstrict])
    func isSurprisedByAPass(_ verdict: Verdict) throws {
        let known = try known(#"[{"id": "HOS-54/*", "reason": "x"}]"#)
        #expect(known.applied(to: [result("HOS-54/a", verdict)]).map(\.verdict) == [.unexpectedPass])
        let sometimes = try self.known(#"[{"id": "HOS-54/*", "reason": "a race", "sometimes": true}]"#)
        #expect(sometimes.applied(to: [result("HOS-54/a", verdict)]).map(\.verdict) == [verdict])
        #expect(sometimes.applied(to: [result("HOS-54/a", .fail)]).map(\.verdict) == [.expectedFail])
    }

    @Test func namesCellsByRoleAndProtocol() throws {
        let known = try known(#"[{"id": "HOS-54/a@server-sender/p2?", "reason": "x"}]"#)
        let judged = known.applied(to: [result("HOS-54/a", .fail, protocolNumber: 29), result("HOS-54/a", .fail)])
        #expect(judged.map(\.verdict) == [.expectedFail, .fail])
    }

    @Test(arguments: [Verdict.unsupported, .skipped, .error])
    func leavesWhatWasNotRunAsItIs(_ verdict: Verdict) throws {
        let known = try known(#"[{"id": "*", "reason": "x"}]"#)
        #expect(known.applied(to: [result("HOS-54/a", verdict)]).map(\.verdict) == [verdict])
    }

    @Test func tellsTheRulesThatMatchNothing() throws {
        let known = try known(#"[{"id": "HOS-5/a", "reason": "x"}, {"id": "HOS-6/a@client-*/p30", "reason": "y"}]"#)
        #expect(known.unused(in: [result("HOS-5/a", .fail), result("HOS-6/a", .fail)]).map(\.reason) == ["y"])
        #expect(known.unused(in: [result("HOS-5/a", .skipped), result("HOS-6/a", .fail)]).map(\.reason) == ["x", "y"])
        #expect(known.strangers(among: ["HOS-6/a"]).map(\.reason) == ["x"])
    }

    @Test(arguments: [
        #"{}"#, #"[{"id": "a"}]"#, #"[{"id": "a", "reason": ""}]"#, #"[{"id": "a", "reason": "x", "url": "y"}]"#,
        #"[{"id": "a", "reason": "x"}, {"id": "a", "reason": "y"}]"#,
    ])
    func refusesAFileThatIsWrong(_ text: String) {
        #expect(throws: JSONDefect.self) { try known(text) }
    }
}
