import RsyncOptions
import Testing

@testable import RestrictedShell

private let everything = RestrictedPolicy()

private func policy(_ change: (inout RestrictedPolicy) -> Void) -> RestrictedPolicy {
    var policy = RestrictedPolicy()
    change(&policy)
    return policy
}

private func request(_ command: String, _ policy: RestrictedPolicy = everything) throws -> RestrictedRequest {
    try RestrictedRequest(Array(command.utf8), policy: policy)
}

/// The text of the refusal; nil when it is served.
private func refusal(_ command: String, _ policy: RestrictedPolicy = everything) -> String? {
    do {
        _ = try RestrictedRequest(Array(command.utf8), policy: policy)
        return nil
    } catch {
        return error.text
    }
}

private func paths(_ request: RestrictedRequest) throws -> [String] {
    try request.arguments { _, _ in [] }.positional.dropFirst().map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct RequestTests {
    private static let push = "rsync --server -logDtpre.iLsfxCIvu "
    private static let pull = "rsync --server --sender -logDtpre.iLsfxCIvu "

    @Test func servesWhatClientsAskFor() throws {
        let pushed = try request(Self.push + "--delete-during --numeric-ids . up/")
        #expect(!pushed.isSender && pushed.parsed.deletes && pushed.parsed.dropsNodes && !pushed.isSecluded)
        #expect(try paths(pushed) == ["up/"])
        let pulled = try request(Self.pull + ". a b/c /d")
        #expect(pulled.isSender && !pulled.parsed.dropsNodes)
        #expect(try paths(pulled) == ["a", "b/c", "/d"])
        #expect(try paths(request("/usr/bin/rsync  --server   --sender -r .")) == [])
    }

    @Test(arguments: [
        ("a\\ b", "a b"), ("'a b'", "a b"), ("\"a b\"", "a b"), ("a\\'b", "a'b"), ("''", ""), ("\"\"", ""), ("'a'\"b\"c", "abc"),
        ("$HOME", "$HOME"), ("`id`", "`id`"), ("a;b", "a;b"), ("a|b&c>d", "a|b&c>d"), ("$(id)", "$(id)"), ("a\nb", "a\nb"), ("~/x", "~/x"),
        ("\"a\\\"b\\x\"", "a\"b\\x"), ("{a,b}", "{a,b}"), ("a\\\\b", "a\\b"), ("--delete", "--delete"), ("--", "--"), ("-x", "-x"),
    ])
    func takesTheCommandAsData(_ written: String, _ meant: String) throws {
        let found = try request(Self.pull + ". " + written)
        #expect(try paths(found) == [meant])
        #expect(!found.parsed.deletes)
    }

    @Test func keepsQuotedWildcardsFromMatching() throws {
        var asked: [String] = []
        let found = try request(Self.pull + ". *.c \\*.h 'x'*\\[y '[z]' plain")
        let arguments = try found.arguments { pattern, hidden in
            asked.append(String(decoding: pattern, as: UTF8.self))
            #expect(!hidden)
            return pattern.first == UInt8(ascii: "*") ? [Array("-one.c".utf8), Array("two.c".utf8)] : []
        }
        #expect(asked == ["*.c", "x*\\[y"])
        #expect(arguments.positional.map { String(decoding: $0, as: UTF8.self) } == [".", "-one.c", "two.c", "*.h", "x*[y", "[z]", "plain"])
        // Where something is to be written, what matches one name is that.
        #expect(try request(Self.push + ". a*").arguments { _, _ in [Array("other".utf8)] }.positional.last == Array("other".utf8))
        #expect(try request(Self.push + ". a*").arguments { _, _ in [] }.positional.last == Array("a*".utf8))
        #expect(try request(Self.push + ". 'a*'").arguments { _, _ in [Array("other".utf8)] }.positional.last == Array("a*".utf8))
        #expect(throws: Refusal.self) { try request(Self.push + ". a*").arguments { _, _ in [[0x61], [0x62]] } }
    }

    @Test(arguments: [
        "", "  ", "ls", "ls -l", "sh -c id", "rsync", "rsync --version", "rsync --daemon", "rsync --sender --server .", "rsync -e sh h:",
        "rsync;id --server .", "/bin/sh/rsync/ --server .", "./rsync --server . x", "a/rsync --server . x", "rrsync --server . x",
        "rsync --server", "rsync --server .x", "rsync --server -r x", "rsync --server -r ./ x", "rsync --server '' . x", "rsync --server '.", "rsync --server . \\",
        "rsync --server \". x", "rsync --server . a b", "rsync --server . -- a", "rsync --server -- x .", "'rsync --server' . x", "rsync\n--server . x",
        "rsync --server -r \\. x/../../y", "rsync --server . ..", "rsync --server --sender . a ../b", "rsync --server --sender . /..", "rsync --server --sender . a/../../b",
        "rsync --server '*' a",
    ])
    func refusesWhatIsNoRequest(_ command: String) {
        #expect(refusal(command) != nil)
    }

    @Test(arguments: [
        "--daemon", "--config=/x", "--dparam=a=b", "--detach", "--rsync-path=sh", "--rsh=sh", "-e sh", "-esh", "'-e.L;id'", "-e './a b'", "-e ''",
        "-re -e.x", "-rvesh", "--log-file=x", "--log-file x", "--log-file-format=x", "-M--log-file=x", "--remote-option=--daemon", "-rM --daemon", "--write-batch=x",
        "--read-batch=x", "--password-file=x", "--early-input=x", "--copy-as=root", "--debug=all", "--exclude-from=/etc/shadow",
        "--include-from=x", "-f '. /etc/shadow'", "--filter=x", "-F", "-FF", "--exclude=x", "-L", "-rL", "--copy-links", "-k", "-K", "--copy-unsafe-links",
        "--insecure-links", "--confine-root=/", "--write-devices", "--copy-devices", "--no-munge-links", "--no-drop-D", "--help", "--version",
        "-h", "-V", "--server", "-r --server", "--protocol=27", "--old-args", "--address=x", "--port=1", "--sockopts=x", "--chmod=x", "--chown=x", "--stop-at=x",
        "--trust-sender", "--files-from=../x", "--files-from=a/../../x", "--partial-dir=../x", "--suffix=/../x", "--link-dest=/../x",
        "--link-dest=../../x", "--compare-dest=../../x", "--copy-dest=a/../../../x", "--backup-dir=../../x", "--temp-dir=/..", "-T ../../x", "--outbuf=N", "-P", "--nonsense",
        "--iconv=ISO-2022-CN-EXT", "--iconv=utf8,ISO-2022-KR", "--iconv=UTF-16", "--iconv=utf8//TRANSLIT", "--iconv=../x", "--iconv=",
        "--delet", "--delete=x", "--timeout", "--link-dest", "-", "---", "-\\ ",
    ])
    func refusesOptions(_ option: String) {
        #expect(refusal("rsync --server \(option) . up/") != nil)
    }

    @Test(arguments: ["-e.iLsfxCIvu", "-e30.0", "-e.", "-re30.1_a", "-s"]) func knowsWhatClientsAreCapableOf(_ option: String) {
        #expect(refusal("rsync --server --sender \(option)\(option == "-s" ? "" : " . x")") == nil)
    }

    @Test(arguments: ["utf8", "UTF-8", "iso-8859-1", "ISO_8859-15", "latin1", "cp1252", "Shift_JIS", "koi8-r", ".", "-", "utf8,latin1", ".,-"])
    func knowsTheCharsetsOfNames(_ charset: String) {
        #expect(refusal("rsync --server --iconv=\(charset) . up/") == nil)
    }

    @Test func namesTheOption() {
        #expect(refusal("rsync --server --daemon . x") == "option --daemon has been disabled on this server.")
        #expect(refusal("rsync --server -rLe.i . x") == "option -L has been disabled on this server.")
    }

    @Test func keepsTheRole() throws {
        let readOnly = policy { $0.mode = .readOnly }
        let writeOnly = policy { $0.mode = .writeOnly }
        #expect(refusal(Self.push + ". x", readOnly) == "sending to read-only server is not allowed")
        #expect(refusal(Self.pull + ". x", writeOnly) == "reading from write-only server is not allowed")
        #expect(refusal("rsync --server -r --sender . x", readOnly) != nil)
        #expect(refusal("rsync --server -r --sender . x", writeOnly) != nil)
        #expect(refusal("rsync --server --sender --sender -r . x", readOnly) != nil)
        #expect(refusal(Self.pull + ". x", readOnly) == nil)
        #expect(refusal(Self.push + ". x", writeOnly) == nil)
    }

    @Test func keepsWhatIsThere() {
        for name in ["delete", "delete-before", "delete-during", "delete-after", "delete-excluded"] {
            #expect(refusal("rsync --server -r --\(name) . x") == nil)
            #expect(refusal("rsync --server -r --\(name) . x", policy { $0.forbidsDeletion = true }) != nil)
            // Old clients say it when they fetch, too (ARG-18), where it does nothing.
            #expect(refusal("rsync --server --sender -r --\(name) . x", policy { $0.mode = .readOnly }) == nil)
        }
        for name in ["remove-source-files", "remove-sent-files"] {
            #expect(refusal("rsync --server --sender --\(name) . x", policy { $0.mode = .readOnly }) != nil)
            #expect(refusal("rsync --server --sender --\(name) . x", policy { $0.forbidsDeletion = true }) != nil)
        }
        for option in ["-b", "--backup", "--backup-dir=x", "--partial-dir=x", "--delay-updates"] {
            #expect(refusal("rsync --server \(option) . x", policy { $0.forbidsOverwriting = true })?.contains("disabled") == true)
        }
        #expect(throws: Never.self) {
            let found = try request("rsync --server -r . x", policy { $0.forbidsOverwriting = true })
            #expect(found.parsed.ignoreExisting)
        }
    }

    @Test func letsTheAdministratorChoose() throws {
        var chosen = RestrictedPolicy()
        try chosen.withdraw("--compress")
        try chosen.withdraw("super")
        #expect(refusal("rsync --server -rz . x", chosen)?.contains("-z has been disabled") == true)
        #expect(refusal("rsync --server --super . x", chosen) != nil)
        #expect(refusal("rsync --server -r . x", chosen) == nil)
        #expect(throws: RestrictedPolicy.Misuse.self) { try chosen.permit("--daemon") }
        #expect(throws: RestrictedPolicy.Misuse.self) { try chosen.permit("--rsh") }
        #expect(throws: RestrictedPolicy.Misuse.self) { try chosen.withdraw("--server") }
        #expect(throws: RestrictedPolicy.Misuse.self) { try chosen.withdraw("--nonsense") }
        try chosen.permit("copy-links")
        // Whether the server can do it is another question.
        #expect(refusal("rsync --server --sender -rL . x", chosen)?.contains("disabled") != true)
    }

    @Test func keepsSessionsFromBeingHeldForEver() throws {
        let limited = policy { $0.longestTimeout = 60 }
        for (asked, given) in [("", 60), ("--timeout=30", 30), ("--timeout=600", 60), ("--timeout=0", 60), ("--timeout=-5", 60)] as [(String, Int32)] {
            #expect(try request("rsync --server -r \(asked) . x", limited).parsed.timeout == given)
        }
    }

    @Test func knowsTheAliasOfTheRoot() throws {
        let alias = policy { $0.absoluteAlias = Array("/srv/da*ta".utf8) }
        let found = try request(Self.pull + ". /srv/da\\*ta/x /srv/da\\*ta /srv/da\\*tab /y", alias)
        #expect(try paths(found) == ["/x", "/", "/srv/da*tab", "/y"])
        #expect(refusal(Self.pull + ". '/srv/da*ta/../x'", alias) != nil)
        #expect(refusal(Self.pull + ". /srv/other", policy { _ in }) == nil)
    }

    // MARK: Secluded

    private func secluded(_ words: [String], _ policy: RestrictedPolicy = everything, sender: Bool = false) -> String? {
        do {
            var found = try request("rsync --server \(sender ? "--sender " : "")-se.LsfxCIvu", policy)
            #expect(found.isSecluded)
            try found.add(secluded: words.map { Array($0.utf8) })
            #expect(!found.isSecluded)
            return nil
        } catch {
            return (error as? Refusal)?.text ?? "\(error)"
        }
    }

    @Test func checksWhatComesOverTheConnection() throws {
        #expect(secluded(["rsync", "--delete", "-r", ".", "a b"]) == nil)
        #expect(secluded(["rsync", "-r", ".", "a", "b"], sender: true) == nil)
        for words in [
            [], ["rsync"], ["rsync", "--daemon", ".", "x"], ["rsync", "--sender", ".", "x"], ["rsync", "--server", ".", "x"],
            ["rsync", ".", ".."], ["rsync", ".", "a", "b"], ["rsync", "-M--daemon", ".", "x"], ["rsync", "-esh", ".", "x"], ["rsync", "x", "."],
            ["rsync", "--", "-r", "."], ["rsync", "--log-file=x", ".", "x"], ["rsync", "--files-from", "../x", ".", "x"], ["rsync", "-L", ".", "x"],
        ] { #expect(secluded(words) != nil, "\(words)") }
        #expect(secluded(["rsync", "--delete", "-r", ".", "x"], policy { $0.forbidsDeletion = true }) != nil)
        #expect(secluded(["rsync", "--sender", "-r", ".", "x"], policy { $0.mode = .writeOnly }) != nil)
        #expect(refusal("rsync --server -s . x") != nil)
        #expect(refusal("rsync --server -sL") != nil)
    }

    @Test func isAskedForNothingTwice() throws {
        var found = try request("rsync --server -s")
        try found.add(secluded: ["rsync", ".", "x"].map { Array($0.utf8) })
        #expect(throws: Refusal.self) { try found.add(secluded: ["rsync", ".", "y"].map { Array($0.utf8) }) }
    }

    /// Whatever bytes come, there is an answer, and nothing that is served leads out.
    @Test func survivesAnything() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: .min ... .max, using: &random)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let parts = [
            "rsync", "--server", "--sender", ".", "..", "/", " ", " ", " ", "-", "--", "-e", "-s", "'", "\"", "\\", "*", "a", "\n", "=", "--link-dest", "--files-from=", "-M", "--delete",
            "-logDtpr", "x/../..", "~", "\u{e9}", "-B", "--timeout=", "9",
        ]
        for _ in 0..<20_000 {
            var command = next(2) == 0 ? "rsync --server " : ""
            for _ in 0..<next(12) { command += parts[next(parts.count)] }
            guard let found = try? request(command, policy { $0.mode = .readOnly }) else { continue }
            #expect(found.isSender, "seed \(seed): \(command)")
            for path in (try? paths(found)) ?? [] {
                var depth = 0
                for component in path.split(separator: "/") where component != "." {
                    depth += component == ".." ? -1 : 1
                    #expect(depth >= 0, "seed \(seed): \(command)")
                }
            }
        }
    }
}
