@testable import ConformanceKit
import PeerKit
import RsyncOptions
import RsyncProtocol
import Testing
import TraceKit

/// What a case expects, beside what there is.
@Suite struct MatchingTests {
    // MARK: Fields

    /// What a server says before it has understood anything: version, compatibility flags and seed of protocol 30.
    private var view: WireView {
        var seen = Observation()
        seen.recording.append([30, 0, 0, 0], .toServer)
        seen.recording.append([30, 0, 0, 0, 0x08, 1, 2, 3, 4], .toClient)
        seen.serverArguments = ["--server", "--sender", "-r", ".", "src/"].map { Array($0.utf8) }
        return WireView(seen, isPush: false, protocolNumber: 30)
    }

    private func findings(_ field: String) throws -> [String] {
        let one = try aCase(#""roles": ["server-sender"], "expect": {"fields": [\#(field)]}"#)
        let judge = FieldJudge(view: view, clause: "FLS-1") { $0 }
        return try judge.findings(one.expect.fields[0]).map(\.text)
    }

    @Test(arguments: [
        #"{"name": "version", "value": "30"}"#, #"{"name": "version", "count": 1}"#, #"{"name": "version", "min": 1}"#,
        #"{"name": "seed", "bytes": "^01020304$"}"#, #"{"name": "seed", "matches": "^0x4030201$"}"#,
        #"{"name": "version", "before": "seed"}"#, #"{"name": "version", "before": {"name": "seed", "matches": "4030201"}}"#,
        #"{"name": "version", "order": ["^3"]}"#, #"{"name": "version", "value": "31", "absent": true}"#,
    ])
    func findsWhatIsThere(field: String) throws { #expect(try findings(field) == []) }

    @Test(arguments: [
        #"{"name": "version", "value": "31"}"#, #"{"name": "version", "count": 2}"#, #"{"name": "version", "absent": true}"#,
        #"{"name": "seed", "bytes": "^02"}"#, #"{"name": "seed", "before": "version"}"#, #"{"name": "version", "before": "entry"}"#,
        #"{"name": "version", "order": ["^30", "^30"]}"#, #"{"name": "compress-list"}"#, #"{"name": "version", "min": 2}"#,
    ])
    func missesWhatIsNot(field: String) throws { #expect(try !findings(field).isEmpty) }

    @Test func doesNotTakeForAbsentWhatItCouldNotRead() throws {
        var seen = Observation()
        seen.recording.append([30, 0, 0, 0], .toServer)
        seen.recording.append([30, 0, 0, 0, 0x08, 1, 2, 3, 4, 3, 0, 0, 7, 0xff, 0xff, 0xff], .toClient)
        seen.serverArguments = ["--server", "--sender", "-r", ".", "src/"].map { Array($0.utf8) }
        let view = WireView(seen, isPush: false, protocolNumber: 30)
        #expect(view.gap != nil)
        let one = try aCase(#""roles": ["server-sender"], "expect": {"fields": [{"name": "user-name", "absent": true}]}"#)
        #expect(try !FieldJudge(view: view, clause: "FLS-1") { $0 }.findings(one.expect.fields[0]).isEmpty)
    }

    @Test func takesTheDataOutOfItsFrames() {
        var seen = Observation()
        seen.recording.append([30, 0, 0, 0], .toServer)
        seen.recording.append([30, 0, 0, 0, 0, 1, 2, 3, 4], .toClient)
        seen.recording.append([3, 0, 0, 9, 0x61, 0x62, 0x63, 2, 0, 0, 7, 0, 0], .toClient)
        seen.serverArguments = ["--server", "--sender", "-r", ".", "src/"].map { Array($0.utf8) }
        let view = WireView(seen, isPush: false, protocolNumber: 30)
        #expect(view.data == [30, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0])
        #expect(view.messages == Array("abc\n".utf8))
        #expect(view.boundaries == [4, 5, 9, 16, 22])
    }

    // MARK: Trees

    private func tree(_ text: String) throws -> [TreeDescription.Item] {
        guard case .items(let items)? = try aCase(#""roles": ["server-sender"], "source": \#(text)"#).source else { return [] }
        return items
    }

    private func snapshot(_ text: String) throws -> TreeSnapshot {
        let directory = try TemporaryDirectory(prefix: "ebb-matching")
        let place = "\(directory.path)/tree"
        try TreeMaker(seed: 1, archives: "").make(.items(try tree(text)), at: place)
        return try TreeSnapshot(place)
    }

    private static let found =
        #"{"a": {"file": "hello", "mode": "0640", "mtime": 1000}, "d/b": {"hard": "a"}, "l": {"symlink": "a"}, "n-%": {"many": {"count": 3, "file": "%"}}}"#

    @Test(arguments: [
        found, #"{"a": {"file": "hello"}, "d/b": {"hard": "a"}, "l": {"symlink": "a"}, "n-%": {"many": {"count": 3, "file": "%"}}, "d": {}}"#,
    ])
    func aTreeFitsItsDescription(wanted: String) throws {
        #expect(DescribedTree(items: try tree(wanted), ignore: []).differences(try snapshot(Self.found), isWhole: true) == [])
    }

    @Test(arguments: [
        (#"{"a": {"file": "hellO"}}"#, #"a: content "hello", expected "hellO""#), (#"{"a": {"file": "hello", "mode": "0644"}}"#, "a: mode 0640, expected 0644"),
        (#"{"a": {"file": "hello", "mtime": 1001}}"#, "a: mtime 1000, expected 1001"), (#"{"z": {"file": ""}}"#, "z: missing"),
        (#"{"l": {"symlink": "b"}}"#, "l: symlink to a, expected a symlink to b"), (#"{"d": {"file": ""}}"#, "d: type directory, expected a file"),
        (#"{"l": {"hard": "a"}}"#, "l: not the same file as a"), (#"{"n-1": {"file": "2"}}"#, #"n-1: content "1", expected "2""#),
    ])
    func aTreeDiffersFromItsDescription(wanted: String, line: String) throws {
        #expect(DescribedTree(items: try tree(wanted), ignore: []).differences(try snapshot(Self.found), isWhole: false) == [line])
    }

    @Test func whatIsNotDescribedIsTooMuchOnlyWhereAllIs() throws {
        let judge = DescribedTree(items: try tree(#"{"a": {"file": "hello"}, "d": {}, "l": {"symlink": "a"}}"#), ignore: [])
        let found = try snapshot(Self.found)
        #expect(judge.differences(found, isWhole: false) == [])
        #expect(judge.differences(found, isWhole: true) == ["d/b", "n-0", "n-1", "n-2"].map { "\($0): not expected" })
    }

    // MARK: What the options carry

    private func carried(_ options: [String], _ source: String, over before: String = "{}") throws -> [String] {
        let judge = TreeJudge(
            parsed: try ParsedArguments(parsing: options + ["a", "b"]), traits: SessionTraits(version: .newest), ignore: [])
        return try judge.carried(try snapshot(source), over: try snapshot(before)).items.keys
            .map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    @Test func overlaysTheSourceOrTakesItsPlace() throws {
        #expect(try carried(["-r"], #"{"a": {"file": ""}, "l": {"symlink": "a"}, "f": {"fifo": true}}"#, over: #"{"b": {"file": ""}}"#) == [".", "a", "b"])
        #expect(try carried(["-rlD", "--delete"], #"{"l": {"symlink": "a"}, "f": {"fifo": true}}"#, over: #"{"b": {"file": ""}}"#) == [".", "f", "l"])
        #expect(try carried(["-rn"], #"{"a": {"file": ""}}"#, over: #"{"b": {"file": ""}}"#) == [".", "b"])
    }

    @Test(arguments: [["-d"], ["-r", "--exclude=x"], ["-rR"], ["-rL"], ["-r", "--existing"], ["-rb"], ["-r", "--max-size=1"]])
    func wantsATreeWhereItCannotTell(options: [String]) {
        #expect(throws: (any Error).self) { try carried(options, "{}") }
    }

    // MARK: Words

    @Test(arguments: [
        (#"rsync --server -re.iLsfxCIvu . dst/"#, ["rsync", "--server", "-re.iLsfxCIvu", ".", "dst/"]),
        (#"rsync --server . two\ words/ it\'s \\x"#, ["rsync", "--server", ".", "two words/", "it's", #"\x"#]), (#"a 'b c' ''"#, ["a", "b c", ""]),
    ])
    func splitsWhatAShellNeedNotSee(line: String, words: [String]) {
        #expect(ShellWords.split(Array(line.utf8))?.map { String(decoding: $0, as: UTF8.self) } == words)
    }

    @Test(arguments: ["rsync *.c", "rsync ~/x", "rsync $HOME", "a;b", "a 'b", #"a "b""#])
    func leavesTheRestToAShell(line: String) {
        #expect(ShellWords.split(Array(line.utf8)) == nil)
        #expect(ShellWords.command([Array("true".utf8)], Array(line.utf8)).first == Array("/bin/sh".utf8))
    }

    @Test func quotesWordsForAShell() throws {
        let words = ["a b", "it's", #"back\slash"#, "*", "$x", "plain-1.2"].map { Array($0.utf8) }
        #expect(ShellWords.split(ShellWords.line(words)) == words)
    }

    @Test func knowsWhereAShellsCommandBegins() {
        let call = ShellCall(["-l", "me", "host", "rsync", "--server", "."].map { Array($0.utf8) }, program: Array("rsync".utf8))
        #expect(call.host.count == 3 && call.arguments == ["--server", "."].map { Array($0.utf8) })
    }

    @Test func putsPathsInThePlaceOfNames() {
        let names = Placeholders(box: "/x/box")
        #expect(names.expand("{source} {destination}/a {box} {sandbox} {other} {") == "/x/box/src /x/box/dst/a /x/box /x/box {other} {")
    }

    @Test func hashesAsTheStandardSays() {
        #expect(SHA256.hexadecimal(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.hexadecimal([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
