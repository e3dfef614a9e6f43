import RsyncOptions
import Testing

/// Defaults from outside the command line (ARG-82, ARG-84), as observed with rsync 3.5.0.
struct EnvironmentTests {
    private func parse(_ line: String, _ environment: ArgumentEnvironment) throws -> ParsedArguments {
        try ParsedArguments(parsing: line.split(separator: " ").map(String.init), environment: environment)
    }

    @Test(arguments: [
        ("1", nil, "", 1, false), ("2", nil, "", 2, false), ("-1", nil, "", 1, false), ("x", nil, "", 0, false),
        ("1", "1", "", 1, false), (nil, "2", "", 0, true), (nil, "x", "", 0, false), ("1", nil, "--no-old-args", 0, false),
        ("1", "1", "--no-old-args", 0, true), ("1", "1", "--no-s", 1, false), (nil, "1", "--no-s", 0, false),
        (nil, "1", "--old-args", 1, false), ("1", nil, "-s", 0, true),
    ] as [(String?, String?, String, Int, Bool)])
    func argumentProtection(old: String?, protect: String?, line: String, level: Int, secluded: Bool) throws {
        let environment = ArgumentEnvironment(oldArguments: old, protectArguments: protect)
        let parsed = try parse(line + " a b", environment)
        #expect(parsed.oldArguments == level)
        #expect(parsed.secludedArguments == secluded)
    }

    @Test func allocationLimit() throws {
        let environment = ArgumentEnvironment(allocationLimit: "4G")
        #expect(try parse("a b", environment).allocationLimit == 4 << 30)
        #expect(try parse("--max-alloc=2M a b", environment).allocationLimit == 2 << 20)
        #expect(throws: ArgumentError("rsync: --max-alloc=4 is too small (min: 1.00M or 0 for unlimited)")) {
            try parse("a b", ArgumentEnvironment(allocationLimit: "4"))
        }
    }

    @Test func aliases() throws {
        var aliases = OptionAliases()
        aliases.add(
            file: Array(
                """
                # rsync alias --no -n
                rsync alias --all -a \\
                  --exclude='a b'
                rsync alias --more --all -v
                rsync alias -v -vv
                other alias --each -r
                rsync alias --server -r
                """.utf8))
        let environment = ArgumentEnvironment(aliases: aliases)
        let all = try parse("--all x y", environment)
        #expect(all.recurses && all.filters == [.exclude(Array("a b".utf8))])
        #expect(try parse("-tv x y", environment).verbosity == 2)
        let more = try parse("--more x y", environment)
        #expect(more.recurses && more.verbosity == 2)
        #expect(throws: ArgumentError("rsync: --each: unknown option")) { try parse("--each x y", environment) }
        #expect(try parse("--server -v . x", environment).verbosity == 1)
    }
}
