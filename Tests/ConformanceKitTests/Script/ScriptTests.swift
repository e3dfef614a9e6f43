import ConformanceKit
import Glibc
import Testing
import TraceKit

/// Scripted peers against our own engine, over pipes.
struct ScriptTests {
    private static let versions: [Int32] = [27, 28, 29, 30, 31, 32]

    @Test(arguments: versions)
    func pullsAWholeTree(version: Int32) throws {
        let result = try ScriptTarget(isSender: true, version: version).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists", "expect": {"has-names": ["a", "d", "d/b"], "lacks-names": ["x"]}},
             {"request": {"name": "a"}}, {"read": "reply", "expect": {"name": "a", "content": "hello\\x0a", "sum": "right"}},
             {"request": {"name": "d/b", "sum-head": {"of": "worXd\n", "block": 3}}},
             {"read": "reply", "expect": {"content": "world\\x0a", "matches": 1, "sum": "right"}}, {"finish": {}}]
            """#, files: ["a": "hello\n", "d/b": "world\n"])
        #expect(result.report.end == .completed)
        #expect(result.report.findings == [])
        #expect(result.report.protocolNumber == version)
        #expect(result.outcome == .exited(0))
    }

    @Test(arguments: versions)
    func pushesAWholeTree(version: Int32) throws {
        let result = try ScriptTarget(isSender: false, version: version).run(
            #"""
            [{"handshake": {}}, {"entry": {"name": ".", "type": "dir"}}, {"entry": {"name": "a", "size": 6}},
             {"entry": {"name": "d", "type": "dir"}}, {"entry": {"name": "d/b", "size": 6}}, {"end-list": {}},
             {"finish": {"contents": {"a": "hello\n", "d/b": "world\n"}}}]
            """#)
        #expect(result.report.end == .completed)
        #expect(result.report.findings == [])
        #expect(result.outcome == .exited(0))
        #expect(result.files == ["a": "hello\n", "d/b": "world\n"])
    }

    @Test(arguments: [30, 31, 32] as [Int32])
    func goesThroughListsOfOneDirectoryEach(version: Int32) throws {
        var target = ScriptTarget(isSender: false, version: version, incremental: true)
        let pushed = try target.run(
            #"""
            [{"handshake": {}}, {"entry": {"name": ".", "type": "dir"}}, {"entry": {"name": "d", "type": "dir"}}, {"end-list": {}},
             {"index": {"list": 1}}, {"entry": {"name": "d/b", "size": 6}}, {"end-list": {}}, {"index": "list-eof"},
             {"finish": {"contents": {"d/b": "world\n"}}}]
            """#)
        #expect(pushed.report.end == .completed)
        #expect(pushed.outcome == .exited(0))
        #expect(pushed.files == ["d/b": "world\n"])
        target.isSender = true
        let pulled = try target.run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists", "expect": {"names": [".", "a", "d", "d/b"]}},
             {"request": {"name": "d/b"}}, {"read": "reply", "expect": {"content": "world\\x0a"}}, {"finish": {}}]
            """#, files: ["a": "", "d/b": "world\n"])
        #expect(pulled.report.end == .completed)
        #expect(pulled.report.findings == [])
        #expect(pulled.outcome == .exited(0))
    }

    @Test(arguments: versions)
    func seesAHostileRequestRefused(version: Int32) throws {
        let result = try ScriptTarget(isSender: true, version: version).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists"}, {"index": 77, "attack": true}, {"attributes": ["transfer"]},
             {"sum-head": {}}, {"read": "reply"}]
            """#, files: ["a": "hello\n"])
        #expect(result.outcome == .exited(2))
        #expect(result.report.end == .closed(step: 6))
        #expect(result.report.findings == [])
    }

    @Test(arguments: versions)
    func seesAHostileNameRefused(version: Int32) throws {
        let result = try ScriptTarget(isSender: false, version: version).run(
            #"""
            [{"handshake": {}}, {"entry": {"name": ".", "type": "dir"}}, {"entry": {"name": "../x", "size": 6}, "attack": true},
             {"end-list": {}}, {"finish": {"contents": {"../x": "evil"}}}]
            """#)
        #expect(result.outcome == .exited(4))
        #expect(result.files == [:])
    }

    @Test func findsThatTheSessionEndedBeforeItsAttack() throws {
        let result = try ScriptTarget(isSender: true, version: 31).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists"}, {"index": 77}, {"attributes": ["transfer"]}, {"sum-head": {}},
             {"read": "reply"}, {"index": "done", "attack": true}]
            """#, files: ["a": "hello\n"])
        #expect(result.report.end == .closed(step: 6))
        #expect(result.report.findings.map(\.field) == ["end of the session"])
    }

    @Test func tellsWhatWasOtherThanExpected() throws {
        let result = try ScriptTarget(isSender: true, version: 31).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists", "expect": {"count": 9, "has-names": ["nobody"], "lacks-names": ["a"]}},
             {"finish": {}}]
            """#, files: ["a": "hello\n"])
        #expect(result.report.findings.map(\.field).sorted() == ["count", "has-names", "lacks-names"])
        #expect(result.report.findings.allSatisfy { $0.step == 2 })
    }

    /// The target answers with megabytes while it is written to: neither waits for the other.
    @Test func writesToATargetThatWrites() throws {
        let result = try ScriptTarget(isSender: true, version: 31).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists"}, {"request": {"name": "a"}}, {"message": {"code": "noop"}, "times": 200000},
             {"read": "reply", "expect": {"size": 8000000, "sum": "right"}}, {"finish": {}}]
            """#, files: ["a": String(repeating: "12345678", count: 1_000_000)])
        #expect(result.report.end == .completed)
        #expect(result.report.findings == [])
        #expect(result.outcome == .exited(0))
    }

    @Test func framesOneByteAtATimeWithMessagesBetween() throws {
        let result = try ScriptTarget(isSender: false, version: 31).run(
            #"""
            [{"handshake": {}}, {"framing": {"length": 1, "between": {"code": "info", "text": "x"}}}, {"entry": {"name": "a", "size": 6}},
             {"end-list": {}}, {"finish": {"contents": {"a": "hello\n"}}}]
            """#)
        #expect(result.report.end == .completed)
        #expect(result.outcome == .exited(0))
        #expect(result.files == ["a": "hello\n"])
    }

    /// HOS-81: on each side of the limit.
    @Test(arguments: [(65_536, 0), (65_537, 22)] as [(Int, Int32)])
    func takesSoManyRulesAndNoMore(count: Int, status: Int32) throws {
        let result = try ScriptTarget(isSender: true, version: 29).run(
            #"""
            [{"handshake": {}}, {"bytes": "03 00 00 00 2d 20 78", "times": \#(count)}, {"int": 0}, {"read": "lists"}, {"finish": {}}]
            """#, files: ["a": "hello\n"])
        #expect(result.outcome == .exited(status))
    }

    @Test func changesTheTreeBetweenTwoSteps() throws {
        let result = try ScriptTarget(isSender: true, version: 31).run(
            #"""
            [{"handshake": {}}, {"filters": []}, {"read": "lists"}, {"swap": {"path": "a", "with": {"file": "other\n"}}},
             {"request": {"name": "a"}}, {"read": "reply", "expect": {"content": "other\\x0a"}}, {"finish": {}}]
            """#, files: ["a": "hello\n"])
        #expect(result.report.findings == [])
        #expect(result.report.end == .completed)
    }

    @Test func endsWhenTheTimeIsOver() throws {
        let (input, output) = (try ScriptTarget.pipe(), try ScriptTarget.pipe())
        defer { for end in [input.read, input.write, output.read, output.write] { close(end) } }
        let lanes = ScriptLanes(reading: input.read, writing: output.write) { _ in }
        let setup = ScriptSetup(
            isServer: false, isSender: false, arguments: [], version: 31, lanes: lanes, seconds: 0.05, drains: false)
        let report = ScriptInterpreter.run(try ScriptTarget.steps(#"[{"int": 31}, {"read": "int"}]"#), in: setup)
        #expect(report.end == .deadline(step: 1))
        // More than the pipe holds, and nobody reads.
        let full = ScriptInterpreter.run(
            try ScriptTarget.steps(#"[{"text": {"zeros": 3000000}}, {"flush": true}]"#),
            in: ScriptSetup(
                isServer: false, isSender: false, arguments: [], version: 31, lanes: lanes, seconds: 0.05, drains: false))
        guard case .deadline = full.end else {
            Issue.record("\(full.end)")
            return
        }
        #expect(fcntl(output.write, F_GETFL) & O_NONBLOCK == 0)
    }

    /// It refuses a name that leads upwards (HOS-100); for the rest of a list it waits.
    @Test(arguments: [("../a", true), ("a", false)])
    func tellsARefusalFromAnEndOfInput(name: String, refuses: Bool) throws {
        let target = ScriptTarget(isSender: false, version: 31, seconds: refuses ? 20 : 2, mustRefuse: true)
        let result = try target.run(#"[{"handshake": {}}, {"entry": {"name": "\#(name)", "size": 6}}, {"flush": {}}]"#)
        #expect(result.report.end == .completed)
        #expect(result.report.findings.isEmpty == refuses)
        if case .exited(let status) = result.outcome { #expect(status != 0) } else { Issue.record("\(result.outcome)") }
    }

    @Test func blamesTheTargetForANameThatItsListsLack() throws {
        let result = try ScriptTarget(isSender: true, version: 31).run(
            #"[{"handshake": {}}, {"filters": []}, {"read": "lists"}, {"request": {"name": "b"}}]"#, files: ["a": "hello\n"])
        guard case .garbled(3, let reason) = result.report.end else {
            Issue.record("\(result.report.end)")
            return
        }
        #expect(reason == "no list has the name b")
    }

    @Test(arguments: [
        #"[{"nothing": 1}]"#, #"[{"int": "x"}]"#, #"[{"int": 1, "byte": 2}]"#, #"[{"index": {"name": "a"}}]"#, #"[5]"#,
        #"[{"entry": {"name": "a", "colour": 1}}]"#, #"[{"reply": {}}]"#, #"[{"bytes": "0"}]"#, #"[{"read": "nothing"}]"#,
        #"[{"int": 4294967296}]"#, #"[{"vstring": {"zeros": 32768}}]"#,
    ])
    func callsAScriptWrongThatIs(text: String) throws {
        let (input, output) = (try ScriptTarget.pipe(), try ScriptTarget.pipe())
        defer { for end in [input.read, input.write, output.read, output.write] { close(end) } }
        let lanes = ScriptLanes(reading: input.read, writing: output.write) { _ in }
        let setup = ScriptSetup(
            isServer: false, isSender: true, arguments: [], version: 31, lanes: lanes, seconds: 5, drains: false)
        guard case .mistake(0, _) = ScriptInterpreter.run(try ScriptTarget.steps(text), in: setup).end else {
            Issue.record("\(text) was taken for a script")
            return
        }
    }
}
