import Testing

@testable import ConformanceKit

/// The program as others start it: what it exits with, and what it writes.
@Suite struct ProgramTests {
    private let suite: SmallSuite
    /// This program's own engine, which is a whole rsync.
    private let target = ["--", builtProgram, "engine"]

    init() throws { suite = try SmallSuite() }

    @Test func aGoodRunExitsWith0AndWritesItsReports() throws {
        let (status, said) = try suite.run(
            ["run", "--json", "\(suite.path)/r.json", "--junit", "\(suite.path)/r.xml", "--html", "\(suite.path)/r.html", "--markdown",
                "\(suite.path)/r.md", "SES-1/*"] + target)
        #expect(status == 0, "\(said)")
        #expect(said.contains("1 pass, 0 fail"))
        let report = try ReportFile.read(JSONValue([UInt8](suite.read("r.json").utf8)), path: "r.json")
        #expect(report.results.map(\.id) == ["SES-1/copies@server-sender/p29"])
        #expect(try suite.read("r.xml").contains(#"tests="1" failures="0""#))
        #expect(try suite.read("r.html").contains("It copies"))
        #expect(try suite.read("r.md").contains("| The document | 2 | 1 / 1 |"))
    }

    @Test func aFailureExitsWith1AndSaysHowToRunItAgain() throws {
        let (status, said) = try suite.run(["run"] + target)
        #expect(status == 1, "\(said)")
        #expect(said.contains("fail: SES-2/flies"))
        #expect(said.contains("wings"))
        #expect(said.contains("rsync-conform run 'SES-2/flies@server-sender/p29'"))
        #expect(said.contains("1 pass, 1 fail"))
    }

    @Test func aKnownFailureIsExpected() throws {
        try suite.write("known.json", #"[{"id": "SES-2/*", "reason": "no wings"}]"#)
        let (status, said) = try suite.run(["run", "--known", "\(suite.path)/known.json"] + target)
        #expect(status == 0, "\(said)")
        #expect(said.contains("1 expected-fail"))
    }

    @Test func aKnownFailureThatPassesExitsWith1() throws {
        try suite.write("known.json", #"[{"id": "SES-1/*@server-sender/p29", "reason": "no feet"}, {"id": "SES-9/*", "reason": "x"}]"#)
        let (status, said) = try suite.run(["run", "--known", "\(suite.path)/known.json", "SES-1/*"] + target)
        #expect(status == 1, "\(said)")
        #expect(said.contains("1 unexpected-pass"))
        let whole = try suite.run(["run", "--known", "\(suite.path)/known.json"] + target)
        #expect(whole.said.contains("known failure SES-9/* is about nothing that was run"), "\(whole.said)")
    }

    @Test(arguments: [["--", "/bin/false"], ["--", "/nonexistent/rsync"], ["--known", "/nonexistent", "--", "/bin/true"]])
    func aRunThatCannotBeExitsWith2(_ words: [String]) throws {
        #expect(try suite.run(["run"] + words).status == 2)
    }

    @Test func aTargetIsTakenForGoodWhenAskedTo() throws {
        let (status, said) = try suite.run(["run", "--no-probe", "SES-1/*", "--", "/bin/false"])
        #expect(status == 1, "\(said)")
    }

    @Test(arguments: [["run"], ["run", "--role", "x", "--", "/bin/true"], ["run", "--nonsense", "--", "/bin/true"], ["report", "x.json"]])
    func aWrongCommandLineIsNoResult(_ words: [String]) throws {
        let status = try suite.run(words).status
        #expect(status == 64 || status == 2, "\(status)")
    }

    @Test func probeWritesAFeaturesFileThatRunReads() throws {
        let (status, said) = try suite.run(["probe", "--output", "\(suite.path)/f.json"] + target)
        #expect(status == 0, "\(said)")
        let features = try TargetFeatures(JSONValue([UInt8](suite.read("f.json").utf8)), path: "f.json")
        #expect(features.roles.count == 4)
        #expect(features.protocols == .all)
        for word in ["symlinks", "hard-links", "acls", "xattrs", "inc-recurse", "codec:zstd", "checksum:xxh128", "varint-flags"] {
            #expect(features.features?.contains(word) == true, "\(word)")
        }
        let again = try suite.run(["run", "--features", "\(suite.path)/f.json", "SES-1/*"] + target)
        #expect(again.status == 0, "\(again.said)")
    }

    @Test func whatATargetLacksIsUnsupported() throws {
        try suite.write("f.json", #"{"roles": ["server-sender"], "protocols": "29", "features": []}"#)
        let (status, said) = try suite.run(["run", "--features", "\(suite.path)/f.json", "SES-1/*"] + target)
        #expect(status == 0, "\(said)")
        #expect(said.contains("1 unsupported"))
    }

    /// Only the words of one who lacks an option that the case asks for, with the status of one who refuses arguments.
    @Test(arguments: [
        ("rsync: --sparse: unknown option", 1, true), ("rsync: --sparse: unknown option", 12, false),
        ("rsync: --sparse: unknown option", 0, false), ("--sparse is not supported on this server", 4, true),
        ("rsync: --delete: unknown option", 1, false), ("rsync: --sparse: no space left (28)", 1, false),
        ("rsync error: --sparse: unknown option", 1, false),
    ])
    func aTargetThatRefusesAnOptionOfTheCaseIsUnsupported(_ words: String, _ code: Int, _ isUnsupported: Bool) throws {
        try suite.write(
            "Cases/SES-1/copies.json",
            #"{"title": "It copies", "clauses": ["SES-1"], "roles": ["server-sender"], "protocols": "29", "options": ["-S"],"#
                + #" "source": {"a": {"file": "x"}}}"#)
        let (status, said) = try suite.run(
            ["run", "--no-probe", "SES-1/*", "--", "/bin/sh", "-c", "echo '\(words)' >&2; exit \(code)"])
        #expect(status == (isUnsupported ? 0 : 1), "\(said)")
        #expect(said.contains(isUnsupported ? "0 fail, 1 unsupported" : "1 fail"), "\(said)")
    }

    @Test func aMatrixPutsItsPeersTogether() throws {
        try suite.write(
            "peers.json",
            #"""
            [{"name": "one", "command": ["{bin}/rsync-conform", "engine"], "label": "uno",
              "version": ["echo", "one  version 7.1  protocol version 32"]},
             {"name": "two", "command": ["{bin}/rsync-conform", "engine"], "roles": ["client"]},
             {"name": "three", "command": ["/nonexistent/rsync"]}]
            """#)
        let (status, said) = try suite.run(["matrix", "--out", "\(suite.path)/out", "SES-1/*"])
        // Nothing is there for a client to do, which is told of the second.
        #expect(status == 0, "\(said)")
        #expect(said.contains("two: no cell is chosen"))
        #expect(said.contains("three: /nonexistent/rsync is not here"))
        #expect(try suite.read("out/one.json").contains("7.1"))
        #expect(try suite.read("out/one.xml").contains("testsuites"))
        #expect(try suite.read("out/conformance.md").contains("| uno 7.1 | server-sender, server-receiver,"))
        #expect(try suite.read("out/index.html").contains("It copies"))
    }

    @Test func coverageExitsWith1WhileAClauseHasNothing() throws {
        #expect(try suite.run(["coverage"]).status == 0)
        try suite.write("Spec/01-x.md", suite.read("Spec/01-x.md") + "\nSES-3. [MUST 27-32] It swims.\n")
        let (status, said) = try suite.run(["coverage"])
        #expect(status == 1)
        #expect(said.contains("uncovered: SES-3 [MUST 27-32] It swims"))
    }

    @Test func theSpecificationIsShownCheckedAndIndexed() throws {
        let shown = try suite.run(["spec show", "SES-1-2"])
        #expect(shown.said.contains("SES-1 [MUST 27-32]\n") && shown.said.contains("It flies"), "\(shown.said)")
        #expect(try suite.run(["spec show", "SES-9"]).status == 64)
        #expect(try suite.run(["spec check"]).status == 0)
        #expect(try suite.run(["spec index", "--write"]).status == 0)
        #expect(try suite.read("Spec/INDEX.md").contains("| SES-2 | MUST 27-32 | It flies |"))
        try suite.write("Spec/01-x.md", suite.read("Spec/01-x.md") + "\nSES-3. As in SES-8.\n")
        let checked = try suite.run(["spec check"])
        #expect(checked.status == 1)
        #expect(checked.said.contains("SES-3 is not marked") && checked.said.contains("cites SES-8"))
    }
}
