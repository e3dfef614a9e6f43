import Foundation
import RsyncOptions
import Testing

/// Runs the installed rsync with a remote shell that writes its own words down, and compares them with ours.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/rsync"), "rsync is not installed"))
struct RealClientComparisonTests {
    static let combinations = [
        "-r", "-a", "-av", "-avv", "-avvvvvvvvvvv", "-aH", "-aHH", "-aq", "-an", "-ac", "-aI", "-aW", "-a --no-W", "-au",
        "-aR", "-d", "-dl", "-a --no-r", "-a --no-r --delete -d", "-a --no-i-r", "-rt --delete --force", "-a --del",
        "-a --delete-during --ignore-errors", "-a --delete-excluded", "-a --delete-after --delete-excluded", "-ai", "-aii",
        "-avi", "-avP", "-aP", "-aPi", "-aqP", "-a --progress", "-a --stats", "-ah --no-h", "-a --numeric-ids",
        "-a --timeout=60", "-a -B700", "-a --block-size=2k", "-a --checksum-seed=5", "-a --cc=md5", "-a --cc=none",
        "-a --cc=auto,auto", "-a --cc=md5,auto", "-a --link-dest=../a --link-dest=/b*c", "-a --size-only --existing",
        "-a --ignore-existing", "-a --super", "-a --no-super", "-a --fake-super", "-aO", "-aJ", "-a --protocol=29",
        "-a --protocol=31", "-a --list-only", "--list-only", "-r --list-only", "-l", "--specials", "--devices", "-D",
        "-a -M--bwlimit=7 -M-q", "-a --old-args", "-a --exclude=x -f P_y", "-a --partial", "-a --no-whole-file -c",
        "-qi", "-q --progress --stats", "-W --cc=none --no-W", "--cc=none --no-W", "--cc=none --cc=md5", "-I --size-only",
        "-d --no-d", "--no-d -r", "--no-d --list-only", "-a --no-t -O", "-R --no-R", "-DD --no-specials", "-M-s",
        "--timeout=-1", "-B0", "--checksum-seed=-1", "--no-r -d --del", "--delete --delete-before -r", "-vHHHii",
        "--super --no-super", "-r --del --delete-during", "--delete-excluded -d", "-vvvv --protocol=28 -r",
        "--max-alloc=3M", "--max-alloc=0", "--max-alloc=1g", "--bwlimit=100", "--bwlimit=0.5", "--bwlimit=1.5mb",
        "--bwlimit=1.5mib+1", "--bwlimit=0", "--bwlimit=9 --no-bwlimit", "--stop-after=2", "--stop-at=99-1-1", "--contimeout=0",
        "--port=9 --address=x --sockopts=y --early-input=z", "--blocking-io", "--trust-sender",
        "-a --bwlimit=3 --timeout=4 --cc=md5 --checksum-seed=7 --max-alloc=2G --delete --stats",
        "-a --no-D --no-p", "-a --delete --list-only", "-d --list-only --delete",
    ]

    @Test(arguments: combinations)
    func composesTheWordsOfTheInstalledClient(options: String) throws {
        let words = options.split(separator: " ").map(String.init)
        let arguments = try ParsedArguments(parsing: words)
        let recorder = try Recorder()
        for role in [ServerArguments.Role.sender, .receiver] {
            let path = Self.paths[options.utf8.count % Self.paths.count]
            let ours = try ServerArguments.compose(
                arguments, role: role, capabilities: capabilities(arguments, role), paths: [Array(path.utf8)])
            let command = try RemoteShell.command(
                arguments, user: Array("u".utf8), host: Array("h".utf8), server: ours.commandLine)
            let remote = "u@h:" + path
            let theirs = try recorder.run(words + (role == .sender ? [recorder.source, remote] : [remote, recorder.target]))
            #expect(text(Array(command.dropFirst())) == text(theirs), "role \(role)")
        }
    }

    /// Each combination is tried with one of these: a run takes about ten milliseconds.
    static let paths = ["/r/p", "a b/*c\\d", "~", "-x", "$(a)`b`"]

    @Test(arguments: ["-as", "-as --delete --link-dest=a*b -M--x=y", "-s --timeout=9"])
    func secludesTheWordsOfTheInstalledClient(options: String) throws {
        let words = options.split(separator: " ").map(String.init)
        let arguments = try ParsedArguments(parsing: words)
        let recorder = try Recorder()
        for role in [ServerArguments.Role.sender, .receiver] {
            let ours = try ServerArguments.compose(
                arguments, role: role, capabilities: capabilities(arguments, role), paths: [Array("-a b*".utf8)])
            let input = SecludedArguments.encode(try #require(ours.secluded))
            let theirs = try recorder.run(
                words + (role == .sender ? [recorder.source, "h:-a b*"] : ["h:-a b*", recorder.target]), reading: input.count)
            #expect(text(ours.commandLine) == text(Array(theirs.dropFirst(2))))
            #expect(recorder.input == input)
        }
    }

    /// A directory with the remote shell's script, a source file and the script's record.
    final class Recorder {
        let directory: URL
        var source: String { directory.appendingPathComponent("source").path }
        var target: String { directory.appendingPathComponent("target").path }

        init() throws {
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("options-" + UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
            try Data().write(to: directory.appendingPathComponent("source"))
            let script = directory.appendingPathComponent("shell")
            try Data("printf '%s\\0' \"$@\" > \"${0%/*}/record\"\nhead -c $COUNT > \"${0%/*}/input\"\n".utf8).write(to: script)
        }

        /// What the client sent first, as far as it was to be read.
        var input: [UInt8] { (try? Data(contentsOf: directory.appendingPathComponent("input"))).map { [UInt8]($0) } ?? [] }

        deinit { try? FileManager.default.removeItem(at: directory) }

        func run(_ words: [String], reading count: Int = 0) throws -> [[UInt8]] {
            let record = directory.appendingPathComponent("record")
            try? FileManager.default.removeItem(at: record)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/rsync")
            // Through sh: a script written by one thread while another forks is "busy" for a direct execution.
            process.arguments = ["-e", "/bin/sh " + directory.appendingPathComponent("shell").path] + words
            process.environment = ["PATH": "/usr/bin:/bin", "COUNT": String(count)]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let bytes = [UInt8](try Data(contentsOf: record))
            return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { [UInt8]($0) }
        }
    }
}
