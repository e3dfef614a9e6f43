import RsyncOptions
import Testing

struct OutputWordTests {
    /// What stock 3.5.0 sends to a server for these (ARG-74, ARG-24).
    @Test(arguments: [
        ("-a --info=flist2,name", ["--log-format=X", "--info=NAME"]), ("-a --info=all4", ["--log-format=X", "--info=ALL4"]),
        ("-a --info=none", ["--info=NONE"]), ("-a --info=all2,del0", ["--log-format=X", "--info=ALL2,DEL0"]),
        ("-a --info=progress2", []), ("-a --info=stats2", ["--info=STATS2"]), ("-av --info=name0", ["--info=NAME0"]),
        ("-ai --out-format=%o", ["--log-format=%o"]), ("-a --out-format=%-5i", ["--log-format=%i"]), ("-aii", ["--log-format=%i%I"]),
        ("-av --out-format=%n", []), ("-a --out-format=", ["--log-format=X"]), ("-a --stderr=c", ["--no-msgs2stderr"]),
        ("-a --stderr=all", ["--msgs2stderr"]), ("-a --stderr=errors", []), ("-a --progress --out-format=%b", ["--log-format=X"]),
    ])
    func tellsServersAsTheReferenceDoes(line: String, expected: [String]) throws {
        let arguments = try ParsedArguments(parsing: line.split(separator: " ").map(String.init))
        let server = try ServerArguments.compose(arguments, role: .sender, capabilities: [], paths: [[0x78]])
        let words = server.commandLine.map { String(decoding: $0, as: UTF8.self) }
        let told = words.filter { $0.hasPrefix("--log") || $0.hasPrefix("--info") || $0.contains("msgs2stderr") }
        // Escaped for a shell on the way.
        #expect(told.map { $0.filter { $0 != "\\" } } == expected)
    }

    @Test func whatIsSaidCountsMoreThanWhatIsImplied() throws {
        let quietLists = try ParsedArguments(parsing: ["-avv", "--progress", "--info=FLIST0,name9"])
        #expect(quietLists.info[.flist] == 0 && quietLists.info[.name] == 4 && quietLists.info[.skip] == 1)
        let figures = try ParsedArguments(parsing: ["-a", "--stats"])
        #expect(figures.info[.stats] == 2 && figures.info[.nonreg] == 1 && figures.info[.name] == 0)
        #expect(try ParsedArguments(parsing: ["-a", "--progress", "-i"]).info[.name] == 0)
        #expect(try ParsedArguments(parsing: ["-a", "--progress"]).info[.name] == 1)
    }

    @Test func versionsSayWhatOptionsDo() {
        let version = VersionText(
            program: "ebb", version: "1.2.3", protocolNumber: 32, checksums: ["md5"], compressions: ["none"])
        #expect(version.text.hasPrefix("rsync  version 3.5.0  protocol version 32  (ebb 1.2.3)\n"))
        #expect(version.text.contains("\nChecksum list:\n    md5\n"))
        #expect(version.text.contains("\n    no socketpairs") || version.text.contains(" no socketpairs,"))
        let json = version.json
        #expect(json.contains("\"protocol\": \"32.0\"") && json.contains("\"symlinks\": true") && json.contains("\"ACL_at\": true"))
        #expect(json.contains("\"socketpairs\": false") && json.contains("\"crtimes\": false"))
        #expect(json.contains("\"daemon_auth_list\": []"))
    }
}
