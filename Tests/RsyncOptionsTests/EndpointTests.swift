import RsyncOptions
import Testing

struct EndpointTests {
    @Test(arguments: [
        ("h:p", nil, "h", "p"), ("u@h:", "u", "h", ""), ("u@[::1]:x", "u", "::1", "x"), ("[fe80::1%lo]:/a:b", nil, "fe80::1%lo", "/a:b"),
        ("u@v@h:a@b", "u@v", "h", "a@b"), (":x", nil, "", "x"), ("h:a::b", nil, "h", "a::b"),
    ])
    func readsRemoteWords(word: String, user: String?, host: String, path: String) throws {
        let found = try #require(try HostSpecification(Array(word.utf8)))
        #expect(found.user == user.map { Array($0.utf8) })
        #expect(found.host == Array(host.utf8))
        #expect(found.path == Array(path.utf8))
    }

    @Test(arguments: ["p", "./h:p", "/a:b", "a/b:c", "a@b/c:d", ""])
    func takesAWordWithASlashBeforeItsColonForLocal(word: String) throws {
        #expect(try HostSpecification(Array(word.utf8)) == nil)
    }

    @Test(arguments: [
        ("rsync://h/m", "rsync: daemons are not supported, use HOST:PATH: rsync://h/m"),
        ("RSYNC://h/m", "rsync: daemons are not supported, use HOST:PATH: RSYNC://h/m"),
        ("h::m", "rsync: daemons are not supported, use HOST:PATH: h::m"),
        ("-oProxyCommand=x:p", "Invalid remote host: hostnames may not start with '-'."),
        ("u@-h:p", "Invalid remote host: hostnames may not start with '-'."),
    ])
    func refusesDaemonsAndDashes(word: String, expected: String) {
        #expect(throws: ArgumentError(expected)) { try HostSpecification(Array(word.utf8)) }
    }

    @Test func tellsPushPullAndListingApart() throws {
        #expect(try endpoints("a b h:c") == .push(sources: bytes("a b"), destination: HostSpecification(Array("h:c".utf8))!))
        #expect(
            try endpoints("u@h:a :b u@h:c d")
                == .pull(user: [0x75], host: [0x68], paths: bytes("a b c"), destination: [0x64]))
        #expect(try endpoints("h:a") == .pull(user: nil, host: [0x68], paths: bytes("a"), destination: nil))
        #expect(try endpoints("a b") == .local(sources: bytes("a"), destination: [0x62]))
        var arguments = try ParsedArguments(parsing: ["h:a"])
        _ = try arguments.endpoints()
        #expect(arguments.lists && arguments.transfersDirectories)
    }

    @Test(arguments: [
        ("a:b c:d", "The source and destination cannot both be remote."),
        ("a c:d e", "Unexpected remote arg: c:d"),
        ("u@c:d c:b e", "All source args must come from the same machine."),
        ("c:d a:b e", "All source args must come from the same machine."),
    ])
    func refusesMixedDirections(line: String, expected: String) {
        #expect(throws: ArgumentError(expected)) { try endpoints(line) }
    }

    @Test func advisesWhereALocalNameStandsAmongRemoteOnes() {
        let advice = "If arg is a remote file/dir, prefix it with a colon (:)."
        #expect(throws: ArgumentError("Unexpected local arg: a", advice: advice)) { try endpoints("c:d a e") }
    }

    @Test func refusesEmptyArguments() {
        #expect(throws: ArgumentError("Empty source arg specified.")) { try Endpoints(positional: [[], [0x61]]) }
        #expect(throws: ArgumentError("Empty destination arg specified (use \".\" or see --old-args).")) {
            try Endpoints(positional: [[0x61], []])
        }
    }

    /// ARG-28.
    @Test func splitsTheRemoteShellsCommandWithItsQuotes() throws {
        let arguments = try ParsedArguments(parsing: ["-e", #"/bin/x 'a b'  "c""d" e'f'g"#, "--rsync-path=my rsync"])
        let command = try RemoteShell.command(
            arguments, user: Array("u".utf8), host: Array("h".utf8), server: bytes("--server ."))
        #expect(
            command.map { String(decoding: $0, as: UTF8.self) }
                == ["/bin/x", "a b", "c\"d", "efg", "-l", "u", "h", "my rsync", "--server", "."])
        let open = try ParsedArguments(parsing: ["-e", "x 'a"])
        #expect(throws: ArgumentError.self) { try RemoteShell.command(open, user: nil, host: [], server: []) }
    }

    private func bytes(_ line: String) -> [[UInt8]] { line.split(separator: " ").map { Array($0.utf8) } }
    private func endpoints(_ line: String) throws -> Endpoints { try Endpoints(positional: bytes(line)) }
}
