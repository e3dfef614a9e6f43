import RsyncOptions
import Testing

/// Argument vectors captured from rsync 3.5.0 (02-arguments.md section 17), those with supported options.
struct ServerArgumentVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let options: String
        let push: String
        let pull: String
        var testDescription: String { options.isEmpty ? "(none)" : options }

        /// `pull: nil` stands for "likewise, with --sender".
        init(_ options: String, _ push: String, pull: String? = nil) {
            self.options = options
            self.push = "--server " + push
            self.pull = "--server --sender " + (pull ?? push)
        }
    }

    static let vectors = [
        Vector("", "-e.LsfxCIvu . /r/p"),
        Vector("-a", "-logDtpre.iLsfxCIvu . /r/p"),
        Vector("-a --protocol=29", "-logDtpr . /r/p"),
        Vector("-a --protocol=30", "-logDtpre.iLsfxCIvu . /r/p"),
        Vector("-r --delete", "-re.iLsfxCIvu --delete . /r/p", pull: "-re.iLsfxCIvu . /r/p"),
        Vector("-r --delete-before", "-re.iLsfxCIvu --delete-before . /r/p", pull: "-re.LsfxCIvu . /r/p"),
        Vector(
            "-r --delete-after --delete-excluded", "-re.iLsfxCIvu --delete-after --delete-excluded . /r/p",
            pull: "-re.LsfxCIvu . /r/p"),
        Vector("-d --delete", "-de.LsfxCIvu --no-r --delete . /r/p", pull: "-de.LsfxCIvu . /r/p"),
        Vector(
            "-alm --mkpath", "-lmogDtpre.iLsfxCIvu --mkpath . /r/p", pull: "-logDtpre.LsfxCIvu . /r/p"),
        Vector("-aR --no-implied-dirs", "-logDtprRe.iLsfxCIvu --no-implied-dirs . /r/p"),
        Vector("-aR --no-i-d --i-d", "-logDtprRe.iLsfxCIvu . /r/p"),
        Vector("-a --no-i-d", "-logDtpre.iLsfxCIvu . /r/p"),
        Vector("-aR --no-i-d --protocol=29", "-logDtprR . /r/p", pull: "-logDtprR --no-implied-dirs . /r/p"),
        Vector("-t --old-d --no-r", "-tre.iLsfxCIvu . /r/p"),
        Vector("-t --old-dirs --no-d", "-te.LsfxCIvu . /r/p"),
        Vector("--cc=none", "-We.LsfxCIvu --checksum-choice=none . /r/p"),
        Vector("--cc=auto", "-e.LsfxCIvu . /r/p"),
        Vector("-z", "-ze.LsfxCIvu . /r/p"),
        Vector("-zz", "-e.LsfxCIvu --new-compress . /r/p"),
        Vector("-zz --no-z", "-e.LsfxCIvu . /r/p"),
        Vector("--zc=zlib", "-ze.LsfxCIvu --old-compress . /r/p"),
        Vector("--zc=ZlibX -z", "-e.LsfxCIvu --new-compress . /r/p"),
        Vector("-z --zc=zstd", "-e.LsfxCIvu --compress-choice=zstd . /r/p"),
        Vector("-zz --zc=auto", "-e.LsfxCIvu --new-compress . /r/p"),
        Vector("--old-compress -zz", "-ze.LsfxCIvu --old-compress . /r/p"),
        Vector("--zc=zstd --no-compress", "-e.LsfxCIvu . /r/p"),
        Vector("--zl=3 --no-z", "-e.LsfxCIvu --compress-level=3 . /r/p"),
        Vector("--zl=3 --zc=none", "-e.LsfxCIvu --compress-level=3 --compress-choice=none . /r/p"),
        Vector("-z --zt=3", "-ze.LsfxCIvu . /r/p"),
        Vector(
            "-z --skip-compress=gz/zip", "-ze.LsfxCIvu . /r/p", pull: "-ze.LsfxCIvu --skip-compress=gz/zip . /r/p"),
        Vector("-q", "-qe.LsfxCIvu . /r/p"),
        Vector("-bO", "-be.LsfxCIvu . /r/p"),
        Vector("-O --backup-dir=b", "-bOe.LsfxCIvu --backup-dir b . /r/p", pull: "-be.LsfxCIvu --backup-dir b . /r/p"),
        Vector("--partial-dir=.", "-e.LsfxCIvu --partial . /r/p", pull: "-e.LsfxCIvu . /r/p"),
        Vector("--partial-dir= --no-partial", "-e.LsfxCIvu --partial . /r/p", pull: "-e.LsfxCIvu . /r/p"),
        Vector("-ii", "-e.LsfxCIvu --log-format=%i%I . /r/p", pull: "-e.LsfxCIvu . /r/p"),
        Vector("-P", "-e.LsfxCIvu --log-format=X --partial . /r/p", pull: "-e.LsfxCIvu . /r/p"),
        Vector("--devices", "-De.LsfxCIvu --no-specials . /r/p"),
        Vector("-D --no-devices", "-e.LsfxCIvu --specials . /r/p"),
        Vector("-M-v -M--bwlimit=5", "-e.LsfxCIvu -v --bwlimit=5 . /r/p"),
        Vector("--list-only", "-de.LsfxCIvu --list-only . /r/p"),
        Vector("-qnulHogDtprcIRvWOJ", "-vqunlOJWHogDtprcIRe.iLsfxCIvu . /r/p", pull: "-vqunlWHogDtprcIRe.iLsfxCIvu . /r/p"),
    ]

    @Test(arguments: vectors)
    func composesWhatTheReferenceSends(vector: Vector) throws {
        let words = vector.options.split(separator: " ").map(String.init)
        let arguments = try ParsedArguments(parsing: words)
        for (role, expected) in [(ServerArguments.Role.sender, vector.push), (.receiver, vector.pull)] {
            let server = try ServerArguments.compose(
                arguments, role: role, capabilities: capabilities(arguments, role), paths: [Array("/r/p".utf8)])
            #expect(text(server.commandLine) == expected)
            #expect(server.secluded == nil)
        }
    }

    /// ARG-35.
    @Test(arguments: [
        ("/r/a b", #"/r/a\ b"#), ("/r/a*b", "/r/a*b"), ("/r/a?b[c]", "/r/a?b[c]"), (#"/r/a\*b"#, #"/r/a\*b"#),
        (#"/r/a\b"#, #"/r/a\\b"#), (#"/r/a\"#, #"/r/a\\"#), ("/r/$x;y", #"/r/\$x\;y"#), ("~/x", "~/x"), ("~u/x", "~u/x"),
        ("~", #"\~"#), ("-x", "./-x"), ("a,b^%=+@", "a,b^%=+@"), ("", "."),
    ])
    func escapesRequestedPaths(path: String, sent: String) throws {
        #expect(try lastWord(path) == sent)
    }

    @Test func escapesALeadingTildeOnlyWhereItIsAName() throws {
        #expect(try lastWord("~/x", ["-R"]) == #"\~/x"#)
        #expect(try lastWord("~/./x", ["-R"]) == "~/./x")
        #expect(try lastWord("~", role: .sender) == "~")
        #expect(try lastWord("~", ["--trust-sender"]) == "~")
        #expect(try lastWord("~", ["--files-from=:/list"]) == "~")
    }

    @Test func leavesPathsToTheShellWithOldArguments() throws {
        #expect(try lastWord("a b*", ["--old-args"]) == "a b*")
        let once = try ParsedArguments(parsing: ["--old-args", "--link-dest=a b", "-M--x=a b"])
        let onceWords = try ServerArguments.compose(once, role: .sender, capabilities: [], paths: []).commandLine
        #expect(text(onceWords) == #"--server -e --link-dest a\ b --x=a b ."#)
        let twice = try ParsedArguments(parsing: ["--old-args", "--old-args", "--link-dest=a b"])
        let twiceWords = try ServerArguments.compose(twice, role: .sender, capabilities: [], paths: []).commandLine
        #expect(text(twiceWords) == "--server -e --link-dest a b .")
    }

    @Test func escapesOptionValuesWithTheirWildcards() throws {
        let arguments = try ParsedArguments(parsing: ["--link-dest=/b d*", "-M--foo=b r"])
        let words = try ServerArguments.compose(arguments, role: .sender, capabilities: [], paths: [[0x78]]).commandLine
        #expect(text(words) == #"--server -e --link-dest /b\ d\* --foo=b\ r . x"#)
    }

    /// ARG-39, ARG-40.
    @Test func sendsSecludedArgumentsUnescapedThroughTheProtocol() throws {
        let arguments = try ParsedArguments(parsing: ["-s", "--timeout=9"])
        let server = try ServerArguments.compose(
            arguments, role: .receiver, capabilities: Array(".LsfxCIvu".utf8), paths: [Array("/r/a b*".utf8)])
        #expect(text(server.commandLine) == "--server --sender -se.LsfxCIvu")
        let secluded = try #require(server.secluded)
        let bytes = SecludedArguments.encode(secluded)
        #expect(bytes == Array("rsync\0--timeout=9\0.\0/r/a b*\0\0".utf8))

        var decoder = SecludedArguments.Decoder()
        for byte in bytes.dropLast() { #expect(try decoder.add(byte) == nil) }
        #expect(try decoder.add(0) == secluded)

        var read = try ParsedArguments(parsing: server.commandLine)
        try read.add(secluded: secluded)
        #expect(read.isServer && read.isSender)
        #expect(read.timeout == 9)
        #expect(read.positional == [Array(".".utf8), Array("/r/a b*".utf8)])
        #expect(read.capabilities == Array(".LsfxCIvu".utf8))
    }

    @Test func refusesMoreRemoteOptionsThanAServerTakes() throws {
        let arguments = try ParsedArguments(parsing: Array(repeating: "-M-v", count: 140))
        #expect(throws: ArgumentError("rsync: too many remote options specified.")) {
            try ServerArguments.compose(arguments, role: .sender, capabilities: [], paths: [])
        }
    }

    private func lastWord(
        _ path: String, _ options: [String] = [], role: ServerArguments.Role = .receiver
    ) throws -> String {
        let arguments = try ParsedArguments(parsing: options)
        let server = try ServerArguments.compose(arguments, role: role, capabilities: [], paths: [Array(path.utf8)])
        return String(decoding: try #require(server.commandLine.last), as: UTF8.self)
    }
}

func capabilities(_ arguments: ParsedArguments, _ role: ServerArguments.Role) -> [UInt8] {
    let incremental = ServerArguments.asksForIncrementalRecursion(arguments, role: role)
    return Array((incremental ? ".iLsfxCIvu" : ".LsfxCIvu").utf8)
}

func text(_ words: [[UInt8]]) -> String {
    words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
}
