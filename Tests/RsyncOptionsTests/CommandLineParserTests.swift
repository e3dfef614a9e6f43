import RsyncOptions
import Testing

struct CommandLineParserTests {
    /// The words of rsync 3.5.0 (ARG-48, ARG-62, ARG-81).
    @Test(arguments: [
        ("--foo", "rsync: --foo: unknown option"),
        ("-Q", "rsync: -Q: unknown option"),
        ("-avQ", "rsync: -avQ: unknown option"),
        ("--timeout", "rsync: --timeout: missing argument"),
        ("-f", "rsync: -f: missing argument"),
        ("--links=3", "rsync: --links=3: option does not take an argument"),
        ("-r=3", "rsync: -r=3: option does not take an argument"),
        ("--timeout=abc", "rsync: --timeout=abc: invalid numeric value"),
        ("--timeout=99999999999", "rsync: --timeout=99999999999: number too large or too small"),
        ("--block-size=1x", "rsync: --block-size=1x is invalid"),
        ("--block-size=200000", "rsync: --block-size=200000 is too large (max: 128.00K)"),
        ("-M foo", "rsync: Remote option must start with a dash: foo"),
        ("-r --delete-before --delete-after", "rsync: You may not combine multiple --delete-WHEN options."),
        ("--delete a b", "rsync: --delete does not work without --recursive (-r) or --dirs (-d)."),
        ("-r --read-batch=b --files-from=l d", "rsync: --read-batch cannot be used with --files-from"),
        ("-r --read-batch=b --remove-source-files d", "rsync: --read-batch cannot be used with --remove-source-files"),
        ("--old-args -s a b", "rsync: --secluded-args conflicts with --old-args."),
        ("--server --foo", "rsync: on remote machine: --foo: unknown option"),
        ("--server --timeout=x", "rsync: on remote machine: --timeout=x: invalid numeric value"),
        ("--server -r --daemon", "rsync: The server does not support --daemon"),
        ("-a --confine-root=x a b", "rsync: --confine-root must be an absolute path"),
        ("-a --confine-root=/ --insecure-links a b", "rsync: --insecure-links cannot be combined with --confine-root"),
        ("-a --write-devices --partial-dir=p a b", "rsync: --inplace cannot be used with --partial-dir"),
        ("--info=nonsense2", "Unknown --info item: \"nonsense\""),
        ("--info=1", "Unknown --info item: \"1\""),
        ("--info=del,x1y2", "Unknown --info item: \"x1y\""),
        ("--max-size=-5 a b", "rsync: --max-size=-5 is too large"),
        ("--max-size=k-1 a b", "rsync: --max-size=k-1 is too large"),
        ("--max-size=-0 a b", "rsync: --max-size=-0 is invalid"),
        ("--max-size=+1 a b", "rsync: --max-size=+1 is invalid"),
        ("--max-size=9223372036854775807 a b", "rsync: --max-size=9223372036854775807 is too large"),
        ("--bwlimit=9000P a b", "rsync: --bwlimit=9000P is too large"),
        ("--block-size=-1 a b", "rsync: --block-size=-1 is too large (max: 128.00K)"),
        ("--stop-after=153722867280912931 a b", "rsync: invalid --stop-after value: 153722867280912931"),
        ("--contimeout=-1 a b", "The --contimeout option may only be used when connecting to an rsync daemon."),
        ("--suffix= a b", "rsync: --suffix cannot be empty without a --backup-dir"),
        ("--backup-dir=./ a b", "rsync: --suffix cannot be empty when --backup-dir is the same as the dest dir"),
        ("--stderr=x a b", "rsync: --stderr mode \"x\" is not one of errors, all, or client"),
    ])
    func refusesInTheReferencesWords(line: String, expected: String) {
        #expect(throws: ArgumentError(expected)) { try parse(line) }
    }

    /// As a script leaves them whose variable is not set (ARG-63, ARG-81).
    @Test func emptyNumbersAreNone() throws {
        let words = [
            "--timeout=", "--bwlimit=", "--max-size=", "--min-size", "", "-B", "", "-@=", "--max-delete=", "--compress-level=",
            "--checksum-seed=", "--max-alloc=", "--contimeout=", "--port=", "--log-file=", "--exclude-from=",
        ]
        let arguments = try ParsedArguments(parsing: words + ["a", "b"])
        #expect(arguments.timeout == 0 && arguments.bandwidthLimit == 0 && arguments.blockSize == 0)
        #expect(arguments.largestSize == 0 && arguments.smallestSize == 0 && arguments.deletionLimit == 0)
        #expect(arguments.modifyWindow == 0 && arguments.compression.level == 0 && arguments.allocationLimit == 0)
        #expect(arguments.logFile == nil && arguments.positional.count == 2)
    }

    @Test func knowsEveryOptionOnceByNameAndLetter() {
        var seen: Set<String> = []
        for option in OptionTable.all {
            for name in option.names + option.negations { #expect(seen.insert(name).inserted, "\(name) stands twice") }
            if let letter = option.letter { #expect(seen.insert("-\(letter)").inserted, "-\(letter) stands twice") }
            #expect(!option.help.isEmpty)
        }
        #expect(HelpText.render(program: "rsync").contains("--archive, -a"))
    }

    @Test func refusesEveryUnsupportedOptionByName() {
        for option in OptionTable.all {
            guard case .refused = option.support else { continue }
            for word in option.names.map({ "--" + $0 }) + (option.letter.map { ["-\($0)"] } ?? []) {
                let words = option.value == nil ? [word] : [word, "1"]
                #expect {
                    try ParsedArguments(parsing: words)
                } throws: { error in
                    guard let error = error as? ArgumentError else { return false }
                    return error.exitCode == 1 && error.text.hasPrefix("rsync: ")
                        && error.text.contains(option.displayName)
                }
            }
        }
    }

    @Test func readsValuesInEveryForm() throws {
        for line in ["--timeout=7 x", "--timeout 7 x", "--timeout=0x7 x", "--timeout=007 x"] {
            let parsed = try parse(line)
            #expect(parsed.timeout == 7)
            #expect(text(parsed.positional) == "x")
        }
        for line in ["-vB700 x", "-vB 700 x", "-vB=700 x"] {
            let parsed = try parse(line)
            #expect(parsed.blockSize == 700 && parsed.verbosity == 1)
            #expect(text(parsed.positional) == "x")
        }
        #expect(try parse("-B 1.5k").blockSize == 1536)
        #expect(try parse("-B 2KB").blockSize == 2000)
        #expect(try parse("-B 1KiB-1").blockSize == 1023)
    }

    @Test func findsOptionsBehindArgumentsUntilTwoDashes() throws {
        let parsed = try parse("a -v - -- -n b")
        #expect(text(parsed.positional) == "a - -n b")
        #expect(parsed.verbosity == 1 && !parsed.dryRun)
    }

    /// ARG-45.
    @Test func aServerTakesNothingBehindTheDotForAnOption() throws {
        let parsed = try parse("--server -vlogDtpre.iLsfxCIvu --log-format=%i%I --info=FOO,DEL . --delete -x")
        #expect(parsed.isServer && !parsed.deletes)
        #expect(text(parsed.positional) == ". --delete -x")
        #expect(parsed.capabilities == Array(".iLsfxCIvu".utf8))
        #expect(parsed.reportHint.itemizes && parsed.reportHint.itemizesUnchanged)
        #expect(parsed.info[.del] == 1 && parsed.info.said.count == 1)
        #expect(parsed.owner && parsed.group && parsed.devices && parsed.times && parsed.permissions && parsed.links)
    }

    /// ARG-52, ARG-53.
    @Test func aServerFindsItsPaths() throws {
        let here = [UInt8(ascii: ".")]
        let paths = { (line: String) in try ServerPaths(parse(line)) }
        #expect(try paths("--server --sender -re. . a b") == .sending(directory: here, sources: [[0x61], [0x62]]))
        #expect(try paths("--server --sender -re. .") == .sending(directory: here, sources: [here]))
        #expect(try paths("--server --sender -e. .") == .sending(directory: here, sources: []))
        #expect(try paths("--server --sender -rRe. . a") == .sending(directory: nil, sources: [[0x61]]))
        #expect(try paths("--server -re. . d e") == .receiving(directory: here, destination: [0x64]))
        #expect(try paths("--server -re. .") == .receiving(directory: here, destination: here))
        #expect(throws: ArgumentError.self) { try paths("--server --sender -re.") }
    }

    @Test func laterOptionsUndoEarlierOnes() throws {
        let parsed = try parse("-avvHi --no-v --no-o --no-H --no-D --no-i --timeout=3 --no-timeout --no-xattrs --no-z")
        #expect(parsed.verbosity == 0 && parsed.hardLinks == 0 && parsed.itemize == 0 && parsed.timeout == 0)
        #expect(!parsed.owner && parsed.group && !parsed.devices && !parsed.specials && parsed.recurses)
        #expect(try parse("-a --no-r").recursion == .off)
        #expect(try parse("-h -h").humanReadable == 3)
        #expect(try parse("--no-h x").humanReadable == 0)
        #expect(try parse("--fake-super --no-super").fakeSuper == false)
    }

    @Test func hAloneAsksForHelp() throws {
        #expect(try parse("-h").showsHelp)
        #expect(try parse("-VV").showsVersion == 2)
    }

    @Test func keepsRulesInTheirOrder() throws {
        let parsed = try ParsedArguments(parsing: ["--exclude=a b", "--include", "c", "-f", "- d", "--exclude-from=-"])
        #expect(
            parsed.filters == [
                .exclude(Array("a b".utf8)), .include(Array("c".utf8)), .rule(Array("- d".utf8)), .excludeFrom([0x2d]),
            ])
    }

    @Test func takesDefaultsFromTheEnvironmentOnlyAsAClient() throws {
        let environment = ArgumentEnvironment(protectArguments: "1", remoteShell: "foo")
        #expect(try ParsedArguments(parsing: ["a"], environment: environment).secludedArguments)
        #expect(try ParsedArguments(parsing: ["--old-args"], environment: environment).secludedArguments == false)
        let server = try ParsedArguments(parsing: ["--server", "."], environment: environment)
        #expect(!server.secludedArguments && server.remoteShell == nil)
    }

    /// Seeds are fixed, so a failure comes again.
    @Test(arguments: UInt64(1)...8)
    func survivesAnyWords(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var pieces = "- -- = , : [ @ h: 0x 9 -B -e 1.5G none ~ / -1 . .. P+1".split(separator: " ").map(String.init)
        for option in OptionTable.all {
            for name in option.names + option.negations { pieces.append("--" + name) }
            if let letter = option.letter { pieces.append("-" + String(letter)) }
        }
        for _ in 0..<500 {
            var words: [[UInt8]] = []
            for _ in 0..<next(5) {
                var word: [UInt8] = []
                for _ in 0..<next(4) { word += Array(pieces[next(pieces.count)].utf8) }
                words.append(word)
            }
            guard var parsed = try? ParsedArguments(parsing: words) else { continue }
            for role in [ServerArguments.Role.sender, .receiver] {
                _ = try? ServerArguments.compose(parsed, role: role, capabilities: [], paths: parsed.positional)
            }
            _ = try? parsed.endpoints()
            _ = try? ServerPaths(parsed)
        }
    }

    private func parse(_ line: String) throws -> ParsedArguments {
        try ParsedArguments(parsing: line.split(separator: " ").map(String.init))
    }
}
